"""What is kept past its time, removed: contents go, and ids, digests and dates stay.

    payloads      a plan's content      delivered and answered; superseded
    kept          a file's bytes        sent: all its plans answered; came: read, refused, foreign
    answers       a system's words      once their file was read, unless their plan is held

`answering` names the feeds whose system answers: of these, what has no answer stays. Of others a
delivery is the end. What waits, is held or unknown stays, and so does a version that a pending one
of its plan will be compared with.
"""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)

from iepbridge.errors import IepbridgeError
from iepbridge.ledger.engine import is_sqlite
from iepbridge.ledger.failures import told
from iepbridge.ledger.files import FOREIGN, READ, REFUSED
from iepbridge.ledger.instants import Instant
from iepbridge.ledger.leases import Lease
from iepbridge.ledger.schema import (
    DELIVERED,
    HELD,
    SUPERSEDED,
    UNKNOWN,
    WAITING,
    answers,
    batches,
    held,
    kept_chunks,
    payloads,
    plan_versions,
    received,
)
from iepbridge.ledger.transaction import Ledger, Transaction

_PLANS: Final = 5_000
_FILES: Final = 100
"""How many go in one transaction; others may write between two of them."""

_PENDING: Final = (WAITING, HELD, UNKNOWN)
_READ: Final = (READ, REFUSED, FOREIGN)


class Purged(NamedTuple):
    """How much was removed: contents of plans, files sent, files that came, words of answers."""

    plans: int
    files_sent: int
    files_received: int
    answers: int

    def __bool__(self) -> bool:
        return any(self)

    def plus(self, other: "Purged") -> "Purged":
        """Add up."""
        return Purged(*map(sum, zip(self, other, strict=True)))


