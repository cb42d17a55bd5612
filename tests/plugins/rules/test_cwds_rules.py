"""Pennsylvania's rules: each kept, broken where its finding stands, and out of place."""

from typing import Any

import pytest
from hypothesis import given
from tests.plugins.rules import parts
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
from tests.plugins.rules.parts import both, signature
from tests.strategies import plans

from iepbridge.plan import PlanData
from iepbridge_cwds import iepbridge_adapter
from iepbridge_cwds.rules import RULES

ADAPTER = iepbridge_adapter()
BY_ID = {rule.id: rule for rule in RULES}

EVE, DAY, NEXT = "2024-03-03", "2024-03-04", "2024-03-05"
GIVEN = "2024-06-04"
YESTERDAY, TODAYS, TOMORROW = "2024-06-13", TODAY.isoformat(), "2024-06-15"


def assessed(instrument: str, reviewed_on: str | None = DAY, *, scores: int = 1) -> PlanData:
    made = [{"scale": "Reading", "value": 7}] * scores
    return {"instrument": instrument, "reviewed_on": reviewed_on, "scores": made}


def all_four(**changed: PlanData | None) -> list[PlanData]:
    """Give the four assessments, some changed or, where None, left out."""
    made = {name: assessed(name) for name in ("careerscope", "torq", "tabe", "onet")} | changed
    return [assessment for assessment in made.values() if assessment is not None]


def event(started_on: str | None) -> PlanData:
    return {"service_id": f"E{started_on}", "category": "iep_development", "started_on": started_on}


def service(**fields: Any) -> PlanData:
    return {"service_id": "S1", "category": "job_search", **fields}


def barrier(number: int, **fields: Any) -> PlanData:
    return {"barrier_id": f"B{number}", "category": "transportation", **fields}


def goal(*about: str, term: str = "overall") -> PlanData:
    """Give a goal with an action about each of these barriers."""
    return parts.goal(term, actions=[parts.action(barrier_id=name) for name in about])


def note(number: int = 1, **fields: Any) -> PlanData:
    return {"note_id": f"N{number}", "about": "incentive", **fields}


def whole_note(**changed: Any) -> PlanData:
    told = {
        "title": "Paid for the licence",
        "metrics": [{"label": "Paid"}, {"label": "Paid", "value": "$40"}],
        "story": "Passed the test.",
        "next_steps": [NEXT_STEP],
    }
    return note(**{**told, **changed})


NEXT_STEP = {"goal": "Drive", "process": "Practise", "deadline": TOMORROW}
FOUR_PLACES = tuple(f"assessments[{at}].reviewed_on" for at in range(4))

