"""A feed as it was at a moment: its settings, its calendar, and what the ledger knew of it then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from iepbridge.ledger import Connection
from iepbridge.ledger.instants import Instant, instant, moment
from iepbridge.ledger.omissions import first_seen_at, watched_since
from iepbridge.settings import FeedSettings
from iepbridge.watch.calendar import Calendar, calendar_of
from iepbridge.watch.found import Kind, Missing
from iepbridge.watch.times import Slots, Times


@dataclass(frozen=True, slots=True)
class View:
    """A feed, and the moment as of which it is judged."""

    connection: Connection
    feed: FeedSettings
    at: datetime
    slots: Slots

    @property
    def now(self) -> Instant:
        """The moment as the ledger writes it."""
        return instant(self.at)

    @property
    def calendar(self) -> Calendar:
        """The days that count."""
        return calendar_of(self.feed)

    @property
    def grace(self) -> timedelta:
        """The time after which what was due is missing."""
        return timedelta(minutes=self.feed.missing_grace_minutes)

    def times(self, schedule: str) -> Times:
        """Give the times of a schedule of this feed."""
        return Times(self.slots, schedule, self.calendar)

    def counted_since(self) -> datetime | None:
        """Give from when on something is due: its first trace, or its schedule's last change."""
        first = self.ask(first_seen_at)
        if first is None:
            return None
        changed = self.ask(watched_since)
        return moment(max(first, changed or first))

    def ask(self, question: Callable[[Connection, str, Instant], Any]) -> Any:
        """Ask the ledger about this feed, as of the moment."""
        return question(self.connection, self.feed.name, self.now)

    def missing(self, kind: Kind, since: Instant, what: str, remedy: str) -> Missing:
        """Say that something of this feed is missing."""
        return Missing(kind, self.feed.name, None, since, what, remedy)

    def shown(self, at: datetime | Instant) -> str:
        """Write a moment for people, by the feed's clock."""
        real = moment(at) if isinstance(at, str) else at
        zone = "UTC" if self.feed.zone is UTC else self.feed.timezone
        return f"{real.astimezone(self.feed.zone):%Y-%m-%d %H:%M} ({zone})"
