"""A run of one feed while it lasts: what it works with, what it counts, what goes wrong in it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from iepbridge.adapter import Adapter
from iepbridge.errors import IepbridgeError, LeaseLost
from iepbridge.ledger.failures import LedgerFailed
from iepbridge.ledger.transaction import Guard, Ledger, Transaction
from iepbridge.runs.outcome import DONE, HELD_BACK, Outcome, gravest
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import EndpointSettings, FeedSettings
from iepbridge.transports import Session

_log = structlog.get_logger(__name__)

ENDING: Final = (LeaseLost, LedgerFailed)
"""Errors after which a run does nothing more."""


@dataclass(slots=True)
class FeedRun:
    """One run of one feed, under its lease; `counts` and `codes` grow as it goes.

    `target` is where batches go: the endpoint of a feed out, the destination of a feed in.
    """

    workplace: Workplace
    feed: FeedSettings
    adapter: Adapter
    endpoint: EndpointSettings
    target: EndpointSettings
    lease: Guard
    id: int
    counts: Counter[str] = field(default_factory=Counter)
    codes: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        """The ledger that this run writes to."""
        return self.workplace.ledger

    def writing(self) -> AbstractContextManager[Transaction]:
        """Give a transaction; raise `LeaseLost` once the lease has ended."""
        return self.ledger.writing(self.lease)

    def session(self) -> Session:
        """Open a session on the feed's endpoint."""
        return self.workplace.connect(self.endpoint, self.workplace.settings.endpoints)

    def session_to_target(self) -> Session:
        """Open a session on the place that batches go to."""
        return self.workplace.connect(self.target, self.workplace.settings.endpoints)

    def here_and_now(self) -> datetime:
        """Give the present moment in the feed's zone."""
        return self.workplace.clock().astimezone(self.feed.zone)

    def count(self, what: str, number: int = 1) -> None:
        """Count what was done, and tell how far the run is."""
        self.counts[what] += number
        self.workplace.told(what, self.counts[what])

    def hold_back(self, number: int = 1) -> None:
        """Count plans or files that are held back."""
        self.counts["held"] += number
        self.codes.add(HELD_BACK)

    @contextmanager
    def tolerating(self, **about: str | int) -> Iterator[None]:
        """Tell an error of one file or batch, and let the run go on with the others.

        That the lease was lost, or the ledger failed, ends the run.
        """
        try:
            yield
        except ENDING:
            raise
        except IepbridgeError as error:
            self.problem(error, **about)

    def problem(self, error: IepbridgeError, **about: str | int) -> None:
        """Note what went wrong."""
        self.codes.add(error.exit_code)
        self.problems.append(str(error))
        _log.error("run_problem", exit_code=error.exit_code, reason=str(error), **about)

    def outcome(self) -> Outcome:
        """Sum up."""
        code = gravest([DONE, *self.codes])
        return Outcome(self.feed.name, code, dict(self.counts), tuple(self.problems), self.id)
