"""Feeds through which nothing has gone for long, or that never ran."""

from collections.abc import Iterator
from typing import NamedTuple

from iepbridge.ledger.instants import Instant, moment
from iepbridge.ledger.omissions import (
    first_event_at,
    first_seen_at,
    last_good_run_at,
    last_received_at,
    last_sent_at,
)
from iepbridge.watch.found import Missing
from iepbridge.watch.view import View

_WAYS = {"out": "Nothing was sent", "in": "Nothing came"}


class _Silence(NamedTuple):
    since: Instant
    what: str
    remedy: str


def feeds_gone_quiet(view: View) -> Iterator[Missing]:
    """Give a feed that neither sent nor got anything for `quiet_days`, or never ran."""
    silence = _silence(view) if view.feed.quiet_days else None
    if silence is None:
        return
    if view.calendar.have_passed(view.feed.quiet_days, moment(silence.since), view.at):
        yield view.missing("quiet", *silence)


def _silence(view: View) -> _Silence | None:
    """Give since when nothing has gone through a feed; None where that is not known."""
    known = (view.ask(first_seen_at), first_event_at(view.connection, view.now))
    first: Instant | None = next((one for one in known if one is not None), None)
    if first is None:
        return None
    if last_good_run_at(view.connection, view.feed.name, view.now, view.now) is None:
        return _never_ran(view, first)
    if view.feed.direction == "acks":  # what is owed to what was sent is told as overdue answers
        return None
    last = view.ask(last_sent_at if view.feed.direction == "out" else last_received_at)
    since: Instant = last or first
    what = f"{_WAYS[view.feed.direction]} since {view.shown(since)}."
    return _Silence(since, what, _LOOK if view.feed.direction == "out" else _ASK)


def _never_ran(view: View, since: Instant) -> _Silence:
    remedy = (
        f"`iepbridge run {view.feed.name}` runs it; `enabled = false` says that it is not in use"
        " yet."
    )
    return _Silence(since, "No run of this feed has ever done its work.", remedy)


_LOOK = "See that plans are laid into its `source`; `quiet_days` says how long is usual."
_ASK = "Ask its sender; `quiet_days` says how long is usual."
