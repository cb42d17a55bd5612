"""Content that the ledger keeps: measured before, and opened again as a stream."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from iepbridge.ledger.kept import read
from iepbridge.ledger.transaction import Ledger


@contextmanager
def reopened(ledger: Ledger, kept_id: int) -> Iterator[BinaryIO]:
    """Give what is kept under an id, from its beginning; in an unnamed file while it lasts."""
    with tempfile.TemporaryFile() as stream:
        for piece in read(ledger, kept_id):
            stream.write(piece)
        stream.seek(0)
        yield stream


def sha256_of(stream: BinaryIO) -> tuple[bytes, int]:
    """Give the SHA-256 and the size of what a stream holds from where it stands."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    return digest.digest(), size
