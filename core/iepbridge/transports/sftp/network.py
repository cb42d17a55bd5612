"""From a host's name to a connected socket, within the time there is."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from iepbridge.transports.sftp.phases import Failed

_T = TypeVar("_T")
_Address: TypeAlias = tuple[int, int, int, str, Any]
_SILENT: Final = "nothing answered in time"


def connected(host: str, port: int, timeout_seconds: float) -> socket.socket:
    """Connect to the first address of a host that answers, without Nagle's delays.

    Raises `Failed` with the phase `resolve` or `connect`.
    """
    end = time.monotonic() + timeout_seconds
    addresses = _resolved(host, port, timeout_seconds)
    why = "it has no address"
    for address in addresses:
        left = end - time.monotonic()
        if left <= 0:
            why = _SILENT
            break
        try:
            return _connected(address, left)
        except OSError as error:
            why = _words(error)
    raise Failed("connect", f"{host} port {port} could not be connected to: {why}")


def _resolved(host: str, port: int, timeout_seconds: float) -> Sequence[_Address]:
    def resolve() -> Sequence[_Address]:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    try:
        return bounded(resolve, timeout_seconds)
    except (OSError, UnicodeError):
        raise Failed("resolve", f"the name {host} could not be resolved") from None


def bounded(work: Callable[[], _T], timeout_seconds: float) -> _T:
    """Do what knows no deadline in a thread of its own; raise `TimeoutError` without it.

    A thread that comes too late ends unheard.
    """
    answers: queue.SimpleQueue[Callable[[], _T]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answer = work()
        except Exception as error:  # noqa: BLE001  it is raised again where it was asked for
            answers.put(_raising(error))
        else:
            answers.put(lambda: answer)

    threading.Thread(target=run, name="bounded", daemon=True).start()
    try:
        return answers.get(timeout=timeout_seconds)()
    except queue.Empty:
        raise TimeoutError from None


def _raising(error: Exception) -> Callable[[], Any]:
    def again() -> Any:
        raise error

    return again


def _connected(address: _Address, timeout_seconds: float) -> socket.socket:
    family, kind, protocol, _, place = address
    opened = socket.socket(family, kind, protocol)
    try:
        opened.settimeout(timeout_seconds)
        opened.connect(place)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    except BaseException:
        opened.close()
        raise
    return opened


def _words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return _SILENT
    return error.strerror or type(error).__name__
