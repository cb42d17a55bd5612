"""People, found by what stands for their number: the ledger never holds the number itself.

After a key was added, those remembered under older ones are still found: a look-up asks by all.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from iepbridge.crypto import Keyring
from iepbridge.ledger.schema import people
from iepbridge.ledger.transaction import Transaction


def remember(tx: Transaction, numbers: Iterable[tuple[str, str]]) -> None:
    """Remember in which plans people stand: pairs of a person's number and a plan's id."""
    rows = [{"person": tx.keyring.mark(number).digest, "plan_id": own} for number, own in numbers]
    tx.add_all_once(people, rows)


def plans_of(connection: Connection, keyring: Keyring, number: str) -> list[str]:
    """Give the ids of the plans in which a person stands, in order."""
    marks = [mark.digest for mark in keyring.marks(number)]
    wanted = select(people.c.plan_id).where(people.c.person.in_(marks)).distinct()
    return list(connection.scalars(wanted.order_by(people.c.plan_id)))
