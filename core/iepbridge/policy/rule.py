"""A rule: what it asks, where that is written, and how it is checked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from iepbridge.finding import Severity
from iepbridge.plan.part import Part
from iepbridge.policy.case import Case


class Break(NamedTuple):
    """One place that breaks a rule: its canonical path; a severity where it is not the usual."""

    path: str
    severity: Severity | None = None


Result: TypeAlias = Sequence[Break] | None
"""What checking a plan gives: where the rule is broken, or None where it does not apply."""

KEPT: Final[Result] = ()
NOT_APPLICABLE: Final[Result] = None


def broken_at(paths: Sequence[str]) -> Result:
    """Give a break for each path; none of them is a rule that is kept."""
    return tuple([_new(Break, (path, None)) for path in paths]) if paths else KEPT


_new: Final = tuple.__new__
"""Makes a named tuple in half of the time that it takes by its name."""


def missing(part: Part, path: str, *fields: str) -> list[str]:
    """Give the path of each of these fields that the part at `path` has no value for."""
    values = part.__dict__
    return [f"{path}.{name}" for name in fields if values[name] is None]


def each_has(
    where: Callable[[int], str], parts: Iterable[tuple[int, Part]], *fields: str
) -> Result:
    """Check that each of these parts, with its place, has a value in each of these fields.

    `where` gives the path of a part by its place. Without any part that does not apply.
    """
    lacking: list[tuple[int, str]] = []
    at = None
    for at, part in parts:
        values = part.__dict__
        for name in fields:
            if values[name] is None:
                lacking.append((at, name))  # noqa: PERF401  a list for each part takes longer
    if at is None:
        return NOT_APPLICABLE
    return broken_at([f"{where(at)}.{name}" for at, name in lacking]) if lacking else KEPT


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one system.

    `must` completes "the plan must ..."; `path` says in words where a finding stands; `message`
    and `remedy` are what a finding says, without any value. `clause` is the place in `source`, the
    title of the document. `otherwise` is the second severity of a rule that has two.
    """

    id: str
    severity: Severity
    must: str
    path: str
    message: str
    remedy: str
    clause: str
    source: str
    check: Callable[[Case], Result]
    otherwise: Severity | None = None
