"""Reads ICC's own report of services provided, an Excel workbook, as plans.

    workbook --rows--> header and noise left out --records--> people --> plans

Each row is one service of one participant. The rows of one participant need not stand together,
so plans are given once the sheet has been read to its end.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from iepbridge.codecs.workbook import NotAWorkbook, Row, read_sheet
from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival
from iepbridge_icc.report_person import Person
from iepbridge_icc.report_rows import STATE_ID, Record, records
from iepbridge_icc.report_values import plain, state_id


class ReportReader:
    """A `PlanReader` for the report; `services` gives the category of each activity code."""

    envelope = None

    def __init__(self, services: Mapping[str, str]) -> None:
        self._services = services

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        """Yield a plan per State ID, by first appearance; raise `Unreadable` for no such report."""
        people: dict[str, list[Record]] = {}
        for record in records(_rows(stream)):
            people.setdefault(_own_id(record) or _stand_in(record), []).append(record)
        for key in list(people):
            yield self._arrival(people.pop(key))

    def _arrival(self, rows: list[Record]) -> Arrival:
        person = Person(_own_id(rows[0]), rows[0], self._services)
        for record in rows:
            person.add(record)
        return person.arrival()


def _rows(stream: BinaryIO) -> Iterator[Row]:
    try:
        yield from read_sheet(stream)
    except NotAWorkbook as refusal:
        raise Unreadable(
            f"The file cannot be read as an Excel workbook (.xlsx): {refusal.what}. "
            "Export the report again, or open it in Excel and save it as .xlsx."
        ) from None


def _own_id(record: Record) -> str | None:
    cell = record.cell(STATE_ID)
    return None if cell is None else state_id(cell)


def _stand_in(record: Record) -> str:
    """Tell people apart whose State ID is none: rows with one text are one person's."""
    return plain(record.cell(STATE_ID)) or f"row {record.row}"
