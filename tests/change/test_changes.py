"""Two versions of one plan: every difference once, at its path, with its kind."""

import datetime
import re
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from tests.plan.examples import DROP, FULL, SMALLEST, Data, changed, refusals

from iepbridge.change import Change, changes
from iepbridge.plan import Plan, read_plan
from iepbridge.plan.paths import leaves
from iepbridge.plan.shape import Leaf, shape_at

WITH_IDS = "goals|actions|barriers|services|activities|case_notes"
SECTIONS = (
    "credentials", "desired_positions", "work_history", "family_members", "assessments", "goals",
    "barriers", "services", "activities", "case_notes", "reviews", "signatures",
)  # fmt: skip

KINDS = (
    (r"goals\[\d\]\.(title|occupation\..+|career_cluster|term|target_on|status)", "goal"),
    (r"barriers\[\d\]\.(resolved_on|category|description|plan)", "barrier"),
    (r"participant\.household\.type", "household"),
    (r"participant\.name\..+", "name"),
    (r"activities\[\d\]\.(kind|weekly_hours|ends_on|ended_on)", "work_activity"),
    (r"services\[\d\]\.(\w+_on|provider|outcome)", "service"),
    (r"goals\[\d\]\.actions\[\d\]\.\w+_on", "service"),
    (r"(signatures|case_notes|reviews|extensions)\b.*", "record"),
)
CLOSING = ("status", "closed_on", "eligibility.exited_on", "eligibility.exit_reason")


def between(old: Data, new: Data) -> list[Change]:
    return changes(read_plan(old), read_plan(new))


def reported_at(path: str) -> str:
    """Say where a changed leaf is reported: at itself, or at the first list without ids."""
    for found in re.finditer(r"(\w+)\[\d+\]", path):
        if found[1] not in WITH_IDS.split("|"):
            return path[: found.end(1)]
    return path


def kind_at(path: str, *, closed: bool) -> str:
    if closed and path in CLOSING:
        return "record"
    return next((kind for pattern, kind in KINDS if re.fullmatch(pattern, path)), "other")


def other_value(path: str, value: Any) -> Any:
    """Give a value of the same type."""
    steps = tuple(re.findall(r"\w+|\[\]", re.sub(r"\[\d+\]", "[]", path)))
    shape = shape_at(steps)
    assert isinstance(shape, Leaf) or steps[0] == "extensions"
    if isinstance(shape, Leaf) and shape.codes:
        return next(code for code in shape.codes if code != value)
    if isinstance(shape, Leaf) and shape.kind == "date":
        return (datetime.date.fromisoformat(value) + datetime.timedelta(1)).isoformat()
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, Decimal)):
        return value + 1 if path.endswith("hours") else value - 1
    return value[:-1] + ("2" if value[-1] != "2" else "3")


HEAD = ("schema", "plan_id", "version")
OWN_ID = re.compile(
    r"goals\[\d\]\.goal_id|.+\.action_id|barriers\[\d\]\.barrier_id|services\[\d\]\.service_id"
    r"|activities\[\d\]\.activity_id|case_notes\[\d\]\.note_id"
)
LEAVES = [
    (path, value)
    for path, value in leaves(FULL)
    if path not in HEAD and value != {} and not OWN_ID.fullmatch(path)
]
OPEN = changed(changed(FULL, "status", "active"), "closed_on", DROP)


@pytest.mark.parametrize("whole", [FULL, OPEN], ids=["closed", "open"])
def test_each_leaf_that_changes_is_reported_once(whole: Data) -> None:
    tried = set()
    for path, value in LEAVES:
        if whole is OPEN and path in ("status", "closed_on"):
            continue
        for new in (DROP, other_value(path, value)):
            data = changed(whole, path, new)
            if refusals(data):
                continue
            at = reported_at(path)
            closed = data["status"] == "closed"
            assert between(whole, data) == [(kind_at(at, closed=closed), at, "changed")]
            assert [one.path for one in between(data, whole)] == [at]
            tried.add(path)
    left = {path for path, _ in LEAVES} - tried
    assert all(re.search(r"(_id|term|status|is_veteran|closed_on)$", path) for path in left), left


def test_a_plan_does_not_differ_from_itself() -> None:
    for data in (FULL, SMALLEST):
        assert between(data, deepcopy(data)) == []


def test_what_a_version_is_called_does_not_count() -> None:
    assert between(FULL, {**FULL, "plan_id": "Q", "version": 9}) == []


PARTS = {
    "goals": ({"goal_id": "N", "term": "long_term", "kind": "education"}, "goal"),
    "goals[0].actions": ({"action_id": "N"}, "service"),
    "barriers": ({"barrier_id": "N", "category": "other", "description": "x"}, "barrier"),
    "services": ({"service_id": "N", "category": "other", "provider": "x"}, "service"),
    "activities": ({"activity_id": "N", "kind": "other"}, "work_activity"),
    "case_notes": ({"note_id": "N", "about": "other", "story": "x"}, "record"),
}


def within(data: Data, path: str) -> list[Data]:
    found: Any = data
    for step in re.findall(r"\w+", path):
        found = found[int(step) if step.isdigit() else step]
    return found


@pytest.mark.parametrize("place", PARTS)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_part_that_comes_or_goes_is_one_change(place: str, at: int) -> None:
    part, kind = PARTS[place]
    parts = list(within(FULL, place))
    data = changed(FULL, place, [*parts[:at], part, *parts[at:]])
    assert between(FULL, data) == [(kind, f"{place}[{at}]", "added")]
    assert between(data, FULL) == [(kind, f"{place}[{at}]", "removed")]


