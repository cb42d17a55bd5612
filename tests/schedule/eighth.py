"""One of several schedulers on one ledger, with slots of some seconds; asked to, it freezes once.

python -m tests.schedule.eighth FOLDER SECONDS MODE
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from iepbridge.ledger.slots import Slot
from iepbridge.registry import load_registry
from iepbridge.schedule.scheduler import Scheduler
from iepbridge.schedule.working import Worker
from iepbridge.settings import load_settings
from iepbridge.transports import open_session

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def every(seconds: int, after: datetime) -> Iterator[Slot]:
    """Give a slot every so many seconds."""
    number = int((after - EPOCH).total_seconds() // seconds)
    while True:
        number += 1
        at = EPOCH + timedelta(seconds=number * seconds)
        yield Slot(at, f"{at:%Y-%m-%dT%H:%M:%S}", 0)


class Quiet(Scheduler):
    """Looks into the ledger only while it may: who is frozen with its file open holds up all."""

    def tick(self) -> bool:
        with LOOKING:
            return super().tick()


LOOKING = threading.Lock()


class Freezing:
    """Opens sessions; at the first, the process stops, with its claim and its lease."""

    def __init__(self) -> None:
        self._has_frozen = False

    def __call__(self, *place: Any) -> Any:
        if not self._has_frozen:
            self._has_frozen = True
            print("frozen", flush=True)
            with LOOKING:
                os.kill(os.getpid(), signal.SIGSTOP)
                time.sleep(0.5)  # it stops all threads, though not before the call returns
        return open_session(*place)


def _line(_: object, __: str, event: Any) -> str:
    return json.dumps(event)


def main(folder: str, seconds: int, mode: str) -> None:
    structlog.configure(processors=[_line], logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    settings = load_settings(None, os.environ, Path(folder))
    connect = Freezing() if mode == "freeze" else open_session
    worker = Worker(
        load_registry(), connect=connect, source=lambda _: lambda after: every(seconds, after)
    )
    scheduler = Quiet(settings, worker, tick_seconds=0.5, pause_seconds=0.2)
    signal.signal(signal.SIGTERM, lambda *_: scheduler.orders.put("stop"))
    print("ready", flush=True)
    sys.stdin.readline()
    scheduler.serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
