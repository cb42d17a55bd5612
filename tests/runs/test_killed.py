"""A run that is killed at any commit, or at any call of the endpoint: the next one goes on."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.fakes.endpoint import KILLED_AFTER, KILLED_BEFORE, FakeEndpoint, Killed
from tests.fakes.ledger import DyingLedger
from tests.runs.place import FEED, Place, bad, plan
from tests.servers.ledgers import Hands

from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger, LedgerFailed, batches, open_ledger_at
from iepbridge.ledger.schema import leases
from iepbridge.runs.run import run_feed

FINALLY = {
    "P-1": ["1 delivered", "2 delivered"],
    "P-2": ["1 delivered"],
    "P-3": ["1 superseded", "2 delivered"],
    "P-4": ["1 held contradiction", "1 held contradiction"],
    "P-5": ["1 delivered", "1 superseded"],
    "P-6": ["1 held policy"],
}


def ready(folder: Path, ledger: Ledger, clock: Hands, fake: FakeEndpoint | None = None) -> Place:
    """Make a place where something of every kind is to be done by the next run."""
    place = Place(folder, ledger, clock, batch_size=2, fake=fake)
    place.lay("a.jsonl", plan("P-1"), bad("P-5"))
    place.run()
    place.lay("a.jsonl", plan("P-1", 2), plan("P-2"), plan("P-3", 2), plan("P-5", comments="b"))
    contents = plan("P-4", comments="one"), plan("P-4", comments="other")
    place.lay("b.jsonl", plan("P-3"), *contents, bad("P-6"))
    return place


def killed(place: Place, ledger: DyingLedger | None = None) -> bool:
    """Run until it is killed, or ends; all is accounted for either way. Its leases end."""
    workplace = place.workplace
    with suppress(Killed):
        run_feed(replace(workplace, ledger=ledger) if ledger else workplace, FEED)
        return False
    place.conserved()
    with place.ledger.writing() as tx:
        tx.connection.execute(update(leases).values(expires_at="2000-01-01T00:00:00.000000Z"))
    return True


def settled(place: Place) -> dict[str, list[str]]:
    """Give what another run makes of it; one after that has nothing left to do."""
    outcome = place.run()
    assert outcome.code == 1, outcome
    assert place.run().counts["plans_delivered"] == 0
    return {plan_id: sorted(states) for plan_id, states in sorted(place.states().items())}


@pytest.fixture
def ledgers(sqlite_template: Path, tmp_path: Path, keyring: Keyring, clock: Hands) -> "Ledgers":
    return Ledgers(sqlite_template, tmp_path, keyring, clock)


class Ledgers:
    """New ledgers in files, each with a folder of its own."""

    def __init__(self, template: Path, folder: Path, keyring: Keyring, clock: Hands) -> None:
        self._template = template
        self._folder = folder
        self._keyring = keyring
        self._clock = clock

    def __iter__(self) -> Iterator[tuple[Path, Ledger]]:
        for number in range(1_000):
            folder = self._folder / str(number)
            folder.mkdir()
            shutil.copy(self._template, folder / "iepbridge.db")
            url = f"sqlite:///{folder / 'iepbridge.db'}"
            with open_ledger_at(url, self._keyring, clock=self._clock) as ledger:
                yield folder, ledger


SOME_OR_ALL = pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)])


@SOME_OR_ALL
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_commit(ledgers: Ledgers, clock: Hands, after: bool, step: int) -> None:
    for last, (folder, ledger) in zip(count(1 + after, step), ledgers, strict=False):
        place = ready(folder, ledger, clock)
        if not killed(place, DyingLedger(ledger, last, after=after)):
            break
        assert settled(place) == FINALLY, f"killed at commit {last}"
    assert last > 14


@SOME_OR_ALL
@pytest.mark.parametrize("fault", [KILLED_BEFORE, KILLED_AFTER])
def test_killed_at_any_call(ledgers: Ledgers, clock: Hands, fault: str, step: int) -> None:
    for number, (folder, ledger) in zip(count(2, step), ledgers, strict=False):
        fake = FakeEndpoint()
        place = ready(folder, ledger, clock, fake)
        fake.faults = {len(fake.calls) + number: fault}
        if not killed(place):
            break
        fake.faults = {}
        assert settled(place) == FINALLY, f"killed at call {number}"
    assert number > 10


@pytest.mark.long
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("last", range(1, 15, 3))
def test_killed_at_a_commit_with_either_database(
    tmp_path: Path, ledger: Ledger, clock: Hands, last: int, after: bool
) -> None:
    place = ready(tmp_path, ledger, clock)
    killed(place, DyingLedger(ledger, last, after=after))
    assert settled(place) == FINALLY


def test_a_ledger_that_fails_stops_sending(
    tmp_path: Path, sqlite_ledger: Ledger, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first file went, and that could not be written down: nothing goes after it."""
    place = Place(tmp_path, sqlite_ledger, clock, batch_size=1)
    place.lay("a.jsonl", plan("P-1"), plan("P-2"))

    def failing(*_: object) -> None:
        raise LedgerFailed("The disk is full.")

    monkeypatch.setattr(batches, "settle", failing)
    outcome = place.run()
    assert (outcome.code, outcome.problems) == (2, ("The disk is full.",))
    assert (len(place.files()), place.states()) == (1, {"P-1": ["1 waiting"]})
    monkeypatch.undo()
    assert place.run().code == 0
    assert place.states() == {"P-1": ["1 delivered"], "P-2": ["1 delivered"]}
    assert len(place.files()) == 2
