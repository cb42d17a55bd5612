"""As of a time, what happened later is as if it had not: the law, for any history."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.watch.conftest import Make
from tests.watch.world import World, utc

START = utc("2026-11-02 00:00")
HOURS = 24


class Lived(NamedTuple):
    """A run with a file that it sent, all in minutes: its answer may be later, or never come."""

    begins: int
    lasts: int | None
    code: int
    answered: int | None


def minutes(first: int, last: int) -> st.SearchStrategy[int]:
    return st.integers(first, last)


HISTORY = st.lists(
    st.builds(
        Lived,
        minutes(0, 60 * HOURS),
        st.none() | minutes(1, 300),
        st.sampled_from([0, 0, 1, 4]),
        st.none() | minutes(1, 60 * HOURS),
    ),
    min_size=1,
    max_size=8,
).map(lambda found: sorted(found, key=lambda one: one.begins))


def write(world: World, history: list[Lived], until: datetime) -> None:
    """Write down what had happened by a moment, as it stood then."""
    world.clear()
    for number, one in enumerate(history):
        begins = START + timedelta(minutes=one.begins)
        if begins > until:
            continue
        ends = None if one.lasts is None else begins + timedelta(minutes=one.lasts)
        has_ended = ends is not None and ends <= until
        run = world.run(begins, one.code if has_ended else None, one.lasts or 0)
        answered = None
        if one.answered is not None:
            answered = begins + timedelta(minutes=one.answered)
        known = answered if answered is not None and answered <= until else None
        world.plan(run, world.batch(run, begins, f"{number}"), f"P-{number}", begins, known)


@pytest.mark.parametrize("grace", [0, 90])
def test_what_came_later_does_not_count(small_world: Make, grace: int) -> None:
    keys: dict[str, Any] = {"acknowledgements": "acks", "acknowledge_within_hours": 4}
    world = small_world(schedule="*/30 * * * *", missing_grace_minutes=grace, quiet_days=1, **keys)

    @settings(max_examples=40)
    @given(HISTORY, minutes(0, 60 * HOURS + 600))
    def law(history: list[Lived], at: int) -> None:
        moment = START + timedelta(minutes=at)
        with world.at_once():
            write(world, history, utc("2027-01-01 00:00"))
        told = world.missing(moment)
        with world.at_once():
            write(world, history, moment)
        assert world.missing(moment) == told

    law()
