"""People are found by their numbers, which stand nowhere in the ledger."""

from sqlalchemy import select
from tests.servers.ledgers import KEY

from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger
from iepbridge.ledger.people import plans_of, remember
from iepbridge.ledger.schema import people

NEWER = f"newer:{'B' * 43}="


def found(ledger: Ledger, number: str) -> list[str]:
    with ledger.reading() as connection:
        return plans_of(connection, ledger.keyring, number)


def test_a_person_is_found_by_the_number(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        remember(tx, [("ssn:900112233", "P-2"), ("ssn:900112233", "P-1"), ("twist:7", "P-1")])
        remember(tx, [("ssn:900112233", "P-2")])
        remember(tx, [])
    assert found(ledger, "ssn:900112233") == ["P-1", "P-2"]
    assert found(ledger, "twist:7") == ["P-1"]
    assert found(ledger, "ssn:900112234") == []


def test_the_number_stands_nowhere(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        remember(tx, [("ssn:900112233", "P-1")])
    with ledger.reading() as connection:
        row = connection.execute(select(people)).one()
    assert len(row.person) == 32
    assert b"900112233" not in row.person


def test_a_new_key_finds_those_of_before_too(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        remember(tx, [("ssn:900112233", "P-1")])
    ledger.keyring = Keyring.parse(f"{NEWER}, {KEY}")
    with ledger.writing() as tx:
        remember(tx, [("ssn:900112233", "P-1"), ("ssn:900112233", "P-2")])
    assert found(ledger, "ssn:900112233") == ["P-1", "P-2"]
    ledger.keyring = Keyring.parse(NEWER)
    assert found(ledger, "ssn:900112233") == ["P-1", "P-2"]
