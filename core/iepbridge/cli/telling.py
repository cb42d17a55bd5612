"""What is told about a translation: in words to a person, in events to a log."""

import argparse
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

from iepbridge import logs
from iepbridge.cli.console import Voice, end_in_events, has_colours, voice
from iepbridge.finding import Finding
from iepbridge.translate import ReportLines, Summary

HELD_SHOWN: Final = 10
FINDINGS_SHOWN: Final = 5


def begin(arguments: argparse.Namespace) -> Voice:
    """Choose how this run speaks and send its logs there; a closed standard error hears nothing."""
    chosen = voice(arguments)
    end_in_events(arguments.log_format == "json")
    stream = sys.stderr if sys.stderr is not None else io.StringIO()
    logs.configure(chosen.level, chosen.form, stream, colours=has_colours(stream))
    return chosen


class Report(ReportLines):
    """The report lines; it also keeps why the first plans were held, for those who write none."""

    def __init__(self, findings: BinaryIO | None = None, losses: BinaryIO | None = None) -> None:
        super().__init__(findings, losses)
        self.first: list[tuple[Finding, ...]] = []

    def held(self, findings: Sequence[Finding]) -> None:
        """Keep the first plans' findings, and a bounded number of each."""
        if len(self.first) < HELD_SHOWN:
            self.first.append(tuple(findings[: FINDINGS_SHOWN + 1]))


def counted(counts: Mapping[str, int]) -> str:
    """Write counts on one line, the largest first: `FMT-CODE 12, MODEL-1 3`."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ordered)


def plans(count: int) -> str:
    """Write a number of plans: `1 plan`, `1,200 plans`."""
    return f"{count:,} plan" if count == 1 else f"{count:,} plans"


def in_words(summary: Summary) -> Iterator[str]:
    """Give the lines that sum up a translation for a person."""
    held = f", {summary.held:,} held back" if summary.held else ""
    yield f"{plans(summary.read)} read, {summary.written:,} written{held}."
    if summary.findings:
        yield f"Findings: {counted(summary.findings)}."
    if summary.losses:
        yield f"Fields not carried over as they were: {counted(summary.losses)}."


def held_in_words(first: Sequence[Sequence[Finding]], held: int) -> Iterator[str]:
    """Give the lines that say which plans were held back, why, and what to do."""
    yield "Held back:"
    for findings in first:
        yield f"  {_name(findings)}"
        for finding in findings[:FINDINGS_SHOWN]:
            place = f" at {finding.path}" if finding.path else ""
            yield f"    {finding.rule}{place}"
            yield f"      {finding.message}"
            yield f"      {finding.remedy}"
        if len(findings) > FINDINGS_SHOWN:
            yield "    and more"
    if held > len(first):
        yield f"  and {held - len(first):,} more; --findings FILE lists them all."


def _name(findings: Sequence[Finding]) -> str:
    first = findings[0] if findings else None
    if first is None or first.plan_id is None:
        return "a plan without a usable id"
    return f"plan {first.plan_id}" + (f", version {first.version}" if first.version else "")


def held_in_events(log: Any, first: Sequence[Sequence[Finding]], held: int) -> None:
    """Log why the first plans were held, an event a finding, and how many more there are."""
    for findings in first:
        for finding in findings[:FINDINGS_SHOWN]:
            log.warning(
                "plan_held",
                plan_id=finding.plan_id,
                version=finding.version,
                rule=finding.rule,
                path=finding.path,
                message=finding.message,
                remedy=finding.remedy,
            )
    if held > len(first):
        log.warning("more_plans_held", plans=held - len(first))
