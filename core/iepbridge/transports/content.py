"""What holds for content wherever it lies: how much may be read, and that it stood still."""

import hashlib
from typing import Protocol

from iepbridge.errors import Refused, Unreachable, Unreadable


class Sink(Protocol):
    """What content is written to: a binary file, or less."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


class Digest:
    """A sink that keeps nothing but the SHA-256."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, data: bytes, /) -> None:
        """Take the next bytes."""
        self._hash.update(data)

    def hexadecimal(self) -> str:
        """Give the digest of everything so far."""
        return self._hash.hexdigest()


def within(endpoint: str, name: str, size: int, most: int | None) -> None:
    """Raise `Unreadable` where a file has more than `most` bytes."""
    if most is not None and size > most:
        raise Unreadable(
            f"Endpoint {endpoint}: {name} has more than {most} bytes, so it is not read. Ask for"
            " smaller files, or raise `max_bytes`."
        )


def unchanged(endpoint: str, name: str, before: tuple[int, int], after: tuple[int, int]) -> None:
    """Raise `Unreachable` where size and time of a file are not what they were."""
    if before != after:
        raise Unreachable(
            f"Endpoint {endpoint}: {name} changed while it was read. Nothing of it was used; run"
            " again when it is complete."
        )


def own_archive(endpoint: str, folder: str) -> Refused:
    """Say that an archive is where the files lie already: to move one there could remove it."""
    return Refused(
        f"Endpoint {endpoint}: its archive {folder} is its own folder, by another name. Nothing was"
        " moved; name another folder in `archive`."
    )


def irregular(endpoint: str, name: str) -> Refused:
    """Say that a name belongs to something that is no file."""
    return Refused(
        f"Endpoint {endpoint}: {name} is a folder, a link or a device there; only files are read"
        " and written. Have it moved away."
    )
