"""Text in a code page: what it has as it is, what takes a plain form, what it lacks.

Rule 3 of the interface documents' common page: text is composed (NFC); each character still
lacking is decomposed (NFKD) without its marks, and what is left must be in the code page.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

_SHOWN: Final = 10


class Fitted(NamedTuple):
    """A text that a code page has; `changes` says which characters took which form, or nothing."""

    text: str
    changes: str


class CodePage:
    """One code page of single bytes, by the name that Python knows it by."""

    def __init__(self, name: str) -> None:
        self.name = name

    def has(self, text: str) -> bool:
        """Say whether every character of a text is in the code page."""
        try:
            text.encode(self.name)
        except UnicodeEncodeError:
            return False
        return True

    def encoded(self, texts: Iterable[str]) -> bytes:
        """Encode texts that the code page has; ASCII, which is in each, without its table."""
        name = self.name
        return b"".join([text.encode("ascii" if text.isascii() else name) for text in texts])

    def fitted(self, text: str) -> Fitted | None:
        """Give a text in the code page; None where it has a character without any plain form."""
        if text.isascii():
            return Fitted(text, "")
        composed = unicodedata.normalize("NFC", text)
        changes = "" if composed == text else "Composed (NFC). "
        if self.has(composed):
            return Fitted(composed, changes.strip())
        forms = {one: self._plain(one) for one in set(composed) if not self.has(one)}
        if None in forms.values():
            return None
        plain = {one: form or "" for one, form in forms.items()}
        text = "".join([plain.get(one, one) for one in composed])
        return Fitted(text, changes + _told(plain))

    def _plain(self, character: str) -> str | None:
        """Give the plain form of a character, which is not empty; None where there is none."""
        decomposed = unicodedata.normalize("NFKD", character)
        plain = "".join(one for one in decomposed if unicodedata.category(one) != "Mn")
        return plain if plain and self.has(plain) else None


def _told(plain: dict[str, str]) -> str:
    """Name the characters that took another form, never the text around them."""
    named = [f"U+{ord(one):04X} as {_points(form)}" for one, form in sorted(plain.items())]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return f"Characters took a plain form: {', '.join(named[:_SHOWN])}{more}."


def _points(form: str) -> str:
    return " ".join(f"U+{ord(one):04X}" for one in form)
