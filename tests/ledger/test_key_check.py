"""A ledger is opened with the key that it was sealed with, or not at all."""

import base64

import pytest

from iepbridge.crypto import Keyring
from iepbridge.errors import Misuse
from iepbridge.ledger import open_ledger_at
from iepbridge.ledger.entering import Passing, pack, record
from iepbridge.ledger.run_log import begin_run
from iepbridge.ledger.schema import HELD


def ring(*keys: tuple[str, int]) -> Keyring:
    """Make a ring of keys, each of one byte again and again."""
    made = [f"{own}:{base64.b64encode(bytes([byte] * 32)).decode()}" for own, byte in keys]
    return Keyring.parse(",".join(made))


def test_another_key_of_the_same_id_is_refused_before_it_seals_anything(ledger_url: str) -> None:
    with open_ledger_at(ledger_url, ring(("1", 1))) as ledger, ledger.writing() as tx:
        run_id = begin_run(tx, "texas", "out", "here", {})
        record(tx, "texas", run_id, [Passing("P-1", 1, bytes(32), HELD, pack(b"{}"), reason="x")])
    with pytest.raises(Misuse, match="id 1 is not the one"):
        open_ledger_at(ledger_url, ring(("1", 2)))
    with open_ledger_at(ledger_url, ring(("2", 2), ("1", 1))):
        pass
    with open_ledger_at(ledger_url, ring(("1", 1))):
        pass
