"""Batches: each a file with its envelope, its plans, and what became of it."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, exists, insert, or_, select, update

from iepbridge.errors import Busy
from iepbridge.ledger.schema import (
    DELIVERED,
    SUPERSEDED,
    UNKNOWN,
    WAITING,
    attempts,
    batches,
    plan_versions,
)
from iepbridge.ledger.sequences import Channel, Number
from iepbridge.ledger.transaction import Transaction

NOT_DELIVERED: Final = "not_delivered"


class Batch(NamedTuple):
    """One file: its envelope, name, bytes (size, SHA-256, where they are kept) and state.

    One that a restored ledger remembers has no bytes; not delivered, its number is to be filled.
    """

    id: int
    feed: str
    direction: str
    system: str
    endpoint: str
    sender: str
    receiver: str
    cycle: int
    sequence: int
    created: str
    name: str
    sha256: bytes
    size: int
    plans: int
    kept_id: int | None
    state: str
    answer: str | None


class NewBatch(NamedTuple):
    """What is known of a batch when it is made; `channel` is also its direction."""

    feed: str
    channel: Channel
    number: Number
    endpoint: str
    created: str
    name: str
    sha256: bytes
    size: int
    plans: int
    kept_id: int | None
    received_id: int | None = None


_EMPTY: Final = (batches.c.state == WAITING, batches.c.kept_id.is_(None))
_BATCH: Final = select(*(batches.c[name] for name in Batch._fields)).order_by(batches.c.id)


def add_batch(tx: Transaction, run_id: int, new: NewBatch) -> Batch:
    """Write down a batch that waits for its delivery."""
    batch = _added(tx, run_id, new)
    tx.event("batch_made", **event_of(batch, run_id))
    return batch


def remember_batch(tx: Transaction, run_id: int, new: NewBatch) -> Batch:
    """Write down a batch that may have been sent before the ledger was restored.

    It takes the place of one with its number that was empty when the backup was made.
    """
    empty = (one for one in empty_batches(tx.connection, new.channel) if _number(one) == new.number)
    place = next(empty, None)
    batch = _added(tx, run_id, new) if place is None else _filled(tx, run_id, place.id, new)
    tx.event("batch_remembered", **event_of(batch, run_id))
    return batch


def _number(batch: Batch) -> Number:
    return Number(batch.cycle, batch.sequence)


def fill(tx: Transaction, run_id: int, batch_id: int, new: NewBatch) -> Batch:
    """Write down a batch in the place of one that was never delivered and has no content."""
    batch = _filled(tx, run_id, batch_id, new)
    tx.event("batch_made", **event_of(batch, run_id))
    return batch


def _filled(tx: Transaction, run_id: int, batch_id: int, new: NewBatch) -> Batch:
    empty = batches.c.id == batch_id, *_EMPTY
    change = update(batches).where(*empty).values(settled_at=None, **_row(tx, run_id, new))
    if tx.connection.execute(change).rowcount != 1:
        raise Busy(f"The number of {new.name} was used at the same time. Run again.")
    return batch_of(tx.connection, batch_id)


def _added(tx: Transaction, run_id: int, new: NewBatch) -> Batch:
    made = insert(batches).values(_row(tx, run_id, new)).returning(batches.c.id)
    return batch_of(tx.connection, int(tx.connection.execute(made).scalar_one()))


def _row(tx: Transaction, run_id: int, new: NewBatch) -> dict[str, Any]:
    return {
        **new.channel._asdict(),
        **new.number._asdict(),
        **{name: value for name, value in new._asdict().items() if name in batches.c},
        "run_id": run_id,
        "state": WAITING,
        "made_at": tx.now,
    }


def event_of(batch: Batch, run_id: int) -> dict[str, Any]:
    """Give what events of a batch have in common."""
    about = {"feed": batch.feed, "run_id": run_id, "batch_id": batch.id, "name": batch.name}
    return {**about, "plans": batch.plans, "sha256": batch.sha256.hex()}


def batch_of(connection: Connection, batch_id: int) -> Batch:
    """Give a batch by its number."""
    return _batch(connection.execute(_BATCH.where(batches.c.id == batch_id)).one())


def locked_state(tx: Transaction, batch_id: int) -> str:
    """Give a batch's state, which nobody else changes until this transaction ends."""
    own = select(batches.c.state).where(batches.c.id == batch_id).with_for_update()
    return str(tx.connection.execute(own).scalar_one())


def find_batches(connection: Connection, system: str, names: Sequence[str]) -> list[Batch]:
    """Give the batches of a system with one of these names."""
    own = _BATCH.where(batches.c.system == system, batches.c.name.in_(names))
    return [_batch(row) for row in connection.execute(own)]


