"""Plan versions enter a feed, and come to other states.

Everything here takes a transaction of the ledger; nothing decides.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import orjson
from sqlalchemy import delete, insert, select, update

from iepbridge.crypto import Keyring
from iepbridge.finding import Finding
from iepbridge.ledger.entries import REJECTED, Entry
from iepbridge.ledger.people import remember
from iepbridge.ledger.places import payload_place
from iepbridge.ledger.schema import (
    DELIVERED,
    HELD,
    SUPERSEDED,
    WAITING,
    held,
    notes,
    payloads,
    plan_versions,
)
from iepbridge.ledger.transaction import Transaction

_Value = TypeVar("_Value")
_IN_A_BATCH: Final = (WAITING, DELIVERED)
_AT_ONCE: Final = 500
"""How many values a statement may list; databases bind some ten thousands, batches have more."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A content that is to be written down: new, or known by `entry`.

    `packed` is the plan as canonical JSON, by `pack`; `reason` and `findings` say why it is held,
    and `noted` what was found about one that goes all the same. `numbers` are those of the person,
    and `supersedes` the entries that give way to this one.
    """

    plan_id: str
    version: int
    digest: bytes
    state: str
    packed: bytes = field(default=b"", repr=False)
    entry: Entry | None = None
    reason: str | None = None
    findings: tuple[Finding, ...] = ()
    noted: tuple[Finding, ...] = ()
    numbers: tuple[str, ...] = field(default=(), repr=False)
    supersedes: tuple[Entry, ...] = ()
    received_id: int | None = None


def pack(line: bytes) -> bytes:
    """Compress a plan's line, as it is kept."""
    return zlib.compress(line, 1)


def record(
    tx: Transaction,
    feed: str,
    run_id: int,
    passing: Sequence[Passing],
    batch_id: int | None = None,
) -> None:
    """Write down contents in the state they have come to, and whom they are about.

    Those that wait or are delivered belong to the batch.
    """
    if new := sum(1 for one in passing if one.state == HELD):
        tx.event("plans_held", feed=feed, run_id=run_id, held=new)
    placed = [
        (one, _held_id(tx, feed, run_id, one), batch_id if one.state in _IN_A_BATCH else None)
        for one in passing
    ]
    fresh = [own for own in placed if own[0].entry is None]
    noted = list(zip(_enter(tx, feed, run_id, fresh), (one for one, *_ in fresh), strict=True))
    keep_content(tx, feed, [one for one in passing if one.entry and one.entry.state == WAITING])
    for one, held_id, own_batch in placed:
        if one.entry is not None:
            _change(tx, one.entry, one.state, held_id, own_batch)
            noted.append((one.entry.id, one))
    _note(tx, [(own, one.noted) for own, one in noted if one.noted])
    supersede(tx, [old for one in passing for old in one.supersedes])
    _supersede_rejected(tx, feed, [one for one in passing if one.state == WAITING])
    remember(tx, [(number, one.plan_id) for one in passing for number in one.numbers])


def _enter(
    tx: Transaction,
    feed: str,
    run_id: int,
    placed: Sequence[tuple[Passing, int | None, int | None]],
) -> Sequence[int]:
    """Insert new entries, of a hold or a batch, with their payloads; give their ids in order."""
    if not placed:
        return ()
    rows = [
        {
            "feed": feed,
            "plan_id": one.plan_id,
            "version": one.version,
            "digest": one.digest,
            "state": one.state,
            "entered_at": tx.now,
            "run_id": run_id,
            "held_id": held_id,
            "batch_id": batch_id,
        }
        for one, held_id, batch_id in placed
    ]
    made = insert(plan_versions).returning(plan_versions.c.id, sort_by_parameter_order=True)
    ids = tx.connection.execute(made, rows).scalars().all()
    sealed = [
        {"entry_id": own, **_sealed(tx.keyring, feed, one)}
        for own, (one, *_) in zip(ids, placed, strict=True)
        if one.packed
    ]
    if sealed:
        tx.connection.execute(insert(payloads), sealed)
    return ids


def keep_content(tx: Transaction, feed: str, passing: Sequence[Passing]) -> None:
    """Keep the contents of entries that are known and have none, and whom they are about."""
    for one in passing:
        if one.entry is not None and one.packed:
            tx.add_once(payloads, entry_id=one.entry.id, **_sealed(tx.keyring, feed, one))
    remember(tx, [(number, one.plan_id) for one in passing for number in one.numbers])


