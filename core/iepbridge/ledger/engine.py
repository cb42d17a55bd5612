"""The ledger's database: how it is opened, and how its errors are told.

    sqlite:///iepbridge.db             one file, one writer at a time, each commit on the disk
    postgresql+psycopg://user@host/db  several machines; row locks decide who was first

Every wait on the database has an end.
"""

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from iepbridge.errors import Misuse

WRITES: Final = "iepbridge_writes"
"""The execution option of a connection whose transaction will write."""

_WAIT_SECONDS: Final = 30
_PRAGMAS: Final = ("journal_mode = DELETE", "synchronous = EXTRA", "foreign_keys = ON")
_SETTINGS: Final = {
    "lock_timeout": f"{_WAIT_SECONDS}s",
    "statement_timeout": "300s",
    "idle_in_transaction_session_timeout": "300s",
    "default_transaction_isolation": "read committed",
    "client_min_messages": "error",
}
_CONNECTING: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "application_name": "iepbridge",
}
_FORMS: Final = "`sqlite:///FILE` or `postgresql+psycopg://USER@HOST/DATABASE`"


def open_engine(url: str, *, new: bool = True) -> Engine:
    """Prepare the database of a URL; a file of SQLite is made if `new`, for its owner alone.

    Raises `Misuse` where the URL is none of a ledger, without showing it: it may hold a password.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, new=new)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return _open_postgresql(parsed.set(drivername="postgresql+psycopg"))
    raise Misuse(f"[ledger] url: {parsed.drivername} keeps no ledger; expected {_FORMS}.")


def is_sqlite(connection: Connection | Engine) -> bool:
    """Say whether a database is a SQLite file."""
    return connection.dialect.name == "sqlite"


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise Misuse(f"[ledger] url: this is no database URL; expected {_FORMS}.") from None
    return parsed


def _open_sqlite(url: URL, *, new: bool) -> Engine:
    if not url.database or url.database == ":memory:" or url.query or url.host:
        raise Misuse("[ledger] url: name a file and nothing else, as in sqlite:///iepbridge.db.")
    if new:
        make_private(Path(url.database))
    elif not Path(url.database).exists():
        raise Misuse(f"{url.database}: there is no ledger yet; the first run makes it.")
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": _WAIT_SECONDS},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_private(file: Path) -> None:
    """Make a file, and its folders, where they are not: for their owner alone."""
    try:
        make_folder(file.parent)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else "it cannot be opened"
        raise Misuse(f"{file}: {what}; name a file that can be written to.") from None


def make_folder(folder: Path) -> None:
    """Make a folder, and those it stands in, where they are not: for their owner alone."""
    for own in [one for one in reversed((folder, *folder.parents)) if not one.exists()]:
        own.mkdir(mode=0o700, exist_ok=True)


def sync(path: Path) -> None:
    """Bring a file, or the entries of a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _set_up_sqlite(connection: Any, _: object) -> None:
    # The driver would begin transactions by itself, late and deferred.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: URL) -> Engine:
    own = {key: value for key, value in _CONNECTING.items() if key not in url.query}
    try:
        engine = create_engine(url, connect_args=own, hide_parameters=True, pool_pre_ping=True)
    except ImportError:
        raise Misuse(
            "[ledger] url: PostgreSQL needs its driver: pip install 'iepbridge[postgresql]'."
        ) from None
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _set_up_postgresql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        for name, value in _SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
    connection.commit()
