"""Code tables: which code of a state stands for which canonical code, both ways.

A table has one or more code columns. A row is read and written, or only written (several
canonical codes join one code of the state), or only read (the state has a second code for it).
The canonical code `*` stands for any other text, `-` for no value at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Direction: TypeAlias = Literal["", "write", "read"]
DIRECTIONS: Final = ("", "write", "read")
ANY_OTHER: Final = "*"
NOTHING: Final = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `codes` in the order of the table's columns, `line` in its file."""

    canonical: str
    codes: tuple[str, ...]
    direction: Direction
    line: int

    @property
    def is_read_as_any_other(self) -> bool:
        """Say whether the row would give `*` back, which is no code."""
        return self.canonical == ANY_OTHER and self.direction != "write"


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A code table; `columns` names its codes (a table of one column has the column `code`)."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    writing: Mapping[str, tuple[str, ...]] = field(init=False)
    reading: Mapping[tuple[str, ...], str] = field(init=False)

    def __post_init__(self) -> None:
        rows = [row for row in self.rows if row.canonical != NOTHING]
        writing = {row.canonical: row.codes for row in rows if row.direction != "read"}
        reading = {row.codes: row.canonical for row in rows if row.direction != "write"}
        object.__setattr__(self, "writing", writing)
        object.__setattr__(self, "reading", reading)

    def codes_of(self, column: str) -> dict[str, str]:
        """Give canonical code -> the state's code in one column, without the row for any other."""
        at = self.columns.index(column)
        return {one: codes[at] for one, codes in self.writing.items() if one != ANY_OTHER}

    def any_other(self, column: str) -> str | None:
        """Give the code that any text without a row of its own joins, if there is one."""
        codes = self.writing.get(ANY_OTHER)
        return None if codes is None else codes[self.columns.index(column)]

    def nothing(self) -> str | None:
        """Give the code that says that there is no value, if there is one."""
        found = (row.codes[0] for row in self.rows if row.canonical == NOTHING)
        return next(found, None)

    def joined(self) -> dict[str, str]:
        """Give the canonical codes that come back as another one, with that other one."""
        back = {one: self.reading.get(codes) for one, codes in self.writing.items()}
        return {one: other for one, other in back.items() if other is not None and other != one}

    def mistakes(self) -> list[tuple[int, str]]:
        """List what is wrong with the rows, each with its line."""
        return [
            *_twice(self.rows, reading=False),
            *_twice(self.rows, reading=True),
            *self._lost(),
            *((row.line, "* is only written") for row in self.rows if row.is_read_as_any_other),
        ]

    def _lost(self) -> list[tuple[int, str]]:
        return [
            (row.line, f"the code of {row.canonical!r} leads back to nothing; one row must be read")
            for row in self.rows
            if row.direction == "write" and row.codes not in self.reading
        ]


def _twice(rows: Sequence[Row], *, reading: bool) -> list[tuple[int, str]]:
    skipped, way = ("write", "read") if reading else ("read", "written")
    seen: set[object] = set()
    found = []
    for row in rows:
        key: object = row.codes if reading else row.canonical
        if row.direction != skipped and key in seen:
            found.append((row.line, f"{_shown(row, reading)} is {way} by an earlier row already"))
        if row.direction != skipped:
            seen.add(key)
    return found


def _shown(row: Row, reading: bool) -> str:
    return f"the code {'/'.join(row.codes)!r}" if reading else f"the canonical {row.canonical!r}"
