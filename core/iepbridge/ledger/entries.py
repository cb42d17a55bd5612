"""The plan versions of a feed: what is known of a plan, what enters, what becomes of it.

Everything here takes a connection or a transaction of the ledger; nothing decides.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from iepbridge.crypto import Keyring, Sealed
from iepbridge.finding import Finding
from iepbridge.ledger.people import remember
from iepbridge.ledger.places import payload_place
from iepbridge.ledger.schema import (
    DELIVERED,
    HELD,
    SUPERSEDED,
    UNKNOWN,
    WAITING,
    held,
    notes,
    payloads,
    plan_versions,
)
from iepbridge.ledger.transaction import Transaction

REJECTED: Final = "rejected"


class Entry(NamedTuple):
    """One content of one version of a plan, as the ledger has it.

    `reason` is why it is held, if it is, and `held_in` the run that held it; `released`, that a
    person let it go and it has not gone.
    """

    id: int
    plan_id: str
    version: int
    digest: bytes
    state: str
    batch_id: int | None
    held_id: int | None
    answer: str | None
    reason: str | None
    released: bool
    held_in: int | None = None

    @property
    def was_sent(self) -> bool:
        """Say whether the other side has it, or may have it, and has not rejected it."""
        on_its_way = self.state == WAITING and self.batch_id is not None
        return (self.state in (DELIVERED, UNKNOWN) or on_its_way) and self.answer != REJECTED


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


_ENTRY: Final = (
    select(
        plan_versions.c.id,
        plan_versions.c.plan_id,
        plan_versions.c.version,
        plan_versions.c.digest,
        plan_versions.c.state,
        plan_versions.c.batch_id,
        plan_versions.c.held_id,
        plan_versions.c.answer,
        held.c.reason,
        held.c.released_at,
        held.c.ended_at,
        held.c.run_id,
    )
    .select_from(plan_versions.outerjoin(held, held.c.id == plan_versions.c.held_id))
    .order_by(plan_versions.c.id)
)
_OF_PLANS: Final = _ENTRY.where(
    plan_versions.c.feed == bindparam("feed"),
    plan_versions.c.plan_id.in_(bindparam("plan_ids", expanding=True)),
)
_PENDING: Final = _ENTRY.where(
    plan_versions.c.feed == bindparam("feed"),
    plan_versions.c.id > bindparam("after"),
    or_(
        and_(
            plan_versions.c.state == HELD,
            held.c.released_at.is_not(None),
            held.c.ended_at.is_(None),
        ),
        and_(plan_versions.c.state == WAITING, plan_versions.c.batch_id.is_(None)),
    ),
).limit(bindparam("most"))


def entries_of(
    connection: Connection, feed: str, plan_ids: Sequence[str]
) -> dict[str, list[Entry]]:
    """Give what is known of some plans of a feed, oldest entry first."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for row in connection.execute(_OF_PLANS, {"feed": feed, "plan_ids": plan_ids}):
        found[row.plan_id].append(_entry(row))
    return found


def pending(connection: Connection, feed: str, after: int, most: int) -> list[Entry]:
    """Give entries with an id above `after` that a person released, or that wait for a batch."""
    rows = connection.execute(_PENDING, {"feed": feed, "after": after, "most": most})
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    *told, released_at, ended_at, run_id = row
    return Entry._make((*told, released_at is not None and ended_at is None, run_id))


