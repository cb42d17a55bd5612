"""The reading of one plan from fixed records, gathered one by one."""

from iepbridge.mapping.fixed.form import fixed_file, given_span
from iepbridge.mapping.fixed.slices import (
    BAD,
    CONTROL,
    Shape,
    mark_controls,
    meant,
    without_escapes,
)
from iepbridge.mapping.layout import Group, Layout
from iepbridge.mapping.records.form import records
from iepbridge.mapping.records.reading import RecordReading, Row
from iepbridge.plan import PlanData

_TEXT_EXPECTED = "text without control characters or unknown escapes"


def place(row: Row, field: str) -> str:
    """Write where a field stands in the file: record number and name."""
    return f"{row.number:06}/{field}" if field else f"{row.number:06}"


class FixedReading(RecordReading):
    """A reading that knows marked cells."""

    def extension(self, key: str | None, text: str | None, path: str) -> None:
        """Take an extra value under its name, unless either could not be read."""
        if BAD in (key, text):
            self.fail("FMT-VALUE", path.replace(BAD, "?"), _TEXT_EXPECTED)
        else:
            super().extension(key, text, path)

    def empty_sections(
        self, text: str, sections: tuple[str, ...], plan: PlanData, place: str
    ) -> None:
        """Make the lists that a text names empty, unless it could not be read."""
        if text == BAD:
            self.fail("FMT-VALUE", place, _TEXT_EXPECTED)
        else:
            super().empty_sections(text, sections, plan, place)


class Levels:
    """Where records of each type belong: their order, and which type they stand under."""

    def __init__(self, layout: Layout) -> None:
        self.rank = {group.name: at for at, group in enumerate(records(layout))}
        self.under: dict[str, str] = {}
        self.loose: set[str] = set()
        self._walk(layout.plan, top=True)

    def _walk(self, group: Group, *, top: bool) -> None:
        for inner in group.groups():
            if inner.kind == "later":
                self.loose.add(inner.name)
            elif not top:
                self.under[inner.name] = group.name
            self._walk(inner, top=False)


