"""Every free text of a plan, and a plan that has them all."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from tests.laws import path_steps
from tests.oracles.cwds_files import cwds_plan
from tests.plugins.test_laws import fitted, registry, write

from iepbridge.mapping.read import read_layout
from iepbridge.plan.paths import leaves
from iepbridge.plan.shape import Leaf, parse_path, path_pattern, shape_at

Data = dict[str, Any]
# Forms that only the model knows.
_FORMED = ("ssn", "zip", "phone")


class Place(NamedTuple):
    """How much of a text a system has room for: `continues` says that what is longer goes on."""

    size: int
    continues: bool


@cache
def full_plan(system: str) -> Data:
    """Give a plan with a value at every leaf, which the system takes."""
    data = cwds_plan()
    for service in data["services"]:
        service.setdefault("provider", "Goodwill")  # nothing stands in for it
    return fitted(system, data)


def text_paths(data: Data) -> Iterator[str]:
    """Give the path of every free text of a plan."""
    for path, value in leaves(data):
        if isinstance(value, str) and _is_free(path):
            yield path


def _is_free(path: str) -> bool:
    if path.startswith("participant.identifiers"):
        return False
    leaf = shape_at(parse_path(_pattern(path)) or ("nothing",))
    return (
        isinstance(leaf, Leaf)
        and leaf.kind == "text"
        and not leaf.plain
        and not (path.endswith(_FORMED))
    )


def _pattern(path: str) -> str:
    return "extensions{}{}" if path.startswith("extensions.") else re.sub(r"\[\d+\]", "[]", path)


def with_texts(data: Data, texts: Mapping[str, str]) -> Data:
    """Give a plan with other texts, by path."""
    changed: Data = _copy(data)
    for path, text in texts.items():
        *inner, last = path_steps(data, path)
        holder: Any = changed
        for step in inner:
            holder = holder[step]
        holder[last] = text
    return changed


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


@cache
def _sizes(system: str) -> dict[str, Place]:
    layout = read_layout(system, registry().adapter(system).mappings)
    return {
        path_pattern(field.canonical): Place(field.size.most, field.size.continues)
        for field in layout.every_field()
        if field.kind == "text" and field.size is not None
    }


@cache
def places(system: str) -> dict[str, Place]:
    """Give the place that a system has for each free text of its full plan that has one."""
    plan, own, sizes = full_plan(system), f"extensions.{system}.", _sizes(system)
    (written,) = write(system, plan)[1]
    dropped = {loss.path for loss in written.losses if loss.kind == "dropped"}
    patterns = {
        path: f"extensions.{system}{{}}" if path.startswith(own) else _pattern(path)
        for path in text_paths(plan)
        if path not in dropped
    }
    return {path: sizes[pattern] for path, pattern in patterns.items() if pattern in sizes}
