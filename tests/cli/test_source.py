"""The input: what of it has been taken, its size, and the ways it cannot be opened."""

import os
from pathlib import Path

import pytest

from iepbridge.cli.source import opened
from iepbridge.errors import Misuse


def test_bytes_are_counted_as_they_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(b"x" * 1_000_000)
    with opened(str(path)) as (source, stream):
        assert (source.taken, source.size) == (0, 1_000_000)
        stream.readline(10)
        assert 10 <= source.taken < 1_000_000
        assert len(stream.read()) == 1_000_000 - 10
        assert source.taken == 1_000_000
    assert source.closed


def test_a_pipe_has_no_size() -> None:
    read, write = os.pipe()
    os.write(write, b"plans")
    os.close(write)
    with opened(f"/dev/fd/{read}") as (source, stream):
        assert source.size is None
        assert stream.read() == b"plans"
    os.close(read)


def test_a_closed_standard_input_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(Misuse, match="closed"), opened("-"):
        pass


def test_an_input_that_may_not_be_read_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "SENTINEL")

    monkeypatch.setattr("iepbridge.cli.source.Source", denied)
    with pytest.raises(Misuse, match="Permission denied; nothing was read"), opened("in"):
        pass
