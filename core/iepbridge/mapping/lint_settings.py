"""What must hold between `mapping.toml` and the canonical plan."""

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from iepbridge.mapping.file_forms import XmlFile
from iepbridge.mapping.layout import Default, Layout
from iepbridge.plan import PlanRefused, read_plan
from iepbridge.plan.shape import ENTRIES, ITEMS, Leaf, Path, path_pattern, shape_at

Found: TypeAlias = Iterator[tuple[tuple[str | int, ...], str]]
"""A key of the file, and what is wrong there."""

_MADE_ID: Final = re.compile(r"(?:[A-Za-z0-9_-]|\{n\}|\{parent\}){1,36}")
_PLACEHOLDER: Final = re.compile(r"\{([^}]*)\}")
_IN_NAMES: Final = ("sender", "receiver", "day", "sequence")


def of_settings(layout: Layout) -> Found:
    """Find every mistake of the settings, by its key."""
    yield from _of_file(layout)
    yield from _of_values(layout)
    yield from _of_flattened(layout)


def _of_file(layout: Layout) -> Found:
    for name in _PLACEHOLDER.findall(layout.file.name):
        if name not in _IN_NAMES:
            yield ("file", "name"), f"{{{name}}}: expected one of {', '.join(_IN_NAMES)}"
    if isinstance(layout.file, XmlFile) and "UTF-8" not in layout.file.encodings:
        yield ("file", "encodings"), "UTF-8 is missing, in which files are written"


def _of_values(layout: Layout) -> Found:
    for path, made in layout.ids.items():
        if not _MADE_ID.fullmatch(made):
            yield ("ids", path_pattern(path)), "expected letters, digits, _ and -, {n} and {parent}"
    for path, value in layout.constants.items():
        leaf = shape_at(path)
        plain = isinstance(leaf, Leaf) and leaf.kind in ("text", "code") and not leaf.masked
        if leaf is not None and not (plain and ITEMS not in path and _takes(path, value)):
            yield ("constants", path_pattern(path)), "the plan takes no such value there"
    for path, default in layout.defaults.items():
        yield from _of_default(path, default)
        if path[:-1] and path[-2] != ITEMS:
            yield (
                ("defaults", path_pattern(path)),
                "expected a field of the plan or of a list's item",
            )
        leaf = shape_at((*path[:-1], default.field))
        if not isinstance(leaf, Leaf) or default.equals not in leaf.codes:
            key = ("defaults", path_pattern(path), "when")
            yield key, f"the plan has no {default.field} with the code {default.equals!r} there"


def _of_default(path: Path, default: Default) -> Found:
    own = shape_at(path)
    fits = isinstance(own, Leaf) and own.kind in ("text", "code") and not own.masked
    if bool(default.value) == bool(default.sources):
        yield ("defaults", path_pattern(path)), "expected either a value, or from which fields"
    for source in default.sources:
        leaf = shape_at(source)
        free = isinstance(leaf, Leaf) and leaf.kind == "text" and not leaf.masked
        if not free or ITEMS in source or ENTRIES in source:
            yield (
                ("defaults", path_pattern(path), "from"),
                f"{path_pattern(source)} is no text of the plan itself that is shown",
            )
    if not fits or (own.codes and default.value not in own.codes):  # type: ignore[union-attr]
        key = ("defaults", path_pattern(path), "value")
        yield key, "expected a text or a code that the plan may have there"


def _of_flattened(layout: Layout) -> Found:
    for index, flat in enumerate(layout.flattened):
        for part in flat.parts:
            path = (*flat.canonical, part.field) if part.field else flat.canonical
            if not isinstance(shape_at(path), Leaf):
                yield ("flattened", index, "parts"), f"the item has no field {part.field!r}"
        fields = [one for one in layout.every_field() if one.canonical == flat.into]
        if [one.kind for one in fields] != ["text"]:
            yield ("flattened", index, "into"), "expected a field with one place, of kind text"
        elif flat.canonical[-1] != ITEMS or flat.canonical[: len(flat.into) - 1] != flat.into[:-1]:
            yield ("flattened", index, "canonical"), "expected a list beside the field `into`"


def _takes(path: Path, value: str) -> bool:
    """Say whether the model takes a value at a path outside all lists."""
    name = {"first": "A", "last": "B"}
    plan: dict[str, Any] = {"schema": "iep/1", "plan_id": "P", "version": 1, "program": "other"}
    plan |= {"status": "draft", "participant": {"name": name}}
    holder = plan
    for step in path[:-1]:
        holder = holder.setdefault(step, {})
    holder[path[-1]] = value
    try:
        read_plan(plan)
    except PlanRefused:
        return False
    return True
