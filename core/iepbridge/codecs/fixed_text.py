"""Text in fields of fixed width: line breaks and tabs escaped, long texts cut in parts."""

import re
from typing import Final

_ESCAPES: Final = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
_TEXTS: Final = {escape[1]: text for text, escape in _ESCAPES.items()} | {"e": ""}
_SPECIAL: Final = re.compile(r"[\\\n\r\t]")
_ESCAPED: Final = re.compile(r"\\(.?)", re.DOTALL)


class UnknownEscape(ValueError):
    """A backslash with no letter, or with one that stands for nothing."""


def escape(text: str) -> str:
    r"""Write line feed, carriage return, tab and backslash as `\n`, `\r`, `\t` and `\\`."""
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def unescape(text: str) -> str:
    r"""Undo `escape`; `\e`, which closes a text that ends in spaces, is taken away."""
    return _ESCAPED.sub(_meant, text) if "\\" in text else text


def _meant(found: re.Match[str]) -> str:
    if found[1] not in _TEXTS:
        raise UnknownEscape("A backslash is followed by none of e, n, r, t and backslash.")
    return _TEXTS[found[1]]


_CLOSED: Final = r"\e"


def parts_of(escaped: str, first: int, size: int) -> list[str]:
    r"""Cut an escaped text into a field of `first` bytes and parts of `size`; `first` may be 0.

    Each takes as much as fits, but none ends inside an escape, and none that goes on ends in a
    space: its spaces open the next one. A part of nothing but spaces is closed by `\e`. With a
    `first` of 0 there is no part for the field.
    """
    parts, at, most = [], 0, first or size
    while len(escaped) - at > most:
        end = _without_half_escape(escaped, at, at + most)
        part = escaped[at:end].rstrip(" ")
        if part:
            at += len(part)
        else:
            part = " " * (most - len(_CLOSED)) + _CLOSED
            at += most - len(_CLOSED)
        parts.append(part)
        most = size
    return [*parts, escaped[at:]]


def _without_half_escape(escaped: str, start: int, end: int) -> int:
    """Move an end that stands between a backslash and its letter before the backslash."""
    piece = escaped[start:end]
    backslashes = len(piece) - len(piece.rstrip("\\"))
    return end - backslashes % 2


def closed(escaped: str) -> str:
    r"""Close a text by `\e`, so that spaces at its end are no filler."""
    return escaped + _CLOSED
