"""The cells of a workbook's sheet: from the elements of its XML to rows of values."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import column_index_from_string

from iepbridge.codecs.workbook_archive import NotAWorkbook
from iepbridge.codecs.workbook_values import (
    Cell,
    CellFault,
    day_of,
    day_of_iso,
    number_of,
    text_of,
)


class Row(NamedTuple):
    """A row that holds anything: its number in the sheet and its cells by column, both from 1."""

    number: int
    cells: Mapping[int, Cell]


_SPACES: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_MOST_ROWS: Final = 1_048_576
_MOST_COLUMNS: Final = 16_384
_MOST_CHARACTERS: Final = 32_767
_MOST_FORMAT: Final = 255
_TEXTS_KEPT: Final = 20_000
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_DIGITS: Final = re.compile(r"[0-9]{1,7}")
_FLAGS: Final = {"1": True, "0": False, "true": True, "false": False}


def names(*local: str) -> dict[str, str]:
    """Give tags as a parser names them, in both forms of the standard, by local name."""
    return {f"{{{space}}}{name}": name for space in _SPACES for name in local}


class DateStyles:
    """Which cell styles make a number a day: found among the elements of the styles part."""

    tags: Final = names("numFmt", "cellXfs", "cellStyleXfs", "dxfs", "xf")

    def __init__(self) -> None:
        self._formats: dict[str, str] = {str(own): code for own, code in BUILTIN_FORMATS.items()}
        self._known: dict[str, bool] = {}
        self._within = ""
        self._count = 0
        self._dates: set[str] = set()

    def see(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the next element."""
        own = attributes.get("numFmtId", "")
        if name == "numFmt":
            if self._within != "dxfs":
                self._formats[own] = attributes.get("formatCode", "")
        elif name != "xf":
            self._within = name
        elif self._within == "cellXfs":
            if self._is_day(own):
                self._dates.add(str(self._count))
            self._count += 1

    def _is_day(self, own: str) -> bool:
        if own not in self._known:
            code = self._formats.get(own, "")[:_MOST_FORMAT]  # longer ones take openpyxl ages
            self._known[own] = is_date_format(code) and not is_timedelta_format(code)
        return self._known[own]

    def is_date(self, style: str) -> bool:
        """Say whether a style, by its number as a cell states it, shows a day."""
        return style in self._dates


class _Text:
    """Collects the text of `v` and `t`, without the readings (`rPh`) that stand beside it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._aside = 0
        self._open = False

    def begin(self) -> None:
        self._pieces = []
        self._length = 0

    def start(self, name: str) -> None:
        if name == "rPh":
            self._aside += 1
        else:
            self._open = not self._aside

    def end(self, name: str) -> None:
        if name == "rPh":
            self._aside -= 1
        self._open = False

    def data(self, text: str) -> None:
        if self._open:
            self._length += len(text)
            if self._length > _MOST_CHARACTERS:
                raise NotAWorkbook(f"a cell of it has more than {_MOST_CHARACTERS:,} characters")
            self._pieces.append(text)

    def whole(self) -> str:
        return "".join(self._pieces)


class SharedStrings:
    """A parser's target for the part that holds the texts of cells, each once."""

    _tags: Final = names("si", "t", "rPh")

    def __init__(self) -> None:
        self._text = _Text()
        self._found: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        """Begin an element."""
        name = self._tags.get(tag)
        if name == "si":
            self._text.begin()
        elif name:
            self._text.start(name)

    def end(self, tag: str) -> None:
        """End an element."""
        name = self._tags.get(tag)
        if name == "si":
            self._found.append(text_of(self._text.whole()))
        elif name:
            self._text.end(name)

    def data(self, text: str) -> None:
        """Take text."""
        self._text.data(text)

    def take(self) -> list[str]:
        """Give the texts found since the last call."""
        found, self._found = self._found, []
        return found


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of a sheet refer to."""

    strings: Sequence[str]
    styles: DateStyles
    epoch: datetime.datetime


class SheetRows:
    """A parser's target for a sheet: gives its rows that hold anything, in ascending order.

    Places are taken from rows and cells alone; what the sheet states as its dimension is not read.
    """

    _tags: Final = names("row", "c", "v", "t", "rPh")

    def __init__(self, book: Book) -> None:
        self._book = book
        self._text = _Text()
        self._rows: list[Row] = []
        self._number = 0
        self._cells: dict[int, Cell] = {}
        self._column = 0
        self._kind = self._style = ""
        self._kept: dict[str, str] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        name = self._tags.get(tag)
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes)
        elif name:
            self._text.start(name)

    def end(self, tag: str) -> None:
        """End an element."""
        name = self._tags.get(tag)
        if name == "c":
            value = self._value(self._text.whole())
            if value is not None:
                self._cells[self._column] = value
        elif name == "row":
            if self._cells:
                self._rows.append(Row(self._number, self._cells))
        elif name:
            self._text.end(name)

    def data(self, text: str) -> None:
        """Take text."""
        self._text.data(text)

    def take(self) -> list[Row]:
        """Give the rows that have ended since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        stated = attributes.get("r", str(self._number + 1))
        number = int(stated) if _DIGITS.fullmatch(stated) else 0
        if not self._number < number <= _MOST_ROWS:
            raise NotAWorkbook(f"what follows row {self._number:,} is no later row that Excel has")
        self._number, self._cells, self._column = number, {}, 0

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        column = self._placed(attributes["r"]) if "r" in attributes else self._column + 1
        if not self._column < column <= _MOST_COLUMNS:
            raise self._refusal("has a cell out of its place")
        self._column = column
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._text.begin()

    def _placed(self, reference: str) -> int:
        match = _REFERENCE.fullmatch(reference)
        if match is None or int(match[2]) != self._number:
            return 0
        return column_index_from_string(match[1])

    def _value(self, text: str) -> Cell | None:
        if not text:
            return None
        if self._kind == "n":
            return self._of_number(text)
        if self._kind == "s":
            return self._shared(text)
        if self._kind in ("str", "inlineStr"):
            return self._once(text_of(text))
        if self._kind == "b" and text in _FLAGS:
            return _FLAGS[text]
        if self._kind == "e":
            return CellFault.NO_VALUE
        if self._kind == "d":
            return day_of_iso(text)
        raise self._refusal("has a cell of a kind that Excel does not know")

    def _once(self, text: str) -> str:
        """Give one object for a text that stands in many cells: reports repeat themselves."""
        if len(self._kept) < _TEXTS_KEPT:
            return self._kept.setdefault(text, text)
        return self._kept.get(text, text)

    def _shared(self, text: str) -> str | None:
        if not _DIGITS.fullmatch(text) or int(text) >= len(self._book.strings):
            raise self._refusal("refers to a text that the workbook does not have")
        return self._book.strings[int(text)] or None

    def _of_number(self, text: str) -> Cell:
        number = number_of(text.strip())
        if number is None:
            raise self._refusal("has a number cell that holds no number")
        if self._book.styles.is_date(self._style):
            return day_of(number, self._book.epoch)
        return number

    def _refusal(self, what: str) -> NotAWorkbook:
        return NotAWorkbook(f"row {self._number:,} {what}")
