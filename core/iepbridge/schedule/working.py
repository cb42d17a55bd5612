"""One feed run by its schedule: whatever becomes of it is logged, and stops no other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from iepbridge.errors import Busy, IepbridgeError, LeaseLost
from iepbridge.ledger.instants import Clock, system_clock
from iepbridge.ledger.transaction import open_ledger
from iepbridge.privacy import reduced
from iepbridge.registry import Registry
from iepbridge.runs.run import FAULT, run_once
from iepbridge.runs.workplace import Connect, Workplace
from iepbridge.schedule.occasion import DueSlot, NotDue
from iepbridge.schedule.slots import Source, slots_of
from iepbridge.settings import FeedSettings, Settings
from iepbridge.transports import open_session

_log = structlog.get_logger(__name__)


class Ended(NamedTuple):
    """How an attempt to run a feed ended: its exit code, none where another was first."""

    code: int | None
    has_begun: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """What runs of due feeds are made with, each with a ledger of its own."""

    registry: Registry
    clock: Clock = system_clock
    connect: Connect = open_session
    source: Callable[[FeedSettings], Source] = slots_of

    def run(self, settings: Settings, feed: FeedSettings) -> Ended:
        """Run a feed for the slot that is due; nothing is raised."""
        occasion = DueSlot(feed, self.source(feed))
        with structlog.contextvars.bound_contextvars(feed=feed.name):
            return Ended(self._code(settings, feed, occasion), occasion.claimed)

    def _code(self, settings: Settings, feed: FeedSettings, occasion: DueSlot) -> int | None:
        try:
            with open_ledger(settings.ledger, clock=self.clock) as ledger:
                place = Workplace(settings, self.registry, ledger, self.clock, self.connect)
                return run_once(place, feed, occasion).code
        except NotDue:
            return None
        except IepbridgeError as error:
            if isinstance(error, Busy) and not isinstance(error, LeaseLost):
                return None
            _log.error("run_stopped", exit_code=error.exit_code, reason=str(error))
            return error.exit_code
        except Exception as error:  # noqa: BLE001  the edge of one feed
            _log.critical("run_broken", reason=f"A fault of the program: {reduced(error)}.")
            return FAULT
