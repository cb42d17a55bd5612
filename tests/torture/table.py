"""What was claimed, tried and found, as one table: claim, cases, failures, seed."""

from collections.abc import Sequence
from typing import NamedTuple

HEADINGS = ("claim", "cases", "failures", "seed")


class Result(NamedTuple):
    """What the trial of one claim found; `failures` names each case that broke it."""

    claim: str
    cases: int
    failures: Sequence[str]
    seed: int

    @property
    def holds(self) -> bool:
        """Tell whether the claim held; one without a case has shown nothing."""
        return self.cases > 0 and not self.failures


def table(results: Sequence[Result]) -> str:
    """Give the table as plain text, and below it each failure under its claim."""
    rows = [HEADINGS, *map(_row, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, *(line for result in results for line in _failed(result))])


def _row(result: Result) -> tuple[str, ...]:
    return (result.claim, f"{result.cases:,}", f"{len(result.failures):,}", f"{result.seed}")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    words, *numbers = row
    first, *others = widths
    shown = [number.rjust(width) for number, width in zip(numbers, others, strict=True)]
    return "  ".join([words.ljust(first), *shown])


def _failed(result: Result) -> list[str]:
    if result.holds:
        return []
    found = result.failures or ["no case was tried, so nothing was shown"]
    return ["", f"NOT HELD: {result.claim} (seed {result.seed})", *(f"  {case}" for case in found)]