@pytest.mark.parametrize("place", PARTS)
def test_another_order_is_a_change_of_the_list(place: str) -> None:
    turned = changed(FULL, place, within(FULL, place)[::-1])
    kind = "record" if place == "case_notes" else "other"
    assert between(FULL, turned) == [(kind, place, "changed")]


def test_order_counts_among_the_parts_that_stay() -> None:
    first, second = FULL["services"]
    third = {"service_id": "S3", "category": "other"}
    old = changed(FULL, "goals", None)
    old = changed(old, "barriers", None)
    new = changed(old, "services", [second, third])
    assert between(old, new) == [
        ("service", "services[1]", "added"),
        ("service", "services[0]", "removed"),
    ]
    new = changed(old, "services", [second, third, first])
    assert between(old, new) == [
        ("service", "services[1]", "added"),
        ("other", "services", "changed"),
    ]


def test_a_part_that_changes_and_moves_has_its_path_in_the_new_version() -> None:
    first, second = FULL["goals"]
    data = changed(FULL, "goals", [second, {**first, "title": "Drive a bus"}])
    assert between(FULL, data) == [
        ("goal", "goals[1].title", "changed"),
        ("other", "goals", "changed"),
    ]


def test_an_action_that_goes_to_another_goal_is_removed_there_and_added_here() -> None:
    data = deepcopy(FULL)
    moved = data["goals"][0]["actions"].pop(0)
    data["goals"][1]["actions"] = [moved]
    data["goals"].reverse()
    assert between(FULL, data) == [
        ("service", "goals[0].actions[0]", "added"),
        ("service", "goals[0].actions[0]", "removed"),
        ("other", "goals", "changed"),
    ]


def test_what_is_in_a_part_that_came_is_not_told() -> None:
    data = changed(FULL, "barriers[0].goal_id", DROP)
    assert between(changed(data, "goals", []), data) == [
        ("goal", "goals[0]", "added"),
        ("goal", "goals[1]", "added"),
    ]


@pytest.mark.parametrize("section", SECTIONS)
def test_not_discussed_and_nothing_to_record_differ(section: str) -> None:
    kind = "record" if section in ("case_notes", "reviews", "signatures") else "other"
    empty, null = {**SMALLEST, section: []}, {**SMALLEST, section: None}
    assert between(null, empty) == between(empty, null) == [(kind, section, "changed")]
    assert between(null, SMALLEST) == []


@pytest.mark.parametrize(
    "path", ["participant.skills", "participant.former_names", "goals[1].actions"]
)
def test_an_inner_list_without_items_is_none(path: str) -> None:
    data = changed(FULL, path, DROP) if "goals" not in path else FULL
    assert between(data, changed(data, path, [])) == []
    plan = read_plan(data)
    goal = plan.goals[1].model_copy(update={"actions": []})
    assert changes(plan, plan.model_copy(update={"goals": [plan.goals[0], goal]})) == []


def test_an_object_is_told_leaf_by_leaf() -> None:
    agency = {"state": "TX", "board": "B"}
    assert between(SMALLEST, {**SMALLEST, "agency": agency}) == [
        ("other", "agency.state", "changed"),
        ("other", "agency.board", "changed"),
    ]
    assert between(SMALLEST, {**SMALLEST, "agency": {}}) == []
    veteran = changed(SMALLEST, "participant.veteran", {"is_veteran": False})
    assert between(SMALLEST, veteran) == [("other", "participant.veteran.is_veteran", "changed")]


def test_maps_are_told_key_by_key() -> None:
    old = {**SMALLEST, "extensions": {"a.b": {"goals": "1", "x": "1"}, "c": {"y": "1"}}}
    new = {**SMALLEST, "extensions": {"c": {"y": "1"}, "a.b": {"x": "2"}}}
    assert [one.path for one in between(old, new)] == ["extensions.a.b.x", "extensions.a.b.goals"]


def test_a_number_is_what_it_is_worth() -> None:
    old = changed(FULL, "activities[0].weekly_hours", Decimal("22.250"))
    assert between(FULL, old) == []
    assert between(FULL, changed(FULL, "work_history[0].hourly_wage", Decimal("12.2500"))) == []


def test_a_list_without_ids_is_one_field() -> None:
    jobs = FULL["work_history"]
    for new in (jobs[::-1], jobs[:1], [*jobs, {}], []):
        assert between(FULL, {**FULL, "work_history": new}) == [
            ("other", "work_history", "changed")
        ]


def test_only_a_new_version_that_is_closed_is_a_closing() -> None:
    closing = {"status": "closed", "closed_on": "2024-11-30"}
    old = {**SMALLEST, "status": "active"}
    kinds = {one.kind for one in between(old, {**old, **closing})}
    assert kinds == {"record"}
    assert {one.kind for one in between({**old, **closing}, old)} == {"other"}
    ended = {
        "eligibility": {"exited_on": "2024-11-30", "exit_reason": "x", "enrolled_on": "2024-01-01"}
    }
    found = between(old, {**old, **closing, **ended})
    assert [one.path for one in found if one.kind != "record"] == ["eligibility.enrolled_on"]


def test_changes_hold_no_values() -> None:
    old, new = read_plan(SMALLEST), read_plan(changed(SMALLEST, "participant.ssn", "900112222"))
    assert "9001" not in repr(changes(old, new))


def test_another_id_is_another_part() -> None:
    data = changed(FULL, "activities[1].activity_id", "AC9")
    assert between(FULL, data) == [
        ("work_activity", "activities[1]", "added"),
        ("work_activity", "activities[1]", "removed"),
    ]


def test_every_section_is_known_here() -> None:
    lists = {name for name, own in Plan.model_fields.items() if "list[" in str(own.annotation)}
    assert lists == set(SECTIONS)
