"""What every session keeps, whatever it stands on: one suite for all."""

import contextlib
import hashlib
import io
import os
import random
from pathlib import Path

import pytest
import structlog
from tests.servers.unwritable import unwritable
from tests.transports.conftest import Served

from iepbridge.errors import Misuse, Refused, Unreachable, Unreadable
from iepbridge.transports import AlreadyThere, NotThere, RemoteFile, Session
from iepbridge.transports.sftp.place import Place

SIZES = [0, 1, 31_999, 32_000, 32_001, 131_072, 2_097_153, 5_000_000]
OUTSIDE = ["", ".", "..", "../up", "a/b", "/etc/passwd", ".hidden", "new\nline", "é", "x" * 256]


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def put(session: Session, name: str, data: bytes) -> int:
    return session.upload(io.BytesIO(data), name)


def got(session: Session, name: str, most: int = 1 << 30) -> bytes:
    sink = io.BytesIO()
    assert session.download(name, sink, most) == len(sink.getvalue())
    return sink.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_up_comes_down(session_at: Session, served: Served, size: int) -> None:
    data = content(size)
    assert put(session_at, "plans.xml", data) == size
    assert (served.folder / "plans.xml").read_bytes() == data
    assert got(session_at, "plans.xml") == data
    assert session_at.digest("plans.xml") == hashlib.sha256(data).hexdigest()


def test_an_upload_can_be_read_by_its_owner_alone(session_at: Session, served: Served) -> None:
    (served.folder / "old.xml").touch(0o666)
    put(session_at, "old.xml", b"plans")
    put(session_at, "new.xml", b"plans")
    for name in ("old.xml", "new.xml"):
        assert (served.folder / name).stat().st_mode & 0o777 == 0o600


def test_an_upload_begins_anew(session_at: Session) -> None:
    put(session_at, "plans.xml", content(100_000))
    put(session_at, "plans.xml", b"short")
    assert got(session_at, "plans.xml") == b"short"


def test_a_source_that_gives_little_at_a_time(session_at: Session) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(7, size or 7))

    assert session_at.upload(Slow(b"a few bytes more than that"), "plans.xml") == 26
    assert got(session_at, "plans.xml") == b"a few bytes more than that"


@pytest.mark.parametrize("way", ["source", "sink"])
def test_what_fails_here_leaves_the_session_fit(session_at: Session, way: str) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError(28, "broken here")
            return data

        def write(self, data: object, /) -> int:
            raise OSError(28, "broken here")

    put(session_at, "good.xml", content(3_000_000))
    broken = Broken(content(1_000_000))
    use = {"source": lambda: session_at.upload(broken, "bad.xml")}
    use["sink"] = lambda: session_at.download("good.xml", broken, 1 << 30)
    with pytest.raises(OSError, match="broken here"):
        use[way]()
    assert session_at.digest("good.xml") == hashlib.sha256(content(3_000_000)).hexdigest()


def test_what_is_absent(session_at: Session) -> None:
    assert session_at.look("none.xml") is None
    assert session_at.digest("none.xml") is None
    session_at.remove("none.xml")
    with pytest.raises(NotThere):
        session_at.download("none.xml", io.BytesIO(), 10)
    with pytest.raises(NotThere):
        session_at.rename("none.xml", "other.xml")
    with pytest.raises(NotThere):
        session_at.replace("none.xml", "other.xml")


def test_a_look_tells_size_and_time(session_at: Session, served: Served) -> None:
    put(session_at, "plans.xml", b"plans")
    os.utime(served.folder / "plans.xml", (1_700_000_000, 1_700_000_000))
    assert session_at.look("plans.xml") == RemoteFile("plans.xml", 5, 1_700_000_000)
    assert list(session_at.files()) == [RemoteFile("plans.xml", 5, 1_700_000_000)]


def test_a_rename_never_overwrites(session_at: Session, served: Served) -> None:
    put(session_at, "plans.xml.part", b"new")
    put(session_at, "plans.xml", b"old")
    with pytest.raises(AlreadyThere):
        session_at.rename("plans.xml.part", "plans.xml")
    assert (served.folder / "plans.xml").read_bytes() == b"old"
    assert (served.folder / "plans.xml.part").read_bytes() == b"new"
    session_at.remove("plans.xml")
    session_at.rename("plans.xml.part", "plans.xml")
    assert [path.name for path in served.folder.iterdir()] == ["plans.xml"]


