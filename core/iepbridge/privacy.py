"""What may be shown: values are let through by type, exceptions shrink to their type and place.

Anything not known to be harmless is masked: secrets, parts of plans, plain plan data, whatever
a library puts into a message. Nothing here needs the plan model to tell.
"""

import os
import re
import traceback
from collections.abc import Mapping
from typing import Final

MASK: Final = "***"
OWN: Final = "iepbridge"
"""What the import names of this program and of its adapters begin with."""

PERSONAL_NAMES: Final = frozenset(
    {
        "address", "barriers", "city", "county", "date_of_birth", "description", "dob", "email",
        "first", "former_names", "last", "line1", "line2", "middle", "note", "notes",
        "participant", "phone", "plan", "record", "ssn", "text", "value", "zip",
    }
)  # fmt: skip
"""Names that are never logged with a value, whatever its type."""

_CONTROL: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_HARMLESS: Final = (str, int, float, bool, type(None))


def fit(name: str, value: object) -> object:
    """Give a value as it may be logged under a name: itself, counts, a path as text, or a mask."""
    if name in PERSONAL_NAMES:
        return MASK
    if type(value) in _HARMLESS:
        return value
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, BaseException):
        return reduced(value)
    if isinstance(value, Mapping) and all(map(_is_count, value.items())):
        return dict(value)
    return MASK


def _is_count(item: tuple[object, object]) -> bool:
    name, count = item
    return type(name) is str and type(count) is int


def reduced(error: BaseException) -> str:
    """Give an exception's type and where in this program it came up; never its text."""
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if isinstance(error, ImportError) and error.name:
        name = f"{name} ({error.name})"
    return f"{name} at {_place(error)}"


def _place(error: BaseException) -> str:
    own = "an unknown place"
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module.startswith(OWN):
            own = f"{module}:{line}"
    return own


def escaped(text: str) -> str:
    r"""Write control characters as escapes (`\x1b`), so that no text can steer a terminal."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)
