"""Null, absent and empty: what is the same and what is not."""

from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given
from tests.plan.examples import DROP, FULL, SMALLEST, changed, refusals
from tests.strategies import plans

from iepbridge.plan import plan_data, read_plan
from iepbridge.plan.absence import may_be_untidy, tidy
from iepbridge.plan.paths import leaves

SECTIONS = (
    "credentials",
    "desired_positions",
    "work_history",
    "family_members",
    "assessments",
    "goals",
    "barriers",
    "services",
    "activities",
    "case_notes",
    "reviews",
    "signatures",
)
INNER_LISTS = (
    "participant.former_names",
    "participant.skills",
    "assessments[0].scores",
    "goals[0].actions",
    "case_notes[0].metrics",
    "case_notes[0].next_steps",
    "case_notes[0].follow_up_on",
)
OBJECTS = (
    "development",
    "agency",
    "case_manager",
    "case_manager.name",
    "participant.identifiers",
    "participant.address",
    "participant.household",
    "participant.veteran",
    "eligibility",
    "desired_positions[0].occupation",
    "work_history[0].occupation",
    "family_members[0].name",
    "goals[0].occupation",
    "participation_hours",
    "extensions",
    "extensions.twist",
)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_tells_null_from_empty(section: str) -> None:
    bare = changed(changed(changed(FULL, "goals", None), "barriers", None), "services", None)
    absent = read_plan(changed(bare, section, None))
    empty = read_plan(changed(bare, section, []))
    assert getattr(absent, section) is None
    assert getattr(empty, section) == []
    assert absent != empty
    assert (section, []) in leaves(empty)


@pytest.mark.parametrize("path", [*INNER_LISTS, *OBJECTS])
def test_null_absent_and_empty_are_one_below_the_sections(path: str) -> None:
    absent = read_plan(changed(FULL, path, DROP))
    empty: Any = [] if path in INNER_LISTS else {}
    inside = (f"{path}.", f"{path}[")
    others = [leaf for leaf in leaves(FULL) if not leaf[0].startswith(inside)]
    for value in (None, empty):
        plan = changed(FULL, path, value)
        assert read_plan(plan) == absent
        assert list(leaves(plan)) == others


def test_nulls_alone_make_an_object_empty() -> None:
    absent = read_plan(changed(FULL, "participant.household", DROP))
    nulls = changed(FULL, "participant.household", {"type": None, "since": None})
    assert read_plan(nulls) == absent
    assert read_plan(changed(FULL, "extensions", {"twist": {"a": None}})).extensions is None


def test_an_empty_item_is_an_item() -> None:
    plan = changed(FULL, "work_history", [{}, {"title": None}, {"occupation": {"code": None}}])
    assert tidy(plan)["work_history"] == [{}, {}, {}]
    assert len(read_plan(plan).work_history or ()) == 3
    assert [leaf for leaf in leaves(plan) if leaf[0].startswith("work")] == [
        ("work_history[0]", {}),
        ("work_history[1]", {}),
        ("work_history[2]", {}),
    ]


def test_a_veteran_unknown_is_not_a_veteran_not_served() -> None:
    assert read_plan(changed(FULL, "participant.veteran", None)).participant.veteran is None
    not_served = read_plan(changed(FULL, "participant.veteran", {"is_veteran": False}))
    assert not_served.participant.veteran
    assert not_served.participant.veteran.is_veteran is False


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("goals", {}),
        ("participant.skills", {}),
        ("participant.address", []),
        ("comments", {}),
        ("comments", []),
        ("participant.skills", [None]),
        ("goals[0].actions", [None]),
        ("extensions.twist", []),
    ],
)
def test_an_empty_thing_of_another_type_is_no_absence(path: str, value: object) -> None:
    found = refusals(changed(FULL, path, value))
    assert found[0][0] == 1
    assert found[0][1].startswith(path)


def test_unknown_fields_stay_to_be_refused() -> None:
    plan = changed(SMALLEST, "participant.household", {"colour": None})
    assert tidy(plan) == plan
    assert refusals(plan) == [(1, "participant.household.colour")]


@given(plans())
def test_law_tidying_changes_no_leaf_and_no_plan(data: dict[str, Any]) -> None:
    before = deepcopy(data)
    neat = tidy(data)
    assert data == before
    assert tidy(neat) == neat
    assert list(leaves(neat)) == list(leaves(data))
    assert read_plan(data) == read_plan(neat, tidied=True)
    assert plan_data(read_plan(data)).keys() == neat.keys()


@given(plans())
def test_law_what_is_untidy_is_suspected(data: dict[str, Any]) -> None:
    text = orjson.dumps(data, default=str)
    assert may_be_untidy(text, data) or tidy(data) == data
    neat = tidy(data)
    written = orjson.dumps(neat, default=str)
    assert (
        not may_be_untidy(written, neat)
        or b"{}" in written
        or b"null" in written
        or b"[]" in written
    )


@pytest.mark.parametrize("text", [b'{"a":null}', b'{"a":{ }}', b'{"a":{"b":[\t]}}', b'{"a": {}}'])
def test_white_space_hides_nothing(text: bytes) -> None:
    assert may_be_untidy(text, orjson.loads(text))


def test_an_empty_section_is_not_suspect() -> None:
    text = b'{"goals":[ ],"comments":"x"}'
    assert not may_be_untidy(text, orjson.loads(text))