class Gathering:
    """The records of one plan while they come."""

    def __init__(
        self, layout: Layout, shapes: dict[str, Shape], levels: Levels, text: str, number: int
    ) -> None:
        self._layout = layout
        self._shapes = shapes
        self._levels = levels
        self._further = fixed_file(layout).further
        self._last: dict[str, Row] = {}
        self._counts: dict[str, int] = {}
        self._texts: dict[str, list[str]] = {}
        self._rank: tuple[int, int] = (0, 0)
        self._faults: list[tuple[str, str, str]] = []
        self._kept: list[tuple[str, str]] = []
        self._strays: list[tuple[Row, str]] = []
        self.loose: dict[str, list[Row]] = {}
        self.size = 1
        self._owner: Row = self._row(layout.plan.name, text, number)
        self.row = self._owner
        self._last[self.row.name] = self.row

    def add(self, kind: str, text: str, number: int) -> None:
        """Take a record that belongs to this plan."""
        self.size += 1
        if kind == self._further.record:
            self._go_on(text, number)
            return
        self._close()
        if kind not in self._shapes:
            self._owner = self._unknown(kind, text, number)
            return
        row = self._owner = self._row(kind, text, number)
        self._attach(row)

    def reading(self) -> FixedReading:
        """Give the reading of all that was gathered."""
        self._close()
        reading = FixedReading(self.row, self.loose, self._layout, place)
        for rule, path, expected in self._faults:
            reading.fail(rule, path, expected)
        for key, text in self._kept:
            reading.keep(key, text)
        return reading

    def _row(self, kind: str, text: str, number: int) -> Row:
        shape = self._shapes[kind]
        cells = shape.slice(text)
        nth = self._counts[kind] = self._counts.get(kind, 0) + 1
        row = Row(kind, cells, number, nth=nth)
        if CONTROL.search(text):
            mark_controls(cells)
        for gap in shape.gaps:
            stray = text[gap.start : gap.end].strip(" ")
            if stray:
                at = text.index(stray[0], gap.start) + 1
                self._stray(row, str(at), stray)
        if "\\" in text:
            without_escapes(cells, shape.texts)
        return row

    def _key(self, row: Row) -> str:
        return f"{row.name}[{row.nth}]" if row.nth > 1 else row.name

    def _stray(self, row: Row, field: str, text: str) -> None:
        if CONTROL.search(text):
            self._faults.append(("FMT-VALUE", place(row, field), "no control characters"))
        else:
            self._kept.append((f"{self._key(row)}/{field}" if field else self._key(row), text))

    def _unknown(self, kind: str, text: str, number: int) -> Row:
        nth = self._counts[kind] = self._counts.get(kind, 0) + 1
        row = Row(kind, (), number, nth=nth)
        rest = text[self._begin() :].strip(" ")
        if rest:
            self._stray(row, "", rest)
        return row

    def _begin(self) -> int:
        """Where the fields of a record begin that every plan's record has: behind its plan."""
        return given_span(self._further.OwnerRecord).start

    def _attach(self, row: Row) -> None:
        under = self._levels.under.get(row.name)
        if under is None:
            self._check_order(row)
            home = self.loose if row.name in self._levels.loose else self.row.below
            home.setdefault(row.name, []).append(row)
        else:
            self._attach_under(row, under)
        self._last[row.name] = row

    def _check_order(self, row: Row) -> None:
        rank = self._levels.rank[row.name]
        if rank < self._rank[0]:
            self._faults.append(("FMT-VALUE", place(row, ""), "records in their order"))
        self._rank = (max(rank, self._rank[0]), 0)

    def _attach_under(self, row: Row, under: str) -> None:
        above = self._last.get(under)
        rank = self._levels.rank[row.name]
        top = under
        while top in self._levels.under:
            top = self._levels.under[top]
        wrong = above is None or self._levels.rank[top] != self._rank[0] or rank < self._rank[1]
        if wrong:
            self._faults.append(("FMT-VALUE", place(row, ""), "records in their order"))
        self._rank = (self._rank[0], max(rank, self._rank[1]))
        if above is not None:
            row.above = above
            above.below.setdefault(row.name, []).append(row)

    def _go_on(self, text: str, number: int) -> None:
        """Take a further record of the text of the record before it."""
        owner, field, part, rest = (
            text[slice(*given_span(pair))]
            for pair in (
                self._further.OwnerRecord,
                self._further.Field,
                self._further.Part,
                self._further.Text,
            )
        )
        row = Row(self._further.record, (), number)
        name, body = field.rstrip(" "), rest.rstrip(" ")
        parts = self._texts.get(name, [])
        if owner != f"{self._owner.number:06}":
            self._wrong(row, "OwnerRecord", "the number of the record it belongs to")
        elif not name or CONTROL.search(name):
            self._wrong(row, "Field", "the name of a field", missing=not name)
        elif part != f"{len(parts) + 1:0{len(part)}}":
            self._wrong(row, "Part", "parts from 1 in their order")
        elif not body:
            self._wrong(row, "Text", "", missing=True)
        else:
            self._texts.setdefault(name, []).append(BAD if CONTROL.search(body) else body)

    def _wrong(self, row: Row, field: str, expected: str, *, missing: bool = False) -> None:
        rule = "FMT-REQUIRED" if missing else "FMT-VALUE"
        self._faults.append((rule, place(row, field), expected))

    def _close(self) -> None:
        """Put the texts that went on behind what their fields hold."""
        if not self._texts:
            return
        row, texts = self._owner, self._texts
        self._texts = {}
        shape = self._shapes.get(row.name)
        for name, parts in texts.items():
            at = shape.texts.get(name) if shape else None
            whole = _joined(parts)
            if at is None:
                self._unplaced(row, name, whole)
            else:
                assert isinstance(row.cells, list)
                own = row.cells[at]
                row.cells[at] = BAD if BAD in (own, whole) else own + whole

    def _unplaced(self, row: Row, name: str, text: str) -> None:
        if text == BAD:
            self._faults.append(("FMT-VALUE", place(row, name), _TEXT_EXPECTED))
        elif text:
            self._kept.append((f"{self._key(row)}/{name}", text))


def _joined(parts: list[str]) -> str:
    meanings = [meant(part) for part in parts]
    return BAD if BAD in meanings else "".join(meanings)
