"""Everything about feeds that is missing, by the ledger and the configuration alone."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, TypeAlias

from iepbridge.ledger import Connection
from iepbridge.settings import Settings
from iepbridge.watch.answers import answers_missing, outcomes_missing
from iepbridge.watch.arrivals import files_missing, gaps
from iepbridge.watch.found import Missing
from iepbridge.watch.quiet import feeds_gone_quiet
from iepbridge.watch.scheduled import runs_missing
from iepbridge.watch.times import Slots
from iepbridge.watch.view import View

_Look: TypeAlias = Callable[[View], Iterator[Missing]]

_LEFT_OVER: Final[tuple[_Look, ...]] = (outcomes_missing, gaps)
_DUE: Final[tuple[_Look, ...]] = (runs_missing, files_missing, answers_missing, feeds_gone_quiet)


def missing_of_feeds(
    connection: Connection, settings: Settings, at: datetime, slots: Slots
) -> Iterator[Missing]:
    """Give what is missing of every feed as of a moment; nothing is due of one that is disabled."""
    for feed in settings.feeds.values():
        view = View(connection, feed, at, slots)
        for look in (*_LEFT_OVER, *_DUE) if feed.enabled else _LEFT_OVER:
            yield from look(view)
