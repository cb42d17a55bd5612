"""A mapping made ready to work: its layout, and the code compiled from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from iepbridge.finding import LossKind
from iepbridge.mapping.code import load
from iepbridge.mapping.format_findings import Fact
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.loss_code import LossSource
from iepbridge.plan import Plan, PlanData


class Fail(Protocol):
    """Takes a format finding: rule, path, and the facts that `written_finding` asks for."""

    def __call__(self, rule: str, path: str | None, *facts: Fact) -> None:
        """Note the finding."""


class Source(Protocol):
    """Python source made from a layout, and the names it needs besides."""

    text: str
    names: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The code of a mapping.

    `write` and `read` take one plan, in the way of their codec; `losses(plan, lost)` appends
    (path, kind, note); `source` is all of it, to be read.
    """

    layout: Layout
    write: Callable[..., None]
    read: Callable[..., PlanData]
    losses: Callable[[Plan, list[tuple[str, LossKind, str]]], None]
    source: str


def compiled(layout: Layout, writing: Source, reading: Source, name: str) -> Compiled:
    """Load the code that a codec made, with functions `write_<name>` and `read_<name>`."""
    losing = LossSource(layout)
    return Compiled(
        layout,
        write=_load(layout, writing)[f"write_{name}"],
        read=_load(layout, reading)[f"read_{name}"],
        losses=_load(layout, losing)["losses"],
        source="\n\n".join(part.text for part in (writing, reading, losing)),
    )


def _load(layout: Layout, part: Source) -> dict[str, Any]:
    return load(part.text, f"{layout.system} {type(part).__name__}", part.names)