def _sealed(keys: Keyring, feed: str, one: Passing) -> dict[str, Any]:
    place = payload_place(feed, one.plan_id, one.version, one.digest)
    return keys.seal(one.packed, place)._asdict()


def _change(
    tx: Transaction, entry: Entry, state: str, held_id: int | None, batch_id: int | None
) -> None:
    own = plan_versions.c.id == entry.id
    kept = held_id if state == HELD else entry.held_id
    values = {"state": state, "held_id": kept, "batch_id": batch_id}
    tx.connection.execute(update(plan_versions).where(own).values(values))
    if state != HELD and entry.held_id is not None:
        end_holds(tx, [entry.held_id], "passed" if state == WAITING else state)


def _held_id(tx: Transaction, feed: str, run_id: int, one: Passing) -> int | None:
    """Write down why a content is held; one held before for the same reason stays one hold."""
    if one.state != HELD:
        return None
    told = orjson.dumps([finding._asdict() for finding in one.findings]).decode()
    before = one.entry
    if before is not None and before.held_id is not None:
        if before.reason == one.reason and not before.released:
            same = update(held).where(held.c.id == before.held_id).values(findings=told)
            tx.connection.execute(same)
            return before.held_id
        end_holds(tx, [before.held_id], "held again")
    row = {
        "run_id": run_id,
        "feed": feed,
        "received_id": one.received_id,
        "plan_id": one.plan_id or None,
        "version": one.version or None,
        "reason": one.reason,
        "findings": told,
        "held_at": tx.now,
    }
    return int(tx.connection.execute(insert(held).values(row).returning(held.c.id)).scalar_one())


def end_holds(tx: Transaction, held_ids: Sequence[int], how: str) -> None:
    """Say that holds are over, and how: `passed`, `superseded`, `answered`, `read`."""
    for some in _slices(held_ids):
        open_ones = held.c.id.in_(some) & held.c.ended_at.is_(None)
        tx.connection.execute(update(held).where(open_ones).values(ended_at=tx.now, ended_how=how))


def supersede(tx: Transaction, entries: Iterable[Entry]) -> None:
    """Let entries that wait or are held give way to newer ones."""
    _give_way(tx, [(one.id, one.held_id) for one in entries])


def _give_way(tx: Transaction, entries: Sequence[tuple[int, int | None]]) -> None:
    still = plan_versions.c.state.in_((HELD, WAITING))  # an answer may have come meanwhile
    for some in _slices([own for own, _ in entries]):
        change = update(plan_versions).where(plan_versions.c.id.in_(some), still)
        tx.connection.execute(change.values(state=SUPERSEDED))
    end_holds(tx, [held_id for _, held_id in entries if held_id is not None], SUPERSEDED)


def _supersede_rejected(tx: Transaction, feed: str, passing: Sequence[Passing]) -> None:
    """Let what was rejected since these were examined give way to them, as older ones did then."""
    newest = {one.plan_id: one for one in passing if one.plan_id}
    own, given_way = plan_versions.c, list[tuple[int, int | None]]()
    rejected = select(own.id, own.plan_id, own.version, own.digest, own.held_id)
    rejected = rejected.join(held, held.c.id == own.held_id)
    rejected = rejected.where(own.feed == feed, own.state == HELD, held.c.reason == REJECTED)
    for some in _slices(list(newest)):
        for row in tx.connection.execute(rejected.where(own.plan_id.in_(some))):
            if _is_newer(newest[row.plan_id], row.version, row.digest):
                given_way.append((row.id, row.held_id))
    _give_way(tx, given_way)


def _is_newer(one: Passing, version: int, digest: bytes) -> bool:
    """Say whether a content gives way to what passes; a person's release says nothing of others."""
    released = one.entry is not None and one.entry.released
    same = version == one.version
    return version < one.version or (same and digest != one.digest and not released)


def _slices(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _note(tx: Transaction, noted: Sequence[tuple[int, tuple[Finding, ...]]]) -> None:
    if not noted:
        return
    for some in _slices([own for own, _ in noted]):
        tx.connection.execute(delete(notes).where(notes.c.entry_id.in_(some)))
    rows = [
        {"entry_id": own, "findings": orjson.dumps([one._asdict() for one in told]).decode()}
        for own, told in noted
    ]
    tx.connection.execute(insert(notes), rows)
