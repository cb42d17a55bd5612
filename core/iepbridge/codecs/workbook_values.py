"""What a cell of a workbook shows: a number, a day, a text, or nothing of its own."""

import datetime
import math
import re
from enum import Enum
from typing import Final, TypeAlias

from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.utils.escape import unescape

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class CellFault(Enum):
    """Stands for a cell that shows no value of its own: `#N/A`, a time without a day."""

    NO_VALUE = "no value"


Cell: TypeAlias = str | int | float | bool | datetime.date | CellFault


def number_of(text: str) -> int | float | None:
    """Read a number as it is stored; None where it is none, or none that is finite."""
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def day_of(number: float, epoch: datetime.datetime) -> datetime.date | CellFault:
    """Give the day that a number of days since the epoch shows."""
    if number < 0:
        return CellFault.NO_VALUE
    try:
        return _of_time(from_excel(number, epoch))
    except (OverflowError, ValueError):
        return CellFault.NO_VALUE


def day_of_iso(text: str) -> datetime.date | CellFault:
    """Give the day of a moment in the form of ISO 8601."""
    try:
        return _of_time(from_ISO8601(text))  # type: ignore[no-untyped-call]
    except (OverflowError, TypeError, ValueError):
        return CellFault.NO_VALUE


def _of_time(moment: object) -> datetime.date | CellFault:
    """Give the day of a moment; a time of day without its day is no value."""
    if isinstance(moment, datetime.datetime):
        return moment.date()
    return moment if isinstance(moment, datetime.date) else CellFault.NO_VALUE


def text_of(text: str) -> str:
    r"""Read Excel's escapes: a line break may stand as `_x000D_`."""
    return unescape(text) if "_x" in text else text
