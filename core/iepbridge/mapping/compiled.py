"""A mapping made ready to work: its layout, and the code compiled from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lxml.etree import _Element as Element

from iepbridge.finding import LossKind
from iepbridge.mapping.code import load
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.loss_code import LossSource
from iepbridge.mapping.xml_read import XmlReadSource
from iepbridge.mapping.xml_reading import XmlReading
from iepbridge.mapping.xml_write import XmlWriteSource, snake
from iepbridge.plan import Plan, PlanData


class Fail(Protocol):
    """Takes a format finding: rule, path, and for FMT-LENGTH the length and the limit."""

    def __call__(self, rule: str, path: str, *facts: int) -> None:
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
    sources = [writing.source(), reading.source(), losing.source()]
    spaces: list[dict[str, Any]] = [
        load(source, f"{layout.system} {way}", part.names)
        for source, way, part in zip(
            sources, ("write", "read", "losses"), (writing, reading, losing), strict=True
        )
    ]
    return CompiledXml(
        layout,
        spaces[0][f"write_{plan}"],
        spaces[1][f"read_{plan}"],
        spaces[2]["losses"],
        reading.counted_tags(),
        "\n\n".join(sources),
    )
