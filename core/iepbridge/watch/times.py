"""Times that were due: the latest that counts, looked for backwards from now."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Final, NamedTuple, TypeAlias

from iepbridge.ledger.slots import Slot
from iepbridge.watch.calendar import Calendar

Slots: TypeAlias = Callable[[str, tzinfo, datetime], Iterator[Slot]]
"""Gives the slots of cron's fields in a zone after a moment, in order."""

MOST_COUNTED: Final = 100
_FIRST_SPAN: Final = timedelta(hours=1)


class Times(NamedTuple):
    """The times of a schedule that count."""

    slots: Slots
    schedule: str
    calendar: Calendar

    def after(self, moment: datetime) -> Iterator[Slot]:
        """Give the times after a moment, in order."""
        for slot in self.slots(self.schedule, self.calendar.zone, moment):
            if self.calendar.counts(slot.at):
                yield slot

    def last(self, since: datetime, until: datetime) -> Slot | None:
        """Give the last time after a moment and up to another, None where there is none."""
        span = _FIRST_SPAN
        while since < until:
            start = max(since, until - span)
            found = self.between(start, until)
            if found:
                return found[-1]
            until, span = start, 2 * span
        return None

    def between(self, since: datetime, until: datetime, most: int | None = None) -> list[Slot]:
        """Give the times after a moment and up to another, at most so many."""
        zone = self.calendar.zone
        every = takewhile(lambda slot: slot.at <= until, self.slots(self.schedule, zone, since))
        return list(islice((one for one in every if self.calendar.counts(one.at)), most))
