"""Text in windows-1252 as rule 3 of the interface documents has it; shares no code with core."""

import unicodedata
from typing import Final

PAGE: Final = frozenset(bytes(range(256)).decode("cp1252", "ignore"))
_ESCAPED: Final = frozenset("\\\n\r\t")


def into_code_page(text: str) -> str | None:
    """Give a text as CWDS carries it; None where a character has no form there."""
    forms = [_form(one) for one in unicodedata.normalize("NFC", text)]
    return None if None in forms else "".join(form or "" for form in forms)


def _form(one: str) -> str | None:
    if one in PAGE:
        return one
    decomposed = unicodedata.normalize("NFKD", one)
    left = "".join(piece for piece in decomposed if unicodedata.category(piece) != "Mn")
    return left if left and PAGE.issuperset(left) else None


def without_the_formless(text: str) -> str:
    """Leave out what has no form in the code page, if anything else is left; else give `x`."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(one for one in composed if _form(one) is not None) or "x"


def escaped_bytes(text: str) -> int:
    """Count the bytes that a text takes in a field: line breaks, tabs and backslashes take two."""
    form = into_code_page(text) or text
    return sum(2 if one in _ESCAPED else 1 for one in form)
