"""Pairs of versions that differ in anything, and a second reading of what differs.

The second reading writes a plan out flat: a value for each place, where a part with an id is
called by it (`goals#G1.title`) and stands there itself (`goals#G1`), and so does the order of its
list (`goals#`). What differs between two such tables is what must be reported.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from tests.strategies import plans

from iepbridge.change import Change
from iepbridge.plan import Plan, plan_data, read_plan

Data = dict[str, Any]
Flat = dict[str, Any]

IDS = {
    "goals": "goal_id",
    "actions": "action_id",
    "barriers": "barrier_id",
    "services": "service_id",
    "activities": "activity_id",
    "case_notes": "note_id",
}
SECTIONS = (
    "credentials", "desired_positions", "work_history", "family_members", "assessments", "goals",
    "barriers", "services", "activities", "case_notes", "reviews", "signatures",
)  # fmt: skip
_HEAD = ("schema", "plan_id", "version")
_TOGETHER = ("status", "started_on", "completed_on", "closed_on")


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Plan, Plan]:
    """Draw two versions: the second takes some sections from elsewhere, and shuffles its parts."""
    old, other = (_renamed(draw(plans(tidied=True))) for _ in range(2))
    new = deepcopy(old)
    names = sorted({*old, *other} - {*_HEAD, *_TOGETHER})
    chosen = draw(st.sets(st.sampled_from(names), max_size=6))
    for name in (*chosen, *(_TOGETHER if draw(st.booleans()) else ())):
        new.pop(name, None)
        if name in other:
            new[name] = deepcopy(other[name])
    for parts in (new, *(new.get("goals") or ())):
        for name in IDS.keys() & parts.keys():
            parts[name] = draw(st.permutations(parts[name]))
    return read_plan(old), read_plan(new)


def _renamed(plan: Data) -> Data:
    """Number the parts of a plan, so that two plans share ids, and drop what refers to them."""
    plan |= {"plan_id": "P-1", "version": 999_999_999}
    steps = [action for goal in plan.get("goals") or () for action in goal.get("actions") or ()]
    for name, own in IDS.items():
        parts = steps if name == "actions" else plan.get(name) or []
        for number, part in enumerate(parts):
            part[own] = f"X-{number}"
    for part in steps:
        part.pop("barrier_id", None)
        part.pop("service_id", None)
    for barrier in plan.get("barriers") or ():
        barrier.pop("goal_id", None)
    return plan


def flat(plan: Plan) -> Flat:
    """Write a plan out, its values as comparable texts."""
    found: Flat = {}
    data = {name: value for name, value in plan_data(plan).items() if name not in _HEAD}
    for name, value in data.items():
        found |= _flat(name, name, value)
        if value == []:
            found[name] = "nothing to record"
    return found


def _flat(key: str, name: str, value: Any) -> Flat:
    if isinstance(value, dict):
        items = (_flat(f"{key}.{inner}", inner, one) for inner, one in value.items())
        return {own: one for item in items for own, one in item.items()}
    if isinstance(value, list) and name in IDS:
        return _flat_parts(key, IDS[name], value)
    return {} if value == [] else {key: _text(value)}


def _flat_parts(key: str, own: str, parts: list[Data]) -> Flat:
    found: Flat = {f"{key}#": [part[own] for part in parts]} if parts else {}
    for part in parts:
        place = f"{key}#{part[own]}"
        found |= {place: "here", **_flat(place, "", part)}
    return found


def _text(value: Any) -> str:
    """Write a value; numbers by what they are worth."""
    return json.dumps(
        value, default=lambda own: str(own.normalize() + 0) if _is_number(own) else str(own)
    )


def _is_number(value: object) -> bool:
    return type(value).__name__ == "Decimal"


def differing(old: Plan, new: Plan) -> set[tuple[str, str]]:
    """Say what must be reported: effect and flat key; nothing below what came or went whole."""
    before, after = flat(old), flat(new)
    parts = {key for key in before.keys() ^ after.keys() if re.search(r"#[^.#]+$", key)}
    inside = tuple(f"{part}{more}" for part in parts for more in ".#")
    return {
        (_effect(key, parts, before), key)
        for key in before.keys() | after.keys()
        if _value(before, key, after) != _value(after, key, before)
        and not key.startswith(inside)
        and f"{key}#" not in before | after
    }


def _effect(key: str, parts: set[str], before: Flat) -> str:
    return ("removed" if key in before else "added") if key in parts else "changed"


def _value(plan: Flat, key: str, other: Flat) -> Any:
    """Give a value; of an order, that of the parts that both versions have."""
    if key.endswith("#"):
        return [own for own in plan.get(key, ()) if own in other.get(key, ())]
    return plan.get(key)


def keyed(change: Change, old: Plan, new: Plan) -> tuple[str, str]:
    """Write a change as the second reading does."""
    place: Any = plan_data(old if change.effect == "removed" else new)
    key = ""
    steps = list(_steps(change.path, place))
    for name, index, part in steps:
        key += f".{name}" if key else name
        if index is not None:
            key += f"#{part[IDS[name]]}"
    name, index, value = steps[-1]
    return change.effect, key + "#" * _is_order(name, index, value, old, key)


def _is_order(name: str, index: int | None, value: Any, old: Plan, key: str) -> bool:
    return name in IDS and index is None and bool(value) and f"{key}#" in flat(old)


def _steps(path: str, place: Any) -> Iterator[tuple[str, int | None, Any]]:
    while path:
        name = next((own for own in _keys(place) if _leads(path, own)), None)
        if name is None:  # a value that is gone
            name = path.partition("[")[0] if path.partition("[")[0] in IDS else path
            yield name, None, None
            return
        place, path = place[name], path.removeprefix(name)
        index = re.match(r"\[(\d+)\]", path)
        if index:
            place, path = place[int(index[1])], path[index.end() :]
        yield name, int(index[1]) if index else None, place
        path = path.removeprefix(".")


def _keys(place: Any) -> list[str]:
    return sorted(place, key=len, reverse=True) if isinstance(place, dict) else []


def _leads(path: str, name: str) -> bool:
    return path.startswith(name) and path[len(name) : len(name) + 1] in ("", ".", "[")
