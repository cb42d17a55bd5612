"""The demo's folder: what a demo made goes, and nothing else ever does."""

from pathlib import Path

import pytest

from iepbridge.cli.demo_folder import note_made, prepare
from iepbridge.errors import Misuse
from iepbridge.sandbox import Sandbox

MADE = (
    "book.jsonl",
    "iepbridge.db",
    "iepbridge.db.sent/out-twist-GCWS-TWC-0-000001.json",
    "known_hosts",
    "keys/host_ed25519",
    "offered/missouri",
    "served/texas/archive/TWIST_IEP_GCWS_20261122_000001.ack.xml",
    "served/pennsylvania/inbound/CWDSIEP.GCWS.20261122.000001.dat",
    "answers/indiana/ICC_IEP_GCWS_20261122_000001_RESULT.txt",
    "taken/missouri/000001-TBX_IEP_GCWS_20261122_000001.xml",
    "received/toolbox_OWD_20261122_000001.jsonl",
)
NOTED = ("iepbridge.toml", "ledger.key", "plans/plans.jsonl")
OTHERS = (
    "iepbridge.db.copy",
    "mine.txt",
    "notes/keys/host_ed25519",
    "plans.jsonl",
)
AMONG = (
    "iepbridge.db.sent/notes.txt",
    "keys/mine",
    "plans/more.jsonl",
    "received/notes.txt",
    "served/texas/inbound/notes.txt",
    "served/notes.txt",
)


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (".iepbridge-demo", "lock")
    }


@pytest.fixture
def played(tmp_path: Path) -> Path:
    """Give a folder as a demo leaves it."""
    folder = tmp_path / "out"
    assert prepare(folder) is None
    put(folder, *MADE, *NOTED)
    note_made(folder)
    return folder


def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    prepare(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_all_that_a_demo_made_goes_and_other_files_stay(played: Path) -> None:
    put(played, *OTHERS)
    assert prepare(played) is None
    assert files(played) == set(OTHERS)


def test_what_is_not_its_own_is_put_aside_each_time_in_a_folder_of_its_own(played: Path) -> None:
    for time in ("kept-1", "kept-2"):
        put(played, *AMONG)
        assert prepare(played) == played / time
        assert {(played / time / name).read_text() for name in AMONG} == set(AMONG)
    assert files(played) == {f"{time}/{name}" for time in ("kept-1", "kept-2") for name in AMONG}


@pytest.mark.parametrize("name", NOTED)
def test_what_somebody_changed_is_put_aside(played: Path, name: str) -> None:
    (played / name).write_text("changed")
    assert prepare(played) == played / "kept-1"
    assert files(played) == {f"kept-1/{name}"}
    assert (played / "kept-1" / name).read_text() == "changed"


def test_another_port_is_no_change(played: Path) -> None:
    configuration = played / "iepbridge.toml"
    configuration.write_text('url = "sftp://feed@127.0.0.1:40001/texas/inbound"')
    note_made(played)
    configuration.write_text('url = "sftp://feed@127.0.0.1:2222/texas/inbound"')
    assert prepare(played) is None


@pytest.mark.parametrize("link", ["plans", "served/texas", "book.jsonl"])
def test_links_are_put_aside_and_not_followed(played: Path, tmp_path: Path, link: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    put(elsewhere, "plans.jsonl", "inbound/TWIST_IEP_GCWS_20261122_000001.xml")
    before = files(elsewhere)
    own = played / link
    own.rename(tmp_path / "was")
    own.symlink_to(elsewhere)
    assert prepare(played) == played / "kept-1"
    assert (played / "kept-1" / link).is_symlink()
    assert files(elsewhere) == before


def test_a_file_in_the_place_of_a_folder_is_put_aside(played: Path) -> None:
    (played / "plans").rename(played / "mine")
    (played / "plans").write_text("mine")
    assert prepare(played) == played / "kept-1"
    assert files(played) == {"kept-1/plans", "mine/plans.jsonl"}


@pytest.mark.parametrize("name", ["iepbridge.toml", "plans/mine.jsonl", "iepbridge.db", "lock"])
def test_a_folder_with_what_no_demo_made_is_left_alone(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, "mine.txt")
    with pytest.raises(Misuse, match="which no demo made"):
        prepare(tmp_path)
    assert (tmp_path / name).read_text() == name
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    prepare(tmp_path)
    with Sandbox(tmp_path):
        before = files(tmp_path)
        with pytest.raises(Misuse, match="a sandbox is at work"):
            prepare(tmp_path)
        assert files(tmp_path) == before


@pytest.mark.parametrize("text", ["", "[]", '{"files": 1}', '{"made by": "me"}'])
def test_with_a_spoilt_mark_what_may_be_changed_is_kept(played: Path, text: str) -> None:
    (played / ".iepbridge-demo").write_text(text)
    assert prepare(played) == played / "kept-1"
    assert files(played) == {f"kept-1/{name}" for name in NOTED}
