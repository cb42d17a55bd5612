"""The reading of one plan from fixed records, gathered one by one."""

from typing import NamedTuple

from iepbridge.mapping.fixed.form import BEGIN, TYPE_BYTES
from iepbridge.mapping.fixed.levels import Levels
from iepbridge.mapping.fixed.slices import (
    BAD,
    CONTROL,
    TEXT_EXPECTED,
    Further,
    Gap,
    Shape,
    further,
    mark_controls,
    meant,
    shapes,
    stray_in,
    without_escapes,
)
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.records.reading import RecordReading, Row
from iepbridge.plan import PlanData

_NUMBER = slice(TYPE_BYTES, BEGIN)


def place(row: Row, field: str) -> str:
    """Write where a field stands in the file: record number and name."""
    return f"{row.number:06}/{field}" if field else f"{row.number:06}"


class FixedReading(RecordReading):
    """A reading that knows marked cells."""

    def extension(self, key: str | None, text: str | None, path: str) -> None:
        """Take an extra value under its name, unless it could not be read."""
        if self._is_readable(text, path):
            super().extension(key, text, path)

    def entry(self, entries: dict[str, str], key: str | None, text: str | None, path: str) -> None:
        """Take an entry of a map, unless it could not be read."""
        if self._is_readable(text, path):
            super().entry(entries, key, text, path)

    def empty_sections(
        self, text: str, sections: tuple[str, ...], plan: PlanData, place: str
    ) -> None:
        """Make the lists that a text names empty, unless it could not be read."""
        if self._is_readable(text, place):
            super().empty_sections(text, sections, plan, place)

    def _is_readable(self, text: str | None, path: str) -> bool:
        if text == BAD:
            self.fail("FMT-VALUE", path, TEXT_EXPECTED)
        return text != BAD


class RecordTypes(NamedTuple):
    """What is known of a layout's records before any is read."""

    layout: Layout
    shapes: dict[str, Shape]
    levels: Levels
    further: Further


def record_types(layout: Layout) -> RecordTypes:
    """Give the record types of a layout."""
    return RecordTypes(layout, shapes(layout), Levels(layout), further(layout))


