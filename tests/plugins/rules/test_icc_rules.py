"""The rules of Indiana: plans that keep each, break it and where, or are not its business."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from tests.plugins.rules.examples import (
    TODAY,
    Example,
    always,
    broken,
    each_of,
    flaws,
    holes,
    kept,
    not_applicable,
    opened,
    paths_of,
    walk,
)
from tests.plugins.rules.parts import action, both, event, goal, note, review, service, signature
from tests.strategies import plans

from iepbridge.plan import read_plan
from iepbridge.policy import Case, Figures, Rule
from iepbridge_icc import iepbridge_adapter

ADAPTER = iepbridge_adapter()
RULES = {rule.id: rule for rule in ADAPTER.rules}

DAY_BEFORE, DAY, DAY_AFTER = "2024-06-02", "2024-06-03", "2024-06-04"
YESTERDAY, TODAYS, TOMORROW = "2024-06-13", "2024-06-14", "2024-06-15"

STEP = {"measure": "Certificate", "planned_end_on": DAY, "responsible": "participant"}
OWN_EVENT = {"service_id": "E-1", "category": "iep_development", "started_on": DAY}
OWN_NOTE = {"note_id": "N-1", "about": "iep_update", "dated_on": DAY}
JOBWORKS = {"case_manager": {"employer": "JobWorks"}, "agency": {"provider": "The Board"}}


def funded(started_on: str | None = DAY, **fields: Any) -> dict[str, Any]:
    return service(funding="WIOA", started_on=started_on, **fields)


def closed(closed_on: str, exited_on: str | None) -> dict[str, Any]:
    return {"status": "closed", "closed_on": closed_on, "eligibility": {"exited_on": exited_on}}


def changed(before: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Give the fields of a second version whose change is significant, and those of the first."""
    return {"version": 2, "significant": True, "previous": before or {}, **fields}


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "IN-01": (
        always("goals"),
        kept("of any term", goals=[goal("overall", "education"), goal("interim")]),
        broken("education only", "goals", goals=[goal("overall", "education")]),
    ),
    "IN-02": (
        always("goals"),
        kept("of any term", goals=[goal(), goal("short_term", "education")]),
        broken("employment only", "goals", goals=[goal(), goal("short_term")]),
    ),
    "IN-03": (
        always("goals"),
        kept("short and long term", goals=[goal("short_term"), goal("long_term")]),
        kept("interim and overall", goals=[goal("overall"), goal("interim", "education")]),
        broken("initial only", "goals", goals=[goal("short_term"), goal("interim")]),
        broken("long-term only", "goals", goals=[goal("overall"), goal("long_term")]),
        broken("none: one finding", "goals", goals=[]),
    ),
    "IN-04": (
        always("barriers"),
        kept("some", barriers=[{"barrier_id": "B1", "category": "childcare"}]),
        kept("discussed, there are none", barriers=[]),
    ),
    "IN-05": (
        kept("each", services=[service(justification="Needs it"), event()]),
        broken(
            "two without",
            "services[0].justification",
            "services[2].justification",
            services=[service(), service(justification="Needs it"), service("other")],
        ),
        not_applicable("the event alone", services=[event(DAY)]),
        not_applicable("the derived event alone", started_on=DAY, completed_on=DAY),
        not_applicable("none", services=[]),
    ),
    "IN-06": (
        kept("all three", goals=[goal(actions=[action(**STEP)])]),
        broken(
            "none of them, under any goal",
            *(f"goals[1].actions[1].{field}" for field in STEP),
            goals=[goal(), goal("interim", actions=[action(**STEP), action(set_on=DAY)])],
        ),
        *(
            broken(
                f"no {field}",
                f"goals[0].actions[0].{field}",
                goals=[goal(actions=[action(**{**STEP, field: None})])],
            )
            for field in STEP
        ),
        not_applicable("no actions", goals=[goal()]),
    ),
    "IN-07": (
        always("assessments"),
        kept(
            "one of several",
            assessments=[
                {"instrument": "other"},
                {"instrument": "tabe", "scores": [{"scale": "Reading", "value": 550}]},
            ],
        ),
        broken("without scores", "assessments", assessments=[{"instrument": "tabe", "scores": []}]),
        broken("nothing to record", "assessments", assessments=[]),
    ),
    "IN-08": (
        kept("version 1", completed_on=DAY, signatures=both()),
        kept("a guardian counts", completed_on=DAY, signatures=both(role="guardian")),
        kept("any version", version=3, completed_on=DAY, signatures=both(2)),
        kept(
            "any version, the change is not significant",
            version=3,
            completed_on=DAY,
            significant=False,
            signatures=both(1),
        ),
        kept(
            "this version, the change is significant",
            completed_on=DAY,
            **changed(signatures=both(2)),
        ),
        broken("nobody", "signatures", completed_on=DAY),
        broken(
            "staff alone", "signatures", completed_on=DAY, signatures=[signature("case_manager")]
        ),
        broken("undated", "signatures", completed_on=DAY, signatures=both(signed_on=None)),
        broken("for no version", "signatures", completed_on=DAY, signatures=both(None)),
        broken(
            "each for another version",
            "signatures",
            version=2,
            completed_on=DAY,
            signatures=[signature("participant", 1), signature("case_manager", 2)],
        ),
        broken(
            "an earlier version, the change is significant",
            "signatures",
            completed_on=DAY,
            **changed(signatures=both(1)),
        ),
        not_applicable("not completed", started_on=DAY),
    ),
    "IN-09": (
        kept("one day", services=[event(DAY, DAY), service(started_on=DAY, ended_on=DAY_AFTER)]),
        kept("entered today, not yet exited", services=[event(TODAYS)]),
        broken("to be entered tomorrow", "services[0].ended_on", services=[event(TOMORROW)]),
        kept("the derived event", started_on=DAY, completed_on=DAY_AFTER),
        broken(
            "exited later; still open; entered on no day",
            "services[1].ended_on",
            "services[2].ended_on",
            "services[4].ended_on",
            services=[
                service(),
                event(DAY, DAY_AFTER),
                event(YESTERDAY),
                event(DAY, DAY),
                event(None, DAY),
            ],
        ),
        broken("no dates", "services[0].ended_on", services=[event()]),
        not_applicable("no event", services=[service(started_on=DAY)]),
        not_applicable("none is derived before completion", started_on=DAY),
    ),
    "IN-10": (
        kept("the employer's", **JOBWORKS, services=[event(provider="JobWorks")]),
        kept(
            "the agency's, no employer known",
            agency=JOBWORKS["agency"],
            services=[event(provider="The Board")],
        ),
        kept("any, neither known", services=[event(provider="JobWorks")]),
        kept("the derived event", **JOBWORKS, started_on=DAY, completed_on=DAY),
        broken(
            "the agency's, though the employer is known",
            "services[1].provider",
            **JOBWORKS,
            services=[
                service(provider="College"),
                event(provider="The Board"),
                event(provider="JobWorks"),
            ],
        ),
        broken("none", "services[0].provider", **JOBWORKS, services=[event()]),
        broken("none, neither known", "services[0].provider", services=[event()]),
        not_applicable("no event", **JOBWORKS, services=[service()]),
    ),
    "IN-11": (
        kept("a new one", **changed({"services": [OWN_EVENT]}, services=[OWN_EVENT, event(DAY)])),
        kept("the first", **changed(services=[OWN_EVENT])),
        kept(
            "a derived one",
            started_on=DAY_AFTER,
            completed_on=DAY_AFTER,
            **changed({"services": [OWN_EVENT]}, services=[OWN_EVENT]),
        ),
        broken(
            "the same, of other dates",
            "services",
            **changed({"services": [OWN_EVENT]}, services=[{**OWN_EVENT, "started_on": DAY_AFTER}]),
        ),
        broken("a new service only", "services", **changed(services=[service()])),
        not_applicable("not significant", version=2, significant=False, services=[]),
        not_applicable("the version before is unknown", version=2, services=[]),
    ),
    "IN-12": (
        kept(
            "on the day of completion",
            completed_on=DAY,
            started_on=DAY_BEFORE,
            **changed({"case_notes": [OWN_NOTE]}, case_notes=[OWN_NOTE, note("iep_update", DAY)]),
        ),
        kept(
            "on the day of the start, not completed",
            started_on=DAY,
            **changed(case_notes=[note("iep_update", DAY)]),
        ),
        kept("neither day is known", **changed(case_notes=[note("iep_update", DAY)])),
        broken("no day at all", "case_notes", **changed(case_notes=[note("iep_update")])),
        broken(
            "known before",
            "case_notes",
            completed_on=DAY,
            **changed({"case_notes": [OWN_NOTE]}, case_notes=[OWN_NOTE]),
        ),
        broken(
            "before the completion",
            "case_notes",
            started_on=DAY,
            completed_on=DAY_AFTER,
            **changed(case_notes=[note("iep_update", DAY)]),
        ),
        broken("undated", "case_notes", started_on=DAY, **changed(case_notes=[note("iep_update")])),
        broken(
            "about something else",
            "case_notes",
            started_on=DAY,
            **changed(case_notes=[note("progress", DAY)]),
        ),
        not_applicable("not significant", version=2, significant=False),
        not_applicable("the version before is unknown", version=2),
    ),
    "IN-13": (
        kept("on that day", **closed(DAY, DAY)),
        kept("later", **closed(DAY_AFTER, DAY)),
        broken("the day before", "closed_on", **closed(DAY_BEFORE, DAY)),
        broken("the exit is unknown", "closed_on", **closed(DAY, None)),
        not_applicable("active", eligibility={"exited_on": DAY}),
    ),
    "IN-14": (
        kept("the participant", services=[funded()], signatures=[signature("participant")]),
        kept("a guardian", services=[funded()], signatures=[signature("guardian")]),
        kept(
            "for an earlier version",
            version=3,
            services=[funded()],
            signatures=[signature("participant", 1)],
        ),
        broken("nobody, one starts today", "signatures", services=[funded(TODAYS)]),
        broken("a funded event counts", "signatures", services=[event(DAY, funding="WIOA")]),
        broken(
            "staff alone", "signatures", services=[funded()], signatures=[signature("case_manager")]
        ),
        broken(
            "undated",
            "signatures",
            services=[funded()],
            signatures=[signature("participant", signed_on=None)],
        ),
        broken(
            "for no version",
            "signatures",
            services=[funded()],
            signatures=[signature("participant", None)],
        ),
        not_applicable("it starts tomorrow", services=[funded(TOMORROW)]),
        not_applicable("it has no start", services=[funded(None, planned_start_on=DAY)]),
        not_applicable("without funding", services=[service(started_on=DAY)]),
    ),
    "IN-15": (
        kept("each", reviews=[review(progress="Good")]),
        broken(
            "two without",
            "reviews[0].progress",
            "reviews[2].progress",
            reviews=[review(DAY), review(progress="Good"), review()],
        ),
        not_applicable("none", reviews=[]),
    ),
    "IN-16": (
        always("goals"),
        kept("under one of them", goals=[goal(), goal("interim", actions=[action()])]),
        broken(
            "under an educational goal",
            "goals",
            goals=[goal(), goal("interim", "education", actions=[action()])],
        ),
        broken("no employment goal", "goals", goals=[goal("overall", "education")]),
    ),
    "IN-17": (
        always("services"),
        kept("one", services=[event(), service("supportive_childcare")]),
        broken("the event alone", "services", services=[event()]),
        broken("the derived event alone", "services", started_on=DAY, completed_on=DAY),
    ),
    "IN-18": (
        always(),
        kept("taking part", development={"participant_present": True}),
        kept("not recorded", development={"mode": "in_person"}),
        broken(
            "absent", "development.participant_present", development={"participant_present": False}
        ),
    ),
}


