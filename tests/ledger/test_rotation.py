"""Keys change: what older ones sealed is sealed anew, in steps, each row for its own place."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.servers.ledgers import KEY

from iepbridge.crypto import Damaged, Keyring, Sealed
from iepbridge.ledger import Ledger, rotation
from iepbridge.ledger.places import answer_place, payload_place
from iepbridge.ledger.rotation import Rotated, rotate
from iepbridge.ledger.schema import answers, events, payloads, plan_versions, received, runs

NEWER = f"newer:{'B' * 43}="
COUNT = 7


@pytest.fixture
def filled(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Give a ledger with seven plans and answers, which are sealed anew three at a time."""
    monkeypatch.setattr(rotation, "_ROWS", 3)
    with ledger.writing() as tx:
        add(tx, runs, feed="f", direction="out", holder="h", started_at=tx.now)
        came = {"run_id": 1, "feed": "f", "endpoint": "e", "name": "n", "sha256": b"", "size": 1}
        add(tx, received, **came, state="read", received_at=tx.now)
        for number in range(1, COUNT + 1):
            own = {"feed": "f", "plan_id": f"P-{number}", "version": 1, "digest": b"d"}
            add(tx, plan_versions, **own, state="waiting", entered_at=tx.now, run_id=1)
            place = payload_place("f", f"P-{number}", 1, b"d")
            add(tx, payloads, entry_id=number, **sealed(tx, number, place))
            place = answer_place(1, number)
            told = {"status": "accepted", "applied": True, "codes": "[]", "received_id": 1}
            add(tx, answers, place=number, **told, **sealed(tx, number, place))
        add(tx, answers, place=0, **told)
    ledger.keyring = Keyring.parse(f"{NEWER}, {KEY}")
    return ledger


def add(tx: Any, table: Any, **values: Any) -> None:
    tx.connection.execute(insert(table).values(values))


def sealed(tx: Any, number: int, place: bytes) -> dict[str, Any]:
    return dict(tx.keyring.seal(str(number).encode(), place)._asdict())


def contents(ledger: Ledger) -> list[bytes]:
    with ledger.reading() as connection:
        plans = connection.execute(select(payloads).order_by(payloads.c.entry_id)).all()
        told = select(answers).where(answers.c.data.is_not(None)).order_by(answers.c.place)
        texts = connection.execute(told).all()
    places = [payload_place("f", f"P-{row.entry_id}", 1, b"d") for row in plans]
    places += [answer_place(row.received_id, row.place) for row in texts]
    return [
        ledger.keyring.open(Sealed(row.key_id, row.nonce, row.data), place)
        for row, place in zip([*plans, *texts], places, strict=True)
    ]


def test_everything_is_sealed_anew_once(filled: Ledger) -> None:
    expected = contents(filled)
    assert rotate(filled) == Rotated(0, COUNT, COUNT)
    assert rotate(filled) == Rotated(0, 0, 0)
    filled.keyring = Keyring.parse(NEWER)
    assert contents(filled) == expected
    with filled.reading() as connection:
        (told,) = connection.execute(select(events)).all()
    assert (told.kind, told.detail) == (
        "keys_rotated",
        '{"answers":7,"contents":0,"key":"newer","plans":7}',
    )


def test_a_row_that_was_moved_does_not_open(filled: Ledger) -> None:
    with filled.writing() as tx:
        tx.connection.execute(update(plan_versions).where(plan_versions.c.id == 2).values(feed="g"))
    with pytest.raises(Damaged):
        rotate(filled)
