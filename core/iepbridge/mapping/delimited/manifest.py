"""The manifest of an archive: what it states of each member, and the envelope."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from iepbridge.errors import Unreadable
from iepbridge.exchange import Envelope
from iepbridge.mapping.delimited.form import delimited_file, member_name
from iepbridge.mapping.frame import FrameCheck, is_count
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.records.form import records


class Stated(NamedTuple):
    """What the manifest says of a member."""

    rows: int
    digest: str


class Rows(Protocol):
    """The manifest's own rows."""

    def rows(self, header: list[str]) -> Iterator[list[str]]:
        """Yield the rows behind the header."""

    def refusal(self, what: str) -> Unreadable:
        """Say why the file is refused."""


class Manifest:
    """Reads a manifest: a row a member in their order, then a row for each value of the frame."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.stated: dict[str, Stated] = {}
        self.envelope: Envelope | None = None

    def read(self, source: Rows) -> None:
        """Take all rows; refuse the file where they are not those due."""
        rows = list(source.rows(delimited_file(self._layout).columns))
        groups = records(self._layout)
        frame = self._layout.frame
        if len(rows) != len(groups) + len(frame):
            raise source.refusal(f"{len(rows)} rows; {len(groups) + len(frame)} were expected")
        for group, row in zip(groups, rows, strict=False):
            self._member(member_name(self._layout, group), row, source)
        check = FrameCheck(self._layout)
        for field, (name, value, rest) in zip(frame, rows[len(groups) :], strict=True):
            if name != field.place or rest:
                raise source.refusal(f"no row {field.place} with one value in its place")
            check.take(field.place, value)
        check.check(frame)
        self.envelope = check.envelope()

    def _member(self, name: str, row: list[str], source: Rows) -> None:
        if row[0] != name or not is_count(row[1]) or not _is_digest(row[2]):
            raise source.refusal(f"no row in its place for {name}: its rows and its SHA-256")
        self.stated[name] = Stated(int(row[1]), row[2])


def _is_digest(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")
