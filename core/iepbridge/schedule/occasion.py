"""The slot that a run is for: chosen, and written down, in the transaction that begins the run.

The feed's lease keeps other runs of it out meanwhile, so what the ledger says last is what counts:
a scheduler that looked before, and slept since, finds nothing due any more.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

import structlog

from iepbridge.ledger.instants import instant, moment
from iepbridge.ledger.slots import (
    BEGUN,
    COALESCED,
    MISSED,
    Slot,
    claim,
    claim_again,
    coalesce,
    last_slot,
    pass_over,
    run_before,
    settle,
)
from iepbridge.ledger.transaction import Transaction
from iepbridge.schedule.slots import Source
from iepbridge.settings import FeedSettings

_log = structlog.get_logger(__name__)

_MOST_ROWS: Final = 1000
"""How many of the slots that passed are written down, the latest ones."""


class NotDue(Exception):
    """Raised where a feed turns out not to be due: another scheduler was first."""


def schedule_of(feed: FeedSettings) -> str:
    """Give a feed's schedule with its zone, as the ledger keeps it; empty where it has none."""
    if feed.schedule is None or not feed.enabled:
        return ""
    return f"{feed.schedule} {feed.timezone}"


class DueSlot:
    """The occasion of a run by schedule: the latest slot that is due, for all before it too."""

    def __init__(self, feed: FeedSettings, source: Source) -> None:
        self._feed = feed
        self._schedule = schedule_of(feed)
        self._source = source
        self.claimed = False

    def begun(self, tx: Transaction, run_id: int) -> None:
        """Claim the slot; raise `NotDue` where there is none."""
        last = last_slot(tx.connection, self._feed.name)
        if last is None or last.schedule != self._schedule:
            raise NotDue
        passed = until(self._source, moment(last.due_at), tx.clock())
        if passed:
            self._claim(tx, run_id, last, passed)
        elif last.state == BEGUN:
            claim_again(tx, last.id, run_id)
            _log.warning("slot_taken_over", slot=last.slot, fold=last.fold, run=run_id)
        else:
            raise NotDue
        self.claimed = True

    def ended(self, tx: Transaction, run_id: int) -> None:
        """Settle the slot."""
        settle(tx, run_id)

    def _claim(self, tx: Transaction, run_id: int, last: Any, passed: Sequence[Slot]) -> None:
        *before, slot = passed
        if last.state == BEGUN:
            coalesce(tx, last.id)
        self._pass_over(tx, run_id, before)
        if not claim(tx, self._feed.name, self._schedule, slot, run_id):
            raise NotDue
        _log.info("slot_begun", slot=slot.local, fold=slot.fold, run=run_id)

    def _pass_over(self, tx: Transaction, run_id: int, before: Sequence[Slot]) -> None:
        """Write down the slots that passed: while a run went on, or while nothing watched."""
        run = run_before(tx.connection, self._feed.name, run_id)
        began, ended = (run.started_at, run.ended_at or "") if run else ("", "")
        during = [slot for slot in before if began <= instant(slot.at) <= ended]
        missed = [slot for slot in before if not began <= instant(slot.at) <= ended]
        if missed:
            _log.warning("slots_missed", **self._written(tx, missed, MISSED))
        if during:
            _log.warning("slots_coalesced", **self._written(tx, during, COALESCED))

    def _written(self, tx: Transaction, passed: Sequence[Slot], state: str) -> dict[str, Any]:
        pass_over(tx, self._feed.name, self._schedule, passed[-_MOST_ROWS:], state)
        return {"slots": len(passed), "since": passed[0].local, "until": passed[-1].local}


def until(source: Source, after: datetime, end: datetime) -> list[Slot]:
    """Give the slots after a moment, up to and with another."""
    return list(takewhile(lambda slot: slot.at <= end, source(after)))
