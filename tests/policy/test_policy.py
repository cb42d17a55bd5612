"""Rules as a deployment wants them: severities, switched off, drafts."""

import datetime
from typing import Any

import pytest
from tests.plan.examples import SMALLEST

from iepbridge.plan import Plan, read_plan
from iepbridge.policy import Break, Case, Policy, PolicySettings, Result, Rule, broken_at

TODAY = datetime.date(2026, 1, 5)


def _everywhere(_: Case) -> Result:
    return broken_at(["goals", "barriers[0].plan"])


def _by_program(_: Case) -> Result:
    return (Break("goals", "error"), Break("barriers"))


def rule(name: str, check: Any = _everywhere, **more: Any) -> Rule:
    text = ("be so", "there", "It is not so.", "Mend it.", "A.1", "A page")
    return Rule(name, "warning", *text, check, **more)


def plan(status: str = "active") -> Plan:
    return read_plan({**SMALLEST, "status": status})


def found(policy: Policy, status: str = "active") -> list[tuple[str, str, str | None]]:
    case = Case(plan(status), TODAY)
    told = policy.findings(case)
    assert told == policy.told(case.plan, policy.results(case))
    return [(one.rule, one.severity, one.path) for one in told]


def test_each_place_that_breaks_a_rule_is_a_finding_with_its_clause() -> None:
    policy = Policy([rule("A-1")])
    case = Case(plan(), TODAY)
    first, second = policy.told(case.plan, policy.results(case))
    assert (first.path, second.path) == ("goals", "barriers[0].plan")
    assert (first.plan_id, first.version) == (case.plan.plan_id, case.plan.version)
    assert (first.message, first.remedy, first.clause) == ("It is not so.", "Mend it.", "A.1")


def test_no_rule_applies_to_a_draft() -> None:
    policy = Policy([rule("A-1")])
    assert found(policy, "draft") == []
    assert [result for _, result in policy.results(Case(plan("draft"), TODAY))] == [None]


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_configured_severity_replaces_both_of_a_rule(severity: Any) -> None:
    policy = Policy([rule("A-1", _by_program)], PolicySettings({"A-1": severity}))
    assert found(policy) == [("A-1", severity, "goals"), ("A-1", severity, "barriers")]


def test_a_break_may_have_a_severity_of_its_own() -> None:
    policy = Policy([rule("A-1", _by_program, otherwise="error")])
    assert found(policy) == [("A-1", "error", "goals"), ("A-1", "warning", "barriers")]


def test_a_rule_is_switched_off() -> None:
    policy = Policy([rule("A-1"), rule("A-2")], PolicySettings({"A-1": "off"}))
    assert [one.id for one in policy.rules] == ["A-2"]
    assert {one for one, _, _ in found(policy)} == {"A-2"}
