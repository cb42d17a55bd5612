"""Plans of a feed in that a person released: written out by the next run, as they came."""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from iepbridge.ledger.entering import Passing, record
from iepbridge.ledger.entries import Entry, entries_of, payload, pending
from iepbridge.ledger.files import origin_of_hold
from iepbridge.ledger.schema import HELD, WAITING
from iepbridge.ledger.sequences import Channel, Number
from iepbridge.runs.destination import Origin, write_out
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.person import numbers_of
from iepbridge.runs.spool import plan_of

_AT_ONCE: Final = 500


def take_released(run: FeedRun) -> None:
    """Make batches of what was released, one for each file that it came in."""
    after = 0
    while True:
        with run.ledger.reading() as connection:
            entries = pending(connection, run.feed.name, after, _AT_ONCE)
        if not entries:
            return
        after = entries[-1].id
        for came_in, own in _by_file(run, entries).items():
            with run.tolerating():
                _write_out(run, came_in, own)


def _by_file(run: FeedRun, entries: Sequence[Entry]) -> dict[Origin, list[Entry]]:
    """Sort entries by the file they came in; of one plan only the newest goes."""
    newest = {one.plan_id: one for one in sorted(entries, key=lambda one: (one.version, one.id))}
    found: defaultdict[Origin, list[Entry]] = defaultdict(list)
    with run.ledger.reading() as connection:
        for one in newest.values():
            file = None if one.held_id is None else origin_of_hold(connection, one.held_id)
            if file is not None:
                channel = Channel("in", run.adapter.name, file.sender, file.receiver)
                number = Number(file.cycle or 0, file.sequence)
                found[Origin(file.id, channel, number, file.created)].append(one)
    return found


def _write_out(run: FeedRun, origin: Origin, entries: Sequence[Entry]) -> None:
    with run.ledger.reading() as connection:
        lines = {
            one: payload(connection, run.ledger.keyring, run.feed.name, one) for one in entries
        }
        known = entries_of(connection, run.feed.name, [one.plan_id for one in entries])
    whole = {one: line for one, line in lines.items() if line is not None}
    if not whole:
        return
    with tempfile.TemporaryFile() as content:
        content.writelines(whole.values())
        passing = [_passing(one, line, known.get(one.plan_id, [])) for one, line in whole.items()]
        with run.writing() as tx:
            batch = write_out(tx, run, origin, content, len(whole))
            record(tx, run.feed.name, run.id, passing, batch.id)
    run.count("plans_released", len(whole))


def _passing(entry: Entry, line: bytes, known: Sequence[Entry]) -> Passing:
    older = tuple(
        one for one in known if one != entry and one.state == HELD and one.version <= entry.version
    )
    numbers = numbers_of(plan_of(line))
    about = (entry.plan_id, entry.version, entry.digest, WAITING)
    return Passing(*about, entry=entry, numbers=numbers, supersedes=older)
