"""The SSH side of the server: loopback alone, one account, one key; connections in threads."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from iepbridge.errors import Misuse
from iepbridge.sandbox.floor import Floor
from iepbridge.sandbox.served_files import ServedFiles

USER: Final = "feed"
"""The only account."""

HOST: Final = "127.0.0.1"
_CHANNEL: Final = "iepbridge.sandbox.ssh"
_WEAK: Final = ("3des-cbc",)

Budget = Callable[[int], int | None]
"""Gives, for the number of a connection, after how many bytes it is cut; None where it is not."""


class CutSocket:
    """A socket that is cut once so many bytes have passed, in both directions together."""

    def __init__(self, inner: socket.socket, budget: int) -> None:
        self._inner = inner
        self._left = budget
        self._lock = threading.Lock()

    def _spend(self, wanted: int) -> int:
        with self._lock:
            given = min(wanted, self._left)
            self._left -= given
        return given

    def send(self, data: bytes) -> int:
        """Send what may still pass; cut where nothing may."""
        allowed = self._spend(len(data))
        if allowed:
            self._inner.sendall(data[:allowed])
        if allowed < len(data):
            self._cut()
        return allowed

    def recv(self, size: int) -> bytes:
        """Receive what may still pass; nothing after the cut."""
        data = self._inner.recv(size)
        allowed = self._spend(len(data))
        if allowed < len(data):
            self._cut()
        return data[:allowed]

    def _cut(self) -> None:
        with contextlib.suppress(OSError):
            self._inner.shutdown(socket.SHUT_RDWR)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Account(paramiko.ServerInterface):
    """Lets in who has the client's key, to sessions and nothing else."""

    def __init__(self, client: paramiko.PKey) -> None:
        self._client = client

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002  paramiko's
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == USER and key == self._client
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002  paramiko's
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class SshServer:
    """A server on a port of loopback, from `start` to `stop`; `weak` offers one old cipher."""

    def __init__(
        self,
        floor: Floor,
        keys: tuple[paramiko.PKey, paramiko.PKey],
        budget: Budget,
        *,
        weak: bool,
    ) -> None:
        self._floor = floor
        self._host_key, self._client_key = keys
        self._budget = budget
        self._weak = weak
        self._listener: socket.socket | None = None
        self._thread = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        self._transports: list[paramiko.Transport] = []
        self._lock = threading.Lock()
        self._stopped = False
        self.connections = 0
        self.port = 0

    def start(self, port: int) -> None:
        """Listen on a port, 0 for any that is free; raise `Misuse` where it is taken."""
        log = logging.getLogger(_CHANNEL)  # what a cut connection complains of is wanted here
        log.addHandler(logging.NullHandler())
        log.propagate = False
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            listener.close()
            raise Misuse(
                f"Port {port} of {HOST} is taken, or not allowed. Choose another: --port 0 takes"
                " any that is free."
            ) from None
        listener.listen(64)
        self._listener = listener
        self.port = listener.getsockname()[1]
        self._thread.start()

    def stop(self) -> None:
        """Hear nobody any more, and let go of all."""
        self._stopped = True
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self._listener.close()
        with self._lock:
            transports, self._transports = self._transports, []
        for transport in transports:
            transport.close()

    def _accept(self) -> None:
        assert self._listener is not None
        while not self._stopped:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            own = (accepted, self.connections)
            threading.Thread(target=self._serve, args=own, name="sandbox", daemon=True).start()

    def _serve(self, accepted: socket.socket, number: int) -> None:
        budget = self._budget(number)
        channel: Any = accepted if budget is None else CutSocket(accepted, budget)
        try:
            transport = paramiko.Transport(channel)
            self._keep(transport)
            transport.set_log_channel(_CHANNEL)
            if self._weak:
                transport.get_security_options().ciphers = _WEAK
            transport.add_server_key(self._host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, ServedFiles, self._floor)
            transport.start_server(server=_Account(self._client_key))
        except (paramiko.SSHException, OSError, EOFError):
            accepted.close()

    def _keep(self, transport: paramiko.Transport) -> None:
        with self._lock:
            live = [one for one in self._transports if one.is_active()]
            self._transports = [*live, transport]
