"""What the cells of ICC's report say: texts, identifiers, days, and the codes of its columns."""

import datetime
import re
from decimal import Decimal
from typing import Final

from iepbridge.codecs.workbook import Cell
from iepbridge.converters import DATE_FORMS

PROGRAMS: Final = {
    "wioa adult": "wioa_adult",
    "wioa dislocated worker": "wioa_dislocated_worker",
    "wioa youth": "wioa_youth",
}
OUTCOMES: Final = {
    "successful completion": "successful",
    "unsuccessful completion": "unsuccessful",
}
VOID: Final = "* void *"
DAY: Final = "an Excel date, or text as MM/DD/YYYY"
TEXT: Final = "text"

_DIGITS: Final = re.compile(r"[0-9]{1,12}")
_WITH_POINT: Final = re.compile(r"([0-9]{1,12})\.0+")
_SCIENTIFIC: Final = re.compile(r"([1-9])(?:\.([0-9]{1,15}))?[eE](\+?)([0-9]{1,2})")
_BEYOND: Final = 10**12


def text_of(cell: Cell | None) -> str | None:
    """Give a cell as text, without the white space around it; None where it is none."""
    if isinstance(cell, str):
        return cell.strip() or None
    if type(cell) is int:
        return str(cell)
    if type(cell) is float:
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return None


def plain(cell: Cell | None) -> str:
    """Give a cell's text in small letters, each white space in it one space, to compare it."""
    return " ".join(cell.split()).casefold() if isinstance(cell, str) else ""


def state_id(cell: Cell) -> str | None:
    """Read 1 to 12 digits, also where a spreadsheet made a number of them; None for all else."""
    if type(cell) in (int, float):
        return _digits_of(Decimal(cell))  # type: ignore[arg-type]
    text = text_of(cell) or ""
    if _DIGITS.fullmatch(text):
        return text
    if match := _WITH_POINT.fullmatch(text):
        return match[1]
    match = _SCIENTIFIC.fullmatch(text)
    return _of_scientific(match) if match else None


def _of_scientific(match: re.Match[str]) -> str | None:
    """Read `1.04512E5`; but `1.0451E+05` is how Excel shows a rounded number, its digits lost."""
    whole, places, plus, exponent = match[1], (match[2] or "").rstrip("0"), match[3], int(match[4])
    if plus and len(places) != exponent:
        return None
    return _digits_of(Decimal(f"{whole}.{places}E{exponent}"))


def _digits_of(number: Decimal) -> str | None:
    return str(int(number)) if number == int(number) and 0 <= number < _BEYOND else None


def day_of(cell: Cell) -> datetime.date | None:
    """Read a day from an Excel date or from text; None for all else."""
    if isinstance(cell, datetime.date):
        return cell
    text = cell.strip() if isinstance(cell, str) else ""
    day: datetime.date | None = DATE_FORMS["MM/DD/YYYY"].read(text)
    return day
