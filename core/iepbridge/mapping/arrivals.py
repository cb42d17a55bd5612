"""From what reading one plan gave to an arrival: whole, or held with its findings."""

import re
from collections.abc import Iterator
from typing import Final

from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival
from iepbridge.finding import UNMAPPED, Finding, Loss
from iepbridge.mapping.format_findings import read_finding
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.reading import Reading
from iepbridge.plan import Plan, PlanData, PlanRefused, Problem, read_plan
from iepbridge.seen import SeenIds

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,36}")
_MOST_VERSION: Final = 999_999_999
_FOLLOWING: Final = (2, 3)


def refuse_second(layout: Layout, data: PlanData, seen: SeenIds) -> None:
    """Refuse the file where it has had a plan of this id."""
    own = data.get("plan_id")
    if own is not None and seen.add(own):
        raise Unreadable(
            f"The {layout.title} file has one plan twice. Ask its sender for a file "
            "with each plan once."
        )


def arrival_of(
    layout: Layout, data: PlanData, reading: Reading, *, characters_checked: bool
) -> Arrival:
    """Check the data by the model and give the arrival, with every finding of both.

    `characters_checked` says that the format cannot hold what refusal 6 of the model forbids.
    """
    if reading.extensions:
        data["extensions"] = {layout.system: reading.extensions}
    plan_id, version = _known_id(data), _known_version(data)
    findings = [
        read_finding(layout.title, plan_id, version, rule, path, expected)
        for path, (rule, expected) in reading.findings.items()
    ]
    plan = _checked(data, plan_id, version, findings, characters_checked=characters_checked)
    if findings:
        return Arrival(plan_id, version, None, None, tuple(findings))
    note = f"Kept under extensions.{layout.system}; the mapping has no field for it."
    losses = tuple(
        Loss(plan_id, version, f"extensions.{layout.system}.{key}", UNMAPPED, note)
        for key in reading.unmapped
    )
    return Arrival(plan_id, version, plan, data, (), losses)


def _checked(
    data: PlanData,
    plan_id: str | None,
    version: int | None,
    findings: list[Finding],
    *,
    characters_checked: bool,
) -> Plan | None:
    """Read the plan; add what only the model refuses to the findings.

    Beside format findings, a dangling reference or a missing field may only be their echo.
    """
    try:
        return read_plan(data, characters_checked=characters_checked, tidied=True)
    except PlanRefused as refused:
        told = {start for finding in findings for start in _starts(finding.path or "")}
        findings += [
            problem.finding(plan_id, version)
            for problem in refused.problems
            if not _is_echo(problem, told)
        ]
    return None


def _starts(path: str) -> Iterator[str]:
    """Give a path and the paths of the objects it runs through."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def _is_echo(problem: Problem, told: set[str]) -> bool:
    """Say whether a refusal only repeats what a format finding told: its place, or its lack."""
    if problem.number in _FOLLOWING:
        return bool(told)
    return problem.path in told


def _known_id(data: PlanData) -> str | None:
    own = data.get("plan_id")
    return own if isinstance(own, str) and _ID.fullmatch(own) else None


def _known_version(data: PlanData) -> int | None:
    own = data.get("version")
    return own if isinstance(own, int) and 1 <= own <= _MOST_VERSION else None
