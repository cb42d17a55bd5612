"""Files that should have come: those that a feed expects, and those that later ones wait for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from iepbridge.ledger.instants import instant
from iepbridge.ledger.omissions import HeldFile, files_behind_gaps, last_received_at
from iepbridge.watch.found import Missing
from iepbridge.watch.view import View

_INSTANT: Final = timedelta(microseconds=1)
_ASK: Final = (
    "Ask its sender; if it stands at the endpoint, `iepbridge doctor` and the log say why it was"
    " not fetched."
)


def files_missing(view: View) -> Iterator[Missing]:
    """Give the last time that expects a file, where none came since the time before it.

    What comes within the grace after a time counts for it, what comes later for the next. Where the
    grace is as long as the time between, that cannot be told apart, and either counts.
    """
    since = view.counted_since()
    if view.feed.expects is None or since is None:
        return
    times = view.times(view.feed.expects)
    due = times.last(since, view.at - view.grace)
    if due is None:
        return
    before = times.last(since, due.at - _INSTANT)
    start = since if before is None else _counted_from(before.at, due.at, view.grace)
    came = view.ask(last_received_at)
    if came is None or came <= instant(start):
        last = "none has ever come" if came is None else f"the last came at {view.shown(came)}"
        what = f"The file of {view.shown(due.at)} has not come; {last}."
        yield view.missing("file", instant(due.at), what, _ASK)


def _counted_from(before: datetime, due: datetime, grace: timedelta) -> datetime:
    return before + grace if before + grace < due else before


def gaps(view: View) -> Iterator[Missing]:
    """Give the files that have not come, though later ones of the same sender have."""
    waiting: defaultdict[tuple[str, str, int], list[HeldFile]] = defaultdict(list)
    for file in view.ask(files_behind_gaps):
        waiting[file.sender, file.receiver, file.expected].append(file)
    for files in waiting.values():
        yield _gap(view, files)


def _gap(view: View, files: Sequence[HeldFile]) -> Missing:
    first = files[0]
    which = f"File {first.expected:06} from {first.sender} to {first.receiver}"
    behind = "1 later file waits" if len(files) == 1 else f"{len(files)} later files wait"
    remedy = (
        "Ask its sender for it; if it never comes,"
        f" `iepbridge held release {first.hold_id} --reason TEXT` goes on without it."
    )
    return view.missing("gap", first.held_at, f"{which} has not come; {behind} for it.", remedy)
