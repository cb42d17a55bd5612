"""Slots: what each day of two years gets in many zones, against every minute of the hard nights."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.ledger.slots import Slot
from iepbridge.schedule.slots import is_any_hour, slots

ZONES = [
    "UTC",
    "America/Chicago",
    "America/New_York",
    "America/Indiana/Indianapolis",
    "America/Phoenix",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Santiago",
]
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
END = datetime(2027, 3, 31, tzinfo=UTC)
DAYS = 800
FIXED = ["0 2 * * *", "30 2 * * *", "30 1 * * *", "15 0 * * *", "59 23 * * *", "0,30 2,3 * * *"]
ANY_HOUR = ["0 * * * *", "*/15 1 * * *", "*/5 2 * * *", "10,40 * * * *", "* 0-3 * * *"]

CHICAGO = ZoneInfo("America/Chicago")


def until(schedule: str, zone: tzinfo, after: datetime, end: datetime) -> list[Slot]:
    return list(takewhile(lambda slot: slot.at <= end, slots(schedule, zone, after)))


def locals_of(schedule: str, day: date, zone: tzinfo = CHICAGO) -> list[tuple[str, str]]:
    """Give the slots of a day: the time that each belongs to, and the time in UTC."""
    begin = datetime(day.year, day.month, day.day, tzinfo=zone) - timedelta(seconds=1)
    found = until(schedule, zone, begin, begin + timedelta(hours=26))
    own = [slot for slot in found if slot.local.startswith(str(day))]
    return [(f"{slot.local[11:]}{'+' * slot.fold}", f"{slot.at:%H:%M}") for slot in own]


# The rule

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def test_a_time_in_the_missing_hour_runs_once_right_after_it() -> None:
    assert locals_of("30 2 * * *", SPRING) == [("02:30", "08:00")]
    assert locals_of("0,15 2 * * *", SPRING) == [("02:00", "08:00"), ("02:15", "08:00")]


def test_a_time_in_the_doubled_hour_runs_once_the_first_time() -> None:
    assert locals_of("30 1 * * *", AUTUMN) == [("01:30", "06:30")]


def test_any_hour_runs_in_each_real_hour() -> None:
    assert locals_of("30 * * * *", SPRING)[:3] == [
        ("00:30", "06:30"),
        ("01:30", "07:30"),
        ("03:30", "08:30"),
    ]
    assert locals_of("30 * * * *", AUTUMN)[:4] == [
        ("00:30", "05:30"),
        ("01:30", "06:30"),
        ("01:30+", "07:30"),
        ("02:30", "08:30"),
    ]
    assert locals_of("*/20 2 * * *", SPRING) == []
    assert len(locals_of("*/20 1 * * *", AUTUMN)) == 6


def test_half_an_hour_that_is_doubled() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    found = locals_of("*/15 1,2 * * *", date(2026, 4, 5), lord_howe)
    times = ["01:00", "01:15", "01:30", "01:45", "01:30+", "01:45+"]
    assert [time for time, _ in found] == [*times, "02:00", "02:15", "02:30", "02:45"]


# Each daily slot exactly once a day


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("schedule", FIXED[1:4])
def test_a_daily_slot_comes_once_each_local_day_of_two_years(schedule: str, name: str) -> None:
    zone = ZoneInfo(name)
    found = until(schedule, zone, BEGIN, END)
    days = Counter(slot.at.astimezone(zone).date() for slot in found)
    first = min(days)
    assert list(days) == [first + timedelta(days=number) for number in range(len(days))]
    assert set(days.values()) == {1}
    assert len(days) >= DAYS
    named = [slot.local[:10] for slot in found]
    assert named == [str(day) for day in days]


# Against every minute


def nights(zone: tzinfo) -> Iterator[datetime]:
    """Give the moments, to the hour, at which the clocks of a zone are moved."""
    day, hour = timedelta(days=1), timedelta(hours=1)
    for number in range(DAYS):
        at = BEGIN + number * day
        if offset(at, zone) != offset(at + day, zone):
            yield next(
                at + n * hour
                for n in range(24)
                if offset(at + (n + 1) * hour, zone) != offset(at, zone)
            )


def offset(at: datetime, zone: tzinfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def shown(zone: tzinfo, begin: datetime, hours: int) -> Iterator[tuple[datetime, datetime, int]]:
    """Give each minute with the time that clocks show then, and how many they left out before."""
    minute = timedelta(minutes=1)
    before = begin.astimezone(zone).replace(tzinfo=None)
    for number in range(1, hours * 60):
        at = begin + number * minute
        time = at.astimezone(zone).replace(tzinfo=None, fold=0)
        yield at, time, max((time - before) // minute - 1, 0)
        before = time


def brute(schedule: str, minutes: list[tuple[datetime, datetime, int]]) -> list[datetime]:
    """Try every minute that clocks show, and every minute that they leave out."""
    hits: list[datetime] = []
    seen: set[datetime] = set()
    for at, time, left_out in minutes:
        if not is_any_hour(schedule):
            gap = (time - timedelta(minutes=back) for back in range(left_out, 0, -1))
            hits += [at for one in gap if matches(schedule, one)]
        if matches(schedule, time) and (is_any_hour(schedule) or time not in seen):
            hits.append(at)
        seen.add(time)
    return hits


def matches(schedule: str, time: datetime) -> bool:
    minute, hour = schedule.split()[:2]
    return within(minute, time.minute, 60) and within(hour, time.hour, 24)


def within(field: str, number: int, size: int) -> bool:
    if field.startswith("*/"):
        return number % int(field[2:]) == 0
    if "-" in field:
        low, high = map(int, field.split("-"))
        return low <= number <= high
    return field == "*" or number in map(int, field.split(","))


@pytest.mark.parametrize("name", ZONES[1:])
def test_the_nights_on_which_clocks_are_moved(name: str) -> None:
    zone = ZoneInfo(name)
    for night in islice(nights(zone), 2):
        begin = night - timedelta(hours=5)
        minutes = list(shown(zone, begin, 10))
        for schedule in FIXED + ANY_HOUR:
            found = until(schedule, zone, begin, minutes[-1][0])
            assert [slot.at for slot in found] == brute(schedule, minutes), schedule


MINUTES = st.sampled_from(["0", "30", "5,50", "*/20", "*", "10-14"])
HOURS = st.sampled_from(["*", "1", "2", "3", "1,2,3", "*/2", "0-4", "23"])
MOMENTS = st.datetimes(*(one.replace(tzinfo=None) for one in (BEGIN, END)), timezones=st.just(UTC))


@given(MINUTES, HOURS, st.sampled_from(ZONES), MOMENTS)
def test_wherever_one_begins_the_slots_are_the_same(
    minute: str, hour: str, name: str, moment: datetime
) -> None:
    schedule, zone = f"{minute} {hour} * * *", ZoneInfo(name)
    every = list(islice(slots(schedule, zone, moment), 40))
    assert [slot.at for slot in every] == sorted(slot.at for slot in every)
    assert every[0].at > moment
    assert len({slot[1:] for slot in every}) == 40
    middle = every[19].at
    later = [slot for slot in every if slot.at > middle]
    assert list(islice(slots(schedule, zone, middle), len(later))) == later


@given(MINUTES, HOURS, st.sampled_from(ZONES[:6]), MOMENTS)
def test_the_library_says_the_same(minute: str, hour: str, name: str, moment: datetime) -> None:
    """Hold it to cronsim, but for moments in the doubled hour and shifts of half an hour."""
    schedule, zone = f"{minute} {hour} * * *", ZoneInfo(name)
    begin = moment.astimezone(zone).replace(hour=12)
    theirs = (one.astimezone(UTC) for one in CronSim(schedule, begin))
    ours = (slot.at for slot in slots(schedule, zone, begin))
    assert once(ours) == once(theirs)


def once(found: Iterator[datetime]) -> list[datetime]:
    return list(dict.fromkeys(islice(found, 60)))[:30]


def test_the_29th_of_february_and_the_weekday() -> None:
    utc = slots("0 2 29 2 *", UTC, BEGIN)
    assert [slot.local[:10] for slot in islice(utc, 2)] == ["2028-02-29", "2032-02-29"]
    mondays = until("0 2 * * MON", CHICAGO, BEGIN, END)
    assert {slot.at.astimezone(CHICAGO).weekday() for slot in mondays} == {0}
