"""What all writers of mapped files do with a plan: complete it, write it, or say why not."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import BinaryIO, Final, Generic, TypeVar

from iepbridge.exchange import Arrival, Envelope, Written
from iepbridge.finding import Finding, Loss, LossKind
from iepbridge.iep_event import Completed
from iepbridge.mapping.compiled import Compiled, Fail
from iepbridge.mapping.format_findings import Fact, written_finding
from iepbridge.plan import Plan

MOST_BYTES: Final = 16 * 2**20
MOST_PIECES: Final = 200_000
"""What one plan may be in any format, as any reader here takes it: bytes; elements or records."""

Lost = tuple[str, LossKind, str]
Piece = TypeVar("Piece")


class MappedWriter(ABC, Generic[Piece]):
    """A `PlanWriter`; a codec makes a piece of each plan and keeps those that are whole."""

    def __init__(
        self,
        compiled: Compiled,
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

    @abstractmethod
    def _piece(self, plan: Plan, fail: Fail, lost: list[Lost]) -> Piece:
        """Make what stands for a plan; note findings, and losses that depend on values."""

    @abstractmethod
    def _keep(self, piece: Piece) -> None:
        """Take the piece of a plan without findings into the file."""

    def add(self, arrival: Arrival) -> Written:
        """Write a plan, or say why the format cannot take it."""
        assert arrival.plan is not None
        plan = arrival.plan
        completed = self._complete(plan)
        found: list[Finding] = []
        lost: list[Lost] = []

        def fail(rule: str, path: str | None, *facts: Fact) -> None:
            title = self._layout.title
            found.append(written_finding(title, plan.plan_id, plan.version, rule, path, *facts))

        piece = self._piece(completed.plan, fail, lost)
        if found:
            return Written(tuple({(one.rule, one.path): one for one in found}.values()))
        self._keep(piece)
        return Written((), self._losses(completed, lost) if self._with_losses else ())

    def close(self) -> None:
        """Let go of what waits outside the stream; the file, if it is not finished, never will."""

    def _losses(self, completed: Completed, changed: list[Lost]) -> tuple[Loss, ...]:
        lost: list[Lost] = []
        self._compiled.losses(completed.plan, lost)
        lost += completed.losses
        if changed:
            lost = _merged(lost, changed)
        own, version = completed.plan.plan_id, completed.plan.version
        return tuple([Loss(own, version, path, kind, note) for path, kind, note in lost])


def _merged(lost: list[Lost], changed: list[Lost]) -> list[Lost]:
    """Put lines on changed texts to the others; a line that stands for the leaf already stays.

    What was derived and then changed is one loss, told by its derivation; its note says both.
    """
    notes = {path: note for path, _, note in changed}
    merged = [
        (path, kind, f"{note} {notes.pop(path)}" if path in notes else note)
        for path, kind, note in lost
    ]
    return [*merged, *((path, kind, note) for path, kind, note in changed if path in notes)]
