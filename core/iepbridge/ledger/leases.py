"""Leases: who may write for a feed, until when, and that nobody else did in between.

    take --> Lease --check, inside each transaction--> LeaseLost once it has ended

The fence of a name goes up with each taking. Whether a lease has ended is judged by the database's
clock in PostgreSQL, which all machines share, else by this machine's.
"""

import contextlib
from collections.abc import Sequence
from typing import Any, Final, Self

from sqlalchemy import Connection, Row, select, text, update

from iepbridge.errors import Busy, LeaseLost
from iepbridge.ledger.engine import is_sqlite
from iepbridge.ledger.failures import LedgerLocked
from iepbridge.ledger.instants import Clock, Instant, instant, later
from iepbridge.ledger.schema import leases
from iepbridge.ledger.transaction import Ledger, Transaction
from iepbridge.settings.ledger import LONGEST_LEASE_SECONDS

_NEVER: Final = "0001-01-01T00:00:00.000000Z"
_DATABASE_CLOCK: Final = text(
    """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
)


class Lease:
    """The right to write for some feeds, until it is released, or its holder sleeps past its end.

    Threads may share it. Leaving its block releases it.
    """

    def __init__(self, ledger: Ledger, fences: dict[str, int], seconds: float) -> None:
        self._ledger = ledger
        self._seconds = seconds
        self._ends = _NEVER
        self.fences = fences

    def check(self, tx: Transaction) -> None:
        """Raise `LeaseLost` where a name is no longer ours; else keep it until `tx` ends."""
        fences = self.fences  # another thread may add to them meanwhile
        found = {row.name: row for row in _locked(tx.connection, fences)}
        present = _present(tx.connection, tx.clock)
        for name, fence in fences.items():
            if name not in found or found[name].fence != fence or found[name].expires_at <= present:
                raise _lost(name)
        self._ends = min(row.expires_at for row in found.values())

    def prolong(self, tx: Transaction) -> None:
        """Let the lease go on from now, where less than half of it is left."""
        present = _present(tx.connection, tx.clock)
        if self._ends < later(present, self._seconds / 2):
            self._set(tx, later(present, self._seconds))

    def renew(self) -> None:
        """Let the lease go on from now; raise `LeaseLost` where it has ended."""
        with self._ledger.writing() as tx:
            self.check(tx)
            self._set(tx, later(_present(tx.connection, tx.clock), self._seconds))

    def release(self) -> None:
        """Give the names back; one that was lost is another's, and stays so."""
        with contextlib.suppress(LeaseLost), self._ledger.writing() as tx:
            self.check(tx)
            self._set(tx, _NEVER)

    def _set(self, tx: Transaction, expires_at: Instant) -> None:
        own = update(leases).where(leases.c.name.in_(self.fences))
        tx.connection.execute(own.values(expires_at=expires_at))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # What went wrong inside is told; that the lease stays until its end is told to the next.
        with contextlib.suppress(Exception) if kind else contextlib.nullcontext():
            self.release()


def take(ledger: Ledger, names: Sequence[str], holder: str, seconds: float) -> Lease:
    """Take the leases of all names, or raise `Busy` and take none."""
    wanted = sorted(set(names))
    try:
        with ledger.writing() as tx:
            fences = {name: _take_one(tx, name, holder, seconds) for name in wanted}
    except LedgerLocked:
        raise Busy(
            f"The ledger is being written for another run, and {', '.join(wanted)} could not begin."
            " Run again when that has ended."
        ) from None
    return Lease(ledger, fences, seconds)


def _take_one(tx: Transaction, name: str, holder: str, seconds: float) -> int:
    tx.add_once(leases, name=name, fence=0, holder=holder, expires_at=_NEVER)
    (found,) = _locked(tx.connection, [name])
    present = _present(tx.connection, tx.clock)
    # A clock that ran ahead may have given it an end that no lease has.
    if present < found.expires_at <= later(present, max(seconds, LONGEST_LEASE_SECONDS)):
        raise Busy(
            f"{name}: another run is under way ({found.holder}). It ends by itself, or its lease"
            f" at {found.expires_at} if it no longer lives; run again then."
        )
    own = {"fence": found.fence + 1, "holder": holder, "expires_at": later(present, seconds)}
    tx.connection.execute(update(leases).where(leases.c.name == name).values(own))
    return int(found.fence) + 1


def _locked(connection: Connection, names: Sequence[str] | dict[str, int]) -> Sequence[Row[Any]]:
    wanted = select(leases).where(leases.c.name.in_(names)).order_by(leases.c.name)
    return connection.execute(wanted.with_for_update()).all()


def _present(connection: Connection, clock: Clock) -> Instant:
    if is_sqlite(connection):
        return instant(clock())
    return str(connection.scalar(_DATABASE_CLOCK))


def _lost(name: str) -> LeaseLost:
    return LeaseLost(
        f"{name}: the lease of this run has ended, so it writes nothing more. What it did before"
        " is kept; the next run goes on from there."
    )
