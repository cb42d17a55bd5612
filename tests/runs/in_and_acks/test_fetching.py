"""Files fetched: settled, whole, kept, and only then taken away; names are data."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.runs.in_and_acks.hindered import HinderedSession, Hindrance
from tests.runs.in_and_acks.office import Office, names_of, plan

from iepbridge.errors import IepbridgeError, Refused, Unreachable
from iepbridge.settings import EndpointSettings
from iepbridge.transports import Interrupted, RemoteFile, Session, open_session


class Meanwhile(Hindrance):
    """Something happens at the endpoint, once, right before or after a call of a name."""

    def __init__(self, call: str, moment: str, deed: Any) -> None:
        super().__init__()
        self._call = call
        self._moment = moment
        self._deed = deed

    def pass_by(self, name: str, moment: str) -> None:
        if (name, moment) == (self._call, self._moment) and self._deed is not None:
            deed, self._deed = self._deed, None
            deed()

    def connect(
        self, endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]
    ) -> Session:
        session: Any = open_session(endpoint, endpoints)
        if endpoint.name == "there":
            session = HinderedSession(session, self)
        return session


def meanwhile(office: Office, call: str, moment: str, deed: Any) -> None:
    office.connect = Meanwhile(call, moment, deed).connect


def cut_and_shut_out(office: Office, call: str, refusal: IepbridgeError) -> list[str]:
    """Cut the first session at a call, and open no other; give the list that notes the logins."""
    logins: list[str] = []

    def cut() -> None:
        raise Interrupted("cut")

    hindrance = Meanwhile(call, "before", cut)

    def connect(endpoint: EndpointSettings, others: Mapping[str, EndpointSettings]) -> Session:
        if endpoint.name == "there":
            logins.append(endpoint.name)
            if len(logins) > 1:
                raise refusal
        return hindrance.connect(endpoint, others)

    office.connect = connect
    return logins


def test_a_file_that_grows_between_two_looks_is_left(small_office: Office) -> None:
    office = small_office
    name, content = office.file(1, plan("A"))
    path = office.put((name, content[:500]))
    meanwhile(office, "files", "after", lambda: path.write_bytes(content))
    outcome = office.run()
    assert (outcome.code, outcome.counts) == (0, {"files_not_settled": 1})
    assert office.files() == {}
    assert office.run().code == 0
    assert office.versions() == [("A", 1)]


def test_no_sequence_begins_while_files_appear(small_office: Office) -> None:
    """An earlier one may be among them; a server that fails to look at a file leaves it out."""
    office = small_office
    office.put(office.file(2, plan("B")))
    first = office.file(1, plan("A"))
    meanwhile(office, "files", "after", lambda: office.put(first))
    outcome = office.run()
    assert (outcome.code, outcome.counts) == (0, {"files_not_settled": 1, "files_fetched": 1})
    assert office.versions() == []
    assert office.run().code == 0
    assert office.versions() == [("A", 1), ("B", 1)]


def test_no_sequence_begins_behind_a_file_that_is_gone(small_office: Office) -> None:
    """Its sender may be writing it anew."""
    office = small_office
    first = office.file(1, plan("A"))
    path = office.put(first)
    office.put(office.file(2, plan("B")))
    meanwhile(office, "download", "before", path.unlink)
    outcome = office.run()
    assert (outcome.code, outcome.counts) == (0, {"files_gone": 1, "files_fetched": 1})
    assert office.versions() == []
    office.connect = None
    office.put(first)
    assert office.run().code == 0
    assert office.versions() == [("A", 1), ("B", 1)]


def test_a_file_that_grows_while_it_is_fetched_is_fetched_again(small_office: Office) -> None:
    office = small_office
    name, content = office.file(1, plan("A"))
    path = office.put((name, content[:500]))
    meanwhile(office, "download", "before", lambda: path.write_bytes(content))
    assert office.run().code == 4
    assert office.files() == {}
    assert office.run().code == 0
    assert office.versions() == [("A", 1)]


@pytest.mark.parametrize("call", ["download", "files", "look", "archive"])
def test_a_file_that_is_taken_back_stops_no_other(small_office: Office, call: str) -> None:
    office = small_office
    office.configure(endpoint='archive = "done"')
    path = office.put(office.file(1, plan("A")))
    office.put(office.file(2, plan("B")))
    meanwhile(office, call, "after" if call == "files" else "before", path.unlink)
    outcome = office.run()
    assert outcome.code == 0, outcome.problems
    assert office.run().code == 0
    assert ("B", 1) in office.versions()
    assert list(office.inbox.iterdir()) == []


@pytest.mark.parametrize("refusal", [Refused, Unreachable])
def test_where_no_session_can_be_opened_the_rest_waits_for_the_next_run(
    small_office: Office, refusal: type[IepbridgeError]
) -> None:
    """A login for each file would lock the account."""
    office = small_office
    for sequence in (1, 2, 3):
        office.put(office.file(sequence, plan(f"P-{sequence}")))
    logins = cut_and_shut_out(office, "download", refusal("no"))
    outcome = office.run()
    assert (outcome.code, outcome.problems, len(logins)) == (refusal.exit_code, ("no",), 2)
    assert office.files() == {}
    office.connect = None
    assert office.run().code == 0
    assert office.versions() == [("P-1", 1), ("P-2", 1), ("P-3", 1)]


def test_what_was_read_is_tidied_by_the_next_run_where_no_session_can_be_opened(
    small_office: Office,
) -> None:
    office = small_office
    office.configure(endpoint='archive = "done"')
    for sequence in (1, 2):
        office.put(office.file(sequence, plan(f"P-{sequence}")))
    logins = cut_and_shut_out(office, "look", Refused("no"))
    assert (office.run().code, len(logins)) == (6, 2)
    assert office.versions() == [("P-1", 1), ("P-2", 1)]
    office.connect = None
    assert office.run().code == 0
    assert list(office.inbox.iterdir()) == []


def test_no_sequence_begins_behind_a_file_that_may_not_be_read(small_office: Office) -> None:
    office = small_office
    for sequence in (1, 2):
        office.put(office.file(sequence, plan(f"P-{sequence}")))

    def refuse() -> None:
        raise Refused("Permission denied")

    meanwhile(office, "download", "before", refuse)
    assert office.run().code == 6
    assert office.versions() == []
    office.connect = None
    assert office.run().code == 0
    assert office.versions() == [("P-1", 1), ("P-2", 1)]


def test_with_a_marker_a_file_waits_for_it(small_office: Office) -> None:
    office = small_office
    office.configure(endpoint='marker = ".done"\narchive = "away"', feed="")
    path = office.put(office.file(1, plan("A")))
    assert office.run().counts == {}
    marker = path.with_name(f"{path.name}.done")
    marker.touch()
    assert office.run().code == 0
    assert office.versions() == [("A", 1)]
    assert list(office.inbox.iterdir()) == []
    assert [one.name for one in (office.folder / "away").iterdir()] == [path.name]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_no_marker_is_left_to_vouch_for_the_next_file(small_office: Office, moment: str) -> None:
    """Also where the connection is cut while the file is archived."""
    office = small_office
    office.configure(endpoint='marker = ".done"\narchive = "away"')
    path = office.put(office.file(1, plan("A")))
    path.with_name(f"{path.name}.done").touch()

    def cut() -> None:
        assert not path.with_name(f"{path.name}.done").exists()
        raise KeyboardInterrupt

    meanwhile(office, "archive", moment, cut)
    with pytest.raises(KeyboardInterrupt):
        office.run()
    office.connect = None
    office.run()
    assert list(office.inbox.iterdir()) == []


def test_temporary_names_other_names_and_links_are_never_taken(small_office: Office) -> None:
    office = small_office
    name, content = office.file(1, plan("A"))
    office.put((f"{name}.part", content))
    office.put(("notes.txt", content))
    (office.inbox / f"-{name}").write_bytes(content)
    (office.inbox / os.fsdecode(b"TBX_IEP_\xff.xml")).write_bytes(content)
    (office.inbox / "TBX_IEP_folder").mkdir()
    (office.inbox / "TBX_IEP_link").symlink_to(office.inbox / "notes.txt")
    outcome = office.run()
    assert (outcome.code, outcome.counts) == (0, {})
    assert office.files() == {}


@pytest.mark.parametrize(
    ("line", "left"), [("", True), ("delete = true", False), ('archive = "done"', False)]
)
def test_what_was_read_is_kept_deleted_or_archived(
    small_office: Office, line: str, *, left: bool
) -> None:
    office = small_office
    office.configure(endpoint=line)
    read = office.put(office.file(1, plan("A")))
    early = office.put(office.file(3, plan("C")))
    broken = office.put(("TBX_IEP_broken", b"no file of any kind"))
    assert office.run().code == 3
    assert [one.exists() for one in (read, early, broken)] == [left] * 3
    assert office.run().code == 1
    office.put(office.file(2, plan("B")))
    assert office.run().code == 0
    assert office.versions() == [("A", 1), ("B", 1), ("C", 1)]
    if "archive" in line:
        assert len(list((office.folder / "done").iterdir())) == 4


@pytest.mark.parametrize("line", ["delete = true", 'archive = "done"'])
@pytest.mark.parametrize("call", ["look", "files"])
def test_another_file_of_its_name_is_not_taken_away_for_the_one_that_was_read(
    small_office: Office, line: str, call: str
) -> None:
    """Nor where it has its size and time: digests tell."""
    office = small_office
    office.configure(endpoint=line)
    first = office.file(1, plan("A"))
    path = office.put(first)
    second = office.file(2, plan("B"))
    assert len(first[1]) == len(second[1])

    def replaced() -> None:
        os.utime(office.put((path.name, second[1])), (office.seconds - 1,) * 2)

    if call == "files":
        office.run()
        assert not path.exists()
        replaced()
    else:
        meanwhile(office, "look", "before", replaced)
        office.run()
        assert path.read_bytes() == second[1]
    office.connect = None
    outcome = office.run()
    assert outcome.code == 3
    assert "_000002" in outcome.problems[0]
    assert len(office.files()) == 2


def test_an_archive_keeps_files_of_one_name_apart(small_office: Office) -> None:
    office = small_office
    office.configure(endpoint='archive = "done"')
    name, content = office.file(1, plan("A"))
    for _ in range(3):
        office.put((name, content))
        office.run()
    office.put((name, b"other bytes"))
    office.run()
    assert len(list((office.folder / "done").iterdir())) == 4
    assert office.versions() == [("A", 1)]
    assert sorted(office.files().values()) == ["read", "refused"]
    assert [taken for _, taken in names_of(office)] == [True, True]


def test_a_file_that_is_too_large_is_told_and_stops_no_other(small_office: Office) -> None:
    office = small_office
    large = office.put(office.file(1, *(plan(f"A-{number}") for number in range(4))))
    office.put(office.file(2, plan("B")))
    office.configure(endpoint=f"max_bytes = {large.stat().st_size - 1}")
    assert office.run().code == 3
    assert office.versions() == [("B", 1)]
    assert large.exists()


def test_a_folder_that_is_gone_is_told_and_what_is_kept_is_read(small_office: Office) -> None:
    office = small_office
    office.put(office.file(1, plan("A")))
    office.put(office.file(3, plan("C")))
    office.run()
    office.release(office.holds()[0].id)
    office.inbox.rename(office.folder / "elsewhere")
    assert office.run().code == 6
    assert office.versions() == [("A", 1), ("C", 1)]


class Listing:
    """A session that lists what a server may say."""

    def __init__(self, session: Session, listed: list[RemoteFile]) -> None:
        self._session = session
        self._listed = listed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def files(self) -> Iterator[RemoteFile]:
        yield from self._listed


def test_a_size_that_the_server_made_up_is_not_believed(small_office: Office) -> None:
    office = small_office
    path = office.put(office.file(1, plan("A")))

    def connect(endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]) -> Any:
        return Listing(open_session(endpoint, endpoints), [RemoteFile(path.name, 7, 0)])

    office.connect = connect
    assert office.run().code == 4
    assert office.files() == {}


def test_a_destination_that_cannot_be_made_is_misuse_and_nothing_is_read(
    small_office: Office,
) -> None:
    office = small_office
    office.put(office.file(1, plan("A")))
    Path(office.folder / "received").write_text("no folder")
    assert office.run().code == 2
    assert office.files() == {}
