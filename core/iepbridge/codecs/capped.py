"""A stream with a cap on what is read from it, for files that are read into memory whole."""

import io
from typing import Any, BinaryIO, Final, cast

from iepbridge.errors import Unreadable

ACKNOWLEDGEMENT_BYTES: Final = 64 * 2**20
"""The most that an acknowledgement may be: about half a million plans."""


def capped(stream: BinaryIO, most_bytes: int = ACKNOWLEDGEMENT_BYTES) -> BinaryIO:
    """Give a buffered stream over another one that raises `Unreadable` beyond `most_bytes`."""
    return cast("BinaryIO", io.BufferedReader(_Capped(stream, most_bytes)))


class _Capped(io.RawIOBase):
    def __init__(self, stream: BinaryIO, most_bytes: int) -> None:
        self._stream = stream
        self._most_bytes = most_bytes
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        self._taken += len(data)
        if self._taken > self._most_bytes:
            raise Unreadable(
                f"The file is longer than {self._most_bytes:,} bytes, too much for an "
                "acknowledgement. Ask its sender for another file, or for one in parts."
            )
        buffer[: len(data)] = data
        return len(data)
