"""The right to run a feed: kept while it runs, and given back; without it, nothing is done."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.runs.place import FEED, Place, plan
from tests.servers.ledgers import Hands

from iepbridge.errors import Busy
from iepbridge.ledger import Ledger, leases, schema, take
from iepbridge.runs import leasing
from iepbridge.runs.leasing import leased

FEED_LEASE, NUMBERS = "feed:plans", "numbers:twist:GCWS:TWC"


@pytest.fixture
def place(tmp_path: Path, ledger: Ledger, clock: Hands) -> Place:
    place = Place(tmp_path, ledger, clock)
    place.lay("a.jsonl", plan("P-1"))
    return place


def held_names(ledger: Ledger) -> list[str]:
    """Give the names that are leased to somebody just now."""
    with ledger.reading() as connection:
        rows = connection.execute(select(schema.leases)).all()
    return sorted(row.name for row in rows if row.expires_at > "2000")


def end_leases(ledger: Ledger) -> None:
    """Let every lease end, as if its holder had slept past it."""
    with ledger.writing() as tx:
        past = "2000-01-01T00:00:00.000000Z"
        tx.connection.execute(update(schema.leases).values(expires_at=past))


def test_a_run_has_its_feed_and_its_numbers_and_gives_them_back(place: Place) -> None:
    seen: list[str] = []
    place.when_counted("plans_examined", lambda: seen.extend(held_names(place.ledger)))
    assert place.run().code == 0
    assert seen == [FEED_LEASE, NUMBERS]
    assert held_names(place.ledger) == []


def test_another_run_of_the_feed_is_told_to_come_again(place: Place) -> None:
    codes: list[int] = []
    other = Place(place.folder, place.ledger, place.ledger.clock)  # type: ignore[arg-type]
    place.when_counted("plans_examined", lambda: codes.append(other.run().code))
    assert place.run().code == 0
    assert codes == [5]
    assert place.states() == {"P-1": ["1 delivered"]}
    assert len(place.files()) == 1


@pytest.mark.parametrize("when", ["plans_found", "plans_examined", "batches_made"])
def test_who_slept_past_its_lease_writes_and_sends_nothing_more(place: Place, when: str) -> None:
    place.when_counted(when, lambda: end_leases(place.ledger))
    outcome = place.run()
    assert (outcome.code, place.files()) == (5, [])
    place.when_counted(when, None)
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered"]}
    assert len(place.files()) == 1


def test_who_slept_while_another_went_on_sends_nothing_twice(place: Place) -> None:
    other = Place(place.folder, place.ledger, place.ledger.clock)  # type: ignore[arg-type]

    def overtake() -> None:
        end_leases(place.ledger)
        assert other.run().code == 0

    place.when_counted("batches_made", overtake)
    assert place.run().code == 5
    assert place.states() == {"P-1": ["1 delivered"]}
    assert len(place.files()) == 1


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long for numbers."""
    monkeypatch.setattr(leasing, "_NUMBERS_SECONDS", 0.01)


@pytest.mark.usefixtures("hasty")
def test_a_feed_waits_for_the_numbers_and_then_gives_its_own_name_back(place: Place) -> None:
    feed = place.settings.feeds[FEED]
    with take(place.ledger, [NUMBERS], "somebody", 60):
        with pytest.raises(Busy), leased(place.workplace, feed):
            pytest.fail("the numbers are somebody's")
        assert held_names(place.ledger) == [NUMBERS]
    with leased(place.workplace, feed):
        assert held_names(place.ledger) == [FEED_LEASE, NUMBERS]


def test_names_that_are_added_while_a_lease_is_checked_do_not_end_it(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = leases._locked

    def added_meanwhile(connection: Any, names: Any) -> Any:
        rows = found(connection, names)
        lease.fences = {**lease.fences, "numbers": 1}
        return rows

    with take(sqlite_ledger, ["feed"], "one", 60) as lease:
        monkeypatch.setattr(leases, "_locked", added_meanwhile)
        with sqlite_ledger.writing() as tx:
            lease.check(tx)
        monkeypatch.undo()
        lease.fences = {"feed": lease.fences["feed"]}


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Whatever came of it, no lease is renewed any more."""
    before = threading.active_count()
    yield
    assert threading.active_count() <= before
