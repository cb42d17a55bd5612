"""What flows between a source of plans and a target: one shape for every format.

    stream --PlanReader--> Arrival, Arrival, ... --PlanWriter--> stream

Readers and writers are made per file by `iepbridge.formats`; nothing here knows a format.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from iepbridge.finding import Finding, Loss
from iepbridge.plan import Plan, PlanData


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends a file to whom; `created` is RFC 3339 with its offset, sequence 1 to 999999.

    `test` marks a file that is no production, where the format can say so.
    """

    sender: str = "LOCAL"
    receiver: str = "LOCAL"
    sequence: int = 1
    created: str = ""
    test: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One plan as a reader found it: whole (`plan` and its `data`), or held with its findings.

    `losses` are what the source carried and the plan has no field for (kind `unmapped`).
    """

    plan_id: str | None
    version: int | None
    plan: Plan | None
    data: PlanData | None = field(repr=False)
    findings: tuple[Finding, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What writing one plan gave: findings mean that it was not written at all.

    `notes` are findings about a plan that was written all the same.
    """

    findings: tuple[Finding, ...] = ()
    losses: tuple[Loss, ...] = ()
    notes: tuple[Finding, ...] = ()


class PlanReader(Protocol):
    """Reads one file."""

    @property
    def envelope(self) -> Envelope | None:
        """What the file says of itself, from its first plan on; None for a format without one."""

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        """Yield the file's plans in order; raise `Unreadable` when the whole file is refused.

        The refusal may come after plans were yielded: a caller keeps nothing of such a file.
        """


class PlanWriter(Protocol):
    """Writes one file."""

    def add(self, arrival: Arrival) -> Written:
        """Write a whole arrival, or say why the format cannot take it."""

    def finish(self) -> None:
        """Write what stands after the last plan; without it the file is not complete."""

    def close(self) -> None:
        """Let go of what waits outside the stream; a file that is not finished never will be."""