class Past(NamedTuple):
    """What is past its time: what was settled before an instant, by the feeds that are answered."""

    before: Instant
    answering: Collection[str]

    def plans(self) -> Select[Any]:
        """Choose the entries whose content goes."""
        own = plan_versions.c
        chosen = select(payloads.c.entry_id).join_from(payloads, plan_versions)
        chosen = chosen.outerjoin(batches, batches.c.id == own.batch_id)
        chosen = chosen.outerjoin(held, held.c.id == own.held_id)
        return chosen.where(or_(self._sent(), self._given_way())).order_by(payloads.c.entry_id)

    def _sent(self) -> ColumnElement[bool]:
        own, other = plan_versions.c, plan_versions.alias("other").c
        unanswered = or_(
            own.feed.not_in(self.answering) & (batches.c.settled_at < self.before),
            self._owes_nothing(),
        )
        pending = exists().where(
            other.feed == own.feed, other.plan_id == own.plan_id, other.state.in_(_PENDING)
        )
        return and_(
            own.state == DELIVERED,
            or_(own.answered_at < self.before, own.answered_at.is_(None) & unanswered),
            ~pending,
        )

    def _owes_nothing(self) -> ColumnElement[bool]:
        """Say of an entry that a newer one of its plan was answered: it will hardly be any more."""
        own, newer = plan_versions.c, plan_versions.alias("newer").c
        return exists().where(
            newer.feed == own.feed,
            newer.plan_id == own.plan_id,
            newer.id > own.id,
            newer.answered_at < self.before,
        )

    def _given_way(self) -> ColumnElement[bool]:
        own = plan_versions.c
        return and_(
            own.state == SUPERSEDED,
            own.entered_at < self.before,
            self._is_past(own.answered_at),
            self._is_past(held.c.ended_at),
        )

    def _is_past(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return column.is_(None) | (column < self.before)

    def files_sent(self) -> Select[Any]:
        """Choose the kept bytes of files that went."""
        own = plan_versions.c
        open_plan = exists().where(
            own.batch_id == batches.c.id,
            or_(
                own.state.in_((WAITING, UNKNOWN)),
                own.answered_at >= self.before,
                and_(
                    own.answered_at.is_(None),
                    own.feed.in_(self.answering),
                    ~self._owes_nothing(),
                ),
            ),
        )
        chosen = select(batches.c.kept_id).where(
            batches.c.state == DELIVERED,
            batches.c.settled_at < self.before,
            _has_chunks(batches.c.kept_id),
            ~open_plan,
        )
        return chosen.order_by(batches.c.kept_id)

    def files_received(self) -> Select[Any]:
        """Choose the kept bytes of files that came."""
        waits = exists().where(held.c.received_id == received.c.id, held.c.ended_at.is_(None))
        chosen = select(received.c.kept_id).where(
            received.c.state.in_(_READ),
            received.c.settled_at < self.before,
            _has_chunks(received.c.kept_id),
            ~waits,
        )
        return chosen.order_by(received.c.kept_id)

    def answers(self) -> Select[Any]:
        """Choose the answers whose words go."""
        entry = plan_versions.c
        waits = exists().where(entry.id == answers.c.entry_id, entry.state == HELD)
        chosen = select(answers.c.received_id, answers.c.place).join_from(answers, received)
        chosen = chosen.where(
            answers.c.data.is_not(None), received.c.settled_at < self.before, ~waits
        )
        return chosen.order_by(answers.c.received_id, answers.c.place)


def _has_chunks(kept_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return exists().where(kept_chunks.c.kept_id == kept_id, kept_chunks.c.number == 0)


def count_past(connection: Connection, past: Past) -> Purged:
    """Count what would be removed."""
    chosen = (past.plans(), past.files_sent(), past.files_received(), past.answers())
    counted = (select(func.count()).select_from(one.order_by(None).subquery()) for one in chosen)
    return Purged(*(int(connection.scalar(one) or 0) for one in counted))


def purge(ledger: Ledger, lease: Lease, past: Past, who: str) -> Purged:
    """Remove what is past its time; each transaction tells what it removed in one event."""
    done = Purged(0, 0, 0, 0)
    while True:
        with ledger.writing(lease) as tx:
            some = _purge_some(tx, past)
            if some:
                tx.event("content_purged", who=who, before=past.before, **some._asdict())
        if not some:
            return done
        done = done.plus(some)


def _purge_some(tx: Transaction, past: Past) -> Purged:
    connection = tx.connection
    plans = connection.scalars(past.plans().limit(_PLANS)).all()
    connection.execute(delete(payloads).where(payloads.c.entry_id.in_(plans)))
    sent = _forget(connection, past.files_sent())
    came = _forget(connection, past.files_received())
    return Purged(len(plans), sent, came, _silence(connection, past))


def _forget(connection: Connection, chosen: Select[Any]) -> int:
    ids = connection.scalars(chosen.limit(_FILES)).all()
    connection.execute(delete(kept_chunks).where(kept_chunks.c.kept_id.in_(ids)))
    return len(ids)


def _silence(connection: Connection, past: Past) -> int:
    rows = connection.execute(past.answers().limit(_PLANS)).all()
    own = tuple_(answers.c.received_id, answers.c.place).in_([tuple(row) for row in rows])
    empty = {"key_id": None, "nonce": None, "data": None}
    connection.execute(update(answers).where(own).values(empty))
    return len(rows)


def give_back(ledger: Ledger) -> bool:
    """Return the room of what was removed to the disk, where it is a tenth of a SQLite file.

    Gives False where another process was writing, or the disk has no room for it: the next purge
    tries again, and the ledger uses the room itself.
    """
    if not is_sqlite(ledger.engine):
        return True
    try:
        with told():
            _vacuum(ledger)
    except IepbridgeError:
        return False
    return True


def _vacuum(ledger: Ledger) -> None:
    connection = ledger.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        (free,) = driver.execute("PRAGMA freelist_count").fetchone()
        (pages,) = driver.execute("PRAGMA page_count").fetchone()
        if free * 10 >= pages:
            driver.execute("VACUUM")
    finally:
        connection.close()
