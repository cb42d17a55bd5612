"""The days that count for a feed: on the others nothing is missing, and no deadline runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache

import holidays

from iepbridge.settings import FeedSettings

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that count, as clocks in a zone have them."""

    kind: str
    off: frozenset[date]
    zone: tzinfo

    def counts(self, moment: datetime) -> bool:
        """Say whether a moment is on a day that counts."""
        return self._counts(self.day(moment))

    def day(self, moment: datetime) -> date:
        """Give the day of a moment on the wall."""
        return moment.astimezone(self.zone).date()

    def deadline(self, moment: datetime, hours: int) -> datetime:
        """Give when so many hours of days that count have passed since a moment."""
        left = timedelta(hours=hours)
        while True:
            end = self._midnight_after(moment)
            if self.counts(moment):
                if left <= end - moment:
                    return moment + left
                left -= end - moment
            moment = end

    def have_passed(self, days: int, since: datetime, until: datetime) -> bool:
        """Say whether so many whole days that count lie between two moments."""
        passed = 0
        for day in _days_between(self.day(since), self.day(until)):
            passed += self._counts(day)
            if passed >= days:
                return True
        return False

    def _counts(self, day: date) -> bool:
        if day in self.off:
            return False
        if self.kind == "every-day":
            return True
        return day.weekday() < _SATURDAY and not (self.kind == "us-federal" and _is_federal(day))

    def _midnight_after(self, moment: datetime) -> datetime:
        midnight = datetime.combine(self.day(moment) + _DAY, time(), self.zone)
        return midnight.astimezone(UTC)


def calendar_of(feed: FeedSettings) -> Calendar:
    """Give the calendar of a feed."""
    return Calendar(feed.calendar, frozenset(feed.holidays), feed.zone)


def _days_between(first: date, last: date) -> Iterator[date]:
    """Give the days after one and before another."""
    day = first + _DAY
    while day < last:
        yield day
        day += _DAY


def _is_federal(day: date) -> bool:
    """Say whether the federal government is off, on a holiday or the day it is observed on."""
    return day in _federal()


@cache
def _federal() -> holidays.HolidayBase:
    return holidays.country_holidays("US", observed=True)
