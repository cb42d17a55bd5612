"""Writes one archive of delimited members: rows by the compiled code, then the manifest."""

import datetime
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from iepbridge.codecs.delimited import row_writer
from iepbridge.codecs.zip_members import write_members
from iepbridge.exchange import Envelope
from iepbridge.iep_event import Completed
from iepbridge.mapping.compiled import Compiled, Fail
from iepbridge.mapping.delimited.form import columns, delimited_file, dialect, member_name
from iepbridge.mapping.frame import Frame, frame_value
from iepbridge.mapping.layout import Group, Layout
from iepbridge.mapping.plan_writer import MOST_BYTES, MOST_PIECES, Lost, MappedWriter
from iepbridge.mapping.records.form import records
from iepbridge.plan import Plan

_CLOCK: Final = range(1980, 2108)
"""The years that the members of a ZIP archive can be dated with."""

_Rows = list[list[str]]


class DelimitedPlanWriter(MappedWriter[_Rows]):
    """A `PlanWriter` for a mapping of codec delimited.

    Members wait in unnamed temporary files until their hashes are known.
    """

    def __init__(
        self,
        compiled: Compiled,
        stream: BinaryIO,
        envelope: Envelope,
        complete: Callable[[Plan], Completed],
        *,
        losses: bool,
    ) -> None:
        super().__init__(compiled, stream, envelope, complete, losses=losses)
        self._members = [_Member(self._layout, group) for group in records(self._layout)]

    def _piece(
        self,
        plan: Plan,
        fail: Fail,
        lost: list[Lost],  # noqa: ARG002  nothing is lost by value
    ) -> _Rows:
        rows: _Rows = [[] for _ in self._members]
        self._compiled.write(plan, rows, fail)
        _check_caps(rows, fail)
        return rows

    def _keep(self, piece: _Rows) -> None:
        for member, rows in zip(self._members, piece, strict=True):
            if rows:
                member.add(rows)

    def finish(self) -> None:
        """Complete the file: the manifest, then each member."""
        write_members(self._stream, self._contents(), _time_of(self._envelope.created))
        self.close()

    def close(self) -> None:
        """Let go of the members."""
        for member in self._members:
            member.close()

    def _contents(self) -> Iterator[tuple[str, BinaryIO]]:
        manifest = delimited_file(self._layout).manifest
        yield manifest, io.BytesIO(self._manifest())
        for member in self._members:
            yield member.name, member.content()

    def _manifest(self) -> bytes:
        file = delimited_file(self._layout)
        rows = [file.columns, *([one.name, str(one.rows), one.digest()] for one in self._members)]
        frame = Frame(self._envelope, {})
        values = ((one.place, frame_value(self._layout, one, frame)) for one in self._layout.frame)
        rows += [[place, value, ""] for place, value in values]
        write = row_writer(dialect(self._layout))
        return dialect(self._layout).mark + "".join(map(write, rows)).encode()


class _Member:
    """One member while it grows, in a temporary file, with its rows and its hash."""

    def __init__(self, layout: Layout, group: Group) -> None:
        self.name = member_name(layout, group)
        self.rows = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._hash = hashlib.sha256()
        header = row_writer(dialect(layout))(columns(group))
        self._write(dialect(layout).mark + header.encode())

    def add(self, rows: list[str]) -> None:
        """Take the rows of one plan."""
        self.rows += len(rows)
        self._write("".join(rows).encode())

    def _write(self, content: bytes) -> None:
        self._hash.update(content)
        self._file.write(content)

    def digest(self) -> str:
        """Give the SHA-256 of all that was written, in hexadecimal."""
        return self._hash.hexdigest()

    def content(self) -> BinaryIO:
        """Give the member from its beginning."""
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def _time_of(created: str) -> datetime.datetime:
    """Give the created time's own day and minute, in the years that an archive's clock knows."""
    time = datetime.datetime.fromisoformat(created[:16].upper())
    year = min(max(time.year, _CLOCK.start), _CLOCK.stop - 1)
    day = 28 if (time.month, time.day) == (2, 29) else time.day  # the other year may have none
    return time.replace(year=year, day=day if year != time.year else time.day)


def _check_caps(rows: _Rows, fail: Fail) -> None:
    """Hold a plan over what any reader here takes: bytes, then rows."""
    size = sum(len(row) for member in rows for row in member)
    if 4 * size > MOST_BYTES:  # characters have at most four bytes
        size = sum(len(row.encode()) for member in rows for row in member)
        if size > MOST_BYTES:
            fail("FMT-LENGTH", None, size, MOST_BYTES, "bytes")
    count = sum(map(len, rows))
    if count > MOST_PIECES:
        fail("FMT-LENGTH", None, count, MOST_PIECES, "rows")
