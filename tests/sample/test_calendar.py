"""Days by number, their texts, and days of work."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from iepbridge.sample.calendar import FIRST, day_number, iso, iso_texts, workdays

DAYS = st.integers(0, len(iso_texts()) - 4)


@given(DAYS)
def test_a_text_is_the_day_of_its_number(number: int) -> None:
    day = FIRST + datetime.timedelta(days=number)
    assert iso(number) == day.isoformat()
    assert day_number(day.year, day.month, day.day) == number


def test_no_day_has_no_text() -> None:
    assert iso(None) is None


@given(DAYS)
def test_a_workday_is_the_same_day_or_the_monday_after(number: int) -> None:
    there = workdays()[number]
    day = datetime.date.fromisoformat(iso_texts()[there])
    assert day.weekday() < 5
    assert there == number or (there - number <= 2 and day.weekday() == 0)


@given(DAYS, DAYS)
def test_workdays_keep_the_order_of_days(one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    assert workdays()[earlier] <= workdays()[later]
