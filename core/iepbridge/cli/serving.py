"""The deed behind `iepbridge serve`: the scheduler, the signals it hears, its pages of health."""

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Final

from iepbridge.cli.feeding import configured
from iepbridge.cli.telling import begin
from iepbridge.ledger import open_ledger
from iepbridge.registry import load_registry
from iepbridge.schedule.pages import pages_of, served
from iepbridge.schedule.scheduler import Order, Scheduler
from iepbridge.schedule.working import Worker

_ORDERS: Final[dict[int, Order]] = {
    signal.SIGTERM: "stop",
    signal.SIGINT: "stop",
    signal.SIGHUP: "reload",
}


def perform(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; with `--once`, run what is due now."""
    if arguments.log_level is None and not arguments.once:
        arguments.log_level = "info"
    begin(arguments)
    settings = configured(arguments)
    with open_ledger(settings.ledger):
        pass  # what is wrong with it is told before anything else
    worker = Worker(load_registry())
    scheduler = Scheduler(settings, worker, read_again=lambda: configured(arguments))
    with _hearing(scheduler):
        if arguments.once:
            return scheduler.once()
        port = settings.serve.port
        with served(pages_of(scheduler), port) if port else nullcontext():
            scheduler.serve()
    return 0


@contextmanager
def _hearing(scheduler: Scheduler) -> Iterator[None]:
    """Hand signals to the scheduler as orders, while the block lasts."""

    def hear(number: int, _: FrameType | None) -> None:
        scheduler.orders.put(_ORDERS[number])

    before = {number: signal.signal(number, hear) for number in _ORDERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
