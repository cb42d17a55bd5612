"""Attempts to deliver a batch: an intent before each effect, an outcome after it."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from iepbridge.ledger.batches import Batch
from iepbridge.ledger.schema import UNKNOWN, attempts
from iepbridge.ledger.transaction import Transaction

BEGUN: Final = "begun"
NAMING: Final = "naming"
"""The phases of an attempt: from `naming` on, the file may stand under its final name."""


def begin_attempt(tx: Transaction, run_id: int, batch: Batch) -> int:
    """Write down the intent to deliver a batch; give the attempt's number."""
    row = {"batch_id": batch.id, "run_id": run_id, "phase": BEGUN, "begun_at": tx.now}
    made = insert(attempts).values(row).returning(attempts.c.id)
    return int(tx.connection.execute(made).scalar_one())


def set_phase(tx: Transaction, attempt_id: int, phase: str) -> None:
    """Write down how far an attempt is about to go."""
    own = update(attempts).where(attempts.c.id == attempt_id)
    tx.connection.execute(own.values(phase=phase))


def end_attempt(tx: Transaction, attempt_id: int, outcome: str, how: str) -> None:
    """Write down what became of an attempt."""
    own = update(attempts).where(attempts.c.id == attempt_id)
    tx.connection.execute(own.values(outcome=outcome, how=how, ended_at=tx.now))


def may_have_its_name(connection: Connection, batch: Batch) -> bool:
    """Say whether an attempt got as far as the final name, and nobody knows what came of it."""
    own = select(attempts.c.id).where(
        attempts.c.batch_id == batch.id,
        attempts.c.phase == NAMING,
        attempts.c.outcome.is_(None) | (attempts.c.outcome == UNKNOWN),
    )
    return connection.execute(own.limit(1)).first() is not None


def steps(connection: Connection, batch_id: int) -> int:
    """Count how far sending a batch has got: two steps an attempt, one more once the last names it.

    So it grows with each thing that is about to be done.
    """
    phases = [one.phase for one in attempts_of(connection, batch_id)]
    return 2 * len(phases) + (phases[-1:] == [NAMING])


def was_tried(connection: Connection, batch_id: int) -> bool:
    """Say whether an attempt to deliver a batch was ever begun."""
    own = select(attempts.c.id).where(attempts.c.batch_id == batch_id)
    return connection.execute(own.limit(1)).first() is not None


def attempts_of(connection: Connection, batch_id: int) -> Iterator[Row[Any]]:
    """Give the attempts to deliver a batch, in their order."""
    yield from connection.execute(
        select(attempts).where(attempts.c.batch_id == batch_id).order_by(attempts.c.id)
    )
