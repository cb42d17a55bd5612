"""The input of a command: a file, or standard input for `-`, with the bytes taken so far."""

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

from iepbridge.errors import Misuse, Unreadable

_BUFFER_BYTES: Final = 1 << 18


class Source(io.FileIO):
    """An opened input; `taken` counts its bytes as they are read."""

    taken = 0
    # These two go through `readinto`; FileIO's own would not.
    read = io.RawIOBase.read  # type: ignore[assignment]
    readall = io.RawIOBase.readall

    def readinto(self, buffer: Any) -> int:
        """Read on; an input that breaks off below the file system is `Unreadable`."""
        try:
            count = super().readinto(buffer) or 0
        except OSError as error:
            what = os.strerror(error.errno) if error.errno else "a read failed"
            raise Unreadable(
                f"The input could not be read to its end: {what}. Nothing was written."
                " Copy the file to a sound disk and run again."
            ) from None
        self.taken += count
        return count

    @property
    def status(self) -> os.stat_result:
        """Give the file's status, by which another path to it is known."""
        return os.fstat(self.fileno())

    @property
    def size(self) -> int | None:
        """Give the size in bytes of a plain file, else None."""
        status = self.status
        return status.st_size if stat.S_ISREG(status.st_mode) else None


@contextmanager
def opened(path: str, name: str = "INPUT") -> Iterator[tuple[Source, BinaryIO]]:
    """Open an input, counted and buffered, or raise `Misuse` where it cannot be opened.

    `name` is what the command line calls it.
    """
    with _raw(path, name) as source, io.BufferedReader(source, _BUFFER_BYTES) as stream:
        yield source, stream


def _raw(path: str, name: str) -> Source:
    if path == "-":
        if sys.stdin is None:
            raise Misuse("Standard input is closed; name a file instead of -.")
        return Source(0, closefd=False)
    try:
        return Source(path)
    except OSError as error:
        raise Misuse(f"{name} {path}: {_reason(error)}.") from None


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file; name one, or - for standard input"
    if isinstance(error, IsADirectoryError):
        return "this is a folder; name a file in it"
    what = os.strerror(error.errno) if error.errno else "it cannot be opened"
    return f"{what}; nothing was read"