def payload(connection: Connection, keys: Keyring, feed: str, entry: Entry) -> bytes | None:
    """Give a plan's line of canonical JSON; None where it was purged."""
    chosen = select(payloads.c.key_id, payloads.c.nonce, payloads.c.data)
    row = connection.execute(chosen.where(payloads.c.entry_id == entry.id)).one_or_none()
    if row is None:
        return None
    place = payload_place(feed, entry.plan_id, entry.version, entry.digest)
    return zlib.decompress(keys.open(Sealed(*row), place))


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
    keys = tx.keyring
    holds = _hold(tx, feed, run_id, passing)
    fresh = [one for one in passing if one.entry is None]
    batches = [batch_id if one.state in (WAITING, DELIVERED) else None for one in passing]
    if new := sum(1 for one in passing if one.state == HELD):
        tx.event("plans_held", feed=feed, run_id=run_id, held=new)
    placed = dict(zip(map(id, passing), zip(holds, batches, strict=True), strict=True))
    ids = _enter(tx, keys, feed, run_id, fresh, placed)
    keep_content(tx, feed, [one for one in passing if one.entry and one.entry.state == WAITING])
    for one in passing:
        if one.entry is not None:
            _change(tx, one.entry, one.state, *placed[id(one)])
            ids[id(one)] = one.entry.id
    _note(tx, [(ids[id(one)], one.noted) for one in passing if one.noted])
    supersede(tx, [old for one in passing for old in one.supersedes])
    remember(tx, [(number, one.plan_id) for one in passing for number in one.numbers])


_Placed = dict[int, tuple[int | None, int | None]]


def _enter(
    tx: Transaction,
    keys: Keyring,
    feed: str,
    run_id: int,
    passing: Sequence[Passing],
    placed: _Placed,
) -> dict[int, int]:
    """Insert new entries with their payloads; give their ids by the identity of what passed."""
    if not passing:
        return {}
    rows = [
        {
            "feed": feed,
            "plan_id": one.plan_id,
            "version": one.version,
            "digest": one.digest,
            "state": one.state,
            "entered_at": tx.now,
            "run_id": run_id,
            "held_id": placed[id(one)][0],
            "batch_id": placed[id(one)][1],
        }
        for one in passing
    ]
    made = insert(plan_versions).returning(plan_versions.c.id, sort_by_parameter_order=True)
    ids = tx.connection.execute(made, rows).scalars().all()
    sealed = [
        {"entry_id": own, **_sealed(keys, feed, one)}
        for own, one in zip(ids, passing, strict=True)
        if one.packed
    ]
    if sealed:
        tx.connection.execute(insert(payloads), sealed)
    return dict(zip(map(id, passing), ids, strict=True))


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


def _hold(tx: Transaction, feed: str, run_id: int, passing: Sequence[Passing]) -> list[int | None]:
    """Write down why contents are held; one held before for the same reason stays one hold."""
    return [_held_id(tx, feed, run_id, one) if one.state == HELD else None for one in passing]


def _held_id(tx: Transaction, feed: str, run_id: int, one: Passing) -> int:
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
    if held_ids:
        open_ones = held.c.id.in_(held_ids) & held.c.ended_at.is_(None)
        tx.connection.execute(update(held).where(open_ones).values(ended_at=tx.now, ended_how=how))


def supersede(tx: Transaction, entries: Iterable[Entry]) -> None:
    """Let entries that wait or are held give way to newer ones."""
    rows = list(entries)
    if rows:
        ids = [one.id for one in rows]
        still = plan_versions.c.state.in_((HELD, WAITING))  # an answer may have come meanwhile
        change = update(plan_versions).where(plan_versions.c.id.in_(ids), still)
        tx.connection.execute(change.values(state=SUPERSEDED))
        end_holds(tx, [one.held_id for one in rows if one.held_id is not None], SUPERSEDED)


def _note(tx: Transaction, noted: Sequence[tuple[int, tuple[Finding, ...]]]) -> None:
    if not noted:
        return
    ids = [own for own, _ in noted]
    tx.connection.execute(delete(notes).where(notes.c.entry_id.in_(ids)))
    rows = [
        {"entry_id": own, "findings": orjson.dumps([one._asdict() for one in told]).decode()}
        for own, told in noted
    ]
    tx.connection.execute(insert(notes), rows)


def entries_of_batch(connection: Connection, batch_id: int) -> Iterator[Entry]:
    """Give the entries of a batch in the order they were put into it."""
    rows = connection.execute(_ENTRY.where(plan_versions.c.batch_id == batch_id))
    return map(_entry, rows)
