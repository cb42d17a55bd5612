"""The watchdog: cuts in time, and only then."""

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from iepbridge.transports.sftp.network import bounded
from iepbridge.transports.sftp.watchdog import Watchdog

PATIENCE_SECONDS = 30


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    one.settimeout(PATIENCE_SECONDS)
    with one, other:
        yield one, other


@pytest.fixture
def watchdog(pair: tuple[socket.socket, socket.socket]) -> Iterator[Watchdog]:
    with contextlib.closing(Watchdog()) as own:
        own.guard(pair[0])
        yield own


def test_silence_ends_in_a_cut(watchdog: Watchdog, pair) -> None:
    with watchdog.limits(0.05, 60):
        assert pair[0].recv(1) == b""
    assert watchdog.expired


def test_the_whole_has_an_end_too(watchdog: Watchdog, pair) -> None:
    pair[0].settimeout(0.01)
    with watchdog.limits(60, 0.3):
        while not watchdog.expired:
            watchdog.stir()
            time.sleep(0.01)


def test_what_goes_on_is_let_go_on(watchdog: Watchdog) -> None:
    for _ in range(3):
        with watchdog.limits(20, 20):
            for _ in range(10):
                watchdog.stir()
                time.sleep(0.01)
    assert not watchdog.expired


def test_nothing_is_cut_between_operations(watchdog: Watchdog) -> None:
    with watchdog.limits(0.2, 0.2):
        pass
    time.sleep(0.4)
    assert not watchdog.expired


def test_a_later_operation_may_be_shorter(watchdog: Watchdog, pair) -> None:
    with watchdog.limits(60, 60):
        time.sleep(0.05)
    with watchdog.limits(0.05, 60):
        assert pair[0].recv(1) == b""


def test_a_socket_that_comes_too_late_is_cut_at_once(pair) -> None:
    with contextlib.closing(Watchdog()) as own:
        with own.limits(0.01, 0.01):
            while not own.expired:
                time.sleep(0.01)
        own.guard(pair[0])
        assert pair[0].recv(1) == b""


def test_work_without_deadlines_gets_one() -> None:
    assert bounded(lambda: 7, PATIENCE_SECONDS) == 7
    with pytest.raises(ZeroDivisionError):
        bounded(lambda: 1 // 0, PATIENCE_SECONDS)
    with pytest.raises(TimeoutError):
        bounded(lambda: time.sleep(1), 0.01)
