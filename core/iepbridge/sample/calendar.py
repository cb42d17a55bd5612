"""Days as whole numbers, and their ISO texts from a table."""

import datetime
from functools import cache
from typing import Final

FIRST: Final = datetime.date(1930, 1, 1)
_LAST: Final = datetime.date(2037, 12, 31)
_FRIDAY: Final = 4


def day_number(year: int, month: int, day: int) -> int:
    """Give the day's place in the tables, counted from `FIRST`."""
    return (datetime.date(year, month, day) - FIRST).days


@cache
def iso_texts() -> tuple[str, ...]:
    """Give the text `YYYY-MM-DD` of every day, by number."""
    first = FIRST.toordinal()
    days = range(first, _LAST.toordinal() + 1)
    return tuple(datetime.date.fromordinal(day).isoformat() for day in days)


def iso(day: int | None) -> str | None:
    """Give a day's ISO text, or None for none."""
    return None if day is None else iso_texts()[day]


@cache
def workdays() -> tuple[int, ...]:
    """Give for every day the same day, or for a day of a weekend the Monday after it."""
    return tuple(_workday(number) for number in range(len(iso_texts())))


def _workday(number: int) -> int:
    weekday = (FIRST.weekday() + number) % 7
    return number if weekday <= _FRIDAY else number + 7 - weekday
