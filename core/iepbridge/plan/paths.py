"""The leaves of a plan: every single value by its path, as reports name it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from iepbridge.plan.part import Part

Leaf: TypeAlias = tuple[str, Any]


def leaves(plan: Part | Mapping[str, Any]) -> Iterator[Leaf]:
    """Yield path and value of each leaf, in order; what is masked in the plan stays masked.

    A section with nothing to record is one leaf, `[]`; an item without any value is one, `{}`.
    Nulls, empty objects as fields and empty inner lists mean absence and give nothing.
    """
    for name, value in _entries(plan):
        if value is None:
            continue
        if value == [] and isinstance(value, list):
            yield name, value
            continue
        found: list[Leaf] = []
        _collect(name, value, found)
        yield from found


def _collect(path: str, value: Any, found: list[Leaf]) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            before = len(found)
            _collect(f"{path}[{index}]", item, found)
            if len(found) == before:
                found.append((f"{path}[{index}]", {}))
    elif isinstance(value, (dict, Part)):
        for name, inner in _entries(value):
            if isinstance(inner, (dict, list, Part)):
                _collect(f"{path}.{name}", inner, found)
            elif inner is not None:
                found.append((f"{path}.{name}", inner))
    else:
        found.append((path, value))


def _entries(value: Part | Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, Part):
        return value.items()
    aliases = _aliases(type(value))
    if not aliases:
        return value.__dict__.items()
    return [(aliases.get(name, name), inner) for name, inner in value.__dict__.items()]


@cache
def _aliases(part: type[Part]) -> dict[str, str]:
    return {name: field.alias for name, field in part.model_fields.items() if field.alias}
