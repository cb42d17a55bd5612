"""What the ledger knew by an instant of what should have happened: runs, files, answers.

Every question is asked as of an instant: what was written after it is left out.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select

from iepbridge.ledger.holds import SEQUENCE
from iepbridge.ledger.instants import Instant
from iepbridge.ledger.schema import (
    DELIVERED,
    UNKNOWN,
    batches,
    events,
    held,
    plan_versions,
    received,
    runs,
    slots,
)
from iepbridge.ledger.sequences import HIGHEST
from iepbridge.ledger.slots import WATCHED

_DONE: Final = (0, 1)
"""The exit codes of a run that did its work, whether or not something is held."""

_OUTCOMES: Final = ("batch_unknown", "batch_delivered", "batch_not_delivered")


class KnownRun(NamedTuple):
    """A run; one that had not ended by then has no end and no exit code."""

    started_at: Instant
    ended_at: Instant | None
    exit_code: int | None


class Unanswered(NamedTuple):
    """A file that was delivered, and how many of its plans have no answer."""

    name: str
    delivered_at: Instant
    plans: int


class LostAnswer(NamedTuple):
    """A file of which nobody knows whether it arrived, and since when."""

    batch_id: int
    name: str
    since: Instant


class HeldFile(NamedTuple):
    """A file that waits for one before it, `expected` by its number."""

    hold_id: int
    sender: str
    receiver: str
    expected: int
    held_at: Instant


def first_event_at(connection: Connection, at: Instant) -> Instant | None:
    """Give when the ledger was first written to, None before."""
    first = connection.scalar(select(events.c.at).order_by(events.c.seq).limit(1))
    return first if first is not None and first <= at else None


def first_seen_at(connection: Connection, feed: str, at: Instant) -> Instant | None:
    """Give when a feed first ran, or a scheduler first saw its schedule; None before."""
    found = [
        connection.scalar(_of(runs.c.started_at, runs.c.feed, feed, at).order_by(runs.c.id)),
        connection.scalar(_of(slots.c.written_at, slots.c.feed, feed, at).order_by(slots.c.id)),
    ]
    return min((one for one in found if one is not None), default=None)


def watched_since(connection: Connection, feed: str, at: Instant) -> Instant | None:
    """Give when a scheduler last saw a new schedule of a feed; None where none ever did."""
    own = _of(slots.c.due_at, slots.c.feed, feed, at, slots.c.written_at)
    last = own.where(slots.c.state == WATCHED).order_by(slots.c.id.desc())
    found: Instant | None = connection.scalar(last)
    return found


def _of(
    column: ColumnElement[Any],
    feed_column: ColumnElement[str],
    feed: str,
    at: Instant,
    known: ColumnElement[Any] | None = None,
) -> Select[Any]:
    told = column if known is None else known
    return select(column).where(feed_column == feed, told <= at).limit(1)


def last_good_run_at(
    connection: Connection, feed: str, before: Instant, at: Instant
) -> Instant | None:
    """Give when the last run began, before an instant, that did its work (exit code 0 or 1)."""
    own = select(runs.c.started_at).where(
        runs.c.feed == feed,
        runs.c.started_at < before,
        runs.c.exit_code.in_(_DONE),
        runs.c.ended_at <= at,
    )
    return connection.scalar(own.order_by(runs.c.id.desc()).limit(1))


def was_running(connection: Connection, feed: str, moment: Instant, at: Instant) -> bool:
    """Say whether a run that began before a moment ended after it, and has ended."""
    own = select(runs.c.id).where(
        runs.c.feed == feed,
        runs.c.started_at < moment,
        runs.c.ended_at > moment,
        runs.c.ended_at <= at,
    )
    return connection.execute(own.limit(1)).first() is not None


def run_under_way(
    connection: Connection, feed: str, moment: Instant, at: Instant
) -> KnownRun | None:
    """Give the run that began before a moment and had not ended, None where there was none.

    One that another followed was killed: a feed has one run at a time.
    """
    own = select(runs.c.started_at, runs.c.ended_at).where(
        runs.c.feed == feed, runs.c.started_at <= at
    )
    row = connection.execute(own.order_by(runs.c.id.desc()).limit(1)).one_or_none()
    if row is None or row.started_at >= moment:
        return None
    has_ended = row.ended_at is not None and row.ended_at <= at
    return None if has_ended else KnownRun(row.started_at, None, None)


def last_run_between(
    connection: Connection, feed: str, since: Instant, before: Instant, at: Instant
) -> KnownRun | None:
    """Give the last run that began at an instant or later, and before another, as it stood then."""
    columns = (runs.c.started_at, runs.c.ended_at, runs.c.exit_code)
    own = select(*columns).where(
        runs.c.feed == feed, runs.c.started_at >= since, runs.c.started_at < before
    )
    row = connection.execute(own.order_by(runs.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    has_ended = row.ended_at is not None and row.ended_at <= at
    return KnownRun._make(row) if has_ended else KnownRun(row.started_at, None, None)


def last_sent_at(connection: Connection, feed: str, at: Instant) -> Instant | None:
    """Give when a file of a feed was last delivered."""
    own = select(func.max(batches.c.settled_at)).where(
        batches.c.feed == feed, batches.c.state == DELIVERED, batches.c.settled_at <= at
    )
    found: Instant | None = connection.scalar(own)
    return found


def last_received_at(connection: Connection, feed: str, at: Instant) -> Instant | None:
    """Give when a feed last got a file that it had not got before."""
    own = select(func.max(received.c.received_at)).where(
        received.c.feed == feed, received.c.received_at <= at
    )
    found: Instant | None = connection.scalar(own)
    return found


def unanswered(connection: Connection, feed: str, at: Instant) -> list[Unanswered]:
    """Give the files of a feed that were delivered and not answered whole, in their order.

    A plan whose newer version was answered owes nothing.
    """
    plans = plan_versions.c
    newer = plan_versions.alias("newer").c
    is_outdated = exists().where(
        newer.plan_id == plans.plan_id,
        newer.feed == feed,
        newer.id > plans.id,
        newer.answered_at <= at,
    )
    own = (
        select(batches.c.name, batches.c.settled_at, func.count().label("plans"))
        .join(plan_versions, plans.batch_id == batches.c.id)
        .where(
            batches.c.feed == feed,
            batches.c.state == DELIVERED,
            batches.c.settled_at <= at,
            or_(plans.answered_at.is_(None), plans.answered_at > at),
            ~is_outdated,
        )
        .group_by(batches.c.id, batches.c.name, batches.c.settled_at)
        .order_by(batches.c.id)
    )
    return [Unanswered._make(row) for row in connection.execute(own)]


def lost_answers(connection: Connection, feed: str, at: Instant) -> list[LostAnswer]:
    """Give the files of a feed whose outcome was unknown, in their order."""
    perhaps = or_(batches.c.state == UNKNOWN, batches.c.settled_at > at)
    own = select(batches.c.id, batches.c.name).where(
        batches.c.feed == feed, batches.c.made_at <= at, perhaps
    )
    candidates = connection.execute(own.order_by(batches.c.id)).all()
    dated = [(row, _unknown_since(_outcomes(connection, row.id, at))) for row in candidates]
    return [LostAnswer(row.id, row.name, since) for row, since in dated if since is not None]


def _outcomes(connection: Connection, batch_id: int, at: Instant) -> list[tuple[str, Instant]]:
    own = select(events.c.kind, events.c.at).where(
        events.c.batch_id == batch_id, events.c.kind.in_(_OUTCOMES), events.c.at <= at
    )
    return [(row.kind, row.at) for row in connection.execute(own.order_by(events.c.seq))]


def _unknown_since(outcomes: Iterable[tuple[str, Instant]]) -> Instant | None:
    """Give the first of the last outcomes that are `unknown`; None where the last is another."""
    since = None
    for kind, at in outcomes:
        since = (since or at) if kind == "batch_unknown" else None
    return since


def files_behind_gaps(connection: Connection, feed: str, at: Instant) -> Iterator[HeldFile]:
    """Give the files of a feed that were held since files before them had not come."""
    columns = (held.c.id, received.c.sender, received.c.receiver, held.c.findings, held.c.held_at)
    own = (
        select(*columns)
        .join(received, received.c.id == held.c.received_id)
        .where(held.c.feed == feed, held.c.reason == SEQUENCE, held.c.plan_id.is_(None))
        .where(held.c.held_at <= at, _later(held.c.released_at, at), _later(held.c.ended_at, at))
        .order_by(held.c.id)
    )
    for row in connection.execute(own):
        told = orjson.loads(row.findings)[0]
        if _is_ahead(told["sequence"], told["expected"]):
            yield HeldFile(row.id, row.sender, row.receiver, told["expected"], row.held_at)


def _later(column: ColumnElement[Any], at: Instant) -> ColumnElement[bool]:
    return or_(column.is_(None), column > at)


def _is_ahead(sequence: int, expected: int) -> bool:
    """Say whether a number is still to come, rather than one that came before."""
    return (sequence - expected) % HIGHEST < HIGHEST // 2
