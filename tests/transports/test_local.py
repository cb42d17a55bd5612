"""Folders: races, file systems without links, disks that fail."""

import errno
import io
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.errors import Refused, Unreachable
from iepbridge.transports import AlreadyThere
from iepbridge.transports.folder import FolderSession
from iepbridge.transports.local import translated
from iepbridge.transports.names import acceptable, in_archive


@pytest.mark.parametrize("in_one_step", [True, False])
def test_of_many_renames_to_one_name_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_one_step: bool
) -> None:
    if not in_one_step:
        monkeypatch.setattr("iepbridge.transports.local._RENAME", None)
    lost: list[str] = []

    def rename(number: int) -> None:
        with FolderSession("texas", tmp_path) as session:
            session.upload(io.BytesIO(b"%d" % number), f"{number}.part")
            try:
                session.rename(f"{number}.part", "plans.xml")
            except AlreadyThere:
                lost.append(f"{number}.part")

    threads = [threading.Thread(target=rename, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lost) == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*lost, "plans.xml"])


def test_a_move_that_was_cut_short_is_brought_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with FolderSession("texas", tmp_path) as session:
        for old, new in (("plans.xml.part", "plans.xml"), ("plans.xml", "archive/plans.xml")):
            (tmp_path / old).write_bytes(b"plans")
            (tmp_path / new).hardlink_to(tmp_path / old)
            if new.startswith("archive/"):
                assert session.archive(old, "archive") == "plans.xml"
            else:
                session.rename(old, new)
            assert not (tmp_path / old).exists()
            assert [path.name for path in (tmp_path / new).parent.glob("plans.xml*")] == [
                "plans.xml"
            ]
            (tmp_path / new).unlink()


@pytest.mark.linux
def test_at_no_moment_a_file_has_both_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "link")
    with FolderSession("texas", tmp_path) as session:
        session.upload(io.BytesIO(b"plans"), "plans.xml.part")
        session.rename("plans.xml.part", "plans.xml")
        session.upload(io.BytesIO(b"others"), "plans.xml.part")
        with pytest.raises(AlreadyThere):
            session.rename("plans.xml.part", "plans.xml")
    assert (tmp_path / "plans.xml").read_bytes() == b"plans"


@pytest.fixture
def old_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the renaming in one step."""
    monkeypatch.setattr("iepbridge.transports.local._RENAME", None)


@pytest.mark.usefixtures("old_kernel")
def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    with FolderSession("texas", tmp_path) as session:
        session.upload(io.BytesIO(b"new"), "plans.xml.part")
        session.upload(io.BytesIO(b"old"), "plans.xml")
        with pytest.raises(AlreadyThere):
            session.rename("plans.xml.part", "plans.xml")
        session.remove("plans.xml")
        session.rename("plans.xml.part", "plans.xml")
    assert (tmp_path / "plans.xml").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, Unreachable),
        (errno.EIO, Unreachable),
        (errno.EACCES, Refused),
        (9999, Refused),
    ],
)
def test_a_sync_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, "secret")

    with FolderSession("texas", tmp_path) as session:
        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(kind, match=r"Endpoint texas, plans\.xml") as caught:
            session.upload(io.BytesIO(b"plans"), "plans.xml")
    assert "secret" not in str(caught.value)


@given(st.integers(1, 140))
def test_every_failure_of_the_system_has_words(number: int) -> None:
    error = translated("texas", "plans.xml", OSError(number, "secret"))
    assert isinstance(error, Refused | Unreachable)
    assert "secret" not in str(error)


@given(st.text(max_size=300))
def test_an_acceptable_name_is_harmless(name: str) -> None:
    if acceptable(name):
        assert Path(name).name == name
        assert name.isascii()
        assert name.isprintable()
        assert not name.startswith((".", "-"))


@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,254}\Z"))
def test_names_in_an_archive_are_acceptable_and_differ(name: str) -> None:
    names = list(in_archive(name))
    assert names[0] == name
    assert all(map(acceptable, names))
    assert len(set(names)) == len(names)
