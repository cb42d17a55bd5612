"""Reads one file of fixed records, one after the other: nothing but the records of a plan waits."""

from collections.abc import Iterator
from typing import BinaryIO, Final

import structlog

from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival
from iepbridge.mapping.arrivals import arrival_of, refuse_second
from iepbridge.mapping.compiled import Compiled
from iepbridge.mapping.fixed.form import BEGIN, NUMBERS, TYPE_BYTES, fixed_file, span
from iepbridge.mapping.fixed.frame import frame_fields, frame_span
from iepbridge.mapping.fixed.reading import Gathering, Levels
from iepbridge.mapping.fixed.slices import CONTROL, shapes
from iepbridge.mapping.fixed.writer import END
from iepbridge.mapping.frame import BYTES, FrameCheck
from iepbridge.mapping.layout import EVERY_RECORD
from iepbridge.mapping.plan_writer import MOST_BYTES, MOST_PIECES
from iepbridge.mapping.records.form import is_plan_id
from iepbridge.mapping.records.reading import ordered_groups
from iepbridge.mapping.records.ties import tied_groups
from iepbridge.seen import SeenIds

_ASK: Final = "Ask its sender for another file."
_NEWLINE: Final = b"\r\n"
_log = structlog.get_logger(__name__)


class FixedPlanReader:
    """A `PlanReader` for a mapping of codec fixed."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        """Yield the plans of a file; raise `Unreadable` when the whole file is refused."""
        with SeenIds() as seen:
            yield from _File(self._compiled, stream, seen).arrivals()


class _File:
    """The reading of one file."""

    def __init__(self, compiled: Compiled, stream: BinaryIO, seen: SeenIds) -> None:
        self._compiled = compiled
        self._layout = compiled.layout
        self._file = fixed_file(self._layout)
        self._stream = stream
        self._seen = seen
        self._shapes = shapes(self._layout)
        self._levels = Levels(self._layout)
        self._orders = ordered_groups(self._layout)
        self._ties = tied_groups(self._layout)
        self._check = FrameCheck(self._layout)
        plan = next(filter(is_plan_id, self._layout.plan.fields()))
        where = span(plan)
        assert where is not None
        self._key = slice(where.start, where.end)
        self._number = 0
        self._plans = 0
        self._bytes = 0

    def arrivals(self) -> Iterator[Arrival]:
        self._header()
        first = self._layout.plan.name
        plan: Gathering | None = None
        key = ""
        for kind, text in self._records():
            if kind == first:
                if plan is not None:
                    yield self._arrival(plan)
                key = text[self._key]
                plan = self._begun(text)
                continue
            if plan is None or text[self._key] != key:
                raise self._refusal("a record of no plan, or of another one than stands here")
            plan.add(kind, text, self._number % NUMBERS)
            self._check_cap(plan)
        if plan is not None:
            yield self._arrival(plan)
        self._end()

    def _begun(self, text: str) -> Gathering:
        self._plans += 1
        number = self._number % NUMBERS
        return Gathering(self._layout, self._shapes, self._levels, text, number)

    def _check_cap(self, plan: Gathering) -> None:
        if plan.size > MOST_PIECES or plan.size * self._file.length > MOST_BYTES:
            raise self._refusal(
                f"a plan of more than {MOST_PIECES:,} records or {MOST_BYTES:,} bytes"
            )

    def _records(self) -> Iterator[tuple[str, str]]:
        """Yield the records between the header and the trailer, which is taken here."""
        read, length = self._stream.read, self._file.length
        page, first, last = self._file.code_page, self._file.first, self._file.last
        while True:
            data = read(length + 2)
            text = self._text(data, page)
            self._check_number(text)
            kind = text[:TYPE_BYTES]
            if kind == last:
                self._take(last, text)
                return
            if kind == first:
                raise self._refusal(f"a record {first} inside the file")
            self._bytes += length - data.count(b" ")
            yield kind, text

    def _text(self, data: bytes, page: str) -> str:
        length = self._file.length
        if len(data) < length + 2 or data[length:] != _NEWLINE:
            self._number += 1
            raise self._refusal(f"not {length} bytes with CR and LF behind them")
        try:
            return data[:length].decode(page)
        except UnicodeDecodeError as error:
            self._number += 1
            raise self._refusal(f"byte {error.start + 1} is not in {page}") from None

    def _check_number(self, text: str) -> None:
        self._number += 1
        if text[TYPE_BYTES:BEGIN] != f"{self._number % NUMBERS:06}":
            raise self._refusal("another record number than is due")

    def _header(self) -> None:
        first = self._file.first
        text = self._text(self._stream.read(self._file.length + 2), self._file.code_page)
        if text[:TYPE_BYTES] != first:
            raise Unreadable(
                f"This is no {self._layout.title} file: it does not begin with a record {first}. "
                "Check which system the file comes from."
            )
        self._check_number(text)
        self._take(first, text)
        self._check.envelope()

    def _take(self, record: str, text: str) -> None:
        """Take the fields of the first or the last record."""
        fields = frame_fields(self._layout, record)
        end = BEGIN
        for field in sorted(fields, key=frame_span):
            where = frame_span(field)
            if text[end : where.start].strip(" ") or CONTROL.search(text[end : where.end]):
                raise self._refusal(f"stray bytes before {field.place.partition('@')[0]}")
            self._check.take(field.place, self._value(text[where.start : where.end], field.kind))
            end = where.end
        if text[end:].strip(" "):
            _log.warning("skipped_outside_plan", system=self._layout.system, place=record)
        self._check.check(fields)

    def _value(self, text: str, kind: str) -> str:
        return text.rstrip(" ") if kind in ("party", "release", "mode") else text

    def _arrival(self, plan: Gathering) -> Arrival:
        reading = plan.reading()
        reading.order(self._orders)
        data = self._compiled.read(plan.row, reading)
        reading.unclaimed(self._ties)
        refuse_second(self._layout, data, self._seen)
        return arrival_of(self._layout, data, reading)

    def _end(self) -> None:
        if self._stream.read(2) != END:
            raise self._refusal("not one byte 1A behind it, and then the end of the file")
        found = {
            EVERY_RECORD: self._number - 2,
            self._layout.plan.name: self._plans,
            BYTES: self._bytes,
        }
        self._check.counts(found)

    def _refusal(self, what: str) -> Unreadable:
        number = f"record {self._number:,}"
        return Unreadable(f"The {self._layout.title} file, {number}: {what}. {_ASK}")
