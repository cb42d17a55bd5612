"""Content that is kept: the same bytes back, from these chunks in this order, or an error."""

import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from tests.servers.ledgers import KEY

from iepbridge.crypto import Damaged, Keyring
from iepbridge.errors import Misuse
from iepbridge.ledger import Ledger
from iepbridge.ledger import kept as kept_module
from iepbridge.ledger.kept import Forgotten, forget, is_kept, keep, keep_bytes, read
from iepbridge.ledger.rotation import rotate
from iepbridge.ledger.schema import kept, kept_chunks

NEWER = f"newer:{'B' * 43}=, {KEY}"


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tear content into chunks of 64 bytes."""
    monkeypatch.setattr(kept_module, "CHUNK_BYTES", 64)
    monkeypatch.setattr(kept_module, "PIECE_BYTES", 50)


def store(ledger: Ledger, content: bytes, kind: str = "sent") -> int:
    with ledger.writing() as tx:
        return keep_bytes(tx, kind, content)


def content_of(ledger: Ledger, kept_id: int) -> bytes:
    return b"".join(read(ledger, kept_id))


def chunks(ledger: Ledger, kept_id: int) -> int:
    with ledger.reading() as connection:
        own = select(kept_chunks.c.number).where(kept_chunks.c.kept_id == kept_id)
        return len(connection.execute(own).all())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=500), st.integers(0, 400))
@pytest.mark.usefixtures("small_chunks")
def test_what_was_kept_comes_back(ledger: Ledger, content: bytes, repeated: int) -> None:
    content += bytes(repeated)
    assert content_of(ledger, store(ledger, content)) == content


def test_much_is_kept_in_chunks_and_read_in_pieces(ledger: Ledger) -> None:
    content = random.Random(1).randbytes(3_000_000) + bytes(3_000_000)
    with ledger.writing() as tx:
        kept_id = keep(tx, "sent", io.BytesIO(content))
    assert chunks(ledger, kept_id) == 6
    pieces = list(read(ledger, kept_id))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= kept_module.PIECE_BYTES


def test_nothing_is_kept_in_clear(ledger: Ledger) -> None:
    kept_id = store(ledger, b"900112233" * 1_000)
    with ledger.reading() as connection:
        row = connection.execute(select(kept_chunks).where(kept_chunks.c.kept_id == kept_id)).one()
    assert b"900112233" not in row.data
    assert b"900112233" not in row.nonce


def test_what_is_forgotten_leaves_digest_and_size(ledger: Ledger) -> None:
    kept_id = store(ledger, b"plan")
    with ledger.writing() as tx:
        assert is_kept(tx.connection, kept_id)
        forget(tx, kept_id)
        assert not is_kept(tx.connection, kept_id)
        facts = tx.connection.execute(select(kept)).one()
    assert (len(facts.sha256), facts.size) == (32, 4)
    with pytest.raises(Forgotten):
        content_of(ledger, kept_id)
    with pytest.raises(Forgotten):
        content_of(ledger, kept_id + 1)


def test_others_write_while_it_is_read(ledger: Ledger) -> None:
    pieces = read(ledger, store(ledger, random.Random(1).randbytes(2_000_000)))
    next(pieces)
    store(ledger, b"in between")
    assert sum(map(len, pieces)) > 0


def test_what_is_forgotten_while_it_is_read_is_told(ledger: Ledger) -> None:
    kept_id = store(ledger, random.Random(1).randbytes(2_000_000))
    pieces = read(ledger, kept_id)
    next(pieces)
    with ledger.writing() as tx:
        forget(tx, kept_id)
    with pytest.raises(Forgotten):
        list(pieces)


_OWN, _NUMBER = kept_chunks.c.kept_id, kept_chunks.c.number
_TAMPERED = {
    "cut off the end": [delete(kept_chunks).where(_OWN == 1, _NUMBER == 2)],
    "cut off the start": [delete(kept_chunks).where(_OWN == 1, _NUMBER == 0)],
    "taken from the middle": [delete(kept_chunks).where(_OWN == 1, _NUMBER == 1)],
    "another content": [update(kept_chunks).where(_OWN == 2).values(kept_id=3)],
    "another kind": [update(kept).where(kept.c.id == 1).values(kind="received")],
    "another size": [update(kept).where(kept.c.id == 1).values(size=1)],
    "another digest": [update(kept).where(kept.c.id == 1).values(sha256=bytes(32))],
    "swapped": [
        update(kept_chunks).where(_OWN == 1, old == _NUMBER).values(number=new)
        for old, new in ((0, 99), (1, 0), (99, 1))
    ],
}


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("how", _TAMPERED)
def test_chunks_that_were_tampered_with_are_found(ledger: Ledger, how: str) -> None:
    for seed in (1, 2):
        kept_id = store(ledger, random.Random(seed).randbytes(150))
        assert chunks(ledger, kept_id) == 3
    with ledger.writing() as tx:
        row = {"kind": "sent", "sha256": b"", "size": 0, "key_id": "test", "kept_at": tx.now}
        tx.connection.execute(kept.insert().values(row))
        for deed in _TAMPERED[how]:
            tx.connection.execute(deed)
    with pytest.raises((Damaged, Forgotten)):
        content_of(ledger, 3 if how == "another content" else 1)


@pytest.mark.usefixtures("small_chunks")
def test_rotation_ends_the_need_for_the_old_key(ledger: Ledger) -> None:
    contents = [random.Random(seed).randbytes(200) for seed in range(3)]
    ids = [store(ledger, content) for content in contents]
    with ledger.writing() as tx:
        forget(tx, ids[1])
    ledger.keyring = Keyring.parse(NEWER)
    ids.append(store(ledger, contents[1]))
    assert rotate(ledger).contents == 2
    assert rotate(ledger).contents == 0
    ledger.keyring = Keyring.parse(NEWER.split(",", maxsplit=1)[0])
    found = [content_of(ledger, own) for own in (ids[0], ids[3], ids[2])]
    assert found == contents


def test_rotation_while_it_is_read_hurts_nobody(ledger: Ledger) -> None:
    content = random.Random(1).randbytes(2_000_000)
    kept_id = store(ledger, content)
    ledger.keyring = Keyring.parse(NEWER)
    pieces = read(ledger, kept_id)
    start = next(pieces)
    rotate(ledger)
    assert start + b"".join(pieces) == content


def test_without_its_key_content_is_refused_by_the_keys_name(ledger: Ledger) -> None:
    kept_id = store(ledger, b"plan")
    ledger.keyring = Keyring.parse(NEWER.split(",", maxsplit=1)[0])
    with pytest.raises(Misuse, match="no key test"):
        content_of(ledger, kept_id)
    with pytest.raises(Misuse, match="no key test"):
        rotate(ledger)
