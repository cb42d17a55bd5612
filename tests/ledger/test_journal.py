"""The journal: what was noted is read back, in order, whatever else lies in its folder."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iepbridge.errors import Unreadable
from iepbridge.ledger import LedgerFailed
from iepbridge.ledger.journal import Journal, Member, Page, Place
from iepbridge.ledger.sequences import HIGHEST, Channel, Number

CHANNEL = Channel("out", "twist", "GCWS", "TWC")
PARTY = st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True)
CHANNELS = st.builds(
    Channel, st.just("out"), st.from_regex(r"[a-z][a-z0-9_-]{0,9}", fullmatch=True), PARTY, PARTY
)
NUMBERS = st.builds(Number, st.integers(0, 12), st.integers(1, HIGHEST))
DIGESTS = st.binary(min_size=32, max_size=32)
IDS = st.text(st.characters(exclude_categories=["Cs"]))
MEMBERS = st.builds(Member, IDS, st.integers(), DIGESTS)


def page(place: Place, *plans: Member) -> Page:
    return Page(place, "plans", "texas", "A.xml", bytes(32), 7, "2026-11-02T02:00:00Z", plans, 3)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "deep" / "ledger.db.sent")


@settings(max_examples=50)
@given(st.sets(st.builds(Place, CHANNELS, NUMBERS), max_size=4), st.lists(MEMBERS, max_size=3))
def test_what_is_noted_is_read_back(places: set[Place], members: list[Member]) -> None:
    with TemporaryDirectory() as folder:
        own = Journal(Path(folder))
        for place in places:
            own.note(page(place, *members))
        assert set(own.places()) == places
        assert all(own.read(place) == page(place, *members) for place in places)
        for place in places:
            assert own.of(place.channel) == sorted(
                one for one in places if one.channel == place.channel
            )


def test_numbers_go_on_after_the_highest(journal: Journal) -> None:
    numbers = [Number(0, 2), Number(0, HIGHEST), Number(1, 1), Number(10, 1)]
    for number in numbers:
        journal.note(page(Place(CHANNEL, number)))
    assert [one.number for one in journal.of(CHANNEL)] == numbers
    assert journal.of(CHANNEL._replace(receiver="TW")) == []


def test_before_the_first_page_there_is_nothing(journal: Journal) -> None:
    place = Place(CHANNEL, Number(0, 1))
    assert (list(journal.places()), journal.has(place)) == ([], False)
    journal.remove(place)
    assert not journal.folder.exists()


def test_strange_files_are_left_alone(journal: Journal) -> None:
    journal.folder.mkdir(parents=True)
    for name in ("notes.txt", ".out-twist-A-B-0-000001.json", "out-twist-A-B-0-1.json"):
        (journal.folder / name).touch()
    assert list(journal.places()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_is_full_or_fails_leaves_no_page(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, "the system's own words")

    place = Place(CHANNEL, Number(0, 1))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(LedgerFailed, match="Nothing more is sent") as told:
            journal.note(page(place))
    assert "own words" not in str(told.value)
    assert not journal.has(place)
    journal.note(page(place))
    assert journal.read(place) == page(place)


def test_a_page_under_another_name_is_not_believed(journal: Journal) -> None:
    first, second = (Place(CHANNEL, Number(0, number)) for number in (1, 2))
    journal.note(page(first))
    (journal.folder / first.name).rename(journal.folder / second.name)
    with pytest.raises(Unreadable, match=second.name):
        journal.read(second)


def test_a_page_that_lost_a_plan_is_not_believed(journal: Journal) -> None:
    place = Place(CHANNEL, Number(0, 1))
    journal.note(page(place, Member("P-1", 1, bytes(32)), Member("P-2", 1, bytes(32))))
    path = journal.folder / place.name
    path.write_bytes(path.read_bytes().replace(b'["P-1",1,"%s"],' % (b"0" * 64), b""))
    with pytest.raises(Unreadable):
        journal.read(place)
