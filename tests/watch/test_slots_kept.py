"""Which slots are kept, against a plain reading of the rule: any history, any moment."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.watch.conftest import Make
from tests.watch.world import World, run_row, utc

from iepbridge.ledger.schema import runs

START = utc("2026-11-06 00:00")
DAYS = 4
WEEKDAYS = range(5)
END = 24 * 60 * DAYS


class Run(NamedTuple):
    """A run: when it begins and ends, in minutes from the start."""

    begins: int
    ends: int | None
    code: int


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


@st.composite
def histories(draw: st.DrawFn) -> list[Run]:
    """Give runs, one after the other, as a lease has them; some were killed."""
    found, now = [], 0
    for _ in range(draw(st.integers(1, 12))):
        now += draw(st.integers(0, 90) | st.integers(0, 2000))
        lasts = draw(st.none() | st.integers(1, 200))
        found.append(Run(now, None if lasts is None else now + lasts, draw(st.sampled_from(CODES))))
        now += lasts or 1
    return found


CODES = [0, 0, 1, 4, 7]
SLOTS = [hour * 60 for hour in range(24 * DAYS * 2) if at(hour * 60).weekday() in WEEKDAYS]


def is_missing(history: list[Run], now: int, grace: int) -> bool:
    """Say whether the last slot whose grace is over was not kept."""
    begun = [run for run in history if run.begins <= now]
    due = [slot for slot in SLOTS if begun and slot > begun[0].begins and slot + grace <= now]
    if not due:
        return False
    slot = due[-1]
    ended = [run for run in begun if run.ends is not None and run.ends <= now]
    following = min(other for other in SLOTS if other > slot)
    is_put_off = any(run.begins < slot < (run.ends or 0) for run in ended)
    end = now if is_put_off else min(now, following)
    return not any(slot <= run.begins < end for run in ended if run.code in (0, 1))


def write(world: World, history: list[Run]) -> None:
    world.clear()
    world.add_all(runs, [row(run) for run in history])


def row(run: Run) -> dict[str, object]:
    if run.ends is None:
        return run_row(at(run.begins), None)
    return run_row(at(run.begins), run.code, run.ends - run.begins)


MOMENTS = st.tuples(st.integers(0, 11), st.integers(0, 400))
"""Which run, and how long after it began."""


@pytest.mark.parametrize("grace", [0, 60, 150])
def test_a_slot_is_told_by_the_rule(small_world: Make, grace: int) -> None:
    keys = {"calendar": "weekdays", "quiet_days": 0}
    world = small_world(schedule="0 * * * *", missing_grace_minutes=grace, **keys)

    @settings(max_examples=60)
    @given(histories(), st.lists(MOMENTS, min_size=4, max_size=4))
    def law(history: list[Run], chosen: list[tuple[int, int]]) -> None:
        with world.at_once():
            write(world, history)
        begins = [(history[number % len(history)].begins, more) for number, more in chosen]
        moments = {min(first + more, END) for first, more in begins}
        for now in sorted(moments):
            expected = ["run"] if is_missing(history, now, grace) else []
            assert world.kinds(at(now)) == expected, now

    law()
