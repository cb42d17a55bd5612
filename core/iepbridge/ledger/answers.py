"""What systems answered: each answer written down, each applied once, forward only.

The answer to a plan only ever goes up: none, rejected, accepted (with warnings or not). So it does
not matter in which order, or how often, acknowledgements come; `reliability.md` 7.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, insert, select, update

from iepbridge.acknowledgement import ACCEPTED, REJECTED, Message, Status
from iepbridge.crypto import Sealed
from iepbridge.ledger.places import answer_place
from iepbridge.ledger.schema import answers, batches, held, plan_versions
from iepbridge.ledger.transaction import Transaction

_RANK: Final = {None: 0, REJECTED: 1, "warnings": 2, ACCEPTED: 2}


class Told(NamedTuple):
    """One answer as it is written down: place 0 is the whole file; `applied` once it counted."""

    place: int
    batch_id: int | None
    entry_id: int | None
    plan_id: str | None
    version: int | None
    status: Status
    applied: bool
    messages: Sequence[Message]


def goes_up(before: str | None, status: Status) -> bool:
    """Say whether an answer changes what was answered before."""
    return _RANK[status] > _RANK[before]


def contradicts(before: str | None, status: Status) -> bool:
    """Say whether a rejection comes for what was accepted."""
    return status == REJECTED and _RANK[before] > _RANK[REJECTED]


def write_answers(tx: Transaction, received_id: int, told: Sequence[Told]) -> None:
    """Write down the answers of one file; the messages' texts are sealed."""
    rows = [_row(tx, received_id, one) for one in told]
    if rows:
        tx.connection.execute(insert(answers), rows)


def _row(tx: Transaction, received_id: int, one: Told) -> dict[str, Any]:
    codes = [{"code": message.code, "place": message.place} for message in one.messages]
    texts = [message.text for message in one.messages]
    row = {
        **{name: value for name, value in one._asdict().items() if name != "messages"},
        "received_id": received_id,
        "codes": orjson.dumps(codes).decode(),
    }
    if not any(texts):
        return {**row, "key_id": None, "nonce": None, "data": None}
    sealed = tx.keyring.seal(orjson.dumps(texts), answer_place(received_id, one.place))
    return {**row, **sealed._asdict()}


def texts_of(connection: Connection, keyring: Any, received_id: int, place: int) -> list[str]:
    """Give the texts of an answer's messages in clear; they may name people."""
    own = select(answers.c.key_id, answers.c.nonce, answers.c.data).where(
        answers.c.received_id == received_id, answers.c.place == place
    )
    row: Any = connection.execute(own).one_or_none()
    if row is None or row.data is None:
        return []
    texts: list[str] = orjson.loads(
        keyring.open(Sealed._make(row), answer_place(received_id, place))
    )
    return texts


def lock_batch(tx: Transaction, batch_id: int) -> None:
    """Keep other answers to a batch waiting until this transaction ends."""
    own = select(batches.c.id).where(batches.c.id == batch_id).with_for_update()
    tx.connection.execute(own)


def answer_batch(tx: Transaction, batch_id: int, status: Status) -> None:
    """Write down what was answered to a whole file, and when first."""
    own = select(batches.c.answer).where(batches.c.id == batch_id)
    before = tx.connection.execute(own).scalar_one()
    if goes_up(before, status):
        change = update(batches).where(batches.c.id == batch_id)
        tx.connection.execute(change.values(answer=status, answered_at=tx.now))


def answer_entry(tx: Transaction, entry_id: int, status: Status, state: str) -> None:
    """Write down the answer to a plan version, and the state it comes to."""
    change = update(plan_versions).where(plan_versions.c.id == entry_id)
    tx.connection.execute(change.values(answer=status, answered_at=tx.now, state=state))


def accept_the_rest(tx: Transaction, batch_id: int) -> int:
    """Take the plans of a batch that nothing was answered to as accepted; give how many."""
    change = update(plan_versions).where(
        plan_versions.c.batch_id == batch_id, plan_versions.c.answer.is_(None)
    )
    done = tx.connection.execute(change.values(answer=ACCEPTED, answered_at=tx.now))
    return done.rowcount


def hold_rejected(
    tx: Transaction, run_id: int, feed: str, plan: tuple[str, int], findings: str
) -> int:
    """Write down that a rejected plan waits for a person; give the number of the hold."""
    row = {
        "run_id": run_id,
        "feed": feed,
        "plan_id": plan[0],
        "version": plan[1],
        "reason": REJECTED,
        "findings": findings,
        "held_at": tx.now,
    }
    return int(tx.connection.execute(insert(held).values(row).returning(held.c.id)).scalar_one())


def set_hold(tx: Transaction, entry_id: int, held_id: int) -> None:
    """Tie an entry to its hold."""
    change = update(plan_versions).where(plan_versions.c.id == entry_id)
    tx.connection.execute(change.values(held_id=held_id))
