"""Text in a field of fixed width: line breaks and tabs as a backslash and a letter."""

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
