"""Runs out that are killed at any call, and whose ledger is then the one from before the run."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.torture.claims import Trial, claim
from tests.torture.feed_flows import Out, OutTaken
from tests.torture.feeds_killed import KILLED, Stage, stage
from tests.torture.kill_points import Point, hindrance, sample

from iepbridge.ledger.batches import NOT_DELIVERED, open_batches, settle
from iepbridge.ledger.schema import DELIVERED
from iepbridge.runs.remembering import forget

SOME = 150


def restored(own: Stage, point: Point) -> None:
    """Kill a run, put the ledger back, and go on as a person would: nothing lost or doubled."""
    case = own.begin()
    assert isinstance(case, Out)
    code = own.program.run_with_kill(["run", case.feed], case.world.folder, point)
    assert code == KILLED, f"the point was not reached: {code}"
    case.seen()
    _put_back(own, case)
    outcome = case.world.run(case.feed, 1)
    assert outcome.code in {0, 7}, outcome
    case.seen()
    _resolve(case)
    outcome = case.world.run(case.feed, 2)
    assert outcome.code == 0, outcome
    case.ended()
    case.world.assert_sound(taken=case.taken)


def _put_back(own: Stage, case: Out) -> None:
    for left in case.world.folder.glob("iepbridge.db-*"):
        left.unlink()
    shutil.copy(own.before.folder / "iepbridge.db", case.world.folder)


def _resolve(case: Out) -> None:
    """Ask the receiver what became of each file that is unknown still, and say it."""
    there = case.receiver.standing()
    settings = case.world.settings().ledger
    with case.world.ledger(1) as ledger:
        with ledger.reading() as connection:
            unclear = open_batches(connection, case.feed)
        for batch in unclear:
            if batch.name not in there:
                forget(settings, batch)
            with ledger.writing() as tx:
                settle(tx, None, batch, DELIVERED if batch.name in there else NOT_DELIVERED, "said")


def _restored(trial: Trial, flow: type[Out]) -> None:
    assert hindrance() is None, hindrance()
    with stage(flow) as first:
        found = first.points()

    @contextmanager
    def workshop() -> Iterator[Callable[[Point], None]]:
        with stage(flow) as own:
            yield lambda point: restored(own, point)

    trial.spread(sample(found, min(SOME, trial.most or SOME), trial.seed), workshop)


@claim("A run out, killed at a call, with its ledger put back from before, loses and doubles none")
def out(trial: Trial) -> None:
    """Strike ledger, journal and endpoint; the receiver leaves files where they are."""
    _restored(trial, Out)


@claim("A run out to who takes files at once, killed and its ledger put back, doubles nothing")
def out_to_a_taker(trial: Trial) -> None:
    """Strike the same, with a receiver that has taken everything before the next run."""
    _restored(trial, OutTaken)
