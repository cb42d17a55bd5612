"""Reads one archive of delimited members: all members side by side, plan by plan."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from iepbridge.codecs.delimited import NotDelimited, RowReader
from iepbridge.codecs.zip_members import Member, NotSuchZip, ZipMembers
from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival, Envelope
from iepbridge.mapping.arrivals import arrival_of, refuse_second
from iepbridge.mapping.compiled import Compiled
from iepbridge.mapping.delimited.form import (
    columns,
    delimited_file,
    dialect,
    key_column,
    member_name,
    member_names,
)
from iepbridge.mapping.delimited.manifest import Manifest, Stated
from iepbridge.mapping.layout import Group, Layout
from iepbridge.mapping.plan_writer import MOST_BYTES, MOST_PIECES
from iepbridge.mapping.records.form import records
from iepbridge.mapping.records.reading import RecordReading, Row, ordered_groups
from iepbridge.mapping.records.ties import tied_groups
from iepbridge.seen import SeenIds

_ASK: Final = "Ask its sender for another file."


class DelimitedPlanReader:
    """A `PlanReader` for a mapping of codec delimited."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self.envelope: Envelope | None = None

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        """Yield the plans of a file; raise `Unreadable` when the whole file is refused."""
        layout = self._compiled.layout
        try:
            with ZipMembers(stream, member_names(layout)) as archive, SeenIds() as seen:
                file = _File(self._compiled, archive, seen)
                self.envelope = file.envelope
                yield from file.arrivals()
        except NotSuchZip as fault:
            what = f"This is no {layout.title} file: {fault.what}."
            raise Unreadable(f"{what} {_ASK}") from None


class _File:
    """The reading of one file."""

    def __init__(self, compiled: Compiled, archive: ZipMembers, seen: SeenIds) -> None:
        self._compiled = compiled
        self._layout = compiled.layout
        self._seen = seen
        self._orders = ordered_groups(self._layout)
        self._ties = tied_groups(self._layout)
        name = delimited_file(self._layout).manifest
        manifest = Manifest(self._layout)
        manifest.read(_Member(self._layout, name, archive.open(name)))
        self.envelope = manifest.envelope
        groups = records(self._layout)
        self._plans, *self._others = [
            _GroupMember(self._layout, group, archive, manifest.stated[member])
            for group in groups
            for member in [member_name(self._layout, group)]
        ]

    def arrivals(self) -> Iterator[Arrival]:
        for row in self._plans.all_rows():
            yield self._plan(row)
        for member in (self._plans, *self._others):
            member.finish()

    def _plan(self, row: Row) -> Arrival:
        key = row.cells[self._plans.key]
        loose: dict[str, list[Row]] = {}
        left = _Cap(self._layout)
        left.take(row)
        for member in self._others if key else ():
            rows = member.rows_of(key, left)
            if rows:
                home = loose if member.name in self._ties else row.below
                home[member.name] = rows
        reading = RecordReading(row, loose, self._layout, _place)
        reading.order(self._orders)
        data = self._compiled.read(row, reading)
        reading.unclaimed(self._ties)
        refuse_second(self._layout, data, self._seen)
        return arrival_of(self._layout, data, reading, characters_checked=False)


class _Member:
    """The rows of one member, its faults told by its name."""

    def __init__(self, layout: Layout, name: str, stream: Member) -> None:
        self.name = name
        self._title = layout.title
        self._stream = stream
        self._rows = RowReader(stream, dialect(layout))

    def rows(self, header: list[str]) -> Iterator[list[str]]:
        """Yield the rows behind the header, which must be this one."""
        self._rows.columns = len(header)
        try:
            rows = iter(self._rows)
            if next(rows, None) != header:
                raise self.refusal(f"the header is not {'|'.join(header)}")
            yield from rows
        except NotDelimited as fault:
            column = "" if fault.column is None else f", column {fault.column}"
            raise self.refusal(f"line {fault.line}{column}: {fault.what}") from None

    @property
    def line(self) -> int:
        """The line on which the last row began."""
        return self._rows.line

    def digest(self) -> str:
        """Give the SHA-256 of the member, once all of it was read."""
        return self._stream.hexdigest()

    def refusal(self, what: str) -> Unreadable:
        """Say why the file is refused."""
        return Unreadable(f"The {self._title} file's member {self.name}: {what}. {_ASK}")


class _GroupMember:
    """A member that is read along with the plans: the rows of one plan at a time."""

    def __init__(self, layout: Layout, group: Group, archive: ZipMembers, stated: Stated) -> None:
        self.name = group.name
        self.key = key_column(group)
        self._stated = stated
        file = member_name(layout, group)
        self._member = _Member(layout, file, archive.open(file))
        self._rows = self._member.rows(columns(group))
        self._count = 0
        self._next: list[str] | None = None
        self._begun = False

    def all_rows(self) -> Iterator[Row]:
        """Yield every row as the first of its plan."""
        for cells in self._rows:
            self._count += 1
            yield Row(self.name, cells, 1)

    def rows_of(self, key: str, left: "_Cap") -> list[Row]:
        """Give the rows that stand here for a plan, if it is its turn."""
        name, at, cells = self.name, self.key, self._waiting()
        found: list[Row] = []
        while cells is not None and cells[at] == key:
            row = Row(name, cells, len(found) + 1)
            found.append(row)
            left.take(row)
            cells = self._advance()
        return found

    def _waiting(self) -> list[str] | None:
        """Give the row that comes next; the first one is read when it is asked for."""
        if not self._begun:
            self._begun = True
            self._advance()
        return self._next

    def _advance(self) -> list[str] | None:
        cells = self._next = next(self._rows, None)
        if cells is not None:
            self._count += 1
            if not cells[self.key]:
                raise self._member.refusal(f"line {self._member.line}: a row of no plan")
        return cells

    def finish(self) -> None:
        """Refuse the file unless all rows were of a plan, and count and hash are those stated."""
        if self._waiting() is not None:
            what = "a row of no plan, or of one in another order than the plans"
            raise self._member.refusal(f"line {self._member.line}: {what}")
        if self._count != self._stated.rows:
            raise self._member.refusal(
                f"the manifest states {self._stated.rows:,} rows and it has {self._count:,}"
            )
        if self._member.digest() != self._stated.digest:
            raise self._member.refusal("its SHA-256 is not the one that the manifest states")


class _Cap:
    """What one plan may still have, before it takes memory."""

    def __init__(self, layout: Layout) -> None:
        self._title = layout.title
        self._bytes = MOST_BYTES
        self._rows = MOST_PIECES

    def take(self, row: Row) -> None:
        self._rows -= 1
        self._bytes -= sum(map(len, row.cells))
        if self._rows < 0 or self._bytes < 0:
            raise Unreadable(
                f"The {self._title} file has a plan of more than {MOST_PIECES:,} rows or "
                f"{MOST_BYTES:,} bytes. {_ASK}"
            )


def _place(row: Row, column: str) -> str:
    return f"{row.name}[{row.number}]/{column}" if column else f"{row.name}[{row.number}]"
