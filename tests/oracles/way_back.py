"""What rule 6 promises: the plan that comes back, from the plan that went and its loss lines."""

import copy
import re
from collections.abc import Iterable
from typing import Any, Final

from iepbridge.plan import Plan, plan_data

SECTIONS: Final = frozenset(
    {
        "credentials", "desired_positions", "work_history", "family_members", "assessments",
        "goals", "barriers", "services", "activities", "case_notes", "reviews", "signatures",
    }
)  # fmt: skip
_STEP: Final = re.compile(r"([a-z_0-9]+)|\[([0-9]+)\]")
_GONE: Final = "gone"


def settled(plan: Plan) -> dict[str, Any]:
    """Give a plan's data with absence in one form: no nulls, no inner `[]`, no `{}` fields."""
    return {
        key: value
        for key, inner in plan_data(plan).items()
        if (value := _settled(inner, item=False)) not in (None, {}, []) or key in SECTIONS
    }


def _settled(value: Any, *, item: bool) -> Any:
    if isinstance(value, dict):
        found = {key: _settled(inner, item=False) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner not in (None, {}, [])}
    if isinstance(value, list):
        return [_settled(inner, item=True) for inner in value]
    return value


def steps_of(path: str) -> list[str | int]:
    """Split a path; keys of extensions and identifiers stay whole."""
    if path.startswith("extensions."):
        return [*path.split(".", 2)]
    if path.startswith("participant.identifiers."):
        return [*path.split(".", 2)]
    return [found[1] or int(found[2]) for found in _STEP.finditer(path)]


def value_at(data: Any, path: str) -> Any:
    """Give the value at a path, None where there is none."""
    for step in steps_of(path):
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def leaves(data: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    """Give every leaf with its path: values, empty sections, and items with nothing in them."""
    if isinstance(data, dict) and data:
        for key, inner in data.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(data, list) and data:
        for place, inner in enumerate(data):
            yield from leaves(inner, f"{path}[{place}]")
    else:
        yield path, data


def without(data: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """Take leaves out of settled data; a part that loses its last leaf goes too."""
    data = copy.deepcopy(data)
    taken: set[int] = set()
    for path in paths:
        *inner, last = steps_of(path)
        holder = data
        for step in inner:
            holder = holder[step]  # type: ignore[index]
        holder[last] = _GONE  # type: ignore[index]
        taken.add(id(holder))
    return {key: value for key, inner in data.items() if (value := _left(inner)) is not None}


def _left(value: Any) -> Any:
    if value == _GONE:
        return None
    if isinstance(value, dict):
        found = {key: _left(inner) for key, inner in value.items()}
        found = {key: inner for key, inner in found.items() if inner is not None}
        return found if found or not value else None
    if isinstance(value, list):
        items = [item for item in map(_left, value) if item is not None]
        return items if items or not value else None
    return value
