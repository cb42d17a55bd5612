"""Runs that were due by schedule, and did not happen or did not do their work.

A slot is kept by a run that begins at it or later, before the next one that counts, and ends with
exit code 0 or 1; however the run was begun. A run that was under way at a slot puts it off.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from iepbridge.ledger.instants import instant, moment
from iepbridge.ledger.omissions import (
    KnownRun,
    last_good_run_at,
    last_run_between,
    run_under_way,
    was_running,
)
from iepbridge.ledger.slots import Slot
from iepbridge.watch.found import Missing
from iepbridge.watch.times import MOST_COUNTED, Times
from iepbridge.watch.view import View


class _Missed(NamedTuple):
    """Slots since which no run did its work, and the last run that was begun for them."""

    slots: list[Slot]
    run: KnownRun | None
    was_made_up_for: bool


def runs_missing(view: View) -> Iterator[Missing]:
    """Give the slots since which no run did its work, as one thing that is missing."""
    since = view.counted_since()
    if view.feed.schedule is None or since is None:
        return
    times = view.times(view.feed.schedule)
    slot = times.last(since, view.at - view.grace)
    missed = None if slot is None else _missed(view, times, since, slot)
    if missed is not None:
        what = f"{_which(view, missed.slots)}: {_state(view, missed.run)}."
        yield view.missing("run", instant(missed.slots[0].at), what, _remedy(view, missed))


def _missed(view: View, times: Times, since: datetime, slot: Slot) -> _Missed | None:
    """Give what was missed up to a slot, None where the slot was kept."""
    end = _end(view, times, slot)
    good = _good(view, end)
    if good is not None and good >= slot.at:
        return None
    start = since if good is None else max(since, good)
    slots = times.between(start, slot.at, MOST_COUNTED)
    first, name = instant(slots[0].at), view.feed.name
    run = last_run_between(view.connection, name, first, instant(end), view.now)
    run = run or run_under_way(view.connection, name, first, view.now)
    later = _good(view, view.at)
    return _Missed(slots, run, later is not None and later > slot.at)


def _end(view: View, times: Times, slot: Slot) -> datetime:
    """Give the moment up to which a run that begins is for a slot."""
    if was_running(view.connection, view.feed.name, instant(slot.at), view.now):
        return view.at
    return min(view.at, next((later.at for later in times.after(slot.at)), view.at))


def _good(view: View, before: datetime) -> datetime | None:
    """Give when the last run began, before a moment, that did its work."""
    found = last_good_run_at(view.connection, view.feed.name, instant(before), view.now)
    return None if found is None else moment(found)


def _which(view: View, slots: list[Slot]) -> str:
    first = view.shown(slots[0].at)
    if len(slots) == 1:
        return f"No run did the work that was due at {first}"
    number = f"{MOST_COUNTED} or more" if len(slots) == MOST_COUNTED else len(slots)
    return f"No run did the work that was due at {number} times since {first}"


def _state(view: View, run: KnownRun | None) -> str:
    if run is None:
        return "none began"
    if run.ended_at is None:
        return f"the one that began at {view.shown(run.started_at)} has not ended"
    return f"the last one ended with exit code {run.exit_code}"


def _remedy(view: View, missed: _Missed) -> str:
    if missed.was_made_up_for:
        return "A later run has made up for it; the log says why none did its work before."
    if missed.run is None:
        return (
            "See that `iepbridge serve`, or the job that runs the feed, is alive;"
            f" `iepbridge run {view.feed.name}` makes up for it."
        )
    if missed.run.ended_at is None:
        return "`iepbridge feeds` says whether it is alive; the next run goes on with a killed one."
    return (
        "The log says why, and docs/operations.md what to do at this exit code; then"
        f" `iepbridge run {view.feed.name}`."
    )
