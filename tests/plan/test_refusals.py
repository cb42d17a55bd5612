"""The refusals 2 to 6, each with its path; and what refusals say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plan.examples import DROP, FULL, SMALLEST, changed, refusals
from tests.strategies import plans

from iepbridge.plan import PlanRefused, read_plan
from iepbridge.plan.paths import leaves

PAIRS = (
    ("", "started_on completed_on"),
    ("", "completed_on closed_on"),
    ("eligibility.", "determined_on enrolled_on"),
    ("eligibility.", "enrolled_on exited_on"),
    ("credentials[0].", "earned_on expires_on"),
    ("work_history[0].", "started_on ended_on"),
    ("participant.veteran.", "entered_on separated_on"),
    ("assessments[0].", "taken_on reviewed_on"),
    ("goals[0].", "set_on target_on"),
    ("goals[0].", "set_on achieved_on"),
    ("goals[0].actions[0].", "set_on planned_end_on"),
    ("goals[0].actions[0].", "set_on actual_end_on"),
    ("barriers[0].", "identified_on expected_resolution_on"),
    ("barriers[0].", "identified_on resolved_on"),
    ("services[0].", "planned_start_on planned_end_on"),
    ("services[0].", "started_on ended_on"),
    ("activities[0].", "started_on ends_on"),
    ("activities[0].", "started_on ended_on"),
    ("signatures[0].", "signed_on copy_given_on"),
)


@pytest.mark.parametrize(("part", "fields"), PAIRS)
def test_an_end_before_its_start(part: str, fields: str) -> None:
    start, end = (f"{part}{field}" for field in fields.split())
    same = changed(changed(FULL, start, "2024-01-05"), end, "2024-01-05")
    early = changed(same, end, "2024-01-04")
    assert (4, end) not in refusals(same)
    assert (4, end) in refusals(early)
    assert (4, start) not in refusals(early)
    assert (4, end) not in refusals(changed(early, start, DROP))


@pytest.mark.parametrize("part", ["", "eligibility."])
def test_chains_hold_between_those_that_stand(part: str) -> None:
    first, middle, last = (
        ("started_on", "completed_on", "closed_on")
        if not part
        else ("determined_on", "enrolled_on", "exited_on")
    )
    days = {first: "2024-01-05", middle: "2024-01-03", last: "2024-01-04"}
    plan = FULL
    for field, day in days.items():
        plan = changed(plan, f"{part}{field}", day)
    assert refusals(plan) == [(4, f"{part}{middle}")]
    assert refusals(changed(plan, f"{part}{middle}", DROP)) == [(4, f"{part}{last}")]
    descending = changed(plan, f"{part}{last}", "2024-01-02")
    assert refusals(descending) == [(4, f"{part}{middle}"), (4, f"{part}{last}")]


def test_the_refusal_names_the_field_that_stands_before() -> None:
    early = changed(changed(FULL, "completed_on", DROP), "closed_on", "2024-01-01")
    with pytest.raises(PlanRefused) as refused:
        read_plan(early)
    assert refused.value.problems[0].expected == "a date not before started_on"


def test_an_actual_date_is_free_of_the_planned_one() -> None:
    plan = changed(FULL, "services[0].started_on", "2023-12-01")
    plan = changed(plan, "goals[0].achieved_on", "2024-12-01")
    assert refusals(plan) == []


@pytest.mark.parametrize(
    ("section", "field"),
    [
        ("goals", "goal_id"),
        ("barriers", "barrier_id"),
        ("services", "service_id"),
        ("activities", "activity_id"),
        ("case_notes", "note_id"),
    ],
)
def test_two_parts_with_one_id(section: str, field: str) -> None:
    first = FULL[section][0][field]
    twice = changed(FULL, f"{section}[1].{field}", first)
    assert refusals(twice) == [(2, f"{section}[1].{field}")]
    elsewhere = changed(FULL, f"{section}[1].{field}", FULL["goals"][0]["actions"][0]["action_id"])
    assert refusals(elsewhere) == []


def test_action_ids_are_unique_over_the_plan() -> None:
    within = changed(FULL, "goals[0].actions[1].action_id", "A1")
    assert refusals(within) == [(2, "goals[0].actions[1].action_id")]
    across = changed(FULL, "goals[1].actions", [{"action_id": "A2"}, {"action_id": "A2"}])
    assert refusals(across) == [
        (2, "goals[1].actions[0].action_id"),
        (2, "goals[1].actions[1].action_id"),
    ]


@pytest.mark.parametrize(
    "path",
    ["goals[0].actions[0].barrier_id", "goals[0].actions[0].service_id", "barriers[0].goal_id"],
)
def test_a_reference_to_nothing(path: str) -> None:
    assert refusals(changed(FULL, path, "nobody")) == [(2, path)]
    assert refusals(changed(FULL, path, DROP)) == []
    assert refusals(changed(FULL, path, "A1")) == [(2, path)]


@pytest.mark.parametrize("section", [DROP, None, []])
def test_a_reference_into_a_section_that_is_not_there(section: object) -> None:
    assert refusals(changed(FULL, "barriers", section)) == [(2, "goals[0].actions[0].barrier_id")]
    assert refusals(changed(FULL, "services", section)) == [(2, "goals[0].actions[0].service_id")]
    assert refusals(changed(FULL, "goals", section)) == [(2, "barriers[0].goal_id")]


def test_overall_goals_and_categories() -> None:
    other = {"goal_id": "G3", "term": "overall", "kind": "education"}
    third = changed(FULL, "goals", [*FULL["goals"], other])
    assert refusals(third) == [(3, "goals[2].term")]
    fourth = changed(third, "goals", [*third["goals"], {**other, "goal_id": "G4"}])
    assert refusals(fourth) == [(3, "goals[2].term"), (3, "goals[3].term")]
    assert refusals(changed(FULL, "goals[1].category", DROP)) == [(3, "goals[1].category")]
    for term in ("overall", "long_term", "short_term"):
        goal = changed(FULL, "goals[0].term", term)
        with_category = changed(goal, "goals[0].category", "career_planning")
        assert refusals(with_category) == [(3, "goals[0].category")]


def test_closing() -> None:
    assert refusals(changed(FULL, "closed_on", DROP)) == [(5, "closed_on")]
    for status in ("draft", "active"):
        open_plan = changed(FULL, "status", status)
        assert refusals(open_plan) == []
        assert refusals(changed(open_plan, "closed_on", DROP)) == []


def test_a_signature_for_a_version_to_come() -> None:
    path = "signatures[0].plan_version"
    assert refusals(changed(FULL, path, 4)) == [(5, path)]
    for version in (1, 3, None):
        assert refusals(changed(FULL, path, version)) == []


UNFIT = [*map(chr, range(32)), "\ud800", "\udbff", "\udc00", "\udfff", "\ufffe", "\uffff"]


@pytest.mark.parametrize("character", UNFIT)
def test_characters_that_no_format_can_carry(character: str) -> None:
    expected = [] if character in "\t\n\r" else [6]
    for path in ("comments", "barriers[0].description", "participant.skills[1]"):
        found = refusals(changed(FULL, path, f"a{character}b"))
        assert found == [(number, path) for number in expected]


@pytest.mark.parametrize("character", [*"\x7f\x80\x9f\u2028\ufdd0\ufffd\ue000", "\U0001fffe"])
def test_characters_that_are_taken(character: str) -> None:
    assert refusals(changed(FULL, "comments", character)) == []


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\ud800", "\uffff"])
def test_an_unfit_key_is_named_without_its_character(character: str) -> None:
    in_map = changed(FULL, "extensions", {"twist": {f"a{character}": "x"}})
    assert refusals(in_map) == [(6, "extensions.twist.a\ufffd")]
    assert refusals(changed(FULL, "extensions", {f"{character}": {"a": "x"}})) == [
        (6, "extensions.\ufffd")
    ]
    unknown = changed(FULL, f"a{character}", None)
    assert refusals(unknown) == [(6, "a\ufffd"), (1, "a\ufffd")]


def test_an_unfit_code_is_both() -> None:
    assert refusals(changed(SMALLEST, "program", "other\x01")) == [(6, "program"), (1, "program")]
    assert refusals(changed(SMALLEST, "program", "\ud800")) == [(6, "program"), (1, "program")]


@pytest.mark.parametrize("key", ["[key]", "", "a.b", "[0]"])
def test_odd_keys_of_extensions(key: str) -> None:
    plan = changed(FULL, "extensions", {"twist": {key: 5}})
    assert (1, f"extensions.twist.{key}") in refusals(plan)
    assert (1, f"extensions.{key}") in refusals(changed(FULL, "extensions", {key: 5}))
    whole = changed(FULL, "extensions", {"twist": {key: "x"}})
    assert refusals(whole) == ([(1, "extensions.twist.")] if key == "" else [])


def test_all_refusals_are_told_at_once() -> None:
    plan = changed(FULL, "comments", "\x00")
    plan = changed(plan, "goals[1].goal_id", "G1")
    plan = changed(plan, "barriers[0].goal_id", "nobody")
    plan = changed(plan, "goals[1].category", None)
    plan = changed(plan, "services[0].ended_on", "2020-01-01")
    plan = changed(plan, "closed_on", None)
    assert refusals(plan) == [
        (6, "comments"),
        (2, "goals[1].goal_id"),
        (2, "barriers[0].goal_id"),
        (3, "goals[1].category"),
        (4, "services[0].ended_on"),
        (5, "closed_on"),
    ]
    typed = changed(plan, "program", "none")
    assert refusals(changed(typed, "version", 0)) == [
        (6, "comments"),
        (1, "version"),
        (1, "program"),
    ]


def test_a_refusal_says_what_was_expected_and_what_to_do() -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan(changed(FULL, "program", "SENTINEL"))
    finding = refused.value.problems[0].finding("P-1", 3)
    assert (finding.rule, finding.severity, finding.path) == ("MODEL-1", "error", "program")
    assert (finding.plan_id, finding.version, finding.clause) == ("P-1", 3, None)
    assert "expected one of 'wioa_adult'" in finding.message
    assert finding.remedy.endswith("send the plan again.")
    assert "SENTINEL" not in finding.line().decode() + str(refused.value) + repr(refused.value)
    assert refused.value.__context__ is refused.value.__cause__ is None


def test_each_kind_of_mistake_says_what_was_expected() -> None:
    for path, value, expected in (
        ("version", "1", "a whole number"),
        ("version", 0, "a whole number of 1 or more"),
        ("version", 10**9, "a whole number of at most 9 digits"),
        ("comments", 5, "text"),
        ("comments", "", "text of at least one character, or null"),
        ("goals", {}, "a list"),
        ("goals", [5], "an object"),
        ("extensions", 5, "an object"),
        ("goals[0].nontraditional", 1, "true or false"),
        ("participant.ssn", "1", "nine digits, area not 000 or 666, group not 00, serial not 0000"),
        ("started_on", "2024-02-30", "a day that exists, as YYYY-MM-DD"),
        ("started_on", "2024", "a date as YYYY-MM-DD"),
        ("participation_hours.required", 0, "a number above zero"),
        ("agency.state", "tx", "a state's two capital letters"),
        ("colour", 1, "no such field; what the model lacks goes under extensions"),
        ("participant.name", None, "a value, which every plan has here"),
    ):
        with pytest.raises(PlanRefused) as refused:
            read_plan(changed(FULL, path, value))
        assert refused.value.problems[0].expected == expected


FORBIDDEN = [character for character in UNFIT if character not in "\t\n\r"]


@given(plans(), st.integers(0, 99), st.sampled_from(FORBIDDEN))
def test_law_any_unfit_character_is_found_where_it_stands(
    plan: dict[str, Any], place: int, character: str
) -> None:
    free = {"title", "comments", "story", "line1", "first"}
    texts = [path for path, _ in leaves(plan) if path.rpartition(".")[2] in free]
    path = texts[place % len(texts)]
    assert refusals(changed(plan, path, f"a{character}")) == [(6, path)]
