"""A run that falls asleep at a step of a delivery, all its threads with it, until it is woken.

    python -m tests.feeds.sleeper CONFIG FEED STEP before|after

Ends with the exit code of the run.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from iepbridge.ledger import Lease, Ledger, open_ledger
from iepbridge.ledger.transaction import Transaction
from iepbridge.registry import load_registry
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import EndpointSettings, load_settings
from iepbridge.transports import Session, open_session

_WRITING: Final = threading.RLock()
"""Held while the ledger is written: who falls asleep in a transaction keeps its lock for ever."""


def _one_at_a_time() -> None:
    writing = Ledger.writing

    @contextmanager
    def guarded(ledger: Ledger, lease: Lease | None = None) -> Iterator[Transaction]:
        with _WRITING, writing(ledger, lease) as tx:
            yield tx

    Ledger.writing = guarded  # type: ignore[method-assign]


class _Sleeping:
    """Opens sessions whose step sleeps, the first time it is taken."""

    def __init__(self, step: str, when: str) -> None:
        self._step, self._when = step, when
        self._slept = False

    def __call__(
        self, endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]
    ) -> Session:
        session = open_session(endpoint, endpoints)
        step = getattr(session, self._step)

        def sleeping(*given: Any) -> Any:
            if self._when == "before":
                self._sleep()
            found = step(*given)
            if self._when == "after":
                self._sleep()
            return found

        setattr(session, self._step, sleeping)
        return session

    def _sleep(self) -> None:
        if not self._slept:
            self._slept = True
            with _WRITING:
                os.kill(os.getpid(), signal.SIGSTOP)


def main(config: str, feed: str, step: str, when: str) -> int:
    """Run a feed, and give its exit code."""
    _one_at_a_time()
    settings = load_settings(config, os.environ, Path.cwd())
    with open_ledger(settings.ledger) as ledger:
        sleeping = _Sleeping(step, when)
        workplace = Workplace(settings, load_registry(), ledger, connect=sleeping)
        return run_feed(workplace, feed).code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