def test_a_rename_onto_a_link_that_leads_nowhere(session_at: Session, served: Served) -> None:
    (served.folder / "plans.xml").symlink_to("nowhere")
    put(session_at, "plans.xml.part", b"new")
    with pytest.raises(AlreadyThere):
        session_at.rename("plans.xml.part", "plans.xml")


def test_a_replacement_takes_the_place(session_at: Session, served: Served) -> None:
    put(session_at, "plans.xml.part", b"new")
    put(session_at, "plans.xml", b"old")
    session_at.replace("plans.xml.part", "plans.xml")
    assert (served.folder / "plans.xml").read_bytes() == b"new"


def test_a_listing_of_many(session_at: Session, served: Served) -> None:
    names = {f"plans-{number}.xml" for number in range(1_234)}
    for name in names:
        (served.folder / name).touch()
    assert {file.name for file in session_at.files()} == names


def test_a_listing_that_is_left_early_or_worked_in(session_at: Session, served: Served) -> None:
    for number in range(500):
        (served.folder / f"plans-{number}.xml").write_bytes(b"plans")
    files = session_at.files()
    assert got(session_at, next(files).name) == b"plans"
    assert session_at.digest(next(files).name) is not None
    del files
    assert len([got(session_at, file.name) for file in session_at.files()]) == 500


@pytest.mark.linux  # other systems refuse such names themselves
def test_names_are_data(session_at: Session, served: Served) -> None:
    strange = [
        b"new\nline.xml",
        b"\x1b[2J.xml",
        b".hidden",
        b"caf\xe9.xml",
        "é.xml".encode(),
        b"-x",
    ]
    for name in [*strange, b"plans.xml"]:
        Path(os.fsdecode(os.fsencode(served.folder) + b"/" + name)).write_bytes(b"plans")
    with structlog.testing.capture_logs() as logs:
        assert [file.name for file in session_at.files()] == ["plans.xml"]
    (told,) = (line for line in logs if line["event"] == "names_ignored")
    assert (told["endpoint"], told["files"]) == ("texas", len(strange))
    assert told["examples"].isprintable()


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_is_never_a_path(session_at: Session, name: str) -> None:
    for use in (session_at.look, session_at.digest, session_at.remove):
        with pytest.raises(Misuse):
            use(name)
    with pytest.raises(Misuse):
        put(session_at, name, b"")
    with pytest.raises(Misuse):
        session_at.download(name, io.BytesIO(), 1)


def test_links_and_folders_are_no_files(session_at: Session, served: Served) -> None:
    secret = served.folder.parent / "secret"
    secret.write_bytes(b"secret")
    (served.folder / "link.xml").symlink_to(secret)
    (served.folder / "folder.xml").mkdir()
    os.mkfifo(served.folder / "pipe.xml")
    assert list(session_at.files()) == []
    for name in ("link.xml", "folder.xml", "pipe.xml"):
        for use in (session_at.look, session_at.digest, session_at.remove):
            with pytest.raises(Refused, match=name):
                use(name)
        with pytest.raises(Refused, match=name):
            session_at.download(name, io.BytesIO(), 100)
        with pytest.raises((Refused, Unreachable), match=name):
            put(session_at, name, b"plans")
    assert secret.read_bytes() == b"secret"


def test_a_file_may_not_be_too_large(session_at: Session) -> None:
    put(session_at, "plans.xml", content(1_001))
    assert got(session_at, "plans.xml", 1_001) == content(1_001)
    sink = io.BytesIO()
    with pytest.raises(Unreadable, match="1000 bytes"):
        session_at.download("plans.xml", sink, 1_000)
    assert sink.getvalue() == b""


