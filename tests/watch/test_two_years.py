"""Two years of nights: no false alarm on any of them, and each omission told within one slot."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

import pytest
from tests.watch.conftest import Make
from tests.watch.world import World, file_row, run_row, utc

from iepbridge.ledger.schema import received, runs
from iepbridge.schedule.slots import slots
from iepbridge.watch.times import Times
from iepbridge.watch.view import View

START, END = utc("2026-01-05 12:00"), utc("2028-01-05 12:00")
SEED = 20261122
FEED = {
    "schedule": "0 2 * * *",
    "expects": "0 6 * * *",
    "timezone": "America/Chicago",
    "calendar": "us-federal",
    "quiet_days": 5,
}
NIGHTLY, EXPECTED = "0 2 * * *", "0 6 * * *"
OMITTED = 25


def due(world: World, schedule: str) -> list[datetime]:
    """Give the times of a schedule on days that count, over two years."""
    with world.ledger.reading() as connection:
        view = View(connection, world.settings.feed("feed"), END, slots)
        times: Times = view.times(schedule)
    return [slot.at for slot in times.between(START, END - timedelta(days=1))]


def lived(world: World, without: set[datetime], files_without: set[datetime]) -> None:
    """Have each night its run, and each morning its file, but for these; days off have none."""
    chance = random.Random(SEED)
    world.begins(START)
    first = world.run(START)
    nights = [at for at in due(world, NIGHTLY) if at not in without]
    late = [at + timedelta(minutes=chance.uniform(0, 40)) for at in nights]
    world.add_all(runs, [run_row(at, chance.choice((0, 1)), 15) for at in late])
    mornings = [at for at in due(world, EXPECTED) if at not in files_without]
    came = [at + timedelta(minutes=chance.uniform(-120, 50)) for at in mornings]
    world.add_all(received, [file_row(first, at, f"{number}") for number, at in enumerate(came)])


def looks(every: timedelta) -> Iterator[datetime]:
    """Give the moments at which a monitor looks."""
    number = int((END - timedelta(days=1) - START) / every)
    return takewhile(lambda at: at < END, (START + every * step for step in range(number)))


@pytest.mark.long
def test_no_false_alarm_in_two_years(small_world: Make) -> None:
    world = small_world("in", **FEED)
    lived(world, set(), set())
    alarms = [one for at in looks(timedelta(hours=19)) for one in world.missing(at)]
    assert alarms == []


def test_each_omission_is_told_within_one_slot(small_world: Make) -> None:
    world = small_world("in", **FEED)
    chance = random.Random(SEED)
    nights, mornings = due(world, NIGHTLY), due(world, EXPECTED)
    runs_left_out = chance.sample(nights[2:-2:2], OMITTED)
    files_left_out = chance.sample(mornings[2:-2:2], OMITTED)
    lived(world, set(runs_left_out), set(files_left_out))
    for kind, times, left_out in (
        ("run", nights, runs_left_out),
        ("file", mornings, files_left_out),
    ):
        for at in left_out:
            looked = [at - _MINUTE, at + _GRACE, at + 3 * _GRACE, _after(times, at) + _GRACE]
            told = [kind in world.kinds(one) for one in looked]
            assert told == [False, True, True, False], (kind, at)


_MINUTE = timedelta(minutes=1)
_GRACE = timedelta(hours=1)


def _after(times: list[datetime], at: datetime) -> datetime:
    return times[times.index(at) + 1]
