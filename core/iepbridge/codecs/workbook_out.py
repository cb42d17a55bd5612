"""A table as an Excel workbook for people: nothing in it is a formula.

A text that a spreadsheet could take for one gets an apostrophe in front, which says "text" to every
spreadsheet, also where the workbook is saved as CSV and opened again.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, Final, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from iepbridge.privacy import escaped

Cell: TypeAlias = str | datetime.date | None

_ROWS_A_SHEET: Final = 1_000_000
_FIRST_DAY: Final = datetime.date(1900, 3, 1)
"""The first day that all spreadsheets count alike; an earlier one is written as text."""
_LONGEST: Final = 32_767
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


def write_table(
    stream: BinaryIO,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[Cell]],
) -> None:
    """Write rows under a header to a stream that can seek.

    `columns` are names and widths in characters; rows beyond a million go to further sheets.
    """
    book = Workbook(write_only=True)
    sheet = _sheet(book, title, columns)
    for count, row in enumerate(rows):
        if count and count % _ROWS_A_SHEET == 0:
            sheet = _sheet(book, f"{title} {count // _ROWS_A_SHEET + 1}", columns)
        sheet.append([_cell(sheet, value) for value in row])
    book.save(stream)


def _sheet(book: Workbook, title: str, columns: Sequence[tuple[str, int]]) -> Any:
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}1"
    for at, (_, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.append([_head(sheet, name) for name, _ in columns])
    return sheet


def _head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if not isinstance(value, str):
        cell: Any = WriteOnlyCell(sheet)
        old = value is not None and value < _FIRST_DAY
        cell.value = value.isoformat() if value is not None and old else value
        if value is not None and not old:
            cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, harmless(value))
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def harmless(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula, control characters escaped."""
    shown = escaped(text)[: _LONGEST - 1]
    return f"'{shown}" if shown.lstrip().startswith(_DANGEROUS) else shown
