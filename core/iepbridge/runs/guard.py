"""The volume guard: before a run out sends anything new, what is due is compared with what was.

    source, ledger --measured--> Volume --unusual--> GuardTripped, unless a person accepts it

What is due is counted in a pass of its own, by ids and digests; memory stays flat.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

import structlog

from iepbridge.codecs.json_text import parse_object
from iepbridge.crypto import Damaged
from iepbridge.errors import GuardTripped
from iepbridge.ledger.entries import Entry, payload
from iepbridge.ledger.volumes import counts_of_runs, known_contents, plans_found_before
from iepbridge.runs.before import last_sent
from iepbridge.runs.decide import Content, newly_due
from iepbridge.runs.desk import Desk
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.source import SourceIndex, is_closed
from iepbridge.runs.volume import RUNS, Limits, Past, Unusual, Volume, unusual
from iepbridge.settings import FeedSettings

_log = structlog.get_logger(__name__)

TRIPPED: Final = "volume_tripped"
ACCEPTED: Final = "volume_accepted"

_AT_ONCE: Final = 500
"""How many plans are looked up in the ledger together."""

_WORDS: Final = {
    "found": "plans are in the source",
    "due": "plans are new or changed",
    "changed": "plans that were sent before are changed",
    "closed": "plans are closed that were not",
}


def guard_volume(run: FeedRun, index: SourceIndex, desk: Desk, *, is_whole: bool) -> None:
    """Count what is due in a source; raise `GuardTripped` where a person must look at it first.

    Few plans in a source mean nothing unless it `is_whole`: all its files could be read.
    """
    if not run.feed.volume_guard:
        return
    volume = measured(run, index, desk)
    _count(run, volume)
    found = unusual(volume, _past(run), _limits(run.feed), is_whole=is_whole)
    if found:
        _decide(run, _figures(volume, found), found, desk)


def _decide(run: FeedRun, figures: Mapping[str, int], found: Sequence[Unusual], desk: Desk) -> None:
    """Let a run go that a person accepts, and stop any other."""
    accepted_by = run.workplace.volume_accepted_by
    if accepted_by is not None:
        _log.info("volume_accepted", **figures)
        desk.tell_volume(ACCEPTED, figures, accepted_by)
        return
    _log.warning("volume_guard_tripped", **figures)
    desk.tell_volume(TRIPPED, figures, None)
    raise GuardTripped(_message(run.feed.name, found))


def measured(run: FeedRun, index: SourceIndex, desk: Desk) -> Volume:
    """Count what is due in a source, and how much of it is changed or closed."""
    due = changed = closed = 0
    contents = index.contents()
    while plans := dict(islice(contents, _AT_ONCE)):
        seeming = _seem_due(run, plans)
        known = desk.known(seeming)
        new = _due(plans, seeming, known)
        sent = {one: last for one in new if (last := last_sent(known.get(one, ())))}
        closing = [one for one in sent if any(index.is_closed(one, own) for own in new[one])]
        due += len(new)
        changed += len(sent)
        closed += sum(not _was_closed(run, sent[one]) for one in closing)
    return Volume(index.plans, due, changed, closed)


_Plans: TypeAlias = Mapping[str, Sequence[Content]]


def _seem_due(run: FeedRun, plans: _Plans) -> list[str]:
    """Give the plans that seem due by what is quick to find: the contents that have entered."""
    known: dict[str, set[Content]] = {plan_id: set() for plan_id in plans}
    with run.ledger.reading() as connection:
        for plan_id, *content in known_contents(connection, run.feed.name, list(plans)):
            known[plan_id].add(Content._make(content))
    return [plan_id for plan_id in plans if newly_due(plans[plan_id], known[plan_id])]


def _due(
    plans: _Plans, seeming: Sequence[str], known: Mapping[str, Sequence[Entry]]
) -> dict[str, list[Content]]:
    """Give what is due of each plan by all that is known, what a dry run would remember with it."""
    found = {}
    for plan_id in seeming:
        own = [Content(one.version, one.digest) for one in known.get(plan_id, ())]
        if new := newly_due(plans[plan_id], own):
            found[plan_id] = new
    return found


def _was_closed(run: FeedRun, entry: Entry) -> bool:
    """Say whether a plan was closed as it was sent last; what cannot be read any more was not."""
    try:
        with run.ledger.reading() as connection:
            line = payload(connection, run.ledger.keyring, run.feed.name, entry)
    except Damaged:  # told when the plan is examined
        return False
    return line is not None and is_closed(parse_object(line).data)


def _count(run: FeedRun, volume: Volume) -> None:
    for what in ("due", "changed", "closed"):
        if number := getattr(volume, what):
            run.count(f"plans_{what}", number)


def _past(run: FeedRun) -> Past:
    with run.ledger.reading() as connection:
        sending = counts_of_runs(connection, run.feed.name, RUNS, "plans_due", "plans_sent")
        found = plans_found_before(connection, run.feed.name, RUNS)
    return Past([_volume(one) for one in sending], found)


def _volume(counts: Mapping[str, int]) -> Volume:
    return Volume._make(counts.get(f"plans_{what}", 0) for what in Volume._fields)


def _limits(feed: FeedSettings) -> Limits:
    return Limits(feed.volume_high, feed.volume_low, feed.volume_least, feed.volume_first)


def _figures(volume: Volume, found: Sequence[Unusual]) -> dict[str, int]:
    """Give the figures as logs and events have them."""
    figures = {f"plans_{what}": number for what, number in volume._asdict().items()}
    for one in found:
        figures[f"limit_{one.what}"] = one.limit
        if one.usual is not None:
            figures[f"usual_{one.what}"] = one.usual
    return figures


def _message(feed: str, found: Sequence[Unusual]) -> str:
    told = "; ".join(map(_in_words, found))
    return (
        f"Nothing new was sent: {told}. If that is right, run it with"
        f" `iepbridge run {feed} --accept-volume`; with --dry-run too it tells what would go. If"
        " not, mend the source and run again."
    )


def _in_words(one: Unusual) -> str:
    number = f"{one.number:,} {_WORDS[one.what]}"
    if one.usual is None:
        return f"{number}, and before there is a history {one.limit:,} may be (volume_first)"
    bound = "at least" if one.what == "found" else "at most"
    return f"{number}, where {one.usual:,} are usual and {bound} {one.limit:,} pass"
