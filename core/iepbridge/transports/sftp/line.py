"""Requests and their answers over a channel: many may be under way, each is answered for.

An answer is found by its number, whichever comes first. Once the connection is lost, or a
deadline has passed, everything is `Interrupted`.
"""

import contextlib
import struct
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import paramiko

from iepbridge.transports.session import Interrupted
from iepbridge.transports.sftp import packets
from iepbridge.transports.sftp.packets import Attributes, Fields, Garbled
from iepbridge.transports.sftp.watchdog import Watchdog

_VERSION: Final = 3
_HEADER_BYTES: Final = 4
_READ_BYTES: Final = 1 << 20
_MOST_BYTES: Final = 16 << 20


class Failure(Exception):
    """A request was answered with a failure; `code` is SFTP's."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Timeouts(NamedTuple):
    """How long one request, and one whole file, may take."""

    silence_seconds: float
    total_seconds: float


class Line:
    """A channel that speaks SFTP; for one thread."""

    def __init__(
        self, endpoint: str, channel: paramiko.Channel, watchdog: Watchdog, timeouts: Timeouts
    ) -> None:
        self.timeouts = timeouts
        self.extensions: dict[str, bytes] = {}
        self._endpoint = endpoint
        self._channel = channel
        self._watchdog = watchdog
        self._buffer = bytearray()
        self._answers: dict[int, tuple[int, Fields]] = {}
        self._waiting: set[int] = set()
        self._number = 0
        self._what = "opening the channel"
        self._lost = False

    @contextlib.contextmanager
    def operation(self, what: str, total_seconds: float | None = None) -> Iterator[None]:
        """Bound what is done by the deadlines; `what` names it in messages."""
        self._what = what
        total = self.timeouts.silence_seconds if total_seconds is None else total_seconds
        with self._watchdog.limits(self.timeouts.silence_seconds, total):
            yield

    def greet(self) -> None:
        """Agree on the protocol's version, and learn the server's extensions."""
        self._send(packets.INIT, packets.number(_VERSION))
        kind, fields = self._packet()
        with self._understood():
            if kind != packets.VERSION or fields.number() < _VERSION:
                raise Garbled
            while fields.more():
                name = fields.text().decode("ascii", "backslashreplace")
                self.extensions[name] = fields.text()

    def ask(self, kind: int, *fields: bytes) -> int:
        """Send a request and give its number; its answer is to be fetched."""
        self._number = (self._number + 1) & 0xFFFFFFFF
        self._send(kind, packets.number(self._number), *fields)
        self._waiting.add(self._number)
        return self._number

    def answer(self, number: int) -> tuple[int, Fields]:
        """Wait for the answer of a request; raise `Failure` where it is one."""
        while number not in self._answers:
            self._receive()
        self._waiting.discard(number)
        kind, fields = self._answers.pop(number)
        if kind == packets.STATUS:
            with self._understood():
                code = fields.number()
            if code != packets.OK:
                raise Failure(code)
        return kind, fields

    def done(self, kind: int, *fields: bytes) -> None:
        """Send a request that is answered with a status alone."""
        self.confirm(self.ask(kind, *fields))

    def confirm(self, number: int) -> None:
        """Wait for the status of a request; raise `Failure` unless it is good."""
        self._expect(number, packets.STATUS)

    def handle(self, kind: int, *fields: bytes) -> bytes:
        """Open something there and give its handle, packed."""
        answered = self._expect(self.ask(kind, *fields), packets.HANDLE)
        with self._understood():
            return packets.text(answered.text())

    def attributes(self, kind: int, *fields: bytes) -> Attributes:
        """Ask what is told of a file."""
        return self.told(self.ask(kind, *fields))

    def told(self, number: int) -> Attributes:
        """Wait for the attributes that were asked for."""
        answered = self._expect(number, packets.ATTRIBUTES)
        with self._understood():
            return answered.attributes()

    def data(self, number: int) -> bytes:
        """Wait for the data that were asked for."""
        answered = self._expect(number, packets.DATA)
        with self._understood():
            return answered.text()

    def names(self, number: int) -> list[tuple[bytes, Attributes]]:
        """Wait for the next names of a folder."""
        answered = self._expect(number, packets.NAME)
        with self._understood():
            return [_entry(answered) for _ in range(answered.number())]

    def _expect(self, number: int, expected: int) -> Fields:
        kind, fields = self.answer(number)
        if kind != expected:
            raise self._garbled()
        return fields

    def settle(self, handle: bytes, numbers: Iterable[int] = ()) -> None:
        """Await requests that nobody waits for any more, whatever they bring; close the handle."""
        if self._lost:
            return
        for number in (*numbers, self.ask(packets.CLOSE, handle)):
            with contextlib.suppress(Failure):
                self.answer(number)

    def _send(self, kind: int, *fields: bytes) -> None:
        length = 1 + sum(map(len, fields))
        with self._connected():
            self._channel.sendall(b"".join((struct.pack(">IB", length, kind), *fields)))

    def _receive(self) -> None:
        kind, fields = self._packet()
        with self._understood():
            number = fields.number()
        if number not in self._waiting:
            raise self._garbled()
        self._answers[number] = kind, fields

    def _packet(self) -> tuple[int, Fields]:
        packet = self._take(int.from_bytes(self._take(_HEADER_BYTES), "big"))
        self._watchdog.stir()
        return packet[0], Fields(packet, 1)

    def _take(self, count: int) -> bytes:
        if not 0 < count <= _MOST_BYTES:
            raise self._garbled()
        while len(self._buffer) < count:
            self._buffer += self._more()
        with memoryview(self._buffer) as whole:
            taken = bytes(whole[:count])
        del self._buffer[:count]
        return taken

    def _more(self) -> bytes:
        with self._connected():
            received = self._channel.recv(_READ_BYTES)
            if not received:
                raise EOFError
            return received

    @contextlib.contextmanager
    def _connected(self) -> Iterator[None]:
        if self._lost:
            raise self._interrupted()
        try:
            yield
        except (paramiko.SSHException, EOFError, OSError):
            raise self._interrupted() from None

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except Garbled:
            raise self._garbled() from None

    def _interrupted(self) -> Interrupted:
        self._lost = True
        why = "a deadline has passed" if self._watchdog.expired else "the connection was lost"
        return Interrupted(
            f"Endpoint {self._endpoint}: {why} while {self._what}. What was done is not known; the"
            " next run looks before it goes on."
        )

    def _garbled(self) -> Interrupted:
        self._lost = True
        return Interrupted(
            f"Endpoint {self._endpoint}: the server's answer while {self._what} is not SFTP. What"
            " was done is not known; the next run looks before it goes on."
        )


def _entry(fields: Fields) -> tuple[bytes, Attributes]:
    name = fields.text()
    fields.text()
    return name, fields.attributes()
