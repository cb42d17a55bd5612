"""Outputs one by one: names, modes, temporary files and what remains of them."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from iepbridge import output as output_module
from iepbridge.errors import Misuse
from iepbridge.output import Outputs, Unwritable


@pytest.fixture(params=["unnamed", "named"])
def _temporary(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use unnamed temporary files, where the system has them, and hidden ones."""
    if request.param == "named":
        monkeypatch.setattr(output_module, "_unnamed", lambda folder: None)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system has no unnamed files")


pytestmark = pytest.mark.usefixtures("_temporary")


def open_descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_output_appears_when_it_is_published(tmp_path: Path) -> None:
    with Outputs() as outputs:
        output = outputs.open(str(tmp_path / "out"), "-o")
        output.stream.write(b"x" * 3_000_000)
        assert "out" not in names(tmp_path)
        outputs.publish(output)
        assert (tmp_path / "out").read_bytes() == b"x" * 3_000_000
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_the_mode_is_not_the_umasks_to_choose(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with Outputs() as outputs:
            outputs.publish(outputs.open(str(tmp_path / "out"), "-o"))
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_remains_of_what_is_not_published(
    tmp_path: Path, error: type[BaseException]
) -> None:
    (tmp_path / "out").write_bytes(b"old")

    def leave_early() -> None:
        with Outputs() as outputs:
            outputs.open(str(tmp_path / "out"), "-o").stream.write(b"x" * 3_000_000)
            raise error

    with pytest.raises(error):
        leave_early()
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out").read_bytes() == b"old"


def test_what_was_published_stays_though_the_rest_is_left(tmp_path: Path) -> None:
    with Outputs() as outputs:
        findings = outputs.open(str(tmp_path / "findings"), "--findings")
        outputs.open(str(tmp_path / "out"), "-o")
        outputs.publish(findings)
    assert names(tmp_path) == ["findings"]


def test_descriptors_are_all_given_back(tmp_path: Path) -> None:
    before = open_descriptors()
    for _ in range(3):
        with Outputs() as outputs:
            outputs.open("/dev/null", "--loss")
            outputs.publish(outputs.open(str(tmp_path / "out"), "-o"))
    assert open_descriptors() == before


@pytest.mark.parametrize("call", ["fsync", "rename", "fchmod"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_failure_at_the_end_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise OSError(code, "SENTINEL")

    (tmp_path / "out").write_bytes(b"old")
    monkeypatch.setattr(os, call, failing)
    with pytest.raises(Unwritable) as caught, Outputs() as outputs:
        outputs.publish(outputs.open(str(tmp_path / "out"), "-o"))
    assert caught.value.exit_code == 2
    assert "disk is full" in str(caught.value) or "Input/output error" in str(caught.value)
    assert "SENTINEL" not in str(caught.value)
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out").read_bytes() == b"old"


def test_streams_get_theirs_before_any_file_appears(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with Outputs(standard=write) as outputs:
        file = outputs.open(str(tmp_path / "loss"), "--loss")
        stream = outputs.open("-", "-o")
        stream.stream.write(b"plans")
        with pytest.raises(BrokenPipeError):
            outputs.publish(file, stream)
    os.close(write)
    assert names(tmp_path) == []


def test_standard_output_gets_everything_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "target"
    with target.open("wb") as file, Outputs(standard=file.fileno()) as outputs:
        output = outputs.open("-", "-o")
        output.stream.write(b"x" * 3_000_000)
        assert target.stat().st_size == 0
        outputs.publish(output)
        assert target.stat().st_size == 3_000_000


def test_a_closed_standard_output_is_wrong_usage() -> None:
    with pytest.raises(Misuse, match="closed"), Outputs(standard=None) as outputs:
        outputs.open("-", "-o")


def test_the_sources_file_is_refused_under_any_name(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.write_bytes(b"plans")
    (tmp_path / "other").hardlink_to(source)
    with pytest.raises(Misuse, match="the input itself"), Outputs(source.stat()) as outputs:
        outputs.open(str(tmp_path / "other"), "-o")


def test_one_path_cannot_be_two_outputs(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out")
    with Outputs() as outputs:
        outputs.open(str(tmp_path / "out"), "-o")
        with pytest.raises(Misuse, match="-o and --loss"):
            outputs.open(str(tmp_path / "link"), "--loss")
    assert names(tmp_path) == ["link"]


@pytest.fixture
def nobody() -> Iterator[Callable[[], None]]:
    """Give a function that lets root become a user who may not write everywhere."""
    mine = os.geteuid()
    yield lambda: os.seteuid(65534) if mine == 0 else None
    os.seteuid(mine)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """Give a folder whose parents everybody may pass."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def test_a_place_that_may_not_be_written_is_told_at_once(
    open_to_all: Path, nobody: Callable[[], None]
) -> None:
    shut, kept = open_to_all / "shut", open_to_all / "kept"
    kept.write_bytes(b"old")
    kept.chmod(0o444)
    shut.mkdir(mode=0o555)
    nobody()
    with Outputs() as outputs:
        with pytest.raises(Misuse, match="no permission"):
            outputs.open(str(shut / "out"), "-o")
        with pytest.raises(Misuse, match="may not be changed"):
            outputs.open(str(kept), "-o")