def is_name_free(
    connection: Connection, endpoint: str, name: str, besides: int | None = None
) -> bool:
    """Say whether no batch of an endpoint has a name, `besides` one."""
    own = select(batches.c.id).where(batches.c.endpoint == endpoint, batches.c.name == name)
    return all(one == besides for one in connection.scalars(own))


def open_batches(connection: Connection, feed: str) -> list[Batch]:
    """Give a feed's batches that wait or whose outcome is not known, in their order."""
    own = _BATCH.where(batches.c.feed == feed, batches.c.state.in_((WAITING, UNKNOWN)))
    return [_batch(row) for row in connection.execute(own.where(~and_(*_EMPTY)))]


def feeds_between(connection: Connection, channel: Channel) -> set[str]:
    """Give the feeds that have made files of a channel."""
    between = (batches.c[name] == value for name, value in channel._asdict().items())
    return set(connection.scalars(select(batches.c.feed).where(*between).distinct()))


def empty_batches(connection: Connection, channel: Channel) -> list[Batch]:
    """Give the batches of a channel that were never delivered and have no content, in order.

    Their numbers are to be given to the next files, so that the receiver finds none missing.
    """
    between = (batches.c[name] == value for name, value in channel._asdict().items())
    own = _BATCH.where(*between, *_EMPTY)
    return [_batch(row) for row in connection.execute(own)]


def _batch(row: Any) -> Batch:
    return Batch._make(row)


def settle(tx: Transaction, run_id: int | None, batch: Batch, outcome: str, how: str) -> None:
    """Write down the outcome for a batch and its plans; open attempts end with it.

    `not_delivered` lets the batch wait again; without content, it lets its plans out to go with
    another. What is unknown still is no news: nothing is written but the attempts' end.
    """
    before = locked_state(tx, batch.id)
    open_ones = attempts.c.outcome.is_(None) | (attempts.c.outcome == UNKNOWN)
    ended = update(attempts).where(attempts.c.batch_id == batch.id, open_ones)
    tx.connection.execute(ended.values(outcome=outcome, how=how, ended_at=tx.now))
    if before == DELIVERED or outcome == before == UNKNOWN:
        return  # an acknowledgement has told it meanwhile, or there is nothing new to tell
    state = WAITING if outcome == NOT_DELIVERED else outcome
    own = update(batches).where(batches.c.id == batch.id)
    tx.connection.execute(own.values(state=state, settled_at=tx.now))
    plans = update(plan_versions).where(
        plan_versions.c.batch_id == batch.id, plan_versions.c.state.in_((WAITING, UNKNOWN))
    )
    tx.connection.execute(plans.values(state=state))
    if state == WAITING and batch.kept_id is None:
        _let_out(tx, batch)
    tx.event(
        f"batch_{outcome}", feed=batch.feed, run_id=run_id, batch_id=batch.id, name=batch.name,
        endpoint=batch.endpoint, sha256=batch.sha256.hex(), plans=batch.plans, how=how,
    )  # fmt: skip


def _let_out(tx: Transaction, batch: Batch) -> None:
    """Let the plans of an empty batch wait by themselves, or give way to what is newer.

    That is a higher version that was sent, may have been, or waits; of the same version, what
    waits already.
    """
    own, other = plan_versions.c, plan_versions.alias("other").c
    waits = and_(other.state == WAITING, other.batch_id.is_(None))
    sent = other.state.in_((WAITING, DELIVERED, UNKNOWN))
    newer = exists().where(
        other.feed == own.feed,
        other.plan_id == own.plan_id,
        other.id != own.id,
        or_(and_(other.version > own.version, sent), and_(other.version == own.version, waits)),
    )
    inside = own.batch_id == batch.id
    given_way = update(plan_versions).where(inside, own.state == WAITING, newer)
    tx.connection.execute(given_way.values(state=SUPERSEDED))
    tx.connection.execute(update(plan_versions).where(inside).values(batch_id=None))
    tx.connection.execute(update(batches).where(batches.c.id == batch.id).values(plans=0))


__all__ = [
    "DELIVERED",
    "NOT_DELIVERED",
    "UNKNOWN",
    "WAITING",
    "Batch",
    "NewBatch",
    "add_batch",
    "batch_of",
    "empty_batches",
    "event_of",
    "feeds_between",
    "fill",
    "find_batches",
    "is_name_free",
    "locked_state",
    "open_batches",
    "remember_batch",
    "settle",
]
