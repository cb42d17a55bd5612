"""Deadlines enforced from outside: a thread that cuts a connection whose time is up.

Libraries that wait on a socket notice nothing but its end, so that is what they get.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Final

_FOREVER: Final = float("inf")


class Watchdog:
    """Watches one connection at a time through its operations, each with its own limits.

    `expired` says afterwards that it was the watchdog who cut.
    """

    def __init__(self) -> None:
        self.expired = False
        self._socket: socket.socket | None = None
        self._silence = self._end = self._expires = self._wakes = _FOREVER
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def guard(self, connected: socket.socket) -> None:
        """Take charge of a socket; one that comes too late is cut at once."""
        with self._changed:
            self._socket = connected
            if self.expired:
                self._cut()

    @contextlib.contextmanager
    def limits(self, silence_seconds: float, total_seconds: float) -> Iterator[None]:
        """Bound an operation: as a whole, and in the time between two `stir`s."""
        self._silence = silence_seconds
        self._end = time.monotonic() + total_seconds
        self.stir()
        try:
            yield
        finally:
            with self._changed:
                self._expires = _FOREVER

    def stir(self) -> None:
        """Tell that the operation goes on: its silence begins anew, its end stays."""
        with self._changed:
            self._expires = min(time.monotonic() + self._silence, self._end)
            if self._expires < self._wakes:
                self._changed.notify()

    def close(self) -> None:
        """Stop watching, and wait for the thread to end."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed and not self.expired:
                left = self._expires - time.monotonic()
                if left <= 0:
                    self.expired = True
                    self._cut()
                else:
                    self._wakes = self._expires
                    self._changed.wait(None if left == _FOREVER else left)

    def _cut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
