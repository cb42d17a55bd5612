"""The grammar of a row: finds where one goes wrong, and takes a long one apart in little memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from iepbridge.codecs.delimited_cells import QUOTE, quoted_cells, unquoted
from iepbridge.codecs.delimited_form import CELL_CHARACTERS, ROW_BYTES, Dialect, NotDelimited

_LONG: Final = 2 * CELL_CHARACTERS + 4
"""As much of an open cell as is too long even where it is all quotes."""
_INSIDE: Final = r'(?:[^"]++|"")*+'


@dataclass(frozen=True, slots=True)
class _Patterns:
    """None of them goes back over text, so that each takes linear time."""

    cell: re.Pattern[str]
    row: re.Pattern[str]
    """What of a text is a row; a last cell without its closing quote is the group `open`."""


@cache
def _patterns(dialect: Dialect) -> _Patterns:
    delimiter = re.escape(dialect.delimiter)
    cell = rf'(?:"{_INSIDE}"|[^"{delimiter}\r\n]*+)'
    is_first = f"(?<![^{delimiter}])"
    row = (
        rf'{cell}(?:{delimiter}{cell})*+(?:{is_first}(?P<open>"{_INSIDE}\Z))?+'
        rf"(?:{dialect.newline})?+"
    )
    return _Patterns(re.compile(cell), re.compile(row))


class RowGrammar:
    """Takes apart the text of a row, its line break included, that begins on `line` of a file."""

    def __init__(self, dialect: Dialect) -> None:
        self.line = 1
        self._dialect = dialect
        self._patterns = _patterns(dialect)

    def cells(self, text: str, most: int) -> list[str]:
        """Give the cells of a row with nothing behind it but other rows, `most` of them at most."""
        if len(text) <= CELL_CHARACTERS:
            body = text.removesuffix(self._dialect.newline)
            is_ended = len(body) < len(text) or not self._dialect.last_newline
            cells = quoted_cells(body, self._dialect.delimiter) if is_ended else None
            if cells is not None:
                return cells
        if fault := self._fault(text):
            raise fault
        return self._long_cells(text, most)

    def check(self, text: str) -> None:
        """Refuse a text that may go on, inside a quoted cell, behind its end."""
        row = self._row(text)
        if row.end() < len(text):
            raise self._stray(text, row.end())
        start = row.start("open")
        if start >= 0 and len(unquoted(text[start : start + _LONG] + QUOTE)) > CELL_CHARACTERS:
            raise self._too_long(text, start)

    def fault_of_long(self, text: str) -> NotDelimited:
        """Say why a text goes on for more than a row may."""
        try:
            self.check(text)
        except NotDelimited as fault:
            return fault
        return NotDelimited(f"a row of more than {ROW_BYTES:,} bytes", self.line)

    def _fault(self, text: str) -> NotDelimited | None:
        row = self._row(text)
        if row.end() < len(text):
            return self._stray(text, row.end())
        if row.start("open") >= 0:
            return self._at(text, row.start("open"), "a quote that is not closed")
        if self._dialect.last_newline and not text.endswith(self._dialect.newline):
            return self._at(text, len(text), f"no {self._dialect.newline_name} after the last row")
        return None

    def _long_cells(self, text: str, most: int) -> list[str]:
        cells: list[str] = []
        for place, raw in self._raw_cells(text):
            cell = unquoted(raw)
            if len(cell) > CELL_CHARACTERS:
                raise self._too_long(text, place)
            if len(cells) == most:
                raise NotDelimited(f"a row of more than {most:,} cells", self.line)
            cells.append(cell)
        return cells

    def _row(self, text: str) -> re.Match[str]:
        return next(self._patterns.row.finditer(text))

    def _raw_cells(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield where a cell begins and its text, quotes included, as far as there is no fault."""
        place = 0
        while cell := self._patterns.cell.match(text, place):
            yield place, cell[0]
            place = cell.end() + 1
            if text[place - 1 : place] != self._dialect.delimiter:
                return

    def _stray(self, text: str, place: int) -> NotDelimited:
        return self._at(text, place, self._what(text, place))

    def _what(self, text: str, place: int) -> str:
        if text[place] in "\r\n":
            return f"a line break that is not {self._dialect.newline_name}"
        if text[place] == QUOTE:
            return "a quote inside a cell that does not begin with one"
        *_, (begin, _raw) = self._raw_cells(text)
        begun = self._line_of(text, begin)
        is_here = begun == self._line_of(text, place)
        since = "" if is_here else f", which begins on line {begun:,},"
        return f"text behind the quote that closes a cell{since}"

    def _too_long(self, text: str, place: int) -> NotDelimited:
        missing = ", as if its closing quote were missing" if text[place] == QUOTE else ""
        what = f"a cell of more than {CELL_CHARACTERS:,} characters{missing}"
        return self._at(text, place, what)

    def _at(self, text: str, place: int, what: str) -> NotDelimited:
        column = place - text.rfind("\n", 0, place)
        return NotDelimited(what, self._line_of(text, place), column)

    def _line_of(self, text: str, place: int) -> int:
        return self.line + text.count("\n", 0, place)
