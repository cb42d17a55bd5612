"""Content up and down: many requests under way, in a bounded window, each answered for.

Paramiko's own pipelined writes reported success for a file that a full disk had cut short, and
its prefetch fell back to one request at a time; so the window is kept here.
"""

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final

from iepbridge.transports.sftp import packets
from iepbridge.transports.sftp.line import Failure, Line

_WRITE_BYTES: Final = 32_000
"""A write and its header in one packet of SSH."""
_READ_BYTES: Final = 128 << 10
_LEAST_READ_BYTES: Final = 4 << 10
_WINDOW_BYTES: Final = 2 << 20


def write(line: Line, handle: bytes, source: BinaryIO, under_way: deque[int]) -> int:
    """Write everything to an open file, each write confirmed; give its bytes.

    `under_way` has the requests that were not answered for, where this ends early.
    """
    offset = 0
    while chunk := source.read(_WRITE_BYTES):
        place = packets.long(offset)
        under_way.append(line.ask(packets.WRITE, handle, place, packets.text(chunk)))
        offset += len(chunk)
        if len(under_way) * _WRITE_BYTES >= _WINDOW_BYTES:
            line.confirm(under_way.popleft())
    while under_way:
        line.confirm(under_way.popleft())
    return offset


class Reading:
    """The content of an open file of a known size, in order; short answers are asked on for."""

    def __init__(self, line: Line, handle: bytes, size: int) -> None:
        self.under_way: deque[tuple[int, int, int]] = deque()
        """Number, place and length of each request that is not answered for."""
        self._line = line
        self._handle = handle
        self._size = size
        self._asked = 0
        self._chunk = _READ_BYTES

    def __iter__(self) -> Iterator[bytes]:
        """Give chunk after chunk; it ends early where the file does."""
        self._ask_on()
        while self.under_way:
            number, place, length = self.under_way.popleft()
            try:
                data = self._line.data(number)
            except Failure as failure:
                if failure.code == packets.EOF:
                    return
                raise
            if not data or len(data) > length:
                return
            self._rest(place + len(data), length - len(data), len(data))
            self._ask_on()
            yield data

    def _rest(self, place: int, length: int, answered: int) -> None:
        if length:
            self._chunk = min(self._chunk, max(answered, _LEAST_READ_BYTES))
            self.under_way.appendleft(self._ask(place, length))

    def _ask_on(self) -> None:
        while self._asked < self._size and len(self.under_way) * self._chunk < _WINDOW_BYTES:
            length = min(self._chunk, self._size - self._asked)
            self.under_way.append(self._ask(self._asked, length))
            self._asked += length

    def _ask(self, place: int, length: int) -> tuple[int, int, int]:
        fields = packets.long(place), packets.number(length)
        return self._line.ask(packets.READ, self._handle, *fields), place, length
