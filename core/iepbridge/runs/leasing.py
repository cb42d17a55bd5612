"""The right to run a feed: taken before anything is done, kept while it goes on, given back."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random

from iepbridge.errors import Busy, IepbridgeError, LeaseLost
from iepbridge.ledger.leases import Lease, take
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import FeedSettings

_log = structlog.get_logger(__name__)

_NUMBERS_SECONDS: Final = 600
"""How long a run waits for another feed that numbers files between the same parties."""


def holder() -> str:
    """Name this process to whoever finds its lease."""
    return f"{socket.gethostname()} pid {os.getpid()}"


@contextmanager
def leased(workplace: Workplace, feed: FeedSettings) -> Iterator[Lease]:
    """Take a feed and keep it until the block ends; raise `Busy` while another run has it.

    A feed out takes the numbers between its parties too, and waits for another feed's run there.
    """
    ledger, seconds = workplace.ledger, workplace.settings.ledger.lease_seconds
    with (
        take(ledger, [f"feed:{feed.name}"], holder(), seconds) as lease,
        _beating(lease, seconds / 3),
    ):
        if feed.direction == "out":
            numbers = numbered(workplace, feed)
            lease.fences = {**lease.fences, **numbers.fences}
        yield lease


def numbered(workplace: Workplace, feed: FeedSettings) -> Lease:
    """Take the numbers between the parties of a feed out; wait for another feed's run there."""
    name = f"numbers:{feed.system}:{feed.sender}:{feed.receiver}"
    seconds = workplace.settings.ledger.lease_seconds
    return _waiting()(take, workplace.ledger, [name], holder(), seconds)


def _waiting() -> Retrying:
    return Retrying(
        retry=retry_if_exception_type(Busy),
        stop=stop_after_delay(_NUMBERS_SECONDS),
        wait=wait_random(0.2, 1.0),
        reraise=True,
    )


@contextmanager
def _beating(lease: Lease, seconds: float) -> Iterator[None]:
    """Renew a lease again and again: one transfer may take longer than a lease lasts."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(lease, seconds, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(lease: Lease, seconds: float, ended: threading.Event) -> None:
    while not ended.wait(seconds):
        try:
            lease.renew()
        except LeaseLost:
            _log.error("lease_lost")
            return
        except IepbridgeError as error:
            _log.warning("lease_not_renewed", error=error)
