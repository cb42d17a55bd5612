"""What counts as unusual: incidents are, and what a year brings is not."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.runs.volume import ENOUGH, RUNS, Limits, Past, Unusual, Volume, unusual

LIMITS: Final = Limits()

numbers = st.integers(0, 10_000)
volumes = st.builds(Volume, numbers, numbers, numbers, numbers)
pasts = st.builds(Past, st.lists(volumes, max_size=RUNS), st.lists(numbers, max_size=RUNS))
limits = st.builds(
    Limits, st.floats(1, 10), st.floats(0, 0.99), st.integers(0, 1000), st.none() | numbers
)


def found_in(volume: Volume, past: Past, limits: Limits = LIMITS) -> set[str]:
    return {one.what for one in unusual(volume, past, limits, is_whole=True)}


def always(volume: Volume) -> Past:
    """Give the past of a feed that always did the same."""
    return Past([volume] * RUNS, [volume.found] * RUNS)


# Laws


@given(volumes, limits)
def test_what_was_always_so_is_usual(volume: Volume, limits: Limits) -> None:
    assert found_in(volume, always(volume), limits) == set()


@given(volumes, pasts, limits)
def test_each_figure_told_is_beyond_its_limit(volume: Volume, past: Past, limits: Limits) -> None:
    for one in unusual(volume, past, limits, is_whole=True):
        assert one.number == getattr(volume, one.what)
        assert one.number < one.limit if one.what == "found" else one.number > one.limit
        if one.usual is not None and limits.least > 0 and one.number > 0:
            assert abs(one.number - one.usual) >= limits.least


@given(volumes, pasts, limits, st.integers(0, 1000))
def test_more_is_never_less_unusual(volume: Volume, past: Past, limits: Limits, more: int) -> None:
    larger = Volume(volume.found, volume.due + more, volume.changed + more, volume.closed + more)
    assert found_in(volume, past, limits) <= found_in(larger, past, limits)


@given(volumes, pasts, limits, st.integers(0, 1000))
def test_fewer_found_are_never_less_unusual(
    volume: Volume, past: Past, limits: Limits, fewer: int
) -> None:
    smaller = volume._replace(found=max(0, volume.found - fewer))
    assert found_in(volume, past, limits) <= found_in(smaller, past, limits)


few_runs = st.lists(volumes, max_size=ENOUGH - 1)


@given(volumes, few_runs, numbers)
def test_without_a_history_only_what_is_due_counts(
    volume: Volume, runs: list[Volume], first: int
) -> None:
    past = Past(runs, [one.found for one in runs])
    assert found_in(volume, past) == set()
    told = found_in(volume, past, LIMITS._replace(first=first))
    assert told == ({"due"} if volume.due > first else set())


# Bounds

USUAL: Final = Volume(1000, 60, 40, 5)
FOUND: Final = [1000] * RUNS


@pytest.mark.parametrize(
    ("volume", "told"),
    [
        (USUAL._replace(due=240), set()),  # four times as many
        (USUAL._replace(due=241), {"due"}),
        (USUAL._replace(closed=55), set()),  # fifty more
        (USUAL._replace(closed=56), {"closed"}),
        (USUAL._replace(changed=161), {"changed"}),
        (USUAL._replace(found=300), set()),
        (USUAL._replace(found=299), {"found"}),
        (Volume(0, 0, 0, 0), {"found"}),
    ],
)
def test_where_the_bounds_are(volume: Volume, told: set[str]) -> None:
    assert found_in(volume, always(USUAL)) == told


@pytest.mark.parametrize(("usual", "told"), [(9, set()), (10, {"found"})])
def test_an_empty_source_is_unusual_from_ten_plans_on(usual: int, told: set[str]) -> None:
    assert found_in(Volume(0, 0, 0, 0), always(Volume(usual, 2, 2, 0))) == told
    assert found_in(Volume(1, 0, 0, 0), always(Volume(usual, 2, 2, 0))) == set()


def test_a_run_that_was_odd_says_nothing_of_what_is_busy_and_two_do() -> None:
    surge, busy = USUAL._replace(due=900), USUAL._replace(due=90)
    runs = [USUAL] * (RUNS - 2)
    assert found_in(USUAL._replace(due=361), Past([surge, busy, *runs], FOUND)) == {"due"}
    assert found_in(USUAL._replace(due=360), Past([surge, busy, *runs], FOUND)) == set()
    assert found_in(surge, Past([surge, surge, *runs], FOUND)) == set()


def test_as_few_as_a_run_lately_found_are_not_too_few() -> None:
    past = Past([USUAL] * RUNS, [*FOUND[1:], 3])
    assert found_in(USUAL._replace(found=3), past) == set()
    assert found_in(USUAL._replace(found=2), past) == {"found"}


def test_what_was_found_counts_whether_or_not_any_was_sent() -> None:
    past = Past([USUAL], [1000] * ENOUGH)
    assert found_in(Volume(0, 0, 0, 0), past) == {"found"}
    assert found_in(Volume(0, 0, 0, 0), Past([USUAL], [1000] * (ENOUGH - 1))) == set()


def test_a_hundredth_of_a_large_source_is_nothing_unusual() -> None:
    large = Volume(30_000, 60, 40, 5)
    assert found_in(large._replace(closed=305), always(large)) == set()
    assert found_in(large._replace(closed=306), always(large)) == {"closed"}


def test_low_of_nothing_is_no_bound() -> None:
    nothing = Volume(0, 0, 0, 0)
    assert found_in(nothing, always(USUAL), LIMITS._replace(low=0)) == set()


def test_a_source_that_was_not_read_whole_is_not_told_to_be_small() -> None:
    assert unusual(Volume(0, 0, 0, 0), always(USUAL), LIMITS, is_whole=False) == ()


def test_what_is_told() -> None:
    (told,) = unusual(USUAL._replace(found=7), always(USUAL), LIMITS, is_whole=True)
    assert told == Unusual("found", 7, 300, 1000)


# A year


@dataclass(frozen=True)
class Program:
    """A made-up program: how many plans, which part of them changes on a day, and when it rests."""

    plans: int
    daily: float
    has_weekends: bool
    only_changes: bool = False
    """Whether the source has only what is new or changed."""


PROGRAMS: Final[Mapping[str, Program]] = {
    "small": Program(40, 0.05, has_weekends=False),
    "a county": Program(900, 0.02, has_weekends=True),
    "a state": Program(30_000, 0.01, has_weekends=False),
    "a state that rests": Program(30_000, 0.015, has_weekends=True),
    "changes alone": Program(20_000, 0.02, has_weekends=False, only_changes=True),
}
_HOLIDAYS: Final = frozenset({(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)})


def year(program: Program, chance: random.Random) -> Iterator[Volume]:
    """Give what each day of a year brings: growth, weekdays, ends of months, holidays, chance."""
    plans = float(program.plans)
    for number in range(365):
        plans *= 1 + chance.gauss(0.0005, 0.002)
        day = date(2026, 1, 1) + timedelta(number)
        changed = plans * program.daily * _busy(program, day) * chance.lognormvariate(0, 0.25)
        fresh = changed * chance.uniform(0.1, 0.3)
        due = round(changed + fresh)
        found = due if program.only_changes else round(plans)
        yield Volume(found, due, round(changed), round(changed * chance.uniform(0.02, 0.15)))


def _busy(program: Program, day: date) -> float:
    """Say how busy a day is, an ordinary weekday being 1."""
    rests = (day.month, day.day) in _HOLIDAYS or (program.has_weekends and day.weekday() > 4)
    if rests:
        return 0.0 if program.has_weekends else 0.6
    monday = 1.4 if day.weekday() == 0 else 1.0
    return monday * (1.6 if (day + timedelta(2)).month != day.month else 1.0)


class Feed:
    """A feed's history, as the ledger gives it."""

    def __init__(self) -> None:
        self._before: list[Volume] = []

    @property
    def past(self) -> Past:
        sending = [one for one in reversed(self._before) if one.due]
        return Past(sending[:RUNS], [one.found for one in self._before[-RUNS:]])

    def ran(self, volume: Volume) -> None:
        self._before.append(volume)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_year_of_ordinary_days_stops_nothing(name: str) -> None:
    for seed in range(10):
        feed = Feed()
        for day, volume in enumerate(year(PROGRAMS[name], random.Random(seed))):
            assert found_in(volume, feed.past) == set(), (seed, day)
            feed.ran(volume)


