"""A mapping made ready to work: its layout, and the code compiled from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from iepbridge.codecs.xml_element import Element
from iepbridge.finding import LossKind
from iepbridge.mapping.code import load
from iepbridge.mapping.format_findings import Fact
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.loss_code import LossSource
from iepbridge.mapping.xml_read import XmlReadSource
from iepbridge.mapping.xml_reading import XmlReading
from iepbridge.mapping.xml_write import XmlWriteSource, snake
from iepbridge.plan import Plan, PlanData


class Fail(Protocol):
    """Takes a format finding: rule, path, and the facts that `written_finding` asks for."""

    def __call__(self, rule: str, path: str, *facts: Fact) -> None:
        """Note the finding."""


@dataclass(frozen=True, slots=True)
class CompiledXml:
    """The code of an XML mapping.

    `write(plan, out, fail, count)` appends text to `out`; `read(element, reading)` gives plan data;
    `losses(plan, lost)` appends (path, kind, note); `source` is all of it, to be read.
    """

    layout: Layout
    write: Callable[[Plan, list[str], Fail, list[int]], None]
    read: Callable[[Element, XmlReading], PlanData]
    losses: Callable[[Plan, list[tuple[str, LossKind, str]]], None]
    counted: Sequence[str]
    source: str


def compile_xml(layout: Layout) -> CompiledXml:
    """Compile a layout of codec `xml`."""
    writing, reading, losing = XmlWriteSource(layout), XmlReadSource(layout), LossSource(layout)
    plan = snake(layout.plan.name)
    return CompiledXml(
        layout,
        write=_load(layout, writing)[f"write_{plan}"],
        read=_load(layout, reading)[f"read_{plan}"],
        losses=_load(layout, losing)["losses"],
        counted=reading.counted_tags(),
        source="\n\n".join(part.text for part in (writing, reading, losing)),
    )


def _load(layout: Layout, part: XmlWriteSource | XmlReadSource | LossSource) -> dict[str, Any]:
    return load(part.text, f"{layout.system} {type(part).__name__}", part.names)
