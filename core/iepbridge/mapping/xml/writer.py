"""Writes one XML file of plans: its head, each plan by the compiled code, its tail."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from typing import BinaryIO

from iepbridge.exchange import Envelope
from iepbridge.iep_event import Completed
from iepbridge.mapping.compiled import Compiled, Fail
from iepbridge.mapping.frame import Frame, frame_value
from iepbridge.mapping.layout import FrameField
from iepbridge.mapping.plan_writer import MOST_BYTES, MOST_PIECES, Lost, MappedWriter
from iepbridge.mapping.xml.form import counted, xml_file
from iepbridge.mapping.xml.text import escape, escape_attribute
from iepbridge.plan import Plan


class XmlPlanWriter(MappedWriter[tuple[bytes, list[int]]]):
    """A `PlanWriter` for a mapping of codec xml.

    Where the head states a count, the plans wait in an unnamed temporary file until it is known.
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
        self._file = xml_file(self._layout)
        self._counts = [0] * len(counted(self._layout))
        self._head, self._tail = self._split_frame()
        counts_first = any(field.kind == "count" for field in self._head)
        self._body = tempfile.TemporaryFile() if counts_first else stream  # noqa: SIM115
        if not counts_first:
            stream.write(self._head_text().encode())

    def _piece(
        self,
        plan: Plan,
        fail: Fail,
        lost: list[Lost],  # noqa: ARG002  XML loses nothing by value
    ) -> tuple[bytes, list[int]]:
        out: list[str] = []
        counts = [0] * len(self._counts)
        self._compiled.write(plan, out, fail, counts)
        text = "".join(out).encode()
        if len(text) > MOST_PIECES:
            _check_caps(text, fail)
        return text, counts

    def _keep(self, piece: tuple[bytes, list[int]]) -> None:
        text, counts = piece
        self._body.write(text)
        self._counts = [one + more for one, more in zip(self._counts, counts, strict=True)]

    def finish(self) -> None:
        """Complete the file: the head if it waited for counts, the plans, the tail."""
        if self._body is not self._stream:
            self._stream.write(self._head_text().encode())
            self._body.seek(0)
            shutil.copyfileobj(self._body, self._stream, 2**20)
        self._stream.write(self._tail_text().encode())
        self.close()

    def close(self) -> None:
        """Let go of the plans that wait for the head."""
        if self._body is not self._stream:
            self._body.close()

    def _split_frame(self) -> tuple[list[FrameField], list[FrameField]]:
        last = self._file.last
        tail = [
            field for field in self._layout.frame if last and field.place.startswith(f"{last}/")
        ]
        return [field for field in self._layout.frame if field not in tail], tail

    def _frame(self) -> Frame:
        names = counted(self._layout)
        return Frame(self._envelope, dict(zip(names, self._counts, strict=True)))

    def _head_text(self) -> str:
        file = self._file
        attributes = {"xmlns": file.namespace} if file.namespace else {}
        for field in self._head:
            if field.place.startswith("@"):
                value = frame_value(self._layout, field, self._frame())
                attributes[field.place.removeprefix("@")] = value
        start = "".join(f' {key}="{escape_attribute(one)}"' for key, one in attributes.items())
        inner = [field for field in self._head if not field.place.startswith("@")]
        declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
        return f"{declaration}<{file.root}{start}>\n{self._elements(file.first, inner)}"

    def _tail_text(self) -> str:
        file = self._file
        return f"{self._elements(file.last, self._tail)}</{file.root}>\n"

    def _elements(self, holder: str, fields: Sequence[FrameField]) -> str:
        if not holder:
            return ""
        lines = [f"  <{holder}>"]
        for field in fields:
            name = field.place.rpartition("/")[2]
            value = escape(frame_value(self._layout, field, self._frame()))
            lines.append(f"    <{name}>{value}</{name}>")
        return "\n".join([*lines, f"  </{holder}>\n"])


def _check_caps(text: bytes, fail: Fail) -> None:
    """Hold a plan over what any reader here takes: bytes, then elements."""
    if len(text) > MOST_BYTES:
        fail("FMT-LENGTH", None, len(text), MOST_BYTES, "bytes")
    elements = text.count(b"<") - text.count(b"</")
    if elements > MOST_PIECES:
        fail("FMT-LENGTH", None, elements, MOST_PIECES, "elements")
