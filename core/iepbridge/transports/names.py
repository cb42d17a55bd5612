"""Names of remote files are data: matched whole against an allow-list, never trusted as paths."""

import re
import secrets
from collections.abc import Iterator
from typing import Final

from iepbridge.errors import Misuse
from iepbridge.logs import logger
from iepbridge.privacy import escaped

_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_SHOWN: Final = 5
_SHOWN_LETTERS: Final = 80


def acceptable(name: str) -> bool:
    """Say whether a name is one that is read: 1-255 letters, digits, `.`, `_`, `-` of ASCII."""
    return _ACCEPTABLE.fullmatch(name) is not None


def checked(name: str) -> str:
    """Give a name back; raise `Misuse` for one that is not acceptable."""
    if acceptable(name):
        return name
    shown = escaped(name[:_SHOWN_LETTERS])
    raise Misuse(
        f"The file name {shown!r} is not used: it may have letters, digits, `.`, `_` and `-`,"
        " must begin with a letter or digit, and have no more than 255. Choose another."
    )


def in_archive(name: str) -> Iterator[str]:
    """Give names for an archived file, one after the other until one is free: its own first."""
    yield name
    for _ in range(10):
        mark = f".{secrets.token_hex(4)}"
        yield name[: 255 - len(mark)] + mark


class Ignored:
    """Counts the names that a listing passes over, and says so once, at its end."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._count = 0
        self._examples: list[str] = []

    def add(self, name: bytes | str) -> None:
        """Count a name, and keep the first few as they may be shown."""
        self._count += 1
        if len(self._examples) < _SHOWN:
            text = name if isinstance(name, str) else name.decode("ascii", "backslashreplace")
            self._examples.append(escaped(text[:_SHOWN_LETTERS]))

    def log(self) -> None:
        """Log `names_ignored`, where there were any."""
        if self._count:
            examples = " ".join(self._examples)
            told = {"endpoint": self._endpoint, "files": self._count, "examples": examples}
            logger().warning("names_ignored", **told)
