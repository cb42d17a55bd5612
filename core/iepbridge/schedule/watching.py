"""What the ledger says of schedules: since when they are watched, and which feed is due."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import structlog

from iepbridge.errors import Busy
from iepbridge.ledger import Connection, Ledger
from iepbridge.ledger.instants import instant, moment
from iepbridge.ledger.leases import take
from iepbridge.ledger.slots import BEGUN, coalesce, is_taken, last_slot, watch
from iepbridge.runs.leasing import holder
from iepbridge.schedule.occasion import schedule_of
from iepbridge.schedule.slots import Source
from iepbridge.settings import FeedSettings

_log = structlog.get_logger(__name__)

_LEASE_SECONDS: Final = 30


def watch_all(ledger: Ledger, feeds: Iterable[FeedSettings]) -> None:
    """Write down schedules that are new or changed: they count from now on, and not before."""
    with ledger.reading() as connection:
        new = [feed for feed in feeds if not _is_watched(connection, feed)]
    for feed in new:
        _watch(ledger, feed)


def _is_watched(connection: Connection, feed: FeedSettings) -> bool:
    last = last_slot(connection, feed.name)
    return (last.schedule if last else "") == schedule_of(feed)


def _watch(ledger: Ledger, feed: FeedSettings) -> None:
    try:
        lease = take(ledger, [f"feed:{feed.name}"], holder(), _LEASE_SECONDS)
    except Busy:
        return
    with lease, ledger.writing(lease) as tx:
        if _is_watched(tx.connection, feed):
            return
        last = last_slot(tx.connection, feed.name)
        if last is not None and last.state == BEGUN:
            coalesce(tx, last.id)
        watch(tx, feed.name, schedule_of(feed))
    _log.info("schedule_watched", feed=feed.name, schedule=schedule_of(feed))


def due_since(
    connection: Connection, feed: FeedSettings, source: Source, present: datetime
) -> datetime | None:
    """Give since when a feed is due and nobody runs it; None where it is not."""
    last = last_slot(connection, feed.name)
    if last is None or not last.schedule or last.schedule != schedule_of(feed):
        return None
    if is_taken(connection, feed.name, instant(present)):
        return None
    known = moment(last.due_at)
    if last.state == BEGUN:
        return known
    first = next(source(known), None)
    return first.at if first is not None and first.at <= present else None


def is_ahead(connection: Connection, feed: FeedSettings, present: datetime) -> bool:
    """Say whether the last slot of a feed lies in the future: the clock was put back since."""
    last = last_slot(connection, feed.name)
    return last is not None and moment(last.due_at) > present