class Gathering:
    """The records of one plan while they come.

    Each comes as a text with its type; `plain` says that it has no byte below 0x20.
    """

    def __init__(self, types: RecordTypes, text: str, *, plain: bool) -> None:
        self._layout, self._shapes, self._levels, self._further = types
        self._last: dict[str, Row] = {}
        self._counts: dict[str, int] = {}
        self._texts: dict[str, list[str]] = {}
        self._faults: list[tuple[str, str, str]] = []
        self._kept: list[tuple[str, str]] = []
        self._loose: dict[str, list[Row]] = {}
        self.size = 1
        self._before = name = self._layout.plan.name
        self._owner_number = text[_NUMBER]
        self._owner = self.row = self._last[name] = self._row(name, text, plain)

    def add(self, kind: str, text: str, *, plain: bool) -> None:
        """Take a record that belongs to this plan."""
        self.size += 1
        if kind == self._further.record:
            self._go_on(text, plain)
            return
        if self._texts:
            self._close()
        self._owner_number = text[_NUMBER]
        if kind in self._shapes:
            self._owner = self._row(kind, text, plain)
            self._attach(self._owner)
        else:
            self._owner = self._unknown(kind, text)

    def reading(self) -> FixedReading:
        """Give the reading of all that was gathered."""
        self._close()
        reading = FixedReading(self.row, self._loose, self._layout, place)
        for rule, path, expected in self._faults:
            reading.fail(rule, path, expected)
        for key, text in self._kept:
            reading.keep(key, text)
        return reading

    def _row(self, kind: str, text: str, plain: bool) -> Row:
        shape = self._shapes[kind]
        cells = shape.slice(text)
        row = self._counted(kind, text, cells)
        if not plain:
            mark_controls(cells)
        for gap in shape.gaps:
            if text[gap.at] != gap.spaces:
                self._strays(row, text, gap)
        if "\\" in text:
            without_escapes(cells, shape.texts)
        return row

    def _counted(self, kind: str, text: str, cells: list[str]) -> Row:
        nth = self._counts[kind] = self._counts.get(kind, 0) + 1
        return Row(kind, cells, int(text[_NUMBER]), nth=nth)

    def _strays(self, row: Row, text: str, gap: Gap) -> None:
        at, stray = stray_in(text, gap)
        self._stray(row, str(at), stray)

    def _stray(self, row: Row, field: str, text: str) -> None:
        if CONTROL.search(text):
            self._faults.append(("FMT-VALUE", place(row, field), "no control characters"))
        else:
            self._keep(row, field, text)

    def _keep(self, row: Row, field: str, text: str) -> None:
        key = f"{row.name}[{row.nth}]" if row.nth > 1 else row.name
        self._kept.append((f"{key}/{field}" if field else key, text))

    def _unknown(self, kind: str, text: str) -> Row:
        """Keep what stands in a record of an unknown type, behind the plan's id."""
        row = self._counted(kind, text, [])
        rest = text[self._further.owner.start :].strip(" ")
        if CONTROL.search(kind):
            self._faults.append(("FMT-VALUE", place(row, ""), "a type without control characters"))
        elif rest:
            self._stray(row, "", rest)
        return row

    def _attach(self, row: Row) -> None:
        name = row.name
        if self._before not in self._levels.behind[name]:
            self._faults.append(("FMT-VALUE", place(row, ""), "records in their order"))
        self._before = name
        under = self._levels.under.get(name)
        if under is None:
            home = self._loose if name in self._levels.loose else self.row.below
            home.setdefault(name, []).append(row)
        else:
            above = self._last.get(under)
            if above is not None:
                row.above = above
                above.below.setdefault(name, []).append(row)
        self._last[name] = row

    def _go_on(self, text: str, plain: bool) -> None:
        """Take a further record of a text of the record before it."""
        form = self._further
        self._counts[form.record] = self._counts.get(form.record, 0) + 1
        for gap in form.gaps:
            if text[gap.at] != gap.spaces:
                self._strays(self._here(text), text, gap)
        if text[form.owner] != self._owner_number:
            self._wrong(text, "OwnerRecord", text[form.owner], "the number of the record before it")
            return
        name = text[form.field].rstrip(" ")
        if not name.isalnum():
            name = self._unusual_name(name, text)
        if name:
            self._part(name, text, plain)

    def _unusual_name(self, name: str, text: str) -> str:
        """Read a name of a field that is none of the document's; empty where it cannot be read."""
        name = BAD if CONTROL.search(name) else meant(name)
        if name in ("", BAD):
            self._wrong(text, "Field", name, "the name of a field")
        return name.replace(BAD, "")

    def _part(self, name: str, text: str, plain: bool) -> None:
        form = self._further
        parts = self._texts.setdefault(name, [])
        part, body = text[form.part], text[form.text].rstrip(" ")
        if part != str(len(parts) + 1).zfill(len(part)):
            self._wrong(text, "Part", part, "parts from 1 in their order")
        if not body:
            self._wrong(text, "Text", body, "a text")
        if not plain and CONTROL.search(body):
            body = BAD
        elif "\\" in body:
            body = meant(body)
        parts.append(body)

    def _here(self, text: str) -> Row:
        """Give a further record as a row, to say where it stands."""
        kind = self._further.record
        return Row(kind, [], int(text[_NUMBER]), nth=self._counts[kind])

    def _wrong(self, text: str, field: str, found: str, expected: str) -> None:
        rule = "FMT-VALUE" if found.strip(" ") else "FMT-REQUIRED"
        self._faults.append((rule, place(self._here(text), field), expected))

    def _close(self) -> None:
        """Put the texts that went on behind what their fields hold."""
        row, texts = self._owner, self._texts
        self._texts = {}
        shape = self._shapes.get(row.name)
        for name, parts in texts.items():
            at = shape.texts.get(name) if shape else None
            whole = BAD if BAD in parts else "".join(parts)
            if at is None:
                self._unplaced(row, name, whole)
            else:
                assert isinstance(row.cells, list)
                own = row.cells[at]
                row.cells[at] = BAD if BAD in (own, whole) else own + whole

    def _unplaced(self, row: Row, name: str, text: str) -> None:
        """Keep a text that goes on with a field that the document does not know."""
        if text == BAD:
            self._faults.append(("FMT-VALUE", place(row, name), TEXT_EXPECTED))
        elif text:
            self._keep(row, name, text)
