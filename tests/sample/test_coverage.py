"""Over a thousand plans of any seed: every field, every code, every section in its three states."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest

from iepbridge.plan import Plan, PlanData
from iepbridge.plan.part import Part
from iepbridge.sample import sample_plans

SECTIONS = [
    name
    for name, field in Plan.model_fields.items()
    if any(get_origin(inner) is list for inner in get_args(field.annotation))
]
STATES = ("null", "empty", "filled")


def wanted(kind: Any, path: str) -> Iterator[str]:
    """Yield what the model has at and below a path: fields, codes, both values of a flag."""
    if get_origin(kind) in (Union, types.UnionType, Annotated):
        for inner in get_args(kind):
            yield from wanted(inner, path)
    elif get_origin(kind) is Literal:
        yield from (f"{path}={code}" for code in get_args(kind))
    elif get_origin(kind) is list:
        yield from wanted(get_args(kind)[0], f"{path}[]")
    elif kind is bool:
        yield from (f"{path}={flag}" for flag in (True, False))
    elif isinstance(kind, type) and issubclass(kind, Part):
        for name, field in kind.model_fields.items():
            below = f"{path}.{field.alias or name}"
            yield below
            yield from wanted(field.annotation, below)


def found(value: Any, path: str) -> Iterator[str]:
    """Yield the same of one plan's data."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            yield from found(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, f"{path}[]")
    elif isinstance(value, (str, bool)):
        yield f"{path}={value}"


def states(plan: PlanData) -> Iterator[str]:
    for section in SECTIONS:
        parts = plan.get(section)
        yield f"{section}: {STATES[0] if parts is None else STATES[2 if parts else 1]}"
    veteran = plan["participant"].get("veteran")
    yield f"veteran: {veteran and (veteran['is_veteran'], len(veteran) > 1)}"


EVERY_STATE = {f"{section}: {state}" for section in SECTIONS for state in STATES} | {
    f"veteran: {form}"
    for form in (None, (True, True), (True, False), (False, True), (False, False))
}
EVERYTHING = set(wanted(Plan, ""))


def test_the_walk_of_the_model_finds_what_there_is() -> None:
    assert len(SECTIONS) == 12
    assert {".schema", ".goals[].actions[].follow_up=False", ".program=tanf_mwa"} <= EVERYTHING
    assert len(EVERYTHING) > 330


@pytest.mark.parametrize("seed", [0, 1, 2026, -3, 10**12])
def test_a_thousand_plans_show_everything(seed: int) -> None:
    shown: set[str] = set()
    for plan in sample_plans(1_000, seed):
        shown.update(found(plan, ""))
        shown.update(states(plan))
    assert shown >= EVERYTHING | EVERY_STATE


def test_there_is_more_than_the_model_names(plans: list[PlanData]) -> None:
    """Versions above one, extensions of each system, actions under goals of every term."""
    systems = {system for plan in plans for system in plan.get("extensions", ())}
    terms = {g["term"] for p in plans for g in p.get("goals") or () if g.get("actions")}
    assert {plan["version"] for plan in plans} > {1, 2, 3, 12}
    assert systems == {"twist", "icc", "cwds", "toolbox"}
    assert terms == {"overall", "long_term", "short_term", "interim"}
    assert any(len(goal["goal_id"]) > 30 for plan in plans for goal in plan.get("goals") or ())


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def test_texts_try_every_format(plans: list[PlanData]) -> None:
    """Quotes, ampersands, breaks, pipes, backslashes, currency, accents, other scripts."""
    every = set("".join(text for plan in plans for text in texts(plan)))
    assert set("\"'&<>|\\\n\r\t€é½“Д她أ👍=\u0301") <= every
    assert any(text[0] == " " or text[-1] == " " for plan in plans for text in texts(plan))
