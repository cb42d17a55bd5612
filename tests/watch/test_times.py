"""The last time that counts is found without reading all that were."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from iepbridge.schedule.slots import slots
from iepbridge.watch.calendar import Calendar
from iepbridge.watch.times import Times

START = datetime(2026, 10, 20, tzinfo=UTC)
SCHEDULES = ["*/20 * * * *", "0 * * * *", "30 2 * * *", "0 6 * * 1", "0 0 1 * *", "0 2 * * 6"]


@given(
    st.sampled_from(SCHEDULES),
    st.sampled_from(["every-day", "weekdays", "us-federal"]),
    st.integers(0, 20_000),
    st.integers(0, 20_000),
)
def test_the_last_is_the_last_of_all(schedule: str, kind: str, first: int, more: int) -> None:
    calendar = Calendar(kind, frozenset(), ZoneInfo("America/Chicago"))
    times = Times(slots, schedule, calendar)
    since = START + timedelta(minutes=first)
    until = since + timedelta(minutes=more)
    every = times.between(since, until)
    assert times.last(since, until) == (every[-1] if every else None)
    assert all(calendar.counts(slot.at) and since < slot.at <= until for slot in every)