def test_a_file_that_changes_while_it_is_read(session_at: Session, served: Served) -> None:
    path = served.folder / "plans.xml"
    path.write_bytes(content(100_000))

    class Meddler(io.BytesIO):
        def write(self, data: object, /) -> int:
            with path.open("ab") as file:
                file.write(b"more")
            os.utime(path, (1, 1))
            return 0

    with pytest.raises((Unreachable, Unreadable)):
        session_at.download("plans.xml", Meddler(), 100_000)
    assert session_at.look("plans.xml") is not None


def test_an_archived_file_keeps_its_name_while_it_is_free(
    session_at: Session, served: Served
) -> None:
    archive = served.folder / "archive"
    put(session_at, "plans.xml", b"first")
    assert session_at.archive("plans.xml", str(archive)) == "plans.xml"
    assert session_at.archive("plans.xml", str(archive)) == "plans.xml"  # a try that came again
    put(session_at, "plans.xml", b"second")
    second = session_at.archive("plans.xml", str(archive))
    assert second != "plans.xml"
    assert (archive / "plans.xml").read_bytes() == b"first"
    assert (archive / second).read_bytes() == b"second"
    assert session_at.look("plans.xml") is None
    with pytest.raises(NotThere):
        session_at.archive("other.xml", str(archive))


def test_a_move_to_the_archive_that_left_both_is_brought_to_its_end(
    session_at: Session, served: Served
) -> None:
    archive = served.folder / "archive"
    archive.mkdir()
    (archive / "plans.xml").write_bytes(b"the same")
    put(session_at, "plans.xml", b"the same")
    name = session_at.archive("plans.xml", str(archive))
    # A folder of this machine moves at one stroke: what stands there came before.
    assert (name == "plans.xml") is (served.make != "folder")
    assert {path.name for path in archive.iterdir()} == {"plans.xml", name}
    assert session_at.look("plans.xml") is None


def test_where_a_server_does_not_say_which_folders_are_one_nothing_is_removed(
    session_at: Session, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "resolved", lambda _: None)
    archive = served.folder / "archive"
    archive.mkdir()
    (archive / "plans.xml").write_bytes(b"the same")
    put(session_at, "plans.xml", b"the same")
    name = session_at.archive("plans.xml", str(archive))
    assert {path.name for path in archive.iterdir()} == {"plans.xml", name}
    assert name != "plans.xml"


def test_an_archive_that_is_the_folder_itself_by_another_name_loses_nothing(
    session_at: Session, served: Served
) -> None:
    """A link, which no configuration shows."""
    again = served.folder / "again"
    again.symlink_to(served.folder)
    put(session_at, "plans.xml", b"the only one")
    with pytest.raises(Refused, match="own folder"):
        session_at.archive("plans.xml", str(again))
    again.unlink()
    assert (served.folder / "plans.xml").read_bytes() == b"the only one"


def test_closing_twice_is_fine(served: Served) -> None:
    session = served.open()
    session.close()
    session.close()


def test_a_folder_that_is_not_there(served: Served) -> None:
    gone = served.settings.url + "/nowhere"
    settings = served.settings.model_copy()
    settings = type(settings)(**{**dict(settings), "url": gone})
    with pytest.raises(Refused, match=r"no folder|no such folder"):
        Served(served.make, served.folder, settings).open()


def test_the_facts_tell_what_was_agreed(session_at: Session, served: Served) -> None:
    facts = session_at.facts
    if served.make == "folder":
        assert facts.kind == "folder"
        return
    assert facts.host_key.startswith("ssh-ed25519 SHA256:")
    assert facts.server.startswith("SSH-2.0-")
    assert facts.cipher.endswith("-gcm@openssh.com")
    assert facts.key_exchange
    assert facts.login == "publickey"
    assert "posix-rename@openssh.com" in facts.extensions


def test_a_read_only_folder_refuses(served: Served) -> None:
    # asyncssh tells EPERM, which root meets here, as a general failure.
    is_vague = served.make == "asyncssh" and os.geteuid() == 0
    permission = pytest.raises(Refused, match="permission")
    expected = pytest.raises(Unreachable) if is_vague else permission
    with contextlib.closing(served.open()) as session, unwritable(served.folder), expected:
        put(session, "plans.xml", b"plans")
