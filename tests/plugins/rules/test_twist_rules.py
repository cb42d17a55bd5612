"""The rules of Texas: plans that keep each, break it and where, or are not its business."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
from iepbridge.policy import Case, Rule
from iepbridge_twist import iepbridge_adapter
from iepbridge_twist.rules_participating import _FILLERS, only_participates

ADAPTER = iepbridge_adapter()
RULES = {rule.id: rule for rule in ADAPTER.rules}

DAY_BEFORE, DAY, DAY_AFTER = "2024-06-02", "2024-06-03", "2024-06-04"
YESTERDAY, TODAYS, TOMORROW = "2024-06-13", "2024-06-14", "2024-06-15"

WELDER = {"code": "51-4121.00", "title": "Welders"}
COMPLETE = {"set_on": DAY, "target_on": DAY, "outcome": "Can weld", "measure": "Certificate"}


def interim(**fields: Any) -> dict[str, Any]:
    return goal("interim", **fields)


def with_actions(*actions: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    """Put actions under a second goal, so that a path with a wrong place shows."""
    return [goal(), goal("short_term", actions=[*actions], **fields)]


def by(*parties: str) -> list[dict[str, Any]]:
    return with_actions(*(action(responsible=party) for party in parties))


def set_with(set_on: str | None, events: Any = None, notes: Any = None) -> dict[str, Any]:
    """Give the fields that TX-06 compares; the second interim goal is none of them."""
    return {
        "goals": [goal(), interim(set_on=set_on), interim(set_on="2024-01-01")],
        "services": events,
        "case_notes": notes,
    }


def saying(text: str) -> dict[str, Any]:
    return {"goals": [goal(), interim(outcome="Can weld", measure=text)]}


TX_05 = "goals[1].measure"

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "TX-01": (
        always("goals"),
        kept("an overall employment goal", goals=[interim(), goal()]),
        broken("no goals", "goals", goals=[]),
        broken("employment is a long-term goal only", "goals", goals=[goal("long_term")]),
        broken(
            "overall is education",
            "goals[1].kind",
            goals=[goal("long_term"), goal("overall", "education")],
        ),
    ),
    "TX-02": (
        kept("code and title", goals=[goal("short_term"), goal(occupation=WELDER)]),
        kept(
            "a cluster and a note",
            goals=[goal(career_cluster="Manufacturing")],
            case_notes=[note("progress"), note("career_exploration")],
        ),
        kept(
            "a title alone, with cluster and note",
            goals=[goal(career_cluster="Manufacturing", occupation={"title": "Welders"})],
            case_notes=[note("career_exploration")],
        ),
        broken(
            "a cluster without such a note",
            "case_notes",
            goals=[goal(career_cluster="Manufacturing")],
            case_notes=[note("progress")],
        ),
        broken("neither", "goals[1].occupation", goals=[interim(occupation=WELDER), goal()]),
        broken(
            "no title", "goals[0].occupation", goals=[goal(occupation={"code": WELDER["code"]})]
        ),
        broken(
            "no code", "goals[0].occupation", goals=[goal(occupation={"title": WELDER["title"]})]
        ),
        broken(
            "a note without a cluster",
            "goals[0].occupation",
            goals=[goal()],
            case_notes=[note("career_exploration")],
        ),
        not_applicable("no overall goal: TX-01", goals=[goal("long_term")]),
        not_applicable("overall is education: TX-01", goals=[goal("overall", "education")]),
    ),
    "TX-03": (
        always("goals"),
        kept("one", goals=[goal(), interim()]),
        broken("other terms", "goals", goals=[goal(), goal("short_term"), goal("long_term")]),
    ),
    "TX-04": (
        kept("all four", goals=[goal(), interim(**COMPLETE)]),
        broken(
            "none of them, in two goals",
            *(f"goals[{at}].{field}" for at, field in product((1, 2), COMPLETE)),
            goals=[goal(), interim(), interim()],
        ),
        *(
            broken(f"no {field}", f"goals[0].{field}", goals=[interim(**{**COMPLETE, field: None})])
            for field in COMPLETE
        ),
        not_applicable("no interim goal", goals=[goal(), goal("short_term")]),
    ),
    "TX-05": (
        kept("what is attained", **saying("Certificate of the welding course")),
        kept("a number", **saying("Attend 12 sessions")),
        kept("a number within a word", **saying("Attend the 2nd session")),
        kept("another word", **saying("Attends all classes punctually")),
        kept("fillers alone", **saying("Job search")),
        kept("customer's is no filler", **saying("The customer's attendance")),
        kept("attendant is another word", **saying("Attendant")),
        kept(
            "other goals are not looked at",
            goals=[goal("short_term", outcome="Attend"), interim(measure="Certificate")],
        ),
        broken("attends", TX_05, **saying("The customer will ATTEND all classes, weekly.")),
        broken("participant's", TX_05, **saying("Participant's enrollment in college")),
        broken("participant\u2019s", TX_05, **saying("Participant\u2019s enrolment")),
        broken("hyphens part words", TX_05, **saying("Participating in job-search_workshops")),
        broken(
            "both texts, in two goals",
            "goals[0].outcome",
            "goals[0].measure",
            "goals[2].outcome",
            goals=[interim(outcome="Attend", measure="Enrolled"), goal(), interim(outcome="Enrol")],
        ),
        not_applicable("no texts", goals=[goal(outcome="Attend"), interim()]),
        not_applicable("no interim goal", goals=[goal("short_term", measure="Attend")]),
    ),
    "TX-06": (
        kept(
            "one of several events and notes",
            **set_with(
                DAY,
                [service(), event(DAY_BEFORE), event(DAY)],
                [note("iep_development", DAY_AFTER), note("iep_development", DAY)],
            ),
        ),
        kept("an event, the note is TX-12's", **set_with(DAY, [event(DAY)], [note("progress")])),
        kept("a note, the event is TX-11's", **set_with(DAY, [], [note("iep_development", DAY)])),
        kept(
            "the derived event",
            started_on=DAY,
            **set_with(DAY, None, [note("iep_development", DAY)]),
        ),
        broken(
            "another day than the event",
            "goals[1].set_on",
            **set_with(DAY, [event(DAY_AFTER)], [note("iep_development", DAY)]),
        ),
        broken(
            "another day than the note",
            "goals[1].set_on",
            **set_with(DAY, [event(DAY)], [note("iep_development", DAY_BEFORE)]),
        ),
        broken(
            "another day than both: one finding",
            "goals[1].set_on",
            **set_with(DAY, [event(DAY_AFTER)], [note("iep_development", DAY_AFTER)]),
        ),
        broken(
            "a note about something else on that day",
            "goals[1].set_on",
            **set_with(
                DAY, [event(DAY)], [note("iep_update", DAY), note("iep_development", DAY_AFTER)]
            ),
        ),
        broken("a service on that day", "goals[1].set_on", **set_with(DAY, [event(), service()])),
        broken("the event has no start", "goals[1].set_on", **set_with(DAY, [event()])),
        broken(
            "the note has no date",
            "goals[1].set_on",
            **set_with(DAY, [], [note("iep_development")]),
        ),
        not_applicable("no set date: TX-04", **set_with(None, [event(DAY)])),
        not_applicable("neither event nor note: TX-11, TX-12", **set_with(DAY)),
        not_applicable("no interim goal: TX-03", goals=[goal(set_on=DAY)], services=[event(DAY)]),
    ),
    "TX-07": (
        kept("a party", goals=by("participant", "partner")),
        kept(
            "other, by name",
            goals=with_actions(action(responsible="other", responsible_name="An aunt")),
        ),
        broken(
            "nobody, in each goal",
            "goals[0].actions[0].responsible",
            "goals[1].actions[1].responsible",
            goals=[
                goal(actions=[action()]),
                interim(actions=[action(responsible="staff"), action()]),
            ],
        ),
        broken(
            "a name without a party",
            "goals[1].actions[0].responsible",
            goals=with_actions(action(responsible_name="An aunt")),
        ),
        broken(
            "other, without a name",
            "goals[1].actions[0].responsible_name",
            goals=by("other"),
        ),
        not_applicable("no actions", goals=[goal(), interim()]),
    ),
    "TX-08": (
        *(
            kept(f"participant and {party}", goals=by("participant", party))
            for party in ("staff", "program", "service_provider")
        ),
        kept(
            "in different goals",
            goals=[
                goal(actions=[action(responsible="staff")]),
                interim(actions=[action(responsible="participant")]),
            ],
        ),
        broken("the participant alone", "goals", goals=by("participant", "participant")),
        broken("staff alone", "goals", goals=by("staff", "program")),
        broken("a partner is not staff", "goals", goals=by("participant", "partner", "other")),
        broken("nobody", "goals", goals=with_actions(action())),
        not_applicable("no actions", goals=[goal()]),
    ),
    "TX-09": (
        kept("both", goals=with_actions(action(set_on=DAY, planned_end_on=DAY))),
        broken(
            "neither; one",
            "goals[1].actions[0].set_on",
            "goals[1].actions[0].planned_end_on",
            "goals[1].actions[1].planned_end_on",
            goals=with_actions(action(actual_end_on=DAY), action(set_on=DAY)),
        ),
        broken(
            "no set date",
            "goals[1].actions[0].set_on",
            goals=with_actions(action(planned_end_on=DAY)),
        ),
        not_applicable("no actions", goals=[goal()]),
    ),
    "TX-10": (
        kept(
            "under the last in the list",
            goals=[interim(), interim(actions=[action(), action(follow_up=True)]), goal()],
        ),
        broken(
            "under another",
            "goals[2].actions",
            goals=[
                goal(actions=[action(follow_up=True)]),
                interim(actions=[action(follow_up=True)]),
                interim(actions=[action(follow_up=False), action()]),
            ],
        ),
        broken("no actions", "goals[0].actions", goals=[interim()]),
        not_applicable("no interim goal", goals=with_actions(action(follow_up=True))),
    ),
    "TX-11": (
        always("services"),
        kept("an open event", services=[event(DAY)]),
        kept("an event with its outcome", services=[event(DAY, DAY, outcome="unsuccessful")]),
        kept("the derived event", started_on=DAY, completed_on=DAY_AFTER),
        broken("other services", "services", services=[service(), service("career_planning")]),
        broken(
            "ended without outcome",
            "services[1].outcome",
            "services[3].outcome",
            services=[
                service(ended_on=DAY),
                event(DAY_BEFORE, DAY_BEFORE),
                event(DAY, DAY, outcome="successful"),
                event(DAY, DAY),
            ],
        ),
    ),
    "TX-12": (
        always("case_notes"),
        kept("one", case_notes=[note("other"), note("iep_development")]),
        broken("on an update only", "case_notes", case_notes=[note("iep_update", DAY)]),
    ),
    "TX-13": (
        kept("participant and staff", completed_on=DAY, signatures=both()),
        kept("a guardian counts", completed_on=DAY, signatures=both(role="guardian")),
        kept("this version", version=2, completed_on=DAY, signatures=[*both(1), *both(2)]),
        broken("nobody", "signatures", completed_on=DAY),
        broken(
            "staff alone", "signatures", completed_on=DAY, signatures=[signature("case_manager")]
        ),
        broken(
            "participant and guardian",
            "signatures",
            completed_on=DAY,
            signatures=[signature("participant"), signature("guardian")],
        ),
        broken("undated", "signatures", completed_on=DAY, signatures=both(signed_on=None)),
        broken("for no version", "signatures", completed_on=DAY, signatures=both(None)),
        broken(
            "for the version before",
            "signatures",
            version=2,
            completed_on=DAY,
            signatures=[*both(1), signature("case_manager", 2)],
        ),
        not_applicable("not completed", started_on=DAY),
    ),
    "TX-14": (
        kept("a copy", completed_on=DAY, signatures=both(copy_given_on=DAY_AFTER)),
        kept(
            "the guardian's is enough",
            completed_on=DAY,
            signatures=[signature("participant"), signature("guardian", copy_given_on=DAY)],
        ),
        broken(
            "none: the last of the participant",
            "signatures[2].copy_given_on",
            completed_on=DAY,
            signatures=[
                signature("participant"),
                signature("case_manager", copy_given_on=DAY),
                signature("participant"),
                signature("guardian"),
            ],
        ),
        broken(
            "none: the last guardian's",
            "signatures[1].copy_given_on",
            completed_on=DAY,
            signatures=[signature("guardian"), signature("guardian")],
        ),
        broken("nobody signed", "signatures", completed_on=DAY, signatures=[]),
        broken(
            "a copy of the version before",
            "signatures",
            version=2,
            completed_on=DAY,
            signatures=both(1, copy_given_on=DAY),
        ),
        not_applicable("not completed", signatures=both()),
    ),
    "TX-15": (
        always("assessments"),
        kept("one", assessments=[{"instrument": "other"}]),
        broken("nothing to record", "assessments", assessments=[]),
    ),
    "TX-16": (
        kept(
            "a review on that day",
            goals=with_actions(action(planned_end_on=DAY)),
            reviews=[review(), review(DAY)],
        ),
        broken(
            "not reviewed",
            "goals[1].actions[0].planned_end_on",
            goals=with_actions(action(planned_end_on=YESTERDAY), action(planned_end_on=TODAYS)),
            reviews=None,
        ),
        broken(
            "reviewed the day before",
            "goals[1].actions[1].planned_end_on",
            goals=with_actions(action(planned_end_on=DAY_BEFORE), action(planned_end_on=DAY)),
            reviews=[review(DAY_BEFORE)],
        ),
        not_applicable(
            "its planned end is today", goals=with_actions(action(planned_end_on=TODAYS))
        ),
        not_applicable(
            "it has ended", goals=with_actions(action(planned_end_on=DAY, actual_end_on=DAY_AFTER))
        ),
        not_applicable("no planned end", goals=with_actions(action())),
        not_applicable(
            "closed",
            status="closed",
            closed_on=YESTERDAY,
            goals=with_actions(action(planned_end_on=DAY)),
        ),
    ),
    "TX-17": (
        kept("one in each", goals=[goal(), *(interim(actions=[action()]) for _ in range(2))]),
        broken(
            "none in some",
            "goals[1].actions",
            "goals[3].actions",
            goals=[goal(), interim(), interim(actions=[action()]), interim(actions=[])],
        ),
        not_applicable("no interim goal", goals=[goal("short_term")]),
    ),
    "TX-18": (
        kept("the same day", completed_on=DAY, services=[service(started_on=DAY)]),
        kept("one still to start", services=[service(started_on=TOMORROW)]),
        broken(
            "completed after the first of several",
            "completed_on",
            completed_on=DAY,
            services=[service(started_on=DAY_AFTER), service("follow_up", started_on=DAY_BEFORE)],
        ),
        broken(
            "not completed, one starts today",
            "completed_on",
            services=[service(started_on=TOMORROW), service(started_on=TODAYS)],
        ),
        not_applicable(
            "version 2", version=2, completed_on=DAY, services=[service(started_on=DAY_BEFORE)]
        ),
        *(
            not_applicable(category, services=[service(category, started_on=DAY)])
            for category in ("iep_development", "comprehensive_assessment", "career_planning")
        ),
        not_applicable("none has a start", services=[service(planned_start_on=DAY)]),
    ),
    "TX-19": (
        kept("on that day", goals=[goal(achieved_on=DAY)], reviews=[review(DAY)]),
        broken(
            "before one of two",
            "goals[1].achieved_on",
            goals=[goal(achieved_on=DAY), interim(achieved_on=DAY_AFTER), interim()],
            reviews=[review(DAY), review()],
        ),
        broken("no review", "goals[0].achieved_on", goals=[goal(achieved_on=DAY)]),
        not_applicable("nothing achieved", goals=[goal(status="achieved")]),
    ),
    "TX-20": (
        kept("it has ended", goals=with_actions(action(actual_end_on=DAY), status="achieved")),
        broken(
            "no actual end",
            "goals[1].actions[1].actual_end_on",
            goals=with_actions(action(actual_end_on=DAY), action(), status="achieved"),
        ),
        not_applicable("the goal is open", goals=with_actions(action(), status="open")),
        not_applicable("no action under it", goals=with_actions(status="achieved")),
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
    warnings = {5, 8, 10, 14, 15, 16, 18, 19, 20}
    expected = ["warning" if at in warnings else "error" for at in range(1, 21)]
    assert [rule.severity for rule in ADAPTER.rules] == expected
    assert {rule.otherwise for rule in ADAPTER.rules} == {None}


@pytest.mark.parametrize("form", ["participate", "participates", "participated", "participating",
                                  "participation", "attend", "attends", "attended", "attending",
                                  "attendance", "enrol", "enrols", "enroll", "enrolls", "enrolled",
                                  "enrolling", "enrolment", "enrollment"])  # fmt: skip
def test_any_form_says_no_more(form: str) -> None:
    assert only_participates(f"  {form.title()}!")
    assert not only_participates(f"{form} 1")


@given(st.lists(st.sampled_from(_FILLERS.split()), max_size=6), st.randoms())
def test_fillers_add_nothing_and_anything_else_does(fillers: list[str], random: Any) -> None:
    words = [*fillers, "attend"]
    random.shuffle(words)
    assert only_participates(", ".join(words))
    assert not only_participates(" ".join(fillers))
    assert not only_participates(" ".join([*words, "welding"]))


@settings(max_examples=30)
@given(plans(sized=True))
def test_any_plan_can_be_checked_and_findings_stand_in_it(data: dict[str, Any]) -> None:
    case = Case(ADAPTER.complete(read_plan(data)).plan, TODAY)
    found = [rule.check(case) for rule in ADAPTER.rules]
    for one in (one for result in found for one in result or ()):
        walk(case.plan, one.path)
    assert found == [rule.check(replace(case)) for rule in ADAPTER.rules]
