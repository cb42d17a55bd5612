"""Records of one length in a stream, each ending in CR LF, read in blocks."""

from collections.abc import Iterator
from typing import BinaryIO, Final

_NEWLINE: Final = b"\r\n"
_BLOCK: Final = 64
_CONTROLS: Final = bytes(range(0x20))


class NotFixed(Exception):
    """A record that is not of its length, or has a byte that the code page lacks."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class FixedRecords:
    """The records of a stream of `length` bytes in a code page.

    `number` counts those given so far. `filled` counts their bytes that are no spaces, once the
    last one of the stream was given.
    """

    def __init__(self, stream: BinaryIO, length: int, page: str) -> None:
        self.number = 0
        self.filled = 0
        self._stream = stream
        self._length = length
        self._step = length + len(_NEWLINE)
        self._page = page
        self._block = b""
        self._at = 0

    def __iter__(self) -> Iterator[tuple[str, bool]]:
        """Yield the text of each record, and whether it is sure to have no byte below 0x20.

        Raises `NotFixed`, also at the end of the stream: who iterates stops at the last record.
        """
        while True:
            self._block = self._stream.read(_BLOCK * self._step)
            if not self._block:
                raise self._refusal(b"")
            yield from self._records()

    def _records(self) -> Iterator[tuple[str, bool]]:
        length, step = self._length, self._step
        count = len(self._block) // step
        body = self._block[: count * step]
        self.filled += len(body.translate(None, b" ")) - count * len(_NEWLINE)
        plain = len(body) - len(body.translate(None, _CONTROLS)) == count * len(_NEWLINE)
        text = self._decoded(body)
        for at in range(0, len(body), step):
            end = at + length
            if text[end : at + step] != "\r\n":
                raise self._refusal(body[at : at + step])
            self.number += 1
            self._at = at + step
            yield text[at:end], plain
        if len(body) < len(self._block):
            raise self._refusal(b"")

    def _decoded(self, body: bytes) -> str:
        """Decode records up to a byte that the code page lacks."""
        try:
            return body.decode(self._page)
        except UnicodeDecodeError as error:
            return body[: error.start].decode(self._page)

    def _refusal(self, record: bytes) -> NotFixed:
        """Say what is wrong with the record that comes next."""
        if record[self._length :] != _NEWLINE:
            return NotFixed(f"not {self._length} bytes with CR and LF behind them")
        at = len(self._decoded(record)) + 1
        return NotFixed(f"byte {at} is not in {self._page}")

    def rest(self) -> bytes:
        """Give what stands behind the last record given: two bytes of it, or more."""
        return self._block[self._at :] + self._stream.read(2)
