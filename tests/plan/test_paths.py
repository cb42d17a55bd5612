"""Every leaf has one path, in data as in the plan."""

import datetime
import re
from typing import Any

from hypothesis import given
from pydantic import Secret, SecretStr
from tests.plan.examples import FULL, SMALLEST, changed
from tests.strategies import plans

from iepbridge.plan import plan_data, read_plan
from iepbridge.plan.paths import leaves


def clear(value: object) -> str:
    """Write a leaf's value so that data and plan can be compared."""
    if isinstance(value, (SecretStr, Secret)):
        return clear(value.get_secret_value())
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def at(data: Any, path: str) -> Any:
    """Look a path up, without the code that wrote it."""
    head = re.match(r"(extensions)\.([^.]+)\.(.+)|(participant)\.(identifiers)\.(.+)", path)
    if head and "other.system" not in path:
        steps: Any = [group for group in head.groups() if group is not None]
    elif path.startswith("extensions.other.system."):
        steps = ["extensions", "other.system", path.removeprefix("extensions.other.system.")]
    else:
        steps = [name or int(i) for name, i in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)]
    for step in steps:
        data = data[step]
    return data


def test_paths_are_written_as_reports_name_them() -> None:
    found = dict(leaves(FULL))
    for path, value in {
        "schema": "iep/1",
        "credentials[0].title": "CDL A",
        "participant.skills[1]": "Spanish",
        "participant.identifiers.icc": "988",
        "extensions.other.Note/@by": "too",
        "work_history[1]": {},
        "goals[0].actions[1].action_id": "A2",
        "case_notes[0].follow_up_on[1]": "2024-01-26",
        "participant.former_names[0].name.last": "Example",
    }.items():
        assert found[path] == value


def test_a_section_with_nothing_to_record_is_a_leaf() -> None:
    assert ("goals", []) in leaves(changed(SMALLEST, "goals", []))
    assert ("goals", []) in leaves(read_plan(changed(SMALLEST, "goals", [])))
    assert list(leaves(changed(SMALLEST, "goals", None))) == list(leaves(SMALLEST))


def test_absence_has_no_leaf() -> None:
    data = changed(SMALLEST, "development", {"mode": None})
    data = changed(data, "participant.skills", [])
    data = changed(data, "extensions", {"twist": {}})
    assert list(leaves(data)) == list(leaves(SMALLEST))


def test_what_is_masked_stays_masked() -> None:
    values = dict(leaves(read_plan(FULL)))
    for path in ("participant.ssn", "participant.date_of_birth", "barriers[0].description"):
        assert isinstance(values[path], (SecretStr, Secret))


@given(plans())
def test_law_leaves_of_plan_and_data_are_the_same(data: dict[str, Any]) -> None:
    plan = read_plan(data)
    of_data = {path: clear(value) for path, value in leaves(data)}
    assert {path: clear(value) for path, value in leaves(plan)} == of_data
    assert {path: clear(value) for path, value in leaves(plan_data(plan))} == of_data


@given(plans())
def test_law_a_path_leads_to_its_value(data: dict[str, Any]) -> None:
    found = list(leaves(data))
    assert len(found) == len({path for path, _ in found})
    for path, value in found:
        if value != {}:
            assert at(data, path) == value


@given(plans())
def test_law_every_scalar_has_its_leaf(data: dict[str, Any]) -> None:
    def scalars(value: Any) -> int:
        if isinstance(value, dict):
            return sum(map(scalars, value.values()))
        if isinstance(value, list):
            return sum(map(scalars, value))
        return value is not None

    assert sum(value not in ([], {}) for _, value in leaves(data)) == scalars(data)
