"""Content that is kept: compressed, torn into chunks, each sealed for its one place.

    stream --keep--> kept, kept_chunks --read--> the same bytes, a piece at a time

A chunk's place is its content's id and kind, its number and whether it is the last: none can be
swapped, repeated, left out, or cut off the end. Memory holds a chunk, whatever the content's size.
"""

import hashlib
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from sqlalchemy import Connection, delete, exists, insert, select, update

from iepbridge.crypto import Damaged, Keyring, Sealed
from iepbridge.errors import IepbridgeError
from iepbridge.ledger.schema import kept, kept_chunks
from iepbridge.ledger.transaction import Ledger, Transaction

CHUNK_BYTES: Final = 1 << 19
"""What a chunk holds, compressed."""

PIECE_BYTES: Final = 1 << 18
"""The most that is read or given at once, in clear."""

_LEVEL: Final = 1


class Forgotten(IepbridgeError):
    """The content was purged: its digest, size and dates are all that is left."""


def keep(tx: Transaction, kind: str, stream: BinaryIO) -> int:
    """Keep what a stream holds from here to its end; give the id it is kept under."""
    row = {"kind": kind, "sha256": b"", "size": 0, "key_id": tx.keyring.newest, "kept_at": tx.now}
    made = tx.connection.execute(insert(kept).values(row).returning(kept.c.id))
    kept_id = int(made.scalar_one())
    content = _Content(stream)
    _write(tx, kept_id, kind, content.chunks())
    facts = {"sha256": content.digest.digest(), "size": content.size}
    tx.connection.execute(update(kept).where(kept.c.id == kept_id).values(facts))
    return kept_id


def keep_bytes(tx: Transaction, kind: str, content: bytes) -> int:
    """Keep bytes; give the id they are kept under."""
    return keep(tx, kind, io.BytesIO(content))


def read(ledger: Ledger, kept_id: int) -> Iterator[bytes]:
    """Give what is kept under an id, in pieces of up to 256 KiB.

    Each chunk is read by itself, so that others can write however long the reading takes. Raises
    `Forgotten` where it was purged, `Damaged` where it is not what was kept; what was given by
    then was sound, and not all.
    """
    with ledger.reading() as connection:
        wanted = select(kept.c.sha256, kept.c.size).where(kept.c.id == kept_id)
        facts = connection.execute(wanted).one_or_none()
    if facts is None:
        raise _forgotten(kept_id)
    digest, size = hashlib.sha256(), 0
    for piece in _inflated(_chunks(ledger, kept_id), kept_id):
        digest.update(piece)
        size += len(piece)
        yield piece
    if (digest.digest(), size) != (facts.sha256, facts.size):
        raise _damaged(kept_id)


def forget(tx: Transaction, kept_id: int) -> None:
    """Remove content; its digest, size and dates stay."""
    tx.connection.execute(delete(kept_chunks).where(kept_chunks.c.kept_id == kept_id))


def is_kept(connection: Connection, kept_id: int) -> bool:
    """Say whether content is still there."""
    first = select(kept_chunks.c.number).where(
        kept_chunks.c.kept_id == kept_id, kept_chunks.c.number == 0
    )
    return connection.execute(first).one_or_none() is not None


def seal_anew(tx: Transaction, kept_id: int) -> None:
    """Seal content with the newest key."""
    number, last = 0, False
    while not last:
        found = _chunk(tx.connection, tx.keyring, kept_id, number)
        if found is None:
            break
        last = found.last
        place = (kept_chunks.c.kept_id == kept_id) & (kept_chunks.c.number == number)
        sealed = tx.keyring.seal(found.data, _place(kept_id, found.kind, number, last=last))
        change = update(kept_chunks).where(place)
        tx.connection.execute(change.values(nonce=sealed.nonce, data=sealed.data))
        number += 1
    own = update(kept).where(kept.c.id == kept_id)
    tx.connection.execute(own.values(key_id=tx.keyring.newest))


class _Chunk(NamedTuple):
    """A chunk that was opened."""

    kind: str
    data: bytes
    last: bool


class _Content:
    """A stream while it is kept: counted, hashed, compressed and torn into chunks."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.size = 0

    def chunks(self) -> Iterator[bytes]:
        """Give at least one chunk, each but the last full."""
        ready = bytearray()
        for part in self._compressed():
            ready += part
            while len(ready) > CHUNK_BYTES:
                yield bytes(ready[:CHUNK_BYTES])
                del ready[:CHUNK_BYTES]
        yield bytes(ready)

    def _compressed(self) -> Iterator[bytes]:
        compressor = zlib.compressobj(_LEVEL)
        while piece := self._stream.read(PIECE_BYTES):
            self.digest.update(piece)
            self.size += len(piece)
            yield compressor.compress(piece)
        yield compressor.flush()


def _write(tx: Transaction, kept_id: int, kind: str, chunks: Iterator[bytes]) -> None:
    chunk: bytes | None = next(chunks)
    number = 0
    while chunk is not None:
        following = next(chunks, None)
        sealed = tx.keyring.seal(chunk, _place(kept_id, kind, number, last=following is None))
        row = {"kept_id": kept_id, "number": number, "nonce": sealed.nonce, "data": sealed.data}
        tx.connection.execute(insert(kept_chunks).values(row))
        number, chunk = number + 1, following


def _place(kept_id: int, kind: str, number: int, *, last: bool) -> bytes:
    return f"kept\0{kept_id}\0{kind}\0{number}\0{last:d}".encode()


def _chunks(ledger: Ledger, kept_id: int) -> Iterator[bytes]:
    number, last = 0, False
    while not last:
        with ledger.reading() as connection:
            found = _chunk(connection, ledger.keyring, kept_id, number)
        if found is None:
            raise _forgotten(kept_id)
        last = found.last
        number += 1
        yield found.data


def _chunk(connection: Connection, keyring: Keyring, kept_id: int, number: int) -> _Chunk | None:
    """Open a chunk; None where it is not there. One that lost its successors does not open."""
    own, after = kept_chunks, kept_chunks.alias()
    more = exists().where(after.c.kept_id == kept_id, after.c.number == number + 1)
    columns = (kept.c.kind, kept.c.key_id, own.c.nonce, own.c.data, (~more).label("last"))
    wanted = select(*columns).join_from(kept, own)
    wanted = wanted.where(own.c.kept_id == kept_id, own.c.number == number)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    place = _place(kept_id, row.kind, number, last=row.last)
    return _Chunk(row.kind, keyring.open(Sealed(row.key_id, row.nonce, row.data), place), row.last)


def _inflated(chunks: Iterator[bytes], kept_id: int) -> Iterator[bytes]:
    inflator = zlib.decompressobj()
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting and not inflator.eof:
                yield inflator.decompress(waiting, PIECE_BYTES)
                waiting = inflator.unconsumed_tail
    except zlib.error:
        raise _damaged(kept_id) from None
    if not inflator.eof or inflator.unused_data:
        raise _damaged(kept_id)


def _forgotten(kept_id: int) -> Forgotten:
    return Forgotten(
        f"What was kept as number {kept_id} was purged; its digest is all that is left."
    )


def _damaged(kept_id: int) -> Damaged:
    return Damaged(f"What was kept as number {kept_id} is not what it was. Restore the ledger.")