def _all_due(volume: Volume, chance: random.Random) -> Volume:
    return volume._replace(due=volume.found + volume.due, changed=volume.found)


INCIDENTS: Final[Mapping[str, Callable[[Volume, random.Random], Volume]]] = {
    "empty": lambda *_: Volume(0, 0, 0, 0),
    "truncated": lambda volume, chance: Volume(
        round(volume.found * chance.uniform(0, 0.2)), *volume[1:]
    ),
    "everything changed": _all_due,
    "every fifth closed": lambda volume, _: volume._replace(closed=volume.found // 5),
    "doubled": lambda volume, _: volume._replace(
        found=volume.found * 2, due=volume.found + volume.due
    ),
}


@pytest.mark.parametrize("incident", INCIDENTS)
@pytest.mark.parametrize("name", ["a county", "a state", "a state that rests"])
def test_an_incident_is_caught_on_any_day(name: str, incident: str) -> None:
    chance, feed = random.Random(incident), Feed()
    for day, volume in enumerate(year(PROGRAMS[name], random.Random(3))):
        happens = INCIDENTS[incident](volume, chance)
        assert day < RUNS or found_in(happens, feed.past), (day, happens)
        feed.ran(volume)


def test_a_weekday_feed_of_changes_alone_asks_once_and_learns() -> None:
    program = Program(20_000, 0.02, has_weekends=True, only_changes=True)
    feed, told = Feed(), 0
    from_a_monday_on = islice(year(program, random.Random(5)), 4, None)
    for volume in from_a_monday_on:
        told += bool(found_in(volume, feed.past))
        feed.ran(volume)
    assert told == 1