@pytest.mark.parametrize(("rule", "example"), each_of(EXAMPLES))
def test_example(rule: str, example: Example) -> None:
    result = RULES[rule].check(opened(example.fields, ADAPTER.complete))
    assert paths_of(result) == example.paths


def test_every_rule_has_its_examples() -> None:
    assert holes(ADAPTER.rules, EXAMPLES) == []


@pytest.mark.parametrize("rule", ADAPTER.rules, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_asks_and_where_that_is_written(rule: Rule) -> None:
    assert flaws(rule) == []


def test_severities_are_those_of_the_page() -> None:
    expected = {2: "info", **dict.fromkeys((3, 4, 7, 9, 15, 16, 17, 18), "warning")}
    found = [rule.severity for rule in ADAPTER.rules]
    assert found == [expected.get(at, "error") for at in range(1, 19)]
    assert {rule.id: rule.otherwise for rule in ADAPTER.rules if rule.otherwise} == {
        "IN-09": "error"
    }


@pytest.mark.parametrize(
    ("started", "ended", "days", "severity"),
    [
        ("2024-06-03", "2024-06-08", 5, "warning"),
        ("2024-06-03", "2024-06-09", 5, "error"),
        ("2024-06-09", None, 5, "warning"),
        ("2024-06-08", None, 5, "error"),
        ("2024-06-13", None, 0, "error"),
        ("2024-06-03", "2024-06-09", 6, "warning"),
        (None, "2024-06-09", 0, "warning"),
    ],
)
def test_an_event_open_for_too_many_days_is_an_error(
    started: str | None, ended: str | None, days: int, severity: str
) -> None:
    case = opened({"services": [event(started, ended)]}, ADAPTER.complete)
    (found,) = RULES["IN-09"].check(replace(case, figures=Figures(days))) or ()
    assert (found.severity or RULES["IN-09"].severity) == severity


@settings(max_examples=30)
@given(plans(sized=True))
def test_any_plan_can_be_checked_and_findings_stand_in_it(data: dict[str, Any]) -> None:
    before = read_plan(data)
    case = Case(ADAPTER.complete(before).plan, TODAY, previous=before, significant=True)
    found = [rule.check(case) for rule in ADAPTER.rules]
    for one in (one for result in found for one in result or ()):
        walk(case.plan, one.path)
    assert found == [rule.check(replace(case)) for rule in ADAPTER.rules]
