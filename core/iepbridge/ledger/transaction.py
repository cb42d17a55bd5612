"""The ledger while it is open: what reads it, and what writes to it, whole or not at all.

open_ledger -> Ledger --reading--> Connection
                     `-writing(lease)--> Transaction: checked, then changed, then committed
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from sqlalchemy import Connection, Engine, Table, literal
from sqlalchemy.dialects import postgresql, sqlite

from iepbridge.crypto import MAKE_A_KEY, Keyring
from iepbridge.errors import Misuse
from iepbridge.ledger.engine import WRITES, is_sqlite, open_engine
from iepbridge.ledger.events import append, entry
from iepbridge.ledger.failures import told
from iepbridge.ledger.instants import Clock, Instant, instant, system_clock
from iepbridge.ledger.key_check import check_key
from iepbridge.ledger.migrations import has_tables, require_newest, upgrade

if TYPE_CHECKING:
    from iepbridge.settings import LedgerSettings

_EVENTS_AT_ONCE: Final = 10_000


class Guard(Protocol):
    """What says, inside a transaction, whether it may write: a lease."""

    def check(self, tx: "Transaction", /) -> None:
        """Raise `LeaseLost` where the lease is no longer ours, and keep others from taking it."""

    def prolong(self, tx: "Transaction", /) -> None:
        """Let the lease go on from here, where it would soon end."""


class Transaction:
    """One change of the ledger: `connection` to make it with, `now` the instant it is made at."""

    def __init__(self, connection: Connection, clock: Clock, keyring: Keyring) -> None:
        self.connection = connection
        self.clock = clock
        self.keyring = keyring
        self.now: Instant = instant(clock())
        self._events: list[dict[str, Any]] = []

    def event(
        self,
        kind: str,
        *,
        feed: str | None = None,
        run_id: int | None = None,
        batch_id: int | None = None,
        plan_id: str | None = None,
        **detail: object,
    ) -> None:
        """Add what is being done to the chain; details are ids, counts and codes, else masked."""
        ids = {"feed": feed, "run_id": run_id, "batch_id": batch_id, "plan_id": plan_id}
        self._events.append(entry(self.now, kind, ids, detail))
        if len(self._events) >= _EVENTS_AT_ONCE:
            self.write_events()

    def write_events(self) -> None:
        """Write the events so far; done by itself at the end, so that the chain is held briefly."""
        append(self.connection, self._events)
        self._events = []

    def add_once(self, table: Table, **values: object) -> bool:
        """Add a row unless a unique key of it is taken; say whether it was added."""
        statement = self._once(table).values(**values).returning(literal(1))
        return self.connection.scalar(statement) is not None

    def add_all_once(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add those rows of which no unique key is taken."""
        if rows:
            self.connection.execute(self._once(table), rows)

    def _once(self, table: Table) -> Any:
        dialect: Any = sqlite if is_sqlite(self.connection) else postgresql
        return dialect.insert(table).on_conflict_do_nothing()


class Ledger:
    """An open ledger; threads may share it, and each of them reads and writes by itself."""

    def __init__(self, engine: Engine, keyring: Keyring, clock: Clock = system_clock) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{WRITES: True})
        self.keyring = keyring
        self.clock = clock

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees the ledger as it is now, and changes nothing.

        Keep it short: while it lasts, nothing is committed to a SQLite file.
        """
        with told(), self.engine.connect() as connection:
            if not is_sqlite(connection):
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, lease: Guard | None = None) -> Iterator[Transaction]:
        """Give a transaction, committed at the end of the block unless an error leaves it.

        Raises `LeaseLost` where the lease is no longer ours; then nothing is written.
        """
        with told(), self._writing.begin() as connection:
            tx = Transaction(connection, self.clock, self.keyring)
            if lease is not None:
                lease.check(tx)
            yield tx
            tx.write_events()
            if lease is not None:
                lease.prolong(tx)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_ledger(
    settings: "LedgerSettings",
    *,
    clock: Clock = system_clock,
    new: bool = True,
    as_it_is: bool = False,
) -> Ledger:
    """Open the ledger of a configuration, and bring its tables up to date.

    A file that is not there is made if `new`. With `as_it_is` nothing is changed: raises `Misuse`
    where the tables are of another version. Raises it without a key, too: nothing is kept of plans
    that is not sealed.
    """
    if settings.key is None:
        raise Misuse(
            '[ledger] key is missing: set key = { env = "IEPBRIDGE_KEY" } or a file, outside the'
            f" data folder, and keep a copy: without it nothing can be read. Make one: {MAKE_A_KEY}"
        )
    keyring = Keyring.parse(settings.key.text())
    url = settings.database_url()
    return open_ledger_at(url, keyring, clock=clock, new=new, as_it_is=as_it_is)


def has_ledger(settings: "LedgerSettings") -> bool:
    """Say whether there is a ledger yet; no file is made to find out, and no table."""
    file = settings.database_file()
    if file is not None:
        return file.exists()
    engine = open_engine(settings.database_url(), new=False)
    try:
        return has_tables(engine)
    finally:
        engine.dispose()


def open_ledger_at(
    url: str,
    keyring: Keyring,
    *,
    clock: Clock = system_clock,
    new: bool = True,
    as_it_is: bool = False,
) -> Ledger:
    """Open the ledger of a database URL; bring its tables up to date, or leave it `as_it_is`."""
    engine = open_engine(url, new=new and not as_it_is)
    try:
        (require_newest if as_it_is else upgrade)(engine)
        ledger = Ledger(engine, keyring, clock)
        with ledger.reading() as connection:
            check_key(connection, keyring)
    except BaseException:
        engine.dispose()
        raise
    return ledger
