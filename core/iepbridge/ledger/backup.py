"""A copy of the ledger's file, whole at one moment, while others go on using it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from iepbridge.errors import Misuse
from iepbridge.ledger.engine import is_sqlite, make_private, sync
from iepbridge.ledger.failures import told
from iepbridge.ledger.transaction import Ledger
from iepbridge.output import Unwritable


def backup(ledger: Ledger, target: Path) -> None:
    """Copy a SQLite ledger to a new file, which appears once it is whole.

    Raises `Misuse` for PostgreSQL, which has its own tools, and where the file is there already.
    """
    if not is_sqlite(ledger.engine):
        raise Misuse("ledger backup copies SQLite files; for PostgreSQL, run pg_dump.")
    if target.exists():
        raise Misuse(f"{target} exists already; a backup is a new file. Name another.")
    with _appearing(target) as unfinished:
        _copy(ledger, unfinished)


def _copy(ledger: Ledger, target: Path) -> None:
    with told(), ledger.engine.connect() as connection:
        source: Any = connection.connection.driver_connection
        with closing(sqlite3.connect(target)) as copy:
            source.backup(copy)


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """Give a hidden file beside a target, which also gets its name at the end of the block."""
    unfinished = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    make_private(unfinished)
    try:
        yield unfinished
        sync(unfinished)
        target.hardlink_to(unfinished)
        sync(target.parent)
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else "it could not be written"
        raise Unwritable(f"{target}: {what}. There is no backup.") from None
    finally:
        unfinished.unlink(missing_ok=True)
