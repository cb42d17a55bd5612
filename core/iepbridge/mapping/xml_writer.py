"""Writes one XML file of plans: its head, each plan by the compiled code, its tail."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

from iepbridge.exchange import Arrival, Envelope, Written
from iepbridge.finding import Finding, Loss, LossKind
from iepbridge.iep_event import Completed
from iepbridge.mapping.compiled import CompiledXml
from iepbridge.mapping.format_findings import Fact, written_finding
from iepbridge.mapping.frame import Frame, frame_value
from iepbridge.mapping.layout import FrameField
from iepbridge.mapping.xml_text import escape, escape_attribute
from iepbridge.plan import Plan

_MOST_BYTES: Final = 16 * 2**20
_MOST_ELEMENTS: Final = 200_000


class XmlPlanWriter:
    """A `PlanWriter` for a mapping of codec xml.

    Where the head states a count, the plans wait in an unnamed temporary file until it is known.
    """

    def __init__(
        self,
        compiled: CompiledXml,
        stream: BinaryIO,
        envelope: Envelope,
        complete: Callable[[Plan], Completed],
        *,
        losses: bool,
    ) -> None:
        self._compiled = compiled
        self._layout = compiled.layout
        self._stream = stream
        self._envelope = envelope
        self._complete = complete
        self._with_losses = losses
        self._counts = [0] * len(compiled.counted)
        self._head, self._tail = self._split_frame()
        counts_first = any(field.kind == "count" for field in self._head)
        self._body = tempfile.TemporaryFile() if counts_first else stream  # noqa: SIM115
        if not counts_first:
            stream.write(self._head_text().encode())

    def add(self, arrival: Arrival) -> Written:
        """Write a plan, or say why the format cannot take it."""
        assert arrival.plan is not None
        plan = arrival.plan
        completed = self._complete(plan)
        found: list[Finding] = []

        def fail(rule: str, path: str | None, *facts: Fact) -> None:
            found.append(self._finding(plan, rule, path, *facts))

        out: list[str] = []
        counts = [0] * len(self._counts)
        self._compiled.write(completed.plan, out, fail, counts)
        text = "".join(out).encode()
        if len(text) > _MOST_ELEMENTS:
            self._check_caps(text, fail)
        if found:
            return Written(tuple({(one.rule, one.path): one for one in found}.values()))
        self._body.write(text)
        self._counts = [one + more for one, more in zip(self._counts, counts, strict=True)]
        return Written((), self._losses(completed) if self._with_losses else ())

    def finish(self) -> None:
        """Complete the file: the head if it waited for counts, the plans, the tail."""
        if self._body is not self._stream:
            self._stream.write(self._head_text().encode())
            self._body.seek(0)
            shutil.copyfileobj(self._body, self._stream, 2**20)
            self._body.close()
        self._stream.write(self._tail_text().encode())

    def _check_caps(self, text: bytes, fail: Callable[..., None]) -> None:
        """Hold a plan over what any reader here takes: bytes, then elements."""
        if len(text) > _MOST_BYTES:
            fail("FMT-LENGTH", None, len(text), _MOST_BYTES, "bytes")
        elements = text.count(b"<") - text.count(b"</")
        if elements > _MOST_ELEMENTS:
            fail("FMT-LENGTH", None, elements, _MOST_ELEMENTS, "elements")

    def _finding(self, plan: Plan, rule: str, path: str | None, *facts: Fact) -> Finding:
        title = self._layout.title
        return written_finding(title, plan.plan_id, plan.version, rule, path, *facts)

    def _losses(self, completed: Completed) -> tuple[Loss, ...]:
        lost: list[tuple[str, LossKind, str]] = []
        self._compiled.losses(completed.plan, lost)
        lost += completed.losses
        own, version = completed.plan.plan_id, completed.plan.version
        return tuple([Loss(own, version, path, kind, note) for path, kind, note in lost])

    def _split_frame(self) -> tuple[list[FrameField], list[FrameField]]:
        last = self._layout.file.last
        tail = [
            field for field in self._layout.frame if last and field.place.startswith(f"{last}/")
        ]
        return [field for field in self._layout.frame if field not in tail], tail

    def _frame(self) -> Frame:
        names = [field.counted for field in self._layout.frame if field.kind == "count"]
        return Frame(self._envelope, dict(zip(names, self._counts, strict=True)))

    def _head_text(self) -> str:
        file = self._layout.file
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
        file = self._layout.file
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
