"""The service rows of ICC's report: its header found, and all that stands around them left out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import structlog

from iepbridge.codecs.workbook import Cell, Row
from iepbridge.errors import Unreadable
from iepbridge_icc.report_values import VOID, plain, state_id

STATE_ID: Final = "State ID"
SERVICE: Final = "Service"
FIRST_NAME: Final = "First Name"
LAST_NAME: Final = "Last Name"
REGION: Final = "Region / LWIA"
REGION_TOO: Final = "Region/LWDB"
COMPLETION: Final = "Completion Status"
PROVIDER: Final = "Provider"
PROGRAM: Final = "Program"
ACTUAL_BEGIN: Final = "Actual Begin Date"
ACTUAL_END: Final = "Actual End Date"
PROJECTED_BEGIN: Final = "Projected Begin Date"
PROJECTED_END: Final = "Projected End Date"

_KNOWN: Final = {
    name.casefold(): name
    for name in (
        STATE_ID, SERVICE, FIRST_NAME, LAST_NAME, REGION, REGION_TOO, COMPLETION, PROVIDER, PROGRAM,
        ACTUAL_BEGIN, ACTUAL_END, PROJECTED_BEGIN, PROJECTED_END,
    )
}  # fmt: skip
_MARKS: Final = frozenset({"user id", "state id"})
_REQUIRED: Final = (STATE_ID, SERVICE)
_TOTAL: Final = re.compile(r"(?:grand )?total\b")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the report: its number in the sheet, and its cells by the name of their column.

    The names are shared by all rows, since a report is held until its end.
    """

    row: int
    columns: Mapping[str, int]
    values: tuple[Cell | None, ...]

    def cell(self, column: str) -> Cell | None:
        """Give what stands in a column, if anything does."""
        at = self.columns.get(column)
        return None if at is None else self.values[at]

    def place(self, column: str) -> str:
        """Name a cell as it is found in the file."""
        return f"row {self.row}/{column}"


def records(rows: Iterable[Row]) -> Iterator[Record]:
    """Yield the rows that tell of a service; raise `Unreadable` where the report has no header.

    Voided rows, and notes between and below the rows, are left out and counted in the log.
    """
    table = _Table()
    for row in rows:
        record = table.take(row)
        if record is not None:
            yield record
    table.end()


class _Table:
    """The report as far as it has been read: which column is which, and what was left out."""

    def __init__(self) -> None:
        self._columns: dict[int, str] = {}
        self._order: dict[str, int] = {}
        self._lacking: list[str] = []
        self._voided = 0
        self._notes = 0

    def take(self, row: Row) -> Record | None:
        """Give the record that a row is, if it is one."""
        if any(plain(cell) in _MARKS for cell in row.cells.values()):
            self._take_header(row)
            return None
        record = Record(row.number, self._order, self._values(row))
        if not self._columns or not _has_any(row) or self._is_total(row, record):
            return None
        if plain(record.cell(COMPLETION)) == VOID:
            self._voided += 1
        elif _is_note(row, record):
            self._notes += 1
        else:
            return record
        return None

    def end(self) -> None:
        """Refuse a report that had no header; tell what was left out."""
        if not self._columns:
            _refuse(self._lacking)
        if self._voided:
            _log.warning("voided_rows_left_out", system="icc", rows=self._voided)
        if self._notes:
            _log.warning("notes_left_out", system="icc", rows=self._notes)

    def _take_header(self, row: Row) -> None:
        columns = {
            at: _KNOWN[plain(cell)] for at, cell in row.cells.items() if plain(cell) in _KNOWN
        }
        lacking = [name for name in _REQUIRED if name not in columns.values()]
        if lacking and self._columns:
            _refuse(lacking, f" in row {row.number:,}")
        if lacking:
            self._lacking = self._lacking or lacking
            return
        for name in set(columns.values()):
            if list(columns.values()).count(name) > 1:
                _refuse_twice(name, row.number)
        self._columns = columns
        self._order = {name: at for at, name in enumerate(columns.values())}

    def _values(self, row: Row) -> tuple[Cell | None, ...]:
        cells = (row.cells.get(at) for at in self._columns)
        return tuple(cell if cell is not None and _stands(cell) else None for cell in cells)

    def _is_total(self, row: Row, record: Record) -> bool:
        """Say whether a row begins with `Total`, and not as somebody's name beside a service."""
        at, first = next((at, cell) for at, cell in row.cells.items() if _stands(cell))
        if not _TOTAL.match(plain(first)):
            return False
        is_name = self._columns.get(at) in (FIRST_NAME, LAST_NAME)
        return not (is_name and all(record.cell(name) is not None for name in _REQUIRED))


def _stands(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _has_any(row: Row) -> bool:
    return any(map(_stands, row.cells.values()))


def _is_note(row: Row, record: Record) -> bool:
    """Say whether a row tells of nobody and no service: a section's title, a line of remarks."""
    own, service = record.cell(STATE_ID), record.cell(SERVICE)
    if sum(map(_stands, row.cells.values())) > 1:
        return own is None and service is None
    return own is None or state_id(own) is None


def _refuse(lacking: Sequence[str], place: str = "") -> NoReturn:
    what = (
        f"whose header{place} has no column {' and no '.join(lacking)}"
        if lacking
        else ("without a header: no row has a cell User ID or State ID")
    )
    raise Unreadable(
        f"The workbook's first sheet is a table {what}. Export the report of services provided "
        "again, with the columns State ID and Service."
    )


def _refuse_twice(name: str, row: int) -> NoReturn:
    raise Unreadable(
        f"The report's header in row {row:,} has the column {name} twice, so it is not known which "
        "to read. Take one of them out and save the workbook again."
    )
