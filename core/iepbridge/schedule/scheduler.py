"""The scheduler: looks into the ledger every few seconds, and begins the runs that are due.

tick --> watch new schedules --> due, the longest first --> a thread each, so many at once
orders: stop | reload, put by signals; a run that ends wakes the loop
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Final, Literal, TypeAlias

import structlog

from iepbridge.errors import IepbridgeError, Misuse
from iepbridge.ledger import Connection, Ledger, open_ledger
from iepbridge.runs.outcome import gravest
from iepbridge.schedule.pulse import Pulse
from iepbridge.schedule.watching import due_since, is_ahead, watch_all
from iepbridge.schedule.working import Worker
from iepbridge.settings import FeedSettings, Settings

_log = structlog.get_logger(__name__)

Order: TypeAlias = Literal["stop", "reload", "look"]

TICK_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 60.0
"""How long a feed is left alone whose run could not begin."""


class Scheduler:
    """Runs feeds when they are due, until it is told to stop."""

    def __init__(
        self,
        settings: Settings,
        worker: Worker,
        *,
        read_again: Callable[[], Settings] | None = None,
        tick_seconds: float = TICK_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self.settings = settings
        self.pulse = Pulse()
        self.orders: SimpleQueue[Order] = SimpleQueue()
        self._worker = worker
        self._read_again = read_again or (lambda: settings)
        self._tick_seconds = tick_seconds
        self._pause_seconds = pause_seconds
        self._running: dict[str, threading.Thread] = {}
        self._pauses: dict[str, float] = {}
        self._ahead: set[str] = set()
        self._codes: set[int] = set()
        self._each_once: set[str] | None = None
        self._ledger: Ledger | None = None

    @property
    def running(self) -> list[str]:
        """The feeds that run here just now."""
        return sorted(self._running)

    def serve(self) -> None:
        """Run what is due, until the order to stop; then let what runs end, for a while."""
        _log.info("scheduler_started", feeds=len(self._scheduled()))
        while (order := self._next_order()) != "stop":
            if order == "reload":
                self._reload()
            self.tick()
        self._wind_up()

    def once(self) -> int:
        """Run what is due now, each feed once; give the exit code that the runs come to."""
        self._each_once = set()
        is_more_due = self.tick()
        while is_more_due or self._running:
            if self._heard(None if self._running else 0) == "stop":
                break
            is_more_due = self.tick()
        self._wind_up()
        return gravest(self._codes)

    def tick(self) -> bool:
        """Look into the ledger once, and begin what is due; say whether more is than may run."""
        try:
            due = self._due(self._opened())
        except IepbridgeError as error:
            self._ledger_is_away(error)
            return False
        self.pulse.beat(ledger_is_there=True)
        room = self.settings.serve.feeds_at_once - len(self._running)
        for feed in due[: max(room, 0)]:
            self._begin(feed)
        return len(due) > room

    def _opened(self) -> Ledger:
        if self._ledger is None:
            self._ledger = open_ledger(self.settings.ledger, clock=self._worker.clock)
        return self._ledger

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def _ledger_is_away(self, error: IepbridgeError) -> None:
        """Say so, the first time, and open it anew at the next look."""
        if self.pulse.ledger_is_there:
            _log.error("ledger_away", exit_code=error.exit_code, reason=str(error))
        self.pulse.beat(ledger_is_there=False)
        self._codes.add(error.exit_code)
        self._close()

    def _next_order(self) -> Order:
        return self._heard(self._tick_seconds if self.pulse.has_ticked else 0)

    def _heard(self, seconds: float | None) -> Order:
        """Give the next order; without one in time, to look."""
        try:
            return self.orders.get(timeout=seconds)
        except Empty:
            return "look"

    def _scheduled(self) -> list[FeedSettings]:
        return [one for one in self.settings.feeds.values() if one.enabled and one.schedule]

    def _due(self, ledger: Ledger) -> list[FeedSettings]:
        """Give the feeds that are due, first those that have waited longest."""
        watch_all(ledger, self.settings.feeds.values())
        present = self._worker.clock()
        free = [one for one in self._scheduled() if self._is_free(one.name)]
        with ledger.reading() as connection:
            since = [(self._since(connection, feed, present), feed) for feed in free]
        due = [(at, feed.name, feed) for at, feed in since if at is not None]
        return [feed for _, _, feed in sorted(due, key=lambda one: one[:2])]

    def _is_free(self, name: str) -> bool:
        if name in self._running or name in (self._each_once or ()):
            return False
        return self._pauses.get(name, 0) <= time.monotonic()

    def _since(
        self, connection: Connection, feed: FeedSettings, present: datetime
    ) -> datetime | None:
        self._tell_of_clock(feed.name, is_ahead=is_ahead(connection, feed, present))
        return due_since(connection, feed, self._worker.source(feed), present)

    def _tell_of_clock(self, name: str, *, is_ahead: bool) -> None:
        """Warn, once, that slots known lie in the future: the feed waits until they have passed."""
        if is_ahead and name not in self._ahead:
            _log.warning("clock_went_back", feed=name)
        (self._ahead.add if is_ahead else self._ahead.discard)(name)

    def _begin(self, feed: FeedSettings) -> None:
        work = threading.Thread(target=self._work, args=(self.settings, feed), daemon=True)
        self._running[feed.name] = work
        if self._each_once is not None:
            self._each_once.add(feed.name)
        work.start()

    def _work(self, settings: Settings, feed: FeedSettings) -> None:
        with self._counted(feed.name):
            ended = self._worker.run(settings, feed)
            if not ended.has_begun:
                self._pauses[feed.name] = time.monotonic() + self._pause_seconds
            if ended.code is not None:
                self._codes.add(ended.code)

    @contextmanager
    def _counted(self, name: str) -> Iterator[None]:
        try:
            yield
        finally:
            del self._running[name]
            self.orders.put("look")

    def _reload(self) -> None:
        """Take the configuration as it is now; keep the one before where it is wrong."""
        try:
            self.settings = self._read_again()
        except Misuse as error:
            self.pulse.configuration_is_good = False
            _log.error("configuration_refused", reason=str(error))
        else:
            self.pulse.configuration_is_good = True
            self._pauses.clear()
            self._close()
            _log.info("configuration_read", feeds=len(self._scheduled()))

    def _wind_up(self) -> None:
        """Let the runs end, for `stop_seconds`, or until a second order to stop."""
        end = time.monotonic() + self.settings.serve.stop_seconds
        _log.info("scheduler_stopping", running=len(self._running))
        while self._running and (left := end - time.monotonic()) > 0:
            if self._heard(left) == "stop":
                break
        if self._running:
            _log.warning("runs_left", running=len(self._running))
        self._close()
        _log.info("scheduler_stopped")
