"""Delimited text, held to its rules: rows read as lists of cells, and written."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

from iepbridge.codecs.delimited_cells import QUOTE, quoted, quoted_cells
from iepbridge.codecs.delimited_form import (
    CELL_CHARACTERS,
    MOST_CELLS,
    ROW_BYTES,
    Dialect,
    NotDelimited,
)
from iepbridge.codecs.delimited_grammar import RowGrammar

__all__ = ["Dialect", "NotDelimited", "RowReader", "cell_writer", "read_rows", "row_writer"]

_CHECKED_BYTES: Final = 65_536
"""When a row that goes on is first looked at: few do, but for one with a quote too many."""


def read_rows(
    stream: BinaryIO, dialect: Dialect, columns: int | None = None
) -> Iterator[list[str]]:
    """Yield each row, the header too, as a list of cells; see `RowReader`."""
    return iter(RowReader(stream, dialect, columns))


class RowReader:
    """Reads rows as lists of cells, once, from the beginning of a stream; raises `NotDelimited`.

    Every row must have `columns` cells, or any number where that is None; an empty line is a row
    of one empty cell. `line` is where the row that was yielded last begins, from 1.
    """

    def __init__(self, stream: BinaryIO, dialect: Dialect, columns: int | None = None) -> None:
        self.line = 1
        self.columns = columns
        self._stream = stream
        self._dialect = dialect
        self._grammar = RowGrammar(dialect)

    def __iter__(self) -> Iterator[list[str]]:
        line = self._first_line()
        number = 1
        readline, delimiter = self._stream.readline, self._dialect.delimiter
        newline = self._dialect.newline.encode()
        end = -len(newline)
        while line:
            self.line = number
            row = None
            quotes = line.count(b'"')
            is_whole = quotes % 2 == 0 and line.endswith(newline) and len(line) <= CELL_CHARACTERS
            if is_whole and line.find(b"\r", 0, end) < 0:
                text = _decoded(line[:end], number)
                row = quoted_cells(text, delimiter) if quotes else text.split(delimiter)
                number += 1
            if row is None:
                row, number = self._taken_apart(line)
            if self.columns is not None and len(row) != self.columns:
                what = f"a row of {len(row):,} cells where {self.columns:,} were expected"
                raise NotDelimited(what, self.line)
            yield row
            line = readline(ROW_BYTES + 1)

    def _first_line(self) -> bytes:
        mark = self._dialect.mark
        line = self._stream.readline(len(mark) + ROW_BYTES + 1)
        if not line.startswith(mark):
            raise NotDelimited("no byte order mark of UTF-8 (EF BB BF) at the beginning", 1, 1)
        if not mark and line.startswith(codecs.BOM_UTF8):
            raise NotDelimited("a byte order mark at the beginning, where none belongs", 1, 1)
        return line.removeprefix(mark)

    def _taken_apart(self, line: bytes) -> tuple[list[str], int]:
        """Give a row that is not plain, and the number of the line behind it."""
        self._grammar.line = self.line
        text = self._whole(line)
        cells = self._grammar.cells(text, MOST_CELLS if self.columns is None else self.columns)
        return cells, self.line + text.count("\n")

    def _whole(self, line: bytes) -> str:
        """Read on to the line in which a row's quotes become even in number, and so its last."""
        row = bytearray(line)
        is_open = bool(line.count(b'"') % 2)
        next_check = _CHECKED_BYTES
        while is_open and len(row) <= ROW_BYTES:
            line = self._stream.readline(ROW_BYTES + 1 - len(row))
            if not line:
                break
            row += line
            is_open = line.count(b'"') % 2 == 0
            if next_check < len(row) <= ROW_BYTES:
                self._grammar.check(_decoded(row, self.line))
                next_check = 2 * len(row)
        if len(row) > ROW_BYTES:
            raise self._grammar.fault_of_long(row.decode(errors="replace"))
        return _decoded(row, self.line)


def _decoded(row: bytes | bytearray, line: int) -> str:
    try:
        return row.decode()
    except UnicodeDecodeError as error:
        before = row[: error.start].decode()
        place = line + before.count("\n"), len(before) - before.rfind("\n")
        raise NotDelimited("bytes that are not UTF-8", *place) from None


def cell_writer(dialect: Dialect) -> Callable[[str], str]:
    """Give a function that writes a cell: in quotes where it holds one, a delimiter, CR or LF."""
    delimiter = dialect.delimiter

    def written(text: str) -> str:
        if QUOTE in text or delimiter in text or "\n" in text or "\r" in text:
            return quoted(text)
        return text

    return written


def row_writer(dialect: Dialect) -> Callable[[Sequence[str]], str]:
    """Give a function that writes a row of cells with its line break."""
    delimiter, newline = dialect.delimiter, dialect.newline
    cell = cell_writer(dialect)

    def written(cells: Sequence[str]) -> str:
        row = delimiter.join(cells)
        is_plain = QUOTE not in row and "\n" not in row and "\r" not in row
        if is_plain and row.count(delimiter) == len(cells) - 1:
            return row + newline
        return delimiter.join(map(cell, cells)) + newline

    return written
