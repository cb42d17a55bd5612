"""Files that a restored ledger has forgotten, entered as the journal tells them: sent, or not?

    page --enter--> number used, batch without content, its plans: unknown

From there on they are what any delivery of unknown outcome is: the next look at the endpoint, an
acknowledgement or a person settles them.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, exists, select

from iepbridge.ledger.attempts import NAMING, begin_attempt, end_attempt, set_phase, steps
from iepbridge.ledger.batches import (
    Batch,
    NewBatch,
    empty_batches,
    event_of,
    remember_batch,
    settle,
)
from iepbridge.ledger.entering import Passing, record
from iepbridge.ledger.entries import Entry, entries_of
from iepbridge.ledger.instants import Instant, moment
from iepbridge.ledger.journal import Journal, Member, Page, Place
from iepbridge.ledger.schema import (
    DELIVERED,
    HELD,
    UNKNOWN,
    WAITING,
    batches,
    payloads,
    plan_versions,
)
from iepbridge.ledger.sequences import Channel, last_number, use_number
from iepbridge.ledger.transaction import Transaction

REMEMBERED: Final = "remembered"
"""How a delivery ended that a restored ledger has forgotten."""

_AT_ONCE: Final = 500


def enter(tx: Transaction, run_id: int, page: Page) -> Batch | None:
    """Write down a file that may have been sent; None where its number is known by now."""
    channel, number = page.place
    if not forgotten_places(tx.connection, channel, [page.place]):
        return None
    last = last_number(tx.connection, channel)
    if last is None or number > last:
        use_number(tx, channel, number, last)
    facts = (page.endpoint, page.created, page.name, page.sha256, page.size, len(page.plans))
    new = NewBatch(page.feed, channel, number, *facts, kept_id=None)
    batch = remember_batch(tx, run_id, new)
    for members in _parts(page.plans):
        known = entries_of(tx.connection, page.feed, sorted({one.plan_id for one in members}))
        passing = [_passing(one, known.get(one.plan_id, [])) for one in members]
        record(tx, page.feed, run_id, passing, batch.id)
    set_phase(tx, begin_attempt(tx, run_id, batch), NAMING)
    settle(tx, run_id, batch, UNKNOWN, REMEMBERED)
    return batch


def forgotten_places(
    connection: Connection, channel: Channel, places: Sequence[Place]
) -> list[Place]:
    """Give those places of a channel that a ledger has no file for: none, or one to be filled."""
    last = last_number(connection, channel)
    empty = {(one.cycle, one.sequence) for one in empty_batches(connection, channel)}
    return [one for one in places if last is None or one.number > last or one.number in empty]


def remember_attempts(tx: Transaction, run_id: int, batch: Batch, least: int) -> None:
    """Write down attempts of which nobody knows what came, until there are so many steps."""
    while steps(tx.connection, batch.id) < least:
        attempt = begin_attempt(tx, run_id, batch)
        set_phase(tx, attempt, NAMING)
        end_attempt(tx, attempt, UNKNOWN, REMEMBERED)
    tx.event("batch_remembered", **event_of(batch, run_id))


def _parts(members: Sequence[Member]) -> Iterable[Sequence[Member]]:
    return (members[at : at + _AT_ONCE] for at in range(0, len(members), _AT_ONCE))


def _passing(member: Member, known: Sequence[Entry]) -> Passing:
    same = (member.version, member.digest)
    own = next((one for one in known if (one.version, one.digest) == same), None)
    older = tuple(one for one in known if one is not own and _gives_way(one, member.version))
    return Passing(*member, WAITING, entry=own, supersedes=older)


def _gives_way(entry: Entry, version: int) -> bool:
    waits = entry.state == WAITING and entry.batch_id is None
    return entry.version <= version and (waits or entry.state == HELD)


def old_pages(connection: Connection, journal: Journal, before: Instant) -> list[Place]:
    """Give the journal's pages written before an instant whose file was delivered."""
    end = moment(before).timestamp()
    old = (one for one in sorted(journal.places()) if journal.noted_at(one) < end)
    return [one for one in old if _is_delivered(connection, one)]


def _is_delivered(connection: Connection, place: Place) -> bool:
    known = {**place.channel._asdict(), **place.number._asdict(), "state": DELIVERED}
    own = select(batches.c.id).where(*(batches.c[name] == one for name, one in known.items()))
    return connection.execute(own.limit(1)).first() is not None


def without_content(connection: Connection, feed: str) -> frozenset[int]:
    """Give the entries of remembered files, not answered yet, whose content is not kept."""
    sent, kept = plan_versions.c, payloads.c
    wanted = (
        select(sent.id)
        .join_from(batches, plan_versions)
        .where(
            batches.c.feed == feed,
            batches.c.direction == "out",
            batches.c.kept_id.is_(None),
            sent.answer.is_(None),
            ~exists().where(kept.entry_id == sent.id),
        )
    )
    return frozenset(connection.scalars(wanted))
