"""Named value functions: how a leaf is written as text, and how that text is read back.

Each form has its inverse here: `write` takes the leaf's value, `read` gives it back or None where
the text is not of that form. The tables of known days are bounded; a day beyond them is still
converted, only slower.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from iepbridge.plan.leaves import number_text

_KEPT: Final = 50_000


class _WrittenDays(dict[datetime.date, str]):
    """Remember how days are written: plans share few of them."""

    def __init__(self, write: Callable[[datetime.date], str]) -> None:
        self._write = write

    def __missing__(self, day: datetime.date) -> str:
        text = self._write(day)
        if len(self) < _KEPT:
            self[day] = text
        return text


class _ReadDays(dict[str, datetime.date | None]):
    """Remember which day a text stands for; what is no day is not kept."""

    def __init__(self, form: str) -> None:
        self._form = re.compile(form)

    def __missing__(self, text: str) -> datetime.date | None:
        match = self._form.fullmatch(text)
        day = None if match is None else _day(**match.groupdict())
        if day is not None and len(self) < _KEPT:
            self[text] = day
        return day


def _day(year: str, month: str, day: str) -> datetime.date | None:
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of value is written and read; `expected` names it in a message."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    expected: str


def _date_form(form: str, write: Callable[[datetime.date], str], expected: str) -> Form:
    return Form(_WrittenDays(write).__getitem__, _ReadDays(form).__getitem__, expected)


_Y: Final = "(?P<year>[0-9]{4})"
_M: Final = "(?P<month>[0-9]{2})"
_D: Final = "(?P<day>[0-9]{2})"

DATE_FORMS: Final = {
    "YYYY-MM-DD": _date_form(
        f"{_Y}-{_M}-{_D}", datetime.date.isoformat, "a day that exists, as YYYY-MM-DD"
    ),
    "MM/DD/YYYY": _date_form(
        f"{_M}/{_D}/{_Y}",
        lambda day: f"{day.month:02}/{day.day:02}/{day.year:04}",
        "a day that exists, as MM/DD/YYYY",
    ),
    "CCYYMMDD": _date_form(
        f"{_Y}{_M}{_D}",
        lambda day: f"{day.year:04}{day.month:02}{day.day:02}",
        "a day that exists, as CCYYMMDD",
    ),
}

_PLAIN_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_INTEGER: Final = re.compile(r"[0-9]+")
_LONGEST_INTEGER: Final = 18
_SSN: Final = re.compile(r"([0-9]{3})-([0-9]{2})-([0-9]{4})")


def _read_number(text: str) -> Decimal | None:
    return Decimal(text) if _PLAIN_NUMBER.fullmatch(text) else None


def _read_integer(text: str) -> int | None:
    if not _INTEGER.fullmatch(text):
        return None
    # Beyond any field's range the value does not matter, and int() refuses very long texts.
    return int(text) if len(text) <= _LONGEST_INTEGER else 10**_LONGEST_INTEGER


def _read_positive(text: str) -> int | None:
    return _read_integer(text) or None


def _write_ssn(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def _read_ssn(text: str) -> str | None:
    match = _SSN.fullmatch(text)
    return None if match is None else "".join(match.groups())


NUMBER: Final = Form(number_text, _read_number, "a plain decimal such as 15.75")
INTEGER: Final = Form(str, _read_integer, "a whole number")
POSITIVE: Final = Form(str, _read_positive, "a whole number of 1 or more")
SSN: Final = Form(_write_ssn, _read_ssn, "nine digits as NNN-NN-NNNN")


def pattern_form(pattern: str, expected: str) -> Form:
    """Give a form that is written as it is and read where the whole text matches `pattern`."""
    compiled = re.compile(pattern)
    return Form(str, lambda text: text if compiled.fullmatch(text) else None, expected)


OCCUPATION: Final = pattern_form(
    r"[0-9]{2}-[0-9]{4}(?:\.[0-9]{2})?", "an occupation code, NN-NNNN or NN-NNNN.NN"
)
ZIP: Final = pattern_form("[0-9]{5}(?:-[0-9]{4})?", "a ZIP code, 5 or 5-4 digits")


def digits_form(least: int, most: int) -> Form:
    """Give the form of a number of ASCII digits, leading zeros kept."""
    count = str(least) if least == most else f"{least} to {most}"
    return pattern_form(f"[0-9]{{{least},{most}}}", f"{count} digits")


def letters_form(count: int) -> Form:
    """Give the form of a number of ASCII letters."""
    return pattern_form(f"[A-Za-z]{{{count}}}", f"{count} letters")


WITHOUT_LEADING_ZEROS: Final = Form(
    str,
    lambda text: None if text.startswith("0") else _read_positive(text),
    "a whole number of 1 or more without leading zeros",
)
