"""The columns of ICC's members: `icc.txt`, and the forms that it names."""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from iepbridge.sandbox.envelope import is_day

Form = Callable[[str], bool]

_DATE: Final = re.compile("([0-9]{2})/([0-9]{2})/([0-9]{4})")
_CLUSTERS: Final = frozenset(
    {
        "Agriculture, Food & Natural Resources",
        "Architecture & Construction",
        "Arts, A/V Technology & Communications",
        "Business Management & Administration",
        "Education & Training",
        "Finance",
        "Government & Public Administration",
        "Health Science",
        "Hospitality & Tourism",
        "Human Services",
        "Information Technology",
        "Law, Public Safety, Corrections & Security",
        "Manufacturing",
        "Marketing",
        "Science, Technology, Engineering & Mathematics",
        "Transportation, Distribution & Logistics",
    }
)
_PATTERNS: Final = {
    "ref": "[A-Za-z0-9_-]{1,36}",
    "integer": "[1-9][0-9]*",
    "version": "[1-9][0-9]{0,8}",
    "id": "[0-9]{1,12}",
    "nine": "[0-9]{9}",
    "ten": "[0-9]{10}",
    "flag": "[YN]",
    "state": "[A-Z]{2}",
    "zip": "[0-9]{5}(-[0-9]{4})?",
    "onet": r"[0-9]{2}-[0-9]{4}(\.[0-9]{2})?",
}


class Column(NamedTuple):
    """One column: the code of the fault where a cell is not of its form, and the form."""

    name: str
    required: bool
    code: str
    form: Form


@cache
def members() -> dict[str, tuple[Column, ...]]:
    """Give the columns of each member but the manifest, in the order of the document."""
    found: dict[str, list[Column]] = {}
    text = resources.files(__package__).joinpath("icc.txt").read_text("ascii")
    for line in text.splitlines():
        if not line.startswith("#"):
            member, name, form = line.split()
            column = Column(name.rstrip("*"), name.endswith("*"), *_form(form))
            found.setdefault(member, []).append(column)
    return {member: tuple(columns) for member, columns in found.items()}


def iso_day(cell: str) -> str | None:
    """Give a date `MM/DD/YYYY` as `YYYY-MM-DD`, None for what is none."""
    match = _DATE.fullmatch(cell)
    iso = f"{match[3]}-{match[1]}-{match[2]}" if match else ""
    return iso if is_day(iso) else None


def _form(word: str) -> tuple[str, Form]:
    if word.isdecimal():
        size = int(word)
        return "LENGTH", lambda cell: len(cell) <= size
    if "," in word:
        return "CODE", frozenset(word.strip(",").split(",")).__contains__
    if word in _PATTERNS:
        matches = re.compile(_PATTERNS[word]).fullmatch
        return "FORM", lambda cell: matches(cell) is not None
    return _NAMED[word]


def _is_array(size: int, is_item: Callable[[Any], bool]) -> Form:
    """Give the form of a compact JSON array of items."""

    def form(cell: str) -> bool:
        try:
            items = json.loads(cell)
        except (ValueError, RecursionError):
            return False
        compact = len(cell) <= size and not cell.startswith("[ ") and not cell.endswith(" ]")
        return compact and isinstance(items, list) and bool(items) and all(map(is_item, items))

    return form


def _is_object(*texts: str, number: str = "", day: str = "") -> Callable[[Any], bool]:
    """Give the form of an object that has some of these keys."""

    def form(item: Any) -> bool:
        return isinstance(item, dict) and all(
            (key in texts and isinstance(value, str) and value != "")
            or (key == number and isinstance(value, int | float) and not isinstance(value, bool))
            or (key == day and isinstance(value, str) and is_day(value))
            for key, value in item.items()
        )

    return form


def _is_text_day(item: Any) -> bool:
    return isinstance(item, str) and is_day(item)


_NAMED: Final[dict[str, tuple[str, Form]]] = {
    "date": ("FORM", lambda cell: iso_day(cell) is not None),
    "cluster": ("CODE", _CLUSTERS.__contains__),
    "scores": ("FORM", _is_array(2000, _is_object("scale", "level", number="value"))),
    "metrics": ("FORM", _is_array(2000, _is_object("label", "value", "unit"))),
    "steps": ("FORM", _is_array(4000, _is_object("goal", "process", day="deadline"))),
    "days": ("FORM", _is_array(500, _is_text_day)),
}
