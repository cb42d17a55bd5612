"""Runs whose source is not like those before: nothing of it goes until a person accepts it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest
from sqlalchemy import delete, select, update
from tests.runs.place import FEED, Data, Place, bad, lines, plan
from tests.servers.ledgers import Hands

from iepbridge.errors import Unreachable
from iepbridge.ledger import Ledger
from iepbridge.ledger.run_log import begin_run, end_run, last_run
from iepbridge.ledger.schema import events, payloads
from iepbridge.ledger.volumes import plans_found_before
from iepbridge.runs.dry import Preview
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.run import run_feed

PLANS: Final = 24
_TURN: Final = 6
"""Of so many plans one is changed from day to day."""
DAYS: Final = 6
"""After so many days there is a history: 24 plans found, 4 due, 4 changed, none closed."""


@pytest.fixture
def fresh(tmp_path: Path, ledger: Ledger, clock: Hands) -> Place:
    """Give a feed that never ran, with small bounds, first with SQLite, then with PostgreSQL."""
    return Place(tmp_path, ledger, clock, volume_least=5)


@pytest.fixture
def place(fresh: Place) -> Place:
    """Give a feed with a history: what it has was sent at once, and five runs are made up."""
    assert run_day(fresh, DAYS - 1).code == 0
    counts = {"plans_found": 24, "plans_due": 4, "plans_changed": 4, "plans_sent": 4}
    for _ in range(DAYS - 1):
        with fresh.ledger.writing() as tx:
            end_run(tx, FEED, begin_run(tx, FEED, "out", "a tester", {}), 0, counts)
    return fresh


def ordinary(day: int) -> list[Data]:
    """Give the source of an ordinary day: always the same plans, some with a new version."""
    return [plan(f"P-{own:02}", 1 + _changes(own, day)) for own in range(PLANS)]


def _changes(own: int, day: int) -> int:
    return sum(own % _TURN == one % _TURN for one in range(1, day + 1))


def run_day(place: Place, day: int) -> Outcome:
    place.lay("a.jsonl", *ordinary(day))
    return place.run()


def closed(data: Data) -> Data:
    """Close a plan, with a new version."""
    version = data["version"] + 1
    return plan(data["plan_id"], version, status="closed", closed_on="2026-10-30")


def renamed(data: Data) -> Data:
    return {**data, "plan_id": f"{data['plan_id']}-again"}


def raised(data: Data) -> Data:
    return plan(data["plan_id"], data["version"] + 1)


def reworded(data: Data) -> Data:
    return {**data, "comments": "written twice"}


Incident = Callable[[list[Data]], list[Data]]

INCIDENTS: Final[Mapping[str, Incident]] = {
    "empty": lambda _: [],
    "truncated": lambda plans: plans[:6],
    "everything changed": lambda plans: [*map(raised, plans)],
    "other content, same versions": lambda plans: [*map(reworded, plans)],
    "many closed": lambda plans: [*map(closed, plans[:10]), *plans[10:]],
    "doubled under other ids": lambda plans: [*plans, *map(renamed, plans)],
    "doubled with other content": lambda plans: [
        *map(raised, plans),
        *map(reworded, map(raised, plans)),
    ],
}


def chain(place: Place, kind: str) -> list[dict[str, Any]]:
    """Give the details of the events of a kind."""
    wanted = select(events.c.detail).where(events.c.kind == kind).order_by(events.c.seq)
    with place.ledger.reading() as connection:
        return [json.loads(one) for one in connection.scalars(wanted)]


def accepted(place: Place) -> Place:
    place.workplace = replace(place.workplace, volume_accepted_by="a tester")
    return place


def not_accepted(place: Place) -> Place:
    place.workplace = replace(place.workplace, volume_accepted_by=None)
    return place


@pytest.mark.parametrize("incident", INCIDENTS)
def test_an_incident_stops_the_run_until_a_person_accepts_it(place: Place, incident: str) -> None:
    files, states = place.files(), place.states()
    place.lay("a.jsonl", *INCIDENTS[incident](ordinary(DAYS - 1)))
    assert place.run().code == 8
    assert (place.files(), place.states()) == (files, states)
    assert accepted(place).run().code in (0, 1)
    (told,) = chain(place, "volume_accepted")
    assert (told["by"], len(chain(place, "volume_tripped"))) == ("a tester", 1)
    assert not_accepted(place).run().code in (0, 1)


def test_runs_themselves_make_the_history(fresh: Place) -> None:
    for day in range(DAYS):
        assert run_day(fresh, day).code == 0
    fresh.lay("a.jsonl", *map(raised, ordinary(DAYS - 1)))
    assert fresh.run().code == 8


def test_it_stops_again_until_the_source_is_mended(place: Place) -> None:
    place.lay("a.jsonl", *map(raised, ordinary(DAYS - 1)))
    assert [place.run().code for _ in range(2)] == [8, 8]
    assert run_day(place, DAYS).counts["plans_delivered"] == 4


def test_the_run_and_its_figures_are_written_down(place: Place) -> None:
    place.lay("a.jsonl", *INCIDENTS["many closed"](ordinary(DAYS - 1)))
    outcome = place.run()
    counted = {"plans_found": 24, "plans_due": 10, "plans_changed": 10, "plans_closed": 10}
    assert outcome.counts == counted
    with place.ledger.reading() as connection:
        run = last_run(connection, FEED)
    assert run is not None
    assert (run.exit_code, json.loads(run.counts)) == (8, counted)
    (told,) = chain(place, "volume_tripped")
    assert told == {"figures": {**counted, "limit_closed": 5, "usual_closed": 0}, "by": None}


def test_a_plan_that_was_closed_before_does_not_close_again(place: Place) -> None:
    plans = [closed(one) for one in ordinary(DAYS - 1)[:3]]
    place.lay("b.jsonl", *plans)
    first = place.run()
    assert (first.code, first.counts["plans_closed"], first.counts["plans_sent"]) == (0, 3, 3)
    place.lay("b.jsonl", *map(closed, plans))
    second = place.run()
    assert (second.counts["plans_changed"], second.counts["plans_closed"]) == (3, 0)


@pytest.mark.parametrize("loss", ["purged", "damaged"])
def test_what_was_sent_and_cannot_be_read_was_not_closed(place: Place, loss: str) -> None:
    change = delete(payloads) if loss == "purged" else update(payloads).values(data=b"no more")
    with place.ledger.writing() as tx:
        tx.connection.execute(change)
    place.lay("a.jsonl", *map(closed, ordinary(DAYS - 1)))
    outcome = run_feed(place.workplace, FEED)
    assert (outcome.code, outcome.counts["plans_closed"]) == (8, PLANS)


def test_the_message_gives_the_figures_and_the_way_on(place: Place) -> None:
    place.lay("a.jsonl", *INCIDENTS["empty"]([]))
    (message,) = place.run().problems
    assert "0 plans are in the source, where 24 are usual and at least 8 pass" in message
    assert "`iepbridge run plans --accept-volume`" in message


def test_a_dry_run_tells_it_and_with_acceptance_what_would_go(place: Place) -> None:
    place.lay("a.jsonl", *INCIDENTS["everything changed"](ordinary(DAYS - 1)))
    preview = Preview(place.workplace, FEED)
    (row,) = preview
    assert (row["do"], row["reason"]) == ("stop", "volume")
    assert (row["plans_due"], row["usual_due"], row["limit_due"]) == (24, 4, 16)
    assert preview.outcome.code == 8
    preview = Preview(accepted(place).workplace, FEED)
    did = [row["do"] for row in preview]
    assert did == ["accept", *["send"] * PLANS]
    assert preview.outcome.code == 0
    assert chain(place, "volume_tripped") == chain(place, "volume_accepted") == []


def test_what_earlier_runs_let_go_goes_all_the_same(place: Place) -> None:
    workplace = place.workplace
    place.workplace = replace(workplace, connect=_nobody_there)
    assert run_day(place, DAYS).code == 4
    place.workplace = workplace
    place.lay("a.jsonl")
    outcome = place.run()
    assert (outcome.code, outcome.counts["plans_delivered"]) == (8, 4)


def _nobody_there(*_: object) -> NoReturn:
    raise Unreachable("Nobody is there.")


def test_what_is_accepted_is_usual_from_then_on(place: Place) -> None:
    """As few plans as an accepted run found are no news; more are, from the median on."""
    place.lay("a.jsonl", *ordinary(DAYS - 1)[:3])
    assert accepted(place).run().code == 0
    assert not_accepted(place).run().code == 0
    place.lay("a.jsonl", *ordinary(DAYS - 1)[:2])
    assert place.run().code == 8


def test_without_a_history_any_number_goes(fresh: Place) -> None:
    fresh.lay("a.jsonl")
    assert fresh.run().code == 0
    assert run_day(fresh, 0).counts["plans_delivered"] == PLANS


def test_without_a_history_as_many_go_as_the_feed_says(
    tmp_path: Path, ledger: Ledger, clock: Hands
) -> None:
    place = Place(tmp_path, ledger, clock, volume_first=PLANS - 1)
    outcome = run_day(place, 0)
    assert outcome.code == 8
    assert "23 may be (volume_first)" in outcome.problems[0]
    assert accepted(place).run().counts["plans_delivered"] == PLANS


def test_a_feed_may_do_without_the_guard(tmp_path: Path, ledger: Ledger, clock: Hands) -> None:
    place = Place(tmp_path, ledger, clock, volume_least=5, volume_guard=False)
    for day in range(DAYS):
        assert run_day(place, day).code == 0
    place.lay("a.jsonl", *map(raised, ordinary(DAYS - 1)))
    assert place.run().counts["plans_delivered"] == PLANS


def test_a_source_that_cannot_be_read_is_told_as_such_alone(place: Place) -> None:
    """It is missing plans, but for a reason that accepting its volume would not mend."""
    place.lay("a.jsonl", *ordinary(DAYS)[:6])
    whole = lines(*ordinary(DAYS)[6:])
    (place.folder / "source" / "b.jsonl").write_bytes(whole[:-100])
    outcome = place.run()
    assert (outcome.code, outcome.counts["plans_delivered"]) == (3, 1)


def test_runs_beside_a_file_that_cannot_be_read_make_a_history(fresh: Place) -> None:
    (fresh.folder / "source" / "b.jsonl").write_bytes(b"no plan\n")
    for day in range(DAYS):
        assert run_day(fresh, day).code == 3
    fresh.lay("a.jsonl", *map(raised, ordinary(DAYS - 1)))
    assert fresh.run().code == 8


def test_what_is_held_day_after_day_is_not_due(place: Place) -> None:
    held = [bad(f"B-{own}") for own in range(7)]
    place.lay("b.jsonl", *held)
    first, second = run_day(place, DAYS), run_day(place, DAYS + 1)
    assert (first.counts["plans_due"], second.counts["plans_due"]) == (11, 4)
    assert second.counts["held"] == 7


def test_plans_without_an_id_are_not_due(place: Place) -> None:
    nameless = [{**bad(), "comments": str(own)} for own in range(20)]
    for one in nameless:
        del one["plan_id"]
    place.lay("b.jsonl", *nameless)
    assert run_day(place, DAYS).counts["plans_due"] == 4


def test_a_source_that_was_read_in_part_is_no_measure_however_the_run_ended(
    fresh: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code 3 gives way to 4 in what a run ends with."""
    fresh.lay("a.jsonl", plan("P-1"))
    (fresh.folder / "source" / "b.jsonl").write_bytes(b"no plan")

    def out_of_reach(*_: object) -> NoReturn:
        raise Unreachable("Nobody is there.")

    fresh.workplace = replace(fresh.workplace, connect=out_of_reach)
    assert fresh.run().code == 4
    with fresh.ledger.reading() as connection:
        assert plans_found_before(connection, FEED, 10) == []
    (fresh.folder / "source" / "b.jsonl").unlink()
    assert fresh.run().code == 4
    with fresh.ledger.reading() as connection:
        assert plans_found_before(connection, FEED, 10) == [1]
