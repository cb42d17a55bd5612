"""Examples of a rule: plans that keep it, that break it and where, that it does not apply to.

A module for a system has a table `{rule id: examples}` and runs it:

    EXAMPLES = {
        "XX-01": (
            always("goals"),
            kept("one goal", goals=[goal()]),
            broken("none", "goals", goals=[]),
        ),
    }

    @pytest.mark.parametrize(("rule", "example"), each_of(EXAMPLES))
    def test_example(rule, example): ...

An example names the fields of its plan that matter; `significant=True` is the change against the
version before, which is otherwise unknown; `previous={...}` are the fields of that version.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from tests.laws import steps

from iepbridge.iep_event import Completed
from iepbridge.plan import Plan, PlanData, read_plan
from iepbridge.policy import Case, Result, Rule

TODAY = datetime.date(2024, 6, 14)

BAREST = {
    "schema": "iep/1",
    "plan_id": "P-1",
    "version": 1,
    "program": "other",
    "status": "active",
    "participant": {"name": {"first": "Ann", "last": "Lee"}},
}


@dataclass(frozen=True)
class Example:
    """A plan's fields, and the paths at which it breaks a rule: None where it does not apply.

    `always` says that the rule applies to every plan but a draft, and so to the barest.
    """

    title: str
    fields: PlanData
    paths: tuple[str, ...] | None
    always: bool = False


Examples = Mapping[str, Sequence[Example]]


def kept(title: str, /, **fields: Any) -> Example:
    return Example(title, fields, ())


def broken(title: str, /, *paths: str, **fields: Any) -> Example:
    return Example(title, fields, paths)


def not_applicable(title: str, /, **fields: Any) -> Example:
    return Example(title, fields, None)


def always(*paths: str) -> Example:
    """Say that the rule applies to every plan; the barest breaks it at these paths, or keeps it."""
    return Example("the barest plan", {}, paths, always=True)


def each_of(examples: Examples) -> list[Any]:
    return [
        pytest.param(rule, one, id=f"{rule} {one.title}")
        for rule, several in examples.items()
        for one in several
    ]


def opened(fields: PlanData, complete: Callable[[Plan], Completed]) -> Case:
    """Make the case of a plan with these fields, in which the IEP event is derived."""
    fields = dict(fields)
    significant, before = fields.pop("significant", None), fields.pop("previous", {})
    plan = complete(read_plan({**BAREST, **fields})).plan
    previous = None if significant is None else read_plan({**BAREST, **before})
    return Case(plan, TODAY, previous=previous, significant=significant)


def paths_of(result: Result) -> tuple[str, ...] | None:
    return None if result is None else tuple(one.path for one in result)


def walk(plan: Plan, path: str) -> None:
    """Follow a path into a plan, as far as there are values, and fail where it leaves the plan."""
    value: Any = plan
    for step in steps(path):
        if value is None:
            return
        value = value[step] if isinstance(step, int) else getattr(value, step)


def holes(rules: Sequence[Rule], examples: Examples) -> list[str]:
    """Say which rules lack a kind of example, or have what they should not."""
    found = [] if [rule.id for rule in rules] == list(examples) else ["other rules, or order"]
    for rule in rules:
        several = examples.get(rule.id, ())
        if not any(one.paths == () for one in several):
            found.append(f"{rule.id}: no plan that keeps it")
        if not any(one.paths for one in several):
            found.append(f"{rule.id}: no plan that breaks it")
        if any(one.always for one in several) == any(one.paths is None for one in several):
            found.append(f"{rule.id}: does it always apply, or not?")
    return found


def flaws(rule: Rule) -> list[str]:
    """Say what a rule leaves unsaid."""
    texts = {"must": rule.must, "path": rule.path, "clause": rule.clause, "source": rule.source}
    found = [f"{rule.id}: no {name}" for name, text in texts.items() if not text.strip()]
    sentences = {"message": rule.message, "remedy": rule.remedy}
    return found + [
        f"{rule.id}: {name} is no sentence" for name, text in sentences.items() if text[-1:] != "."
    ]
