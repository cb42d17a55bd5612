"""From a source of plans to a target, plan by plan, with everything reported and counted.

    reader --Arrival--> whole? --> writer --Written--> reporter, Summary

Nothing here knows a format, a file name or a terminal.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import BinaryIO, Final, Literal, TypeAlias

import orjson

from iepbridge.errors import FirstProblem
from iepbridge.exchange import Arrival, PlanReader, PlanWriter, Written
from iepbridge.finding import Finding, Loss

OnError: TypeAlias = Literal["hold", "fail"]
Progress: TypeAlias = Callable[[int], None]
"""Called after each plan with the number of plans read so far."""


class Reporter:
    """Hears about plans as they pass; its methods do nothing until a subclass wants to know."""

    def found(self, findings: Sequence[Finding]) -> None:
        """Hear what is wrong with one plan, held or not."""

    def held(self, findings: Sequence[Finding]) -> None:
        """Hear that one plan was left out, and why; `found` has heard the same findings."""

    def lost(self, losses: Sequence[Loss]) -> None:
        """Hear what one written plan did not carry over as it was."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a translation did: plans read, written, held; findings by rule, losses by kind."""

    read: int
    written: int
    held: int
    errors: int
    findings: Mapping[str, int]
    losses: Mapping[str, int]

    @property
    def clean(self) -> bool:
        """Say that every plan was written and no finding is an error."""
        return not self.held and not self.errors


def translate(
    reader: PlanReader,
    source: BinaryIO,
    writer: PlanWriter,
    *,
    on_error: OnError = "hold",
    report: Reporter | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Write each whole plan of a source to the writer and leave out those that are refused.

    Raises `FirstProblem` at the first plan left out when `on_error` is `fail`; what was written
    until an exception is not a complete file.
    """
    passage = _Passage(writer, on_error, report or Reporter())
    for arrival in reader.read(source):
        passage.take(arrival)
        if progress is not None:
            progress(passage.read)
    writer.finish()
    return passage.summary()


_NOT_OFFERED: Final = Written()
_RULE: Final = attrgetter("rule")
_KIND: Final = attrgetter("kind")


class _Passage:
    """One translation while it lasts."""

    def __init__(self, writer: PlanWriter, on_error: OnError, report: Reporter) -> None:
        self._writer = writer
        self._on_error = on_error
        self._report = report
        self._findings: Counter[str] = Counter()
        self._losses: Counter[str] = Counter()
        self._errors = 0
        self._held = 0
        self.read = 0

    def take(self, arrival: Arrival) -> None:
        self.read += 1
        whole = arrival.plan is not None
        written = self._writer.add(arrival) if whole else _NOT_OFFERED
        findings = arrival.findings + written.findings + written.notes
        if findings:
            self._note(findings)
        if written.findings or not whole:
            self._hold(arrival, findings)
        elif losses := arrival.losses + written.losses:
            self._losses.update(map(_KIND, losses))
            self._report.lost(losses)

    def _note(self, findings: Sequence[Finding]) -> None:
        self._findings.update(map(_RULE, findings))
        self._errors += sum(finding.severity == "error" for finding in findings)
        self._report.found(findings)

    def _hold(self, arrival: Arrival, findings: Sequence[Finding]) -> None:
        self._held += 1
        self._report.held(findings)
        if self._on_error == "fail":
            raise FirstProblem(_first_problem(arrival, findings, self.read))

    def summary(self) -> Summary:
        written = self.read - self._held
        return Summary(self.read, written, self._held, self._errors, self._findings, self._losses)


def _first_problem(arrival: Arrival, findings: Sequence[Finding], place: int) -> str:
    name = f"plan {arrival.plan_id}" if arrival.plan_id else f"the plan at place {place}"
    reasons = [f"  {described(finding)}" for finding in findings[:_REASONS_SHOWN]]
    if len(findings) > _REASONS_SHOWN:
        reasons.append(f"  and {len(findings) - _REASONS_SHOWN} more")
    return "\n".join(
        [
            f"Stopped at {name}, which cannot be written as it is; nothing was written.",
            *reasons,
            "Mend the plan, or leave it out and write the others with --on-error hold.",
        ]
    )


def described(finding: Finding) -> str:
    """Say on one line what is wrong and what to do, with the rule first."""
    place = f" at {finding.path}" if finding.path else ""
    return f"{finding.rule}{place}: {finding.message} {finding.remedy}"


class ReportLines(Reporter):
    """Writes findings and losses as JSON Lines to the streams it is given."""

    def __init__(self, findings: BinaryIO | None = None, losses: BinaryIO | None = None) -> None:
        self._findings = findings
        self._losses = losses
        self._tails = _Tails(Loss)
        self._reasons = _Tails(Finding)

    def found(self, findings: Sequence[Finding]) -> None:
        """Write a line for each finding of one plan, as `lost` does."""
        if self._findings is not None:
            first, tails = findings[0], self._reasons
            head = orjson.dumps({"plan_id": first.plan_id, "version": first.version})[:-1]
            rest = [tails[finding[_ABOUT:]] for finding in findings]
            self._findings.write(head.join([b"", *rest]))

    def lost(self, losses: Sequence[Loss]) -> None:
        """Write a line for each loss of one plan: the bytes of `Loss.line`, several times faster.

        All losses are of one plan, and plans of a file mostly lose the same fields: what stands
        before the path is made once a plan, what follows once a field.
        """
        if self._losses is not None:
            first, tails = losses[0], self._tails
            head = orjson.dumps({"plan_id": first.plan_id, "version": first.version})[:-1]
            rest = [tails[loss[_ABOUT:]] for loss in losses]
            self._losses.write(head.join([b"", *rest]))


class _Tails(dict[tuple[str | None, ...], bytes]):
    """What follows the version on a line, by the values that do; a bounded number."""

    def __init__(self, line: type[Loss] | type[Finding]) -> None:
        super().__init__()
        self._names = line._fields[_ABOUT:]

    def __missing__(self, key: tuple[str | None, ...]) -> bytes:
        if len(self) >= _TAILS_KEPT:
            self.clear()
        line = orjson.dumps(dict(zip(self._names, key, strict=True)))
        tail = self[key] = b"," + line[1:] + b"\n"
        return tail


_ABOUT: Final = 2
"""Where in a loss or finding what is said of the plan begins, behind its id and version."""

_TAILS_KEPT: Final = 20_000
_REASONS_SHOWN: Final = 10
