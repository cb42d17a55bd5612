"""The database's errors, as ours: told by their kind, without statement, values or detail."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from iepbridge.errors import IepbridgeError, Unreachable


class LedgerFailed(IepbridgeError):
    """The ledger could not be read or written; without it nothing is sent."""


class LedgerLocked(Unreachable):
    """Another process held the ledger for longer than this one waits; it is safe to run again."""


_AGAIN: Final = "Nothing was sent; run again."
_LOCKED: Final = f"The ledger was held by another process for too long. {_AGAIN}"
_AWAY: Final = (
    "The ledger's database could not be reached, or let nobody in: see host, port, user and"
    f" password of [ledger] url, and whether the server runs. {_AGAIN}"
)
_FULL: Final = "The ledger's disk is full. Nothing more is sent; make room and run again."
_DISK: Final = (
    "The ledger's disk failed to read or write. Nothing more is sent; see to the disk, run"
    " `iepbridge ledger verify`, and run again."
)
_DAMAGED: Final = "The ledger is damaged, or no ledger. Restore it from a backup."
_FORBIDDEN: Final = "The ledger may not be written: see who owns its file, folder or tables."

_SQLITE: Final[dict[int, tuple[type[IepbridgeError], str]]] = {
    sqlite3.SQLITE_BUSY: (LedgerLocked, _LOCKED),
    sqlite3.SQLITE_LOCKED: (LedgerLocked, _LOCKED),
    sqlite3.SQLITE_FULL: (LedgerFailed, _FULL),
    sqlite3.SQLITE_IOERR: (LedgerFailed, _DISK),
    sqlite3.SQLITE_CORRUPT: (LedgerFailed, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (LedgerFailed, _DAMAGED),
    sqlite3.SQLITE_READONLY: (LedgerFailed, _FORBIDDEN),
    sqlite3.SQLITE_CANTOPEN: (LedgerFailed, _FORBIDDEN),
    sqlite3.SQLITE_PERM: (LedgerFailed, _FORBIDDEN),
}
_POSTGRESQL: Final[dict[str, tuple[type[IepbridgeError], str]]] = {
    "55P03": (LedgerLocked, _LOCKED),
    "40P01": (LedgerLocked, _LOCKED),
    "57014": (LedgerLocked, _LOCKED),
    "53100": (LedgerFailed, _FULL),
    "58030": (LedgerFailed, _DISK),
    "42501": (LedgerFailed, _FORBIDDEN),
    "25006": (LedgerFailed, _FORBIDDEN),
    "XX001": (LedgerFailed, _DAMAGED),
    "XX002": (LedgerFailed, _DAMAGED),
    "08": (Unreachable, _AWAY),
    "28": (Unreachable, _AWAY),
    "3D": (Unreachable, _AWAY),
    "53": (Unreachable, _AWAY),
    "57": (Unreachable, _AWAY),
    "25P03": (Unreachable, _AWAY),
}
"""By the whole code, else by its class: the first two characters."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what the database says into an error of ours; its own text may hold values."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _ours(error) from None


def _ours(error: Exception) -> IepbridgeError:
    if isinstance(error, NoConnection):
        return LedgerLocked(_LOCKED)
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        kind, text = _SQLITE.get(_sqlite_code(cause), _unknown(cause))
    else:
        kind, text = _by_state(error, cause)
    return kind(text)


def _sqlite_code(error: sqlite3.Error) -> int:
    """Give the primary code: the low byte of what SQLite says."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _by_state(error: Exception, cause: Any) -> tuple[type[IepbridgeError], str]:
    state = getattr(cause, "sqlstate", None) or ""
    found = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if found:
        return found
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or (not state and type(cause).__name__ == "OperationalError"):
        return Unreachable, _AWAY
    return _unknown(cause)


def _unknown(cause: Exception) -> tuple[type[IepbridgeError], str]:
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    name = f"{type(cause).__name__}{f' {code}' if code else ''}"
    return LedgerFailed, (
        f"The ledger refused a statement ({name}): a fault of the program, or its tables are not"
        " what they were made as. Nothing more is sent; run `iepbridge ledger verify`."
    )
