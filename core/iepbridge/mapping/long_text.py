"""What code that writes texts calls: texts cut in pieces, items as lines for a person."""

import datetime
from collections.abc import Iterable
from typing import Any

from pydantic import Secret, SecretStr


def pieces(text: str | None, size: int) -> list[str | None]:
    """Cut a text into pieces of `size` characters, the last one shorter; no text is one piece."""
    if text is None or len(text) <= size:
        return [text]
    return [text[at : at + size] for at in range(0, len(text), size)]


def with_lines(text: str | None, lines: list[str]) -> str | None:
    """Put lines for a person after a text and an empty line."""
    if not lines:
        return text
    return "\n".join(lines if text is None else [text, "", *lines])


def flat_lines(start: str, values: Iterable[tuple[str, str, Any]]) -> list[str]:
    """Write one item as a line: (before, label, value) each; an empty item gives none.

    A null goes with its separator: what follows it takes the separator of the first one missing.
    """
    line, missing = "", ""
    for before, label, value in values:
        if value is None:
            missing = missing or before
        else:
            line += f"{(missing or before) if line else ''}{label}{_shown(value)}"
            missing = ""
    return [f"{start}{line}"] if line else []


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr | Secret):
        value = value.get_secret_value()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
