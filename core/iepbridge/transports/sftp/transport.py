"""Paramiko's transport, mended where it logs in: one request for the service, no answer missed.

Its `Transport` asks for the service before each try, which strict servers answer by hanging up.
Its `ServiceRequestingTransport` asks once, but then waits for ever for a connection that is cut,
and misses an answer that comes before it has begun to wait. Both are mended here.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

import paramiko
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.message import Message
from paramiko.transport import ServiceRequestingTransport

_SERVICE_REQUEST: Final = b"\x05"
_SERVICE: Final = "ssh-userauth"
_POLL_SECONDS: Final = 0.005


class LoginTransport(ServiceRequestingTransport):
    """A transport on which several tries of a login may follow one another."""

    auth_handler: AuthOnlyHandler | None
    _service_userauth_accepted: bool

    def ensure_session(self) -> None:
        """Ask for the service of logging in, once; raise `SSHException` where the line ends."""
        if self.auth_handler is not None:
            return
        request = Message()
        request.add_byte(_SERVICE_REQUEST)
        request.add_string(_SERVICE)
        self._send_message(request)  # type: ignore[attr-defined]
        while not self._service_userauth_accepted:
            if not self.is_active():
                raise paramiko.SSHException
            time.sleep(_POLL_SECONDS)
        self.auth_handler = self.get_auth_handler()

    def get_auth_handler(self) -> AuthOnlyHandler:
        """Give what handles the answers to tries."""
        return _Handler(self)


class _Handler(AuthOnlyHandler):
    """Remembers an answer until somebody waits for it."""

    _answered = False
    _event: threading.Event | None = None

    def send_auth_request(
        self, username: str, method: str, finish_message: Callable[[Message], None] | None = None
    ) -> list[str]:
        """Try once more; no answer is known yet."""
        self._answered = False
        return super().send_auth_request(username, method, finish_message or _nothing_more)

    @property
    def auth_event(self) -> threading.Event | None:
        """What is waited for; it comes after the request was sent, perhaps after the answer."""
        return self._event

    @auth_event.setter
    def auth_event(self, event: threading.Event | None) -> None:
        self._event = event
        if event is not None and self._answered:
            event.set()

    def _parse_userauth_success(self, message: Message) -> None:
        super()._parse_userauth_success(message)  # type: ignore[misc]
        self._answer()

    def _parse_userauth_failure(self, message: Message) -> None:
        super()._parse_userauth_failure(message)  # type: ignore[misc]
        self._answer()

    def _answer(self) -> None:
        self._answered = True
        if self._event is not None:
            self._event.set()


def _nothing_more(_: Message) -> None:
    """Add nothing to a request."""
