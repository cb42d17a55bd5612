"""Writes one file of fixed records: a header with counts, the plans, a trailer with totals."""

import io
from collections.abc import Callable
from typing import BinaryIO, Final

from iepbridge.exchange import Envelope
from iepbridge.iep_event import Completed
from iepbridge.mapping.compiled import Compiled, Fail
from iepbridge.mapping.fixed.form import fixed_file
from iepbridge.mapping.fixed.frame import frame_record, most_of
from iepbridge.mapping.fixed.out import FixedOut, fixed_forms
from iepbridge.mapping.frame import BYTES, Frame
from iepbridge.mapping.layout import EVERY_RECORD
from iepbridge.mapping.plan_writer import MOST_BYTES, MOST_PIECES, Lost, MappedWriter
from iepbridge.plan import Plan

END: Final = b"\x1a"
"""What stands behind the last record."""


class FixedPlanWriter(MappedWriter[list[str]]):
    """A `PlanWriter` for a mapping of codec fixed.

    The header states counts, so it is written again at the end: the stream can seek.
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
        self._file = fixed_file(self._layout)
        self._forms = fixed_forms(self._layout)
        self._records = self._plans = self._bytes = 0
        self._most_records = most_of(self._layout, EVERY_RECORD)
        self._most_plans = most_of(self._layout, self._layout.plan.name)
        self._start = stream.tell()
        stream.write(self._header())

    def _piece(self, plan: Plan, fail: Fail, lost: list[Lost]) -> list[str]:
        out = FixedOut(self._forms, plan.plan_id, self._records + 1)
        self._compiled.write(plan, out, fail)
        lost += out.lost
        self._check_caps(len(out.lines), fail)
        return out.lines

    def _check_caps(self, count: int, fail: Fail) -> None:
        size = count * (self._file.length + 2)
        if size > MOST_BYTES:
            fail("FMT-LENGTH", None, size, MOST_BYTES, "bytes")
        if count > MOST_PIECES:
            fail("FMT-LENGTH", None, count, MOST_PIECES, "records")
        if self._records + count > self._most_records or self._plans >= self._most_plans:
            records = self._records + count
            fail("FMT-LENGTH", None, records, self._most_records, "records in its file")

    def _keep(self, piece: list[str]) -> None:
        content = self._forms.page.encoded([f"{line}\r\n" for line in piece])
        self._stream.write(content)
        self._records += len(piece)
        self._plans += 1
        self._bytes += len(content) - 2 * len(piece) - content.count(b" ")

    def finish(self) -> None:
        """Complete the file: the trailer, the end, and the header with its counts."""
        file = self._file
        self._stream.write(
            frame_record(self._layout, file.last, self._records + 2, self._frame()) + END
        )
        self._stream.seek(self._start)
        self._stream.write(self._header())
        self._stream.seek(0, io.SEEK_END)

    def _header(self) -> bytes:
        return frame_record(self._layout, self._file.first, 1, self._frame())

    def _frame(self) -> Frame:
        counts = {
            EVERY_RECORD: self._records,
            self._layout.plan.name: self._plans,
            BYTES: self._bytes,
        }
        return Frame(self._envelope, counts)
