"""The leaves of a plan: every single value by its path, as reports name it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from iepbridge.plan.part import Part

Leaf: TypeAlias = tuple[str, Any]


def leaves(plan: Part | Mapping[str, Any]) -> Iterator[Leaf]:
    """Yield path and value of each leaf, in order; what is masked in the plan stays masked.

    A section with nothing to record is one leaf, `[]`; an item without any value is one, `{}`.
    Nulls, empty objects as fields and empty inner lists mean absence and give nothing.
    """
    for name, value in _entries(plan):
        if value == [] and isinstance(value, list):
            yield name, value
        else:
            yield from _leaves(name, value)


def _leaves(path: str, value: Any) -> Iterator[Leaf]:
    if isinstance(value, (Part, Mapping)):
        for name, inner in _entries(value):
            yield from _leaves(f"{path}.{name}", inner)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _item(f"{path}[{index}]", item)
    elif value is not None:
        yield path, value


def _item(path: str, item: Any) -> Iterator[Leaf]:
    empty = True
    for leaf in _leaves(path, item):
        empty = False
        yield leaf
    if empty:
        yield path, {}


def _entries(value: Part | Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return value.items()
    fields = type(value).model_fields
    return ((fields[name].alias or name, inner) for name, inner in value.__dict__.items())
