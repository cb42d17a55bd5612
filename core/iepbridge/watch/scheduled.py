"""Runs that were due by schedule, and did not happen or did not do their work.

A slot is kept by a run that begins at it or later, before the next one that counts, and ends with
exit code 0 or 1; however the run was begun. A run that was under way at a slot puts it off.
"""

from collections.abc import Iterator
from datetime import datetime

from iepbridge.ledger.instants import Instant, instant, moment
from iepbridge.ledger.omissions import KnownRun, last_good_run_at, last_run_since, was_running
from iepbridge.ledger.slots import Slot
from iepbridge.watch.found import Missing
from iepbridge.watch.times import MOST_COUNTED, Times
from iepbridge.watch.view import View


def runs_missing(view: View) -> Iterator[Missing]:
    """Give the slots since which no run did its work, as one thing that is missing."""
    since = view.counted_since()
    if view.feed.schedule is None or since is None:
        return
    times = view.times(view.feed.schedule)
    slot = times.last(since, view.at - view.grace)
    if slot is None:
        return
    good = _last_good(view, times, slot)
    if good is None or good < instant(slot.at):
        start = since if good is None else max(since, moment(good))
        yield _told(view, times.between(start, slot.at, MOST_COUNTED))


def _last_good(view: View, times: Times, slot: Slot) -> Instant | None:
    """Give when the last run began that may count for a slot, or for one before it."""
    end = view.at
    if not was_running(view.connection, view.feed.name, instant(slot.at)):
        end = min(end, next((later.at for later in times.after(slot.at)), end))
    return last_good_run_at(view.connection, view.feed.name, instant(end), view.now)


def _told(view: View, slots: list[Slot]) -> Missing:
    first = slots[0].at
    run = last_run_since(view.connection, view.feed.name, instant(first), view.now)
    what = f"{_which(view, slots, first)}: {_state(view, run)}."
    return view.missing("run", instant(first), what, _remedy(view, run))


def _which(view: View, slots: list[Slot], first: datetime) -> str:
    if len(slots) == 1:
        return f"The run of {view.shown(first)} did not do its work"
    number = f"{MOST_COUNTED} or more" if len(slots) == MOST_COUNTED else len(slots)
    return f"The runs of {number} times since {view.shown(first)} did not do their work"


def _state(view: View, run: KnownRun | None) -> str:
    if run is None:
        return "none began"
    if run.ended_at is None:
        return f"the one that began at {view.shown(run.started_at)} has not ended"
    return f"the last one ended with exit code {run.exit_code}"


def _remedy(view: View, run: KnownRun | None) -> str:
    if run is None:
        return (
            "See that `iepbridge serve`, or the job that runs the feed, is alive;"
            f" `iepbridge run {view.feed.name}` makes up for it."
        )
    if run.ended_at is None:
        return (
            "`iepbridge feeds` says whether it is alive; a killed one is gone on with by the next."
        )
    return (
        "The log says why, and docs/operations.md what to do at this exit code; then"
        f" `iepbridge run {view.feed.name}`."
    )
