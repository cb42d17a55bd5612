"""The slots of feeds: which run each was for, which passed without one, since when they are known.

Rows of a feed are written under its lease, so that one scheduler at a time decides. The last row
of a feed says from where on slots are due; no timer in memory does.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, select, update

from iepbridge.ledger.instants import Instant, instant
from iepbridge.ledger.schema import leases, runs, slots
from iepbridge.ledger.transaction import Transaction

WATCHED: Final = "watched"
BEGUN: Final = "begun"
DONE: Final = "done"
MISSED: Final = "missed"
COALESCED: Final = "coalesced"
STATES: Final = (WATCHED, BEGUN, DONE, MISSED, COALESCED)
"""What a slot came to; `watched` is no slot, but where a schedule was first seen."""


class Slot(NamedTuple):
    """A moment (UTC) at which a feed is due, and the time on the wall that it belongs to."""

    at: datetime
    local: str
    """As in `2026-11-01T01:30`."""
    fold: int
    """1 for the second time that clocks show it."""

    @property
    def name(self) -> str:
        """The time on the wall, for people."""
        return f"{self.local}, the second time" if self.fold else self.local


def last_slot(connection: Connection, feed: str) -> Row[Any] | None:
    """Give the row that was written last of a feed, None where it was never watched."""
    own = select(slots).where(slots.c.feed == feed).order_by(slots.c.id.desc()).limit(1)
    return connection.execute(own).one_or_none()


def is_taken(connection: Connection, feed: str, present: Instant) -> bool:
    """Say whether a run of a feed seems to be under way; taking its lease tells for certain."""
    own = select(leases.c.expires_at).where(leases.c.name == f"feed:{feed}")
    return (connection.scalar(own) or "") > present


def watch(tx: Transaction, feed: str, schedule: str) -> None:
    """Write down that a feed has this schedule from now on; the empty one says that it has none."""
    _add(tx, feed, schedule, Slot(tx.clock(), f"since {tx.now}", 0), WATCHED)


def pass_over(
    tx: Transaction, feed: str, schedule: str, passed: Iterable[Slot], state: str
) -> None:
    """Write down slots that got no run of their own: `missed`, or `coalesced` with another."""
    for slot in passed:
        _add(tx, feed, schedule, slot, state)


def claim(tx: Transaction, feed: str, schedule: str, slot: Slot, run_id: int) -> bool:
    """Write down the slot that a run is for; say whether no run was for it before."""
    return _add(tx, feed, schedule, slot, BEGUN, run_id=run_id)


def claim_again(tx: Transaction, slot_id: int, run_id: int) -> None:
    """Give a slot, whose run never ended, to another run."""
    own = update(slots).where(slots.c.id == slot_id)
    tx.connection.execute(own.values(run_id=run_id, written_at=tx.now))


def coalesce(tx: Transaction, slot_id: int) -> None:
    """Leave a slot, whose run never ended, to the run of a later one."""
    own = update(slots).where(slots.c.id == slot_id)
    tx.connection.execute(own.values(state=COALESCED, ended_at=tx.now))


def settle(tx: Transaction, run_id: int) -> None:
    """Write down that the run ended which a slot was claimed for."""
    own = update(slots).where(slots.c.run_id == run_id, slots.c.state == BEGUN)
    tx.connection.execute(own.values(state=DONE, ended_at=tx.now))


def _add(
    tx: Transaction, feed: str, schedule: str, slot: Slot, state: str, run_id: int | None = None
) -> bool:
    return tx.add_once(
        slots,
        feed=feed,
        schedule=schedule,
        slot=slot.local,
        fold=slot.fold,
        due_at=instant(slot.at),
        state=state,
        run_id=run_id,
        written_at=tx.now,
    )


def run_before(connection: Connection, feed: str, run_id: int) -> Row[Any] | None:
    """Give the run of a feed before another one, if there was one."""
    own = select(runs).where(runs.c.feed == feed, runs.c.id < run_id)
    return connection.execute(own.order_by(runs.c.id.desc()).limit(1)).one_or_none()
