"""The shape of the model: what stands at a canonical path, for mappings to check against.

A path is written `goals[].actions[].set_on`; `[]` stands for the items of a list and `{}` for the
entries of a map (`participant.identifiers{}`), whose single entry is `participant.identifiers.icc`.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import Secret, SecretStr

from iepbridge.plan.leaves import ID_PATTERN, OCCUPATION_PATTERN, PHONE_PATTERN, STATE_PATTERN
from iepbridge.plan.part import Part
from iepbridge.plan.plan import Plan

Path: TypeAlias = tuple[str, ...]
"""The steps of a path: field names, `[]` for a list's items, `{}` for a map's entries."""

ITEMS: Final = "[]"
ENTRIES: Final = "{}"

LeafKind: TypeAlias = Literal["text", "date", "number", "integer", "flag", "code"]

_PLAIN: Final = {ID_PATTERN: 36, STATE_PATTERN: 2, PHONE_PATTERN: 10, OCCUPATION_PATTERN: 10}
_TYPES: Final[dict[str, LeafKind]] = {
    "str": "text",
    "SecretStr": "text",
    "date": "date",
    "Secret[date]": "date",
    "Decimal": "number",
    "int": "integer",
    "bool": "flag",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value; `masked` leaves give their value only through `get_secret_value`.

    `plain` is the most characters of a text that holds letters, digits and `_-.` alone; 0 where a
    text is free.
    """

    kind: LeafKind
    masked: bool = False
    codes: tuple[str, ...] = ()
    required: bool = False
    plain: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A list of `of`: parts, or leaves."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Map:
    """An object with free keys; `of` is what a key leads to."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Fields:
    """A part: its fields in the order of the canonical page, by their JSON names."""

    part: type[Part]
    required: bool = False

    def fields(self) -> dict[str, "Shape"]:
        """Give the part's fields by JSON name."""
        return _fields(self.part)

    def attribute(self, name: str) -> str:
        """Give the Python attribute of a field (`form` for `schema`)."""
        return _attributes(self.part)[name]


Shape: TypeAlias = Leaf | Item | Map | Fields


@cache
def _fields(part: type[Part]) -> dict[str, Shape]:
    return {
        field.alias or name: _shape(field.annotation, tuple(field.metadata), field.is_required())
        for name, field in part.model_fields.items()
    }


@cache
def _attributes(part: type[Part]) -> dict[str, str]:
    return {field.alias or name: name for name, field in part.model_fields.items()}


def _shape(annotation: Any, metadata: tuple[Any, ...], required: bool) -> Shape:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(annotation.__origin__, annotation.__metadata__, required)
    if origin in (Union, UnionType):
        (inner,) = [arg for arg in get_args(annotation) if arg is not NoneType]
        return _shape(inner, metadata, required)
    if origin is list:
        return Item(_shape(get_args(annotation)[0], (), False))
    if origin is dict:
        return Map(_shape(get_args(annotation)[1], (), False))
    if origin is Literal:
        return Leaf("code", codes=get_args(annotation), required=required)
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return Fields(annotation, required)
    return replace(_leaf(annotation, required), plain=_plain(metadata))


def _plain(metadata: tuple[Any, ...]) -> int:
    """Find the pattern that narrows a text, if one does, and how long it lets the text be."""
    inner = [one for entry in metadata for one in getattr(entry, "metadata", ())]
    patterns = {getattr(one, "pattern", None) for one in (*metadata, *inner)}
    return next((most for pattern, most in _PLAIN.items() if pattern in patterns), 0)


def _leaf(annotation: Any, required: bool) -> Leaf:
    masked = annotation is SecretStr or getattr(annotation, "__origin__", annotation) is Secret
    if get_origin(annotation) is Secret:
        (inner,) = get_args(annotation)
        return Leaf(_TYPES[inner.__name__], masked=True, required=required)
    if not masked and issubclass(annotation, Secret):
        inner = annotation.__pydantic_generic_metadata__["args"][0]
        return Leaf(_TYPES[inner.__name__], masked=True, required=required)
    return Leaf(_TYPES[annotation.__name__], masked=masked, required=required)


ROOT: Final = Fields(Plan, required=True)


def shape_at(path: Path) -> Shape | None:
    """Say what stands at a path, or None where the model has nothing."""
    shape: Shape = ROOT
    for step in path:
        inner = _step(shape, step)
        if inner is None:
            return None
        shape = inner
    return shape


def _step(shape: Shape, step: str) -> Shape | None:
    if isinstance(shape, Fields):
        return shape.fields().get(step)
    if isinstance(shape, Item):
        return shape.of if step == ITEMS else None
    if isinstance(shape, Map):
        return shape.of if step != ITEMS else None
    return None


_STEP: Final = re.compile(r"([a-z0-9_]+)((?:\[\]|\{\})?)(?:\.|$)")


def parse_path(text: str) -> Path | None:
    """Read a path; None where it is not written as one."""
    steps: list[str] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            return None
        steps.append(match[1])
        if match[2]:
            steps.append(match[2])
        at = match.end()
    return tuple(steps)


def path_pattern(path: Path) -> str:
    """Write a path as it is written in a mapping."""
    text = ""
    for step in path:
        text += step if step in (ITEMS, ENTRIES) else f".{step}" if text else step
    return text
