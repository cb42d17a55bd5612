"""Ids seen in one file: a set of any size in little memory."""

import hashlib
import sqlite3
from types import TracebackType
from typing import Self

_DIGEST_BYTES = 16
_SETUP = """
    PRAGMA cache_size = -2048;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID;
    BEGIN;
"""


class SeenIds:
    """A set of ids that spills to an unnamed temporary file, which goes when it is closed.

    Memory stays under 3 MiB whatever the number of ids; what does not fit lies in the file.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_SETUP)
        self._execute = self._database.cursor().execute

    def add(self, own: str) -> bool:
        """Add an id; say whether it was there already."""
        digest = hashlib.blake2b(own.encode(), digest_size=_DIGEST_BYTES).digest()
        return self._execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount == 0

    def close(self) -> None:
        """Forget all ids and give their file back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
