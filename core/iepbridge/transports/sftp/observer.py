"""What a server really said while connecting: its offers, refusals and farewells.

Paramiko raises the same exception for a login refused and for a connection cut while logging in;
retrying the first locks accounts. The messages themselves tell them apart, and they are seen
where packets are read.
"""

import socket
from collections.abc import Mapping, Sequence
from typing import Final

from paramiko.message import Message
from paramiko.packet import Packetizer

_DISCONNECT: Final = 1
_EXTENSIONS: Final = 7
_KEXINIT: Final = 20
_FAILURE: Final = 51
_SUCCESS: Final = 52
_ASKED: Final = 60
_COOKIE_BYTES: Final = 16
_LATER: Final = frozenset({7, 10, 12})
"""Farewells that speak of the service, not of who logs in: RFC 4253, 11.1: service not available,
connection lost, too many connections."""


class Observer(Packetizer):
    """Reads packets as paramiko does, and keeps what was said; one for each transport."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(connected)
        self.offered: Mapping[str, Sequence[str]] = {}
        self.refusals: list[tuple[tuple[str, ...], bool]] = []
        """Each refusal of a login: the methods that can go on, and whether a part succeeded."""
        self.signatures: tuple[str, ...] = ()
        """The algorithms that the server takes signatures by, where it tells."""
        self.accepted = False
        self.farewell: int | None = None
        self.asked = False
        """Whether a question came instead of an answer."""

    def start_handshake(self, timeout: float) -> None:
        """Start no timer: the watchdog has the deadlines, and a timer outlives the connection."""

    def read_message(self) -> tuple[int, Message]:
        """Read the next message, and look at it."""
        kind, message = super().read_message()
        if kind in _LOOKS:
            _LOOKS[kind](self, Message(message.asbytes()))
        return kind, message

    def turned_away(self, tried: bool) -> bool:
        """Say whether the server said no to who logs in, rather than went away.

        Where nothing was `tried`, a refusal only told how to: it was asked for.
        """
        said_no = tried and bool(self.refusals)
        return said_no or (self.farewell is not None and self.farewell not in _LATER)

    def forget(self) -> None:
        """Look at the next try of a login alone."""
        self.refusals.clear()
        self.asked = False

    def see_offer(self, message: Message) -> None:
        """Keep the names of the algorithms that the server offers."""
        message.get_bytes(_COOKIE_BYTES)
        lists = [message.get_list() for _ in range(6)]
        named = {"kex": lists[0], "keys": lists[1], "ciphers": lists[2], "macs": lists[4]}
        self.offered = {kind: tuple(map(_plain, names)) for kind, names in named.items()}

    def see_extensions(self, message: Message) -> None:
        """Keep by which algorithms a login may be signed."""
        for _ in range(message.get_int()):
            name, value = message.get_string(), message.get_string()
            if name == b"server-sig-algs":
                self.signatures = tuple(map(_plain, value.decode("latin-1").split(",")))

    def see_refusal(self, message: Message) -> None:
        """Keep that a login was refused, and which methods can go on."""
        methods = tuple(map(_plain, message.get_list()))
        self.refusals.append((methods, message.get_boolean()))

    def see_success(self, _: Message) -> None:
        """Keep that the login was accepted."""
        self.accepted = True

    def see_farewell(self, message: Message) -> None:
        """Keep the code with which the server went away."""
        self.farewell = message.get_int()

    def see_question(self, _: Message) -> None:
        """Keep that the server wants to know more."""
        self.asked = True


_LOOKS: Final = {
    _DISCONNECT: Observer.see_farewell,
    _EXTENSIONS: Observer.see_extensions,
    _KEXINIT: Observer.see_offer,
    _FAILURE: Observer.see_refusal,
    _SUCCESS: Observer.see_success,
    _ASKED: Observer.see_question,
}


def _plain(name: str) -> str:
    return name[:64].encode("ascii", "backslashreplace").decode()
