"""Reads one file of fixed records, one after the other: nothing but the records of a plan waits."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import structlog

from iepbridge.codecs.fixed_records import FixedRecords, NotFixed
from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival, Envelope
from iepbridge.mapping.arrivals import arrival_of, refuse_second
from iepbridge.mapping.compiled import Compiled
from iepbridge.mapping.fixed.form import BEGIN, NUMBERS, TYPE_BYTES, field_name, fixed_file, span
from iepbridge.mapping.fixed.frame import frame_fields, frame_span, is_text
from iepbridge.mapping.fixed.reading import Gathering, record_types
from iepbridge.mapping.fixed.slices import CONTROL
from iepbridge.mapping.fixed.writer import END
from iepbridge.mapping.frame import BYTES, FrameCheck
from iepbridge.mapping.layout import EVERY_RECORD
from iepbridge.mapping.plan_writer import MOST_BYTES, MOST_PIECES
from iepbridge.mapping.records.form import is_plan_id
from iepbridge.mapping.records.reading import ordered_groups
from iepbridge.mapping.records.ties import tied_groups
from iepbridge.seen import SeenIds

_ASK: Final = "Ask its sender for another file."
_log = structlog.get_logger(__name__)


class FixedPlanReader:
    """A `PlanReader` for a mapping of codec fixed."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self.envelope: Envelope | None = None

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        """Yield the plans of a file; raise `Unreadable` when the whole file is refused."""
        with SeenIds() as seen:
            yield from _File(self._compiled, stream, seen, self._hear).arrivals()

    def _hear(self, envelope: Envelope) -> None:
        self.envelope = envelope


class _File:
    """The reading of one file."""

    def __init__(
        self, compiled: Compiled, stream: BinaryIO, seen: SeenIds, hear: Callable[[Envelope], None]
    ) -> None:
        self._compiled = compiled
        self._hear = hear
        self._layout = compiled.layout
        self._file = fixed_file(self._layout)
        self._source = FixedRecords(stream, self._file.length, self._file.code_page)
        self._seen = seen
        self._types = record_types(self._layout)
        self._orders = ordered_groups(self._layout, field_name)
        self._ties = tied_groups(self._layout, field_name)
        self._check = FrameCheck(self._layout)
        plan = next(filter(is_plan_id, self._layout.plan.fields()))
        where = span(plan)
        assert where is not None
        self._key = slice(where.start, where.end)
        self._most = min(MOST_PIECES, MOST_BYTES // self._file.length)
        self._plans = 0
        self._frame_bytes = 0

    def arrivals(self) -> Iterator[Arrival]:
        try:
            yield from self._arrivals()
        except NotFixed as fault:
            self._source.number += 1  # the one that is refused
            raise self._refusal(fault.what) from None

    def _arrivals(self) -> Iterator[Arrival]:
        records = iter(self._source)
        self._header(next(records)[0])
        first, at = self._layout.plan.name, self._key
        plan: Gathering | None = None
        key = ""
        for kind, text, plain in self._inner(records):
            if kind == first:
                if plan is not None:
                    yield self._arrival(plan)
                key = text[at]
                self._plans += 1
                plan = Gathering(self._types, text, plain=plain)
                continue
            if plan is None or text[at] != key:
                raise self._refusal("a record of no plan, or of another one than stands here")
            plan.add(kind, text, plain=plain)
            if plan.size > self._most:
                raise self._too_much()
        if plan is not None:
            yield self._arrival(plan)
        self._end()

    def _inner(self, records: Iterator[tuple[str, bool]]) -> Iterator[tuple[str, str, bool]]:
        """Yield the records between the header and the trailer, which is taken here."""
        first, last = self._file.first, self._file.last
        for text, plain in records:
            self._check_number(text)
            kind = text[:TYPE_BYTES]
            if kind == last:
                self._take(last, text)
                return
            if kind == first:
                raise self._refusal(f"a record {first} inside the file")
            yield kind, text, plain

    def _check_number(self, text: str) -> None:
        if text[TYPE_BYTES:BEGIN] != f"{self._source.number % NUMBERS:06}":
            raise self._refusal("another record number than is due")

    def _header(self, text: str) -> None:
        first = self._file.first
        if text[:TYPE_BYTES] != first:
            raise Unreadable(
                f"This is no {self._layout.title} file: it does not begin with a record {first}. "
                "Check which system the file comes from."
            )
        self._check_number(text)
        self._take(first, text)
        self._hear(self._check.envelope())

    def _take(self, record: str, text: str) -> None:
        """Take the fields of the first or the last record."""
        self._frame_bytes += len(text) - text.count(" ")
        fields = frame_fields(self._layout, record)
        end = BEGIN
        for field in sorted(fields, key=frame_span):
            where = frame_span(field)
            if text[end : where.start].strip(" ") or CONTROL.search(text[end : where.end]):
                raise self._refusal(f"stray bytes before {field.place.partition('@')[0]}")
            value = text[where.start : where.end]
            self._check.take(field.place, value.rstrip(" ") if is_text(field) else value)
            end = where.end
        if text[end:].strip(" "):
            _log.warning("skipped_outside_plan", system=self._layout.system, place=record)
        self._check.check(fields)

    def _arrival(self, plan: Gathering) -> Arrival:
        reading = plan.reading()
        reading.order(self._orders)
        data = self._compiled.read(plan.row, reading)
        reading.unclaimed(self._ties)
        refuse_second(self._layout, data, self._seen)
        return arrival_of(self._layout, data, reading, characters_checked=True)

    def _end(self) -> None:
        if self._source.rest() != END:
            raise self._refusal("not one byte 1A behind it, and then the end of the file")
        found = {
            EVERY_RECORD: self._source.number - 2,
            self._layout.plan.name: self._plans,
            BYTES: self._source.filled - self._frame_bytes,
        }
        self._check.counts(found)

    def _too_much(self) -> Unreadable:
        return self._refusal(f"a plan of more than {MOST_PIECES:,} records or {MOST_BYTES:,} bytes")

    def _refusal(self, what: str) -> Unreadable:
        number = f"record {self._source.number:,}"
        return Unreadable(f"The {self._layout.title} file, {number}: {what}. {_ASK}")
