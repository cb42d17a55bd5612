"""Content sealed anew with the newest key, so that no older one opens anything any more.

What stands for people cannot be made anew: those remembered under an older key are looked up by
it, for as long as it is in the ring.

Each content is a transaction, each hundred plans and answers another: others go on working, and
what a stop leaves undone the next rotation does.
"""

import operator
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Table, exists, select, update

from iepbridge.crypto import Sealed
from iepbridge.ledger.kept import seal_anew
from iepbridge.ledger.places import answer_place, payload_place
from iepbridge.ledger.schema import answers, kept, kept_chunks, payloads, plan_versions
from iepbridge.ledger.transaction import Ledger

_ROWS: Final = 100


class Rotated(NamedTuple):
    """How much was sealed anew: contents of files, plans, and texts of answers."""

    contents: int
    plans: int
    answers: int


def rotate(ledger: Ledger) -> Rotated:
    """Seal whatever an older key sealed with the newest; raise `Misuse` where a key is missing."""
    done = Rotated(_rotate_kept(ledger), _rotate_payloads(ledger), _rotate_answers(ledger))
    if any(done):
        with ledger.writing() as tx:
            tx.event("keys_rotated", key=ledger.keyring.newest, **done._asdict())
    return done


def _rotate_kept(ledger: Ledger) -> int:
    chunk = exists().where(kept_chunks.c.kept_id == kept.c.id)
    old = select(kept.c.id).where(kept.c.key_id != ledger.keyring.newest, chunk)
    with ledger.reading() as connection:
        ids = connection.scalars(old).all()
    for kept_id in ids:
        with ledger.writing() as tx:
            seal_anew(tx, kept_id)
    return len(ids)


def _rotate_payloads(ledger: Ledger) -> int:
    version = plan_versions.c
    place = (version.feed, version.plan_id, version.version, version.digest)
    wanted = select(payloads, *place).join_from(payloads, plan_versions)
    return _rotate_rows(ledger, payloads, wanted, lambda row: payload_place(*row[-4:]))


def _rotate_answers(ledger: Ledger) -> int:
    wanted = select(answers)
    place = operator.attrgetter("received_id", "place")
    return _rotate_rows(ledger, answers, wanted, lambda row: answer_place(*place(row)))


def _rotate_rows(
    ledger: Ledger, table: Table, wanted: Select[Any], place: Callable[[Any], bytes]
) -> int:
    """Seal the rows of a table anew, each for its place; say how many."""
    done = 0
    old = wanted.where(table.c.key_id != ledger.keyring.newest).limit(_ROWS)
    while rows := _rotate_some(ledger, table, old.with_for_update(of=table), place):
        done += rows
    return done


def _rotate_some(
    ledger: Ledger, table: Table, old: Select[Any], place: Callable[[Any], bytes]
) -> int:
    with ledger.writing() as tx:
        rows = tx.connection.execute(old).all()
        for row in rows:
            sealed = Sealed(row.key_id, row.nonce, row.data)
            anew = tx.keyring.seal(tx.keyring.open(sealed, place(row)), place(row))
            own = (column == getattr(row, column.name) for column in table.primary_key)
            tx.connection.execute(update(table).where(*own).values(anew._asdict()))
    return len(rows)
