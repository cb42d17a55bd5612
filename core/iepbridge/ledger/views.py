"""What people ask of the ledger: how feeds stand, and which batch a word means."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, select

from iepbridge.errors import Misuse
from iepbridge.ledger.batches import Batch, batch_of
from iepbridge.ledger.instants import Instant
from iepbridge.ledger.run_log import last_run
from iepbridge.ledger.schema import (
    DELIVERED,
    STATES,
    UNKNOWN,
    batches,
    held,
    leases,
    plan_versions,
    received,
)

ANSWERS: Final = ("accepted", "warnings", "rejected")
"""What a system may have answered to a plan."""


class FeedState(NamedTuple):
    """How a feed stands: its last run, its plans by state and answer, its files by state.

    `sent` counts the contents in batches that were delivered, `answers` what came back to them.
    """

    last_run: Row[Any] | None
    is_running: bool
    states: Mapping[str, int]
    sent: int
    answers: Mapping[str, int]
    unanswered: int
    held: int
    unknown_batches: tuple[Batch, ...]
    files: Mapping[str, int]


def feed_state(connection: Connection, feed: str, present: Instant) -> FeedState:
    """Give how a feed stands at an instant."""
    last = last_run(connection, feed)
    counted = connection.execute(_counted(feed)).all()
    delivered = [row for row in counted if row.delivered]
    return FeedState(
        last,
        last is not None and last.ended_at is None and _is_leased(connection, feed, present),
        {one: _sum(row for row in counted if row.state == one) for one in STATES},
        _sum(delivered),
        {one: _sum(row for row in counted if row.answer == one) for one in ANSWERS},
        _sum(row for row in delivered if row.answer is None),
        _open_holds(connection, feed),
        tuple(batch_of(connection, own) for own in _unknown(connection, feed)),
        _files(connection, feed),
    )


def _sum(rows: Iterable[Row[Any]]) -> int:
    return sum(row.number for row in rows)


def _counted(feed: str) -> Any:
    own = plan_versions.c
    delivered = (func.coalesce(batches.c.state, "") == DELIVERED).label("delivered")
    return (
        select(own.state, own.answer, delivered, func.count().label("number"))
        .select_from(plan_versions.outerjoin(batches, batches.c.id == own.batch_id))
        .where(own.feed == feed)
        .group_by(own.state, own.answer, delivered)
    )


def _is_leased(connection: Connection, feed: str, present: Instant) -> bool:
    own = select(leases.c.expires_at).where(leases.c.name == f"feed:{feed}")
    return (connection.scalar(own) or "") > present


def _open_holds(connection: Connection, feed: str) -> int:
    own = select(func.count()).where(held.c.feed == feed, held.c.ended_at.is_(None))
    return int(connection.scalar(own) or 0)


def _unknown(connection: Connection, feed: str) -> list[int]:
    own = select(batches.c.id).where(batches.c.feed == feed, batches.c.state == UNKNOWN)
    return list(connection.scalars(own.order_by(batches.c.id)))


def _files(connection: Connection, feed: str) -> dict[str, int]:
    own = select(received.c.state, func.count()).where(received.c.feed == feed)
    return {row[0]: row[1] for row in connection.execute(own.group_by(received.c.state))}


def batch_named(connection: Connection, word: str) -> Batch:
    """Give the batch that a number or a file's name means; raise `Misuse` where none or several."""
    by_number = word.isascii() and word.isdigit() and len(word) < 19
    is_it: ColumnElement[bool] = batches.c.id == int(word) if by_number else batches.c.name == word
    found = list(connection.scalars(select(batches.c.id).where(is_it).order_by(batches.c.id)))
    if not found:
        raise Misuse(
            f"There is no batch {word!r}. Name its number or its file, as `iepbridge feeds` or"
            " `iepbridge history` does."
        )
    if len(found) > 1:
        numbers = ", ".join(map(str, found))
        raise Misuse(f"Several batches have the file {word!r}: name one by its number, {numbers}.")
    return batch_of(connection, found[0])


__all__ = ["ANSWERS", "FeedState", "batch_named", "feed_state"]
