"""What a delimited text may look like, and the fault of one that does not."""

import codecs
from dataclasses import dataclass
from typing import Final

QUOTE: Final = '"'
ROW_BYTES: Final = 16 * 1024 * 1024
"""What one row may be, its line break counted."""
CELL_CHARACTERS: Final = 1_000_000
"""What one cell may be, without the quotes around it and with those inside counted once."""
MOST_CELLS: Final = 1_000_000
"""What one row may have where the number of columns is not known."""

_NEWLINES: Final = {"\r\n": "CR LF", "\n": "LF"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file of rows is written: UTF-8, cells apart by one character, quotes doubled."""

    delimiter: str
    newline: str
    """`\\r\\n` or `\\n`; inside quotes a line break of any kind is text."""
    byte_order_mark: bool
    last_newline: bool = True
    """Whether the last row, too, must end in `newline`."""

    def __post_init__(self) -> None:
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise ValueError("A delimiter is one character, and no quote or line break.")
        if self.newline not in _NEWLINES:
            raise ValueError("Rows end in CR LF or LF.")

    @property
    def mark(self) -> bytes:
        """The bytes before the first row."""
        return codecs.BOM_UTF8 if self.byte_order_mark else b""

    @property
    def newline_name(self) -> str:
        """What a message calls `newline`."""
        return _NEWLINES[self.newline]


class NotDelimited(Exception):
    """A text breaks the rules of its dialect: what is wrong, and where, but nothing of the text.

    `line` and `column` count from 1; lines end in LF, columns are characters. A fault of a whole
    row or line has no column.
    """

    def __init__(self, what: str, line: int, column: int | None = None) -> None:
        super().__init__(what, line, column)  # as they are, so that it can be pickled
        self.what = what
        self.line = line
        self.column = column

    def __str__(self) -> str:
        column = "" if self.column is None else f", column {self.column:,}"
        return f"{self.what} (line {self.line:,}{column})"
