"""The ledger's tables, brought to what this program knows, by one process at a time.

Each step is a file under `versions`; Alembic runs those that a ledger has not seen.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, inspect, text

from iepbridge.errors import Misuse
from iepbridge.ledger.engine import WRITES, is_sqlite
from iepbridge.ledger.failures import told

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0003"
"""The newest version of the tables."""

VERSION_TABLE: Final = "ledger_version"

_READ: Final = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608  a constant
_LOCK: Final = text("SELECT pg_advisory_xact_lock(5283971642087)")


def upgrade(engine: Engine) -> None:
    """Bring a ledger to the newest version; it may be new, and others may open it just now.

    Raises `Misuse` where the ledger is newer than this program, or the database another's.
    """
    with told():
        with engine.connect() as connection:
            if version(connection) == HEAD:
                return
        writing = engine.execution_options(**{WRITES: True})
        with writing.begin() as connection:
            _upgrade_alone(connection)


def has_tables(engine: Engine) -> bool:
    """Say whether a database has a ledger's tables, of whatever version."""
    with told(), engine.connect() as connection:
        return version(connection) is not None


def require_newest(engine: Engine) -> None:
    """Raise `Misuse` where a ledger's tables are not of the newest version."""
    with told(), engine.connect() as connection:
        found = version(connection)
    if found is not None and found > HEAD:
        raise _too_new(found)
    if found != HEAD:
        raise Misuse(
            f"[ledger] url: this ledger's tables are of version {found or 'none'}, and this program"
            f" works with {HEAD}. The next run of a feed, or `ledger verify`, brings them up to"
            " date; nothing was changed."
        )


def version(connection: Connection) -> str | None:
    """Give the version of a ledger's tables, None where there are none yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(_READ)
    return found


def _upgrade_alone(connection: Connection) -> None:
    if not is_sqlite(connection):
        connection.execute(_LOCK)
    found = version(connection)
    if found == HEAD:
        return
    if found is None:
        _refuse_strangers(connection)
    elif not found < HEAD:
        raise _too_new(found)
    _run(connection)


def _too_new(found: str) -> Misuse:
    return Misuse(
        f"[ledger] url: this ledger's tables are of version {found}, newer than this program,"
        f" which knows {HEAD}. Install the newer iepbridge; the ledger was not changed."
    )


def _refuse_strangers(connection: Connection) -> None:
    """Keep tables out of a database that is somebody else's: SQLite's have one owner."""
    if is_sqlite(connection) and inspect(connection).get_table_names():
        raise Misuse("[ledger] url: this file is another program's database; name a new file.")


def _run(connection: Connection) -> None:
    # Slow to import, and needed only where a ledger is new or old.
    from alembic.command import upgrade as run  # noqa: PLC0415

    # Each step would be told; what is of interest is an error.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    run(configuration(connection), "head")


def configuration(connection: Connection | None = None) -> "Config":
    """Give what Alembic needs to know; the connection is one with a transaction begun."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    return config
