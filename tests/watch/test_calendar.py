"""The days that count, and deadlines that run on these alone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.watch.world import configured

from iepbridge.watch.calendar import Calendar, calendar_of

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 1, 1, 18, tzinfo=UTC)

# As the Office of Personnel Management lists them, the day on which each is observed.
FEDERAL = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}
OFF = {date.fromisoformat(f"{year}-{day}") for year in FEDERAL for day in FEDERAL[year].split()}


def federal(*off: date) -> Calendar:
    return Calendar("us-federal", frozenset(off), CHICAGO)


def days(year: int) -> list[datetime]:
    first = datetime(year, 1, 1, 12, tzinfo=CHICAGO)
    every = (first + timedelta(days=number) for number in range(366))
    return [day for day in every if day.year == year]


@pytest.mark.parametrize("year", FEDERAL)
def test_federal_days_are_those_that_are_published(year: int) -> None:
    working = {day.date() for day in days(year) if day.weekday() < 5}
    counted = {day.date() for day in days(year) if federal().counts(day)}
    assert counted == working - OFF


def test_other_calendars() -> None:
    every, weekdays = (Calendar(kind, frozenset(), UTC) for kind in ("every-day", "weekdays"))
    assert all(every.counts(day) for day in days(2026))
    assert {day.weekday() for day in days(2026) if weekdays.counts(day)} == {0, 1, 2, 3, 4}
    assert weekdays.counts(datetime(2026, 12, 25, 12, tzinfo=UTC))


def test_further_days_off() -> None:
    eve = date(2026, 12, 24)
    assert federal().counts(datetime(2026, 12, 24, 12, tzinfo=CHICAGO))
    assert not federal(eve).counts(datetime(2026, 12, 24, 12, tzinfo=CHICAGO))


def test_a_day_is_one_of_the_zone() -> None:
    friday_evening = datetime(2026, 11, 7, 3, tzinfo=UTC)
    assert federal().counts(friday_evening)
    assert not Calendar("weekdays", frozenset(), UTC).counts(friday_evening)


def test_the_calendar_of_a_feed(tmp_path: Path) -> None:
    keys = {"calendar": "weekdays", "holidays": ["2026-12-24"], "timezone": "America/Chicago"}
    own = calendar_of(configured(tmp_path, "out", **keys).feed("feed"))
    assert own == Calendar("weekdays", frozenset({date(2026, 12, 24)}), CHICAGO)


def by_the_quarter(calendar: Calendar, start: datetime, hours: int) -> datetime:
    """Let time run, a quarter of an hour at a time, on the days that count."""
    left, now = timedelta(hours=hours), start
    step = timedelta(minutes=15)
    while left > timedelta(0):
        left -= step if calendar.counts(now) else timedelta(0)
        now += step
    return now


@given(
    st.integers(0, 4 * 24 * 700),
    st.integers(1, 200),
    st.sampled_from(["every-day", "weekdays", "us-federal"]),
    st.sampled_from([UTC, CHICAGO]),
)
def test_deadlines_run_on_days_that_count(
    quarters: int, hours: int, kind: str, zone: ZoneInfo
) -> None:
    calendar = Calendar(kind, frozenset(), zone)
    start = NOON + timedelta(minutes=15 * quarters)
    assert calendar.deadline(start, hours) == by_the_quarter(calendar, start, hours)


@given(st.integers(0, 700), st.integers(0, 60), st.integers(1, 12))
def test_days_that_have_passed_are_whole_ones(first: int, more: int, wanted: int) -> None:
    calendar = federal()
    start, end = NOON + timedelta(days=first), NOON + timedelta(days=first + more)
    between = [start + timedelta(days=number) for number in range(1, more)]
    passed = sum(calendar.counts(day) for day in between)
    assert calendar.have_passed(wanted, start, end) == (passed >= wanted)