EXAMPLES = {
    "PA-01": (
        always("started_on", "eligibility.determined_on"),
        kept("on the day of eligibility", started_on=DAY, eligibility={"determined_on": DAY}),
        kept("later", started_on=NEXT, eligibility={"determined_on": DAY}),
        broken("the day before", "started_on", started_on=EVE, eligibility={"determined_on": DAY}),
        broken("eligibility unknown", "eligibility.determined_on", started_on=DAY),
        broken(
            "only enrolment known",
            "eligibility.determined_on",
            started_on=DAY,
            eligibility={"enrolled_on": DAY},
        ),
        broken("start unknown", "started_on", eligibility={"determined_on": DAY}),
    ),
    "PA-02": (
        always("assessments"),
        kept("all four", assessments=all_four()),
        kept("another beside them", assessments=[*all_four(), assessed("other", scores=0)]),
        kept(
            "one of two has a score",
            assessments=[assessed("tabe", scores=0), *all_four()],
        ),
        broken("none discussed", "assessments", assessments=[]),
        broken("one missing", "assessments", assessments=all_four(onet=None)),
        broken("two missing, one place", "assessments", assessments=all_four(onet=None, torq=None)),
        broken(
            "one without scores",
            "assessments",
            assessments=all_four(torq=assessed("torq", scores=0)),
        ),
    ),
    "PA-03": (
        always("assessments"),
        kept("on the day of WIS02", assessments=all_four(), services=[event(DAY)], started_on=EVE),
        kept("WIS02 derived", assessments=all_four(), started_on=EVE, completed_on=DAY),
        kept("any day, WIS02 unknown", assessments=all_four(tabe=assessed("tabe", TODAYS))),
        kept(
            "one of several is enough",
            assessments=[assessed("tabe", None), assessed("tabe", NEXT), *all_four()],
            services=[event(DAY)],
        ),
        kept(
            "an event before the start is of another version",
            assessments=all_four(),
            services=[event("2023-03-04"), event(DAY)],
            started_on=EVE,
        ),
        broken(
            "the first event counts, whichever its place",
            *FOUR_PLACES,
            assessments=all_four(),
            services=[event(NEXT), event(EVE)],
            started_on=EVE,
        ),
        broken(
            "on the day after",
            "assessments[2].reviewed_on",
            assessments=all_four(tabe=assessed("tabe", NEXT)),
            services=[event(DAY)],
            started_on=EVE,
        ),
        broken(
            "after the completion: WIS02 is derived on the first day",
            *FOUR_PLACES,
            assessments=all_four(),
            started_on=EVE,
            completed_on=EVE,
        ),
        broken(
            "not reviewed, WIS02 unknown",
            "assessments[1].reviewed_on",
            assessments=all_four(torq=assessed("torq", None)),
        ),
        broken(
            "the first of several is named",
            "assessments[0].reviewed_on",
            assessments=[assessed("tabe", None), assessed("tabe", NEXT), *all_four(tabe=None)],
            services=[event(DAY)],
        ),
        broken(
            "two missing are one place, one late another",
            "assessments[0].reviewed_on",
            "assessments",
            assessments=all_four(careerscope=assessed("careerscope", NEXT), torq=None, onet=None),
            services=[event(DAY)],
        ),
    ),
    "PA-04": (
        not_applicable("not completed", services=[event(DAY)]),
        not_applicable("no WIS02", completed_on=DAY),
        not_applicable("a WIS02 without a start", completed_on=DAY, services=[event(None)]),
        kept("on the day", completed_on=DAY, services=[event(DAY)], started_on=EVE),
        kept("WIS02 derived", started_on=EVE, completed_on=EVE, assessments=all_four()),
        kept("the first of two", completed_on=DAY, services=[event(NEXT), event(DAY)]),
        broken("the day before", "completed_on", completed_on=EVE, services=[event(DAY)]),
    ),
    "PA-05": (
        not_applicable("not discussed"),
        not_applicable("no barriers", barriers=[]),
        not_applicable("all resolved", barriers=[barrier(1, resolved_on=DAY)]),
        kept("acted on", barriers=[barrier(1)], goals=[goal("B1")]),
        broken("no goals", "barriers[0]", barriers=[barrier(1)]),
        broken(
            "two of four",
            "barriers[0]",
            "barriers[3]",
            barriers=[barrier(1), barrier(2), barrier(3, resolved_on=DAY), barrier(4)],
            goals=[goal("B2")],
        ),
        broken(
            "an action about no barrier",
            "barriers[0]",
            barriers=[barrier(1, plan="Bus pass")],
            goals=[parts.goal(actions=[parts.action()])],
        ),
    ),
    "PA-06": (
        not_applicable("no services"),
        not_applicable("only WIS02, derived", started_on=DAY),
        kept(
            "planned, beside a bare WIS02",
            services=[
                event(DAY),
                service(provider="Library", planned_start_on=DAY, planned_end_on=DAY),
            ],
        ),
        broken(
            "nothing",
            "services[1].provider",
            "services[1].planned_start_on",
            "services[1].planned_end_on",
            services=[event(DAY), service(started_on=DAY, ended_on=NEXT)],
        ),
        broken(
            "one field",
            "services[0].planned_end_on",
            services=[service(provider="Library", planned_start_on=DAY)],
        ),
    ),
    "PA-07": (
        not_applicable("not completed"),
        kept("both", completed_on=DAY, signatures=both()),
        kept("the guardian counts", completed_on=DAY, signatures=both(role="guardian")),
        kept("this version", completed_on=DAY, version=2, signatures=[*both(1), *both(2)]),
        broken("none", "signatures", completed_on=DAY),
        broken("one", "signatures", completed_on=DAY, signatures=both()[:1]),
        broken("only the staff", "signatures", completed_on=DAY, signatures=both()[1:]),
        broken("undated", "signatures", completed_on=DAY, signatures=both(signed_on=None)),
        broken("an earlier version", "signatures", completed_on=DAY, version=2, signatures=both()),
        broken(
            "an insignificant change too",
            "signatures",
            completed_on=DAY,
            version=2,
            signatures=both(),
            significant=False,
        ),
        broken("for no version", "signatures", completed_on=DAY, signatures=both(None)),
        broken(
            "two for different versions",
            "signatures",
            completed_on=DAY,
            version=2,
            signatures=[both(1)[0], both(2)[1]],
        ),
    ),
    "PA-08": (
        not_applicable("not completed"),
        kept("given", completed_on=DAY, signatures=both(copy_given_on=GIVEN)),
        kept(
            "given to the guardian",
            completed_on=DAY,
            signatures=[signature("participant"), signature("guardian", copy_given_on=GIVEN)],
        ),
        broken("no signatures", "signatures", completed_on=DAY),
        broken(
            "only the staff has one",
            "signatures",
            completed_on=DAY,
            signatures=[signature("case_manager", copy_given_on=GIVEN)],
        ),
        broken(
            "of an earlier version",
            "signatures[2].copy_given_on",
            completed_on=DAY,
            version=2,
            signatures=[*both(1, copy_given_on=GIVEN), *both(2)],
        ),
        broken(
            "the last participant is named",
            "signatures[1].copy_given_on",
            completed_on=DAY,
            signatures=[
                signature("participant"),
                signature("participant"),
                signature("guardian"),
            ],
        ),
        broken(
            "the last guardian where no participant signed",
            "signatures[1].copy_given_on",
            completed_on=DAY,
            signatures=[signature("guardian"), signature("guardian"), signature("case_manager")],
        ),
    ),
    "PA-09": (
        not_applicable("no services"),
        not_applicable("under way", services=[service(started_on=DAY)]),
        not_applicable("ended today", services=[service(ended_on=TODAYS)]),
        not_applicable("only WIS02", services=[{**event(DAY), "ended_on": DAY}]),
        kept(
            "on the day",
            services=[service(ended_on=DAY)],
            reviews=[parts.review(DAY)],
        ),
        broken("no review", "services[0].ended_on", services=[service(ended_on=YESTERDAY)]),
        broken(
            "a review without a date, one too early",
            "services[1].ended_on",
            services=[service(ended_on=EVE), service(service_id="S2", ended_on=NEXT)],
            reviews=[parts.review(), parts.review(DAY)],
        ),
    ),
    "PA-10": (
        not_applicable("no exit"),
        not_applicable("enrolled", eligibility={"enrolled_on": DAY}),
        not_applicable("exit tomorrow", eligibility={"exited_on": TOMORROW}),
        kept("closed", status="closed", closed_on=DAY, eligibility={"exited_on": DAY}),
        broken("active", "status", eligibility={"exited_on": DAY}),
        broken("exit today", "status", eligibility={"exited_on": TODAYS}),
    ),
    "PA-11": (
        not_applicable("no notes"),
        not_applicable("notes on something else", case_notes=[{**note(), "about": "progress"}]),
        kept("whole", case_notes=[whole_note()]),
        broken(
            "nothing, in the second note",
            "case_notes[1].title",
            "case_notes[1].metrics",
            "case_notes[1].story",
            "case_notes[1].next_steps",
            case_notes=[whole_note(), note(2)],
        ),
        broken(
            "metrics without a value",
            "case_notes[0].metrics",
            case_notes=[whole_note(metrics=[{"label": "Paid", "unit": "USD"}])],
        ),
        broken(
            "a bare step",
            "case_notes[0].next_steps[1].goal",
            "case_notes[0].next_steps[1].process",
            "case_notes[0].next_steps[1].deadline",
            case_notes=[whole_note(next_steps=[NEXT_STEP, {}])],
        ),
        broken(
            "a step without a deadline",
            "case_notes[0].next_steps[0].deadline",
            case_notes=[whole_note(next_steps=[{"goal": "Drive", "process": "Practise"}])],
        ),
    ),
    "PA-12": (
        not_applicable("no notes"),
        not_applicable("no follow-up", case_notes=[note()]),
        not_applicable("due today", case_notes=[note(follow_up_on=[TODAYS, TOMORROW])]),
        not_applicable(
            "of another note", case_notes=[{**note(follow_up_on=[DAY]), "about": "progress"}]
        ),
        kept(
            "a note of any kind on the day",
            case_notes=[
                note(follow_up_on=[DAY, TOMORROW]),
                {"note_id": "N2", "about": "other", "dated_on": DAY},
            ],
        ),
        broken(
            "its own day does not count",
            "case_notes[0].follow_up_on[0]",
            case_notes=[note(dated_on=DAY, follow_up_on=[DAY])],
        ),
        broken(
            "yesterday, and a note a day late",
            "case_notes[0].follow_up_on[1]",
            "case_notes[0].follow_up_on[2]",
            case_notes=[note(follow_up_on=[NEXT, DAY, YESTERDAY]), note(2, dated_on=NEXT)],
        ),
    ),
    "PA-13": (
        not_applicable("no notes"),
        not_applicable("notes on something else", case_notes=[{**note(), "about": "progress"}]),
        kept("the day after", case_notes=[note(dated_on=DAY, follow_up_on=[EVE, NEXT])]),
        broken(
            "after a note without a date",
            "case_notes[0].follow_up_on",
            case_notes=[note(follow_up_on=[DAY])],
        ),
        broken("none", "case_notes[0].follow_up_on", case_notes=[note(dated_on=DAY)]),
        broken("none, and no date", "case_notes[0].follow_up_on", case_notes=[note()]),
        broken(
            "on its own day",
            "case_notes[1].follow_up_on",
            case_notes=[
                note(dated_on=DAY, follow_up_on=[TOMORROW]),
                note(2, dated_on=DAY, follow_up_on=[DAY, EVE]),
            ],
        ),
    ),
    "PA-14": (
        always("goals"),
        kept("an overall goal", goals=[goal()]),
        broken("discussed, none", "goals", goals=[]),
        broken("other goals", "goals", goals=[goal(term="long_term")]),
    ),
}


@pytest.mark.parametrize(("rule", "example"), each_of(EXAMPLES))
def test_example(rule: str, example: Example) -> None:
    case = opened(example.fields, ADAPTER.complete)
    assert paths_of(BY_ID[rule].check(case)) == example.paths


def test_every_rule_has_every_kind_of_example() -> None:
    assert not holes(RULES, EXAMPLES)


def test_every_rule_says_what_it_asks_and_where_from() -> None:
    assert [flaw for rule in RULES for flaw in flaws(rule)] == []
    assert ADAPTER.rules is RULES


@given(plans())
def test_a_rule_finds_each_place_once_and_in_the_plan(data: PlanData) -> None:
    case = opened(data, ADAPTER.complete)
    for rule in RULES:
        paths = paths_of(rule.check(case)) or ()
        assert len(paths) == len(set(paths)), rule.id
        for path in paths:
            walk(case.plan, path)
