"""Slots of a schedule: cron's fields in a time zone, by a stated rule.

    fixed time (minute and hour begin with no `*`)   once a day that matches: in the missing hour
                                                     right after it, in the doubled hour the first
    any hour (minute or hour begins with `*`)        in each real hour: not in the missing one,
                                                     twice in the doubled one

`cronsim` says which times on the wall match; what they come to in UTC is decided here.
"""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, TypeAlias

from cronsim import CronSim

from iepbridge.ledger.slots import Slot
from iepbridge.settings import FeedSettings

Source: TypeAlias = Callable[[datetime], Iterator[Slot]]
"""Gives the slots after a moment, in order, without end."""

_MINUTE: Final = timedelta(minutes=1)
_SHIFT: Final = timedelta(hours=3)
"""More than any zone's clocks are put back by: how far back a time may come again."""


def slots_of(feed: FeedSettings) -> Source:
    """Give the slots of a feed that has a schedule."""
    assert feed.schedule is not None
    schedule, zone = feed.schedule, feed.zone
    return lambda after: slots(schedule, zone, after)


def slots(schedule: str, zone: tzinfo, after: datetime) -> Iterator[Slot]:
    """Give the slots of a schedule after a moment, in order, while one comes within 50 years.

    Of two that fall on one moment, as 02:00 and 03:00 may after a missing hour, both are given.
    """
    real = _in_each_hour if is_any_hour(schedule) else _once
    waiting: list[Slot] = []
    for time in _times(schedule, after.astimezone(zone).replace(tzinfo=None) - _SHIFT):
        for slot in real(time, zone):
            if slot.at > after:
                heapq.heappush(waiting, slot)
        yield from _before(waiting, time.replace(tzinfo=zone).astimezone(UTC))
    yield from sorted(waiting)


def is_any_hour(schedule: str) -> bool:
    """Say whether a schedule runs in each real hour, rather than at fixed times of the day."""
    minute, hour = schedule.split()[:2]
    return minute.startswith("*") or hour.startswith("*")


def _times(schedule: str, after: datetime) -> Iterator[datetime]:
    """Give the times on the wall, without a zone, that match."""
    yield from CronSim(schedule, after)


def _before(waiting: list[Slot], end: datetime) -> Iterator[Slot]:
    """Give, in order, what no later time on the wall can come before."""
    while waiting and waiting[0].at < end:
        yield heapq.heappop(waiting)


def _once(time: datetime, zone: tzinfo) -> Iterator[Slot]:
    real = time
    while not _exists(real, zone):
        real += _MINUTE
    yield _slot(time, real.replace(tzinfo=zone))


def _in_each_hour(time: datetime, zone: tzinfo) -> Iterator[Slot]:
    if not _exists(time, zone):
        return
    first, second = (time.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    yield _slot(time, first)
    if second.utcoffset() != first.utcoffset():
        yield _slot(time, second)


def _exists(time: datetime, zone: tzinfo) -> bool:
    """Say whether clocks ever show a time."""
    there = time.replace(tzinfo=zone).astimezone(UTC)
    return there.astimezone(zone).replace(tzinfo=None, fold=0) == time


def _slot(time: datetime, real: datetime) -> Slot:
    return Slot(real.astimezone(UTC), f"{time:%Y-%m-%dT%H:%M}", real.fold)
