"""A line to a server that answers as it likes: found out, and never believed."""

import contextlib
import io
import struct
from collections import deque
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.errors import IepbridgeError
from iepbridge.transports import Interrupted
from iepbridge.transports.sftp import packets
from iepbridge.transports.sftp.line import Failure, Line, Timeouts
from iepbridge.transports.sftp.listing import entries
from iepbridge.transports.sftp.place import Place
from iepbridge.transports.sftp.transfer import Reading, write
from iepbridge.transports.sftp.watchdog import Watchdog


class Channel:
    """A channel whose other end gives what `answer` says to each request."""

    def __init__(self, answer: Callable[[int, int, bytes], bytes]) -> None:
        self._answer = answer
        self._ready = b""
        self.requests: list[int] = []

    def sendall(self, packet: bytes) -> None:
        kind, number = struct.unpack(">BI", packet[4:9])
        self.requests.append(kind)
        self._ready += self._answer(kind, number, packet[9:])

    def recv(self, count: int) -> bytes:
        given, self._ready = self._ready[:count], self._ready[count:]
        return given


def packet(kind: int, number: int, *fields: bytes) -> bytes:
    body = struct.pack(">BI", kind, number) + b"".join(fields)
    return packets.text(body)


def status(number: int, code: int) -> bytes:
    return packet(
        packets.STATUS, number, packets.number(code), packets.text(b""), packets.text(b"")
    )


@pytest.fixture(scope="module")
def watchdog() -> Iterator[Watchdog]:
    with contextlib.closing(Watchdog()) as one:
        yield one


def line(channel: Channel, watchdog: Watchdog) -> Line:
    return Line("texas", channel, watchdog, Timeouts(30, 60))  # type: ignore[arg-type]


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=3))
def test_any_answer_is_an_answer_or_an_interruption(watchdog: Watchdog, given: list[bytes]) -> None:
    answers = iter(given)
    own = line(Channel(lambda *_: packets.text(next(answers, b""))), watchdog)
    with contextlib.suppress(Interrupted, Failure):
        own.greet()
    for ask in (own.attributes, own.handle):
        with contextlib.suppress(Interrupted, Failure):
            ask(packets.LSTAT, packets.text(b"x"))


def test_an_answer_to_nothing_asked(watchdog: Watchdog) -> None:
    own = line(Channel(lambda _, number, __: status(number + 7, packets.OK)), watchdog)
    with pytest.raises(Interrupted, match="is not SFTP"):
        own.done(packets.REMOVE, packets.text(b"x"))
    with pytest.raises(Interrupted):
        own.done(packets.REMOVE, packets.text(b"x"))


def test_answers_in_any_order(watchdog: Watchdog) -> None:
    held: list[bytes] = []

    def answer(_: int, number: int, __: bytes) -> bytes:
        held.append(status(number, packets.OK if number % 2 else packets.FAILURE))
        return b"".join(reversed(held)) if len(held) == 4 else b""

    own = line(Channel(answer), watchdog)
    numbers = [own.ask(packets.REMOVE) for _ in range(4)]
    for number in numbers:
        if number % 2:
            own.confirm(number)
        else:
            with pytest.raises(Failure):
                own.confirm(number)


@given(data=st.binary(min_size=1, max_size=400), most=st.integers(1, 97))
def test_short_answers_are_asked_on_for(watchdog: Watchdog, data: bytes, most: int) -> None:
    def answer(_: int, number: int, fields: bytes) -> bytes:
        place, length = struct.unpack(">QI", fields[5:])
        given = data[place : place + min(length, most)]
        if not given:
            return status(number, packets.EOF)
        return packet(packets.DATA, number, packets.text(given))

    reading = Reading(line(Channel(answer), watchdog), packets.text(b"h"), len(data))
    assert b"".join(reading) == data


def test_a_write_that_fails_is_never_lost(watchdog: Watchdog) -> None:
    def answer(_: int, number: int, __: bytes) -> bytes:
        return status(number, packets.FAILURE if number == 5 else packets.OK)

    under_way: deque[int] = deque()
    own = line(Channel(answer), watchdog)
    with pytest.raises(Failure):
        write(own, packets.text(b"h"), io.BytesIO(bytes(10_000_000)), under_way)
    own.settle(packets.text(b"h"), under_way)


def names(*given: bytes) -> Callable[[int, int, bytes], bytes]:
    def answer(kind: int, number: int, _: bytes) -> bytes:
        if kind == packets.OPENDIR:
            return packet(packets.HANDLE, number, packets.text(b"h"))
        if kind == packets.READDIR and number == 2:
            listed = b"".join(
                packets.text(name) + packets.text(b"") + packets.NOTHING for name in given
            )
            return packet(packets.NAME, number, packets.number(len(given)), listed)
        return status(number, packets.EOF if kind == packets.READDIR else packets.OK)

    return answer


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_a_listing_gives_names_as_bytes(watchdog: Watchdog, given: list[bytes]) -> None:
    channel = Channel(names(*given))
    place = Place("texas", "/in", line(channel, watchdog))
    assert [name for name, _ in entries(place)] == given
    assert channel.requests[-1] == packets.CLOSE


def test_failures_have_words(watchdog: Watchdog) -> None:
    place = Place("texas", "/in", line(Channel(names()), watchdog))
    for code, words in ((3, "permission"), (8, "cannot do that"), (4, "disk"), (99, "code 99")):
        error = place.meaning(Failure(code), "writing", "plans.xml")
        assert isinstance(error, IepbridgeError)
        assert words in str(error)
