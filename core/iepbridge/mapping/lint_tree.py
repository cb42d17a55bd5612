"""What must hold of the tree that a table of fields makes, in every codec: names and scopes."""

import re
from collections import Counter
from typing import Final

from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.mapping.mistakes import Found
from iepbridge.plan.shape import ENTRIES, ITEMS, Path, path_pattern

_HOLDING: Final = ("plan", "list", "later", "one", "map", "more")
_STANDING_FOR: Final = ("list", "later", "one", "map")
_OF_MAPS: Final = ("key", "text", "parent")
_OF_ITEMS: Final = ("position", "part", "parts", "order")


def of_tree(layout: Layout) -> Found:
    """Find names that clash, and fields outside their scope."""
    yield from _of_names(layout)
    yield from _of_scope(layout.plan, ())


def _of_names(layout: Layout) -> Found:
    names = Counter(re.sub(r"\W|_", "", group.name).lower() for group in layout.every_group())
    for group in layout.every_group():
        if names[re.sub(r"\W|_", "", group.name).lower()] > 1:
            yield group.line, f"{group.name}: two groups have this name, or nearly"


def _of_scope(group: Group, lists: tuple[Path, ...]) -> Found:
    if group.members and group.kind not in _HOLDING:
        yield group.line, f"{group.name}: rows stand in the group around a {group.kind}"
        return
    for field in group.fields():
        yield from _of_field(group, field, lists)
    filtered: dict[Path, bool] = {}
    for inner in group.groups():
        if inner.kind in ("first", "more"):
            yield from _of_scope(inner, lists)
            continue
        own = _lists(inner.canonical)
        stands_for = inner.kind in _STANDING_FOR
        if own[: len(lists)] != lists or (stands_for and len(own) != len(lists) + 1):
            yield inner.line, f"{inner.name} cannot stand in {group.name}"
            continue
        if stands_for:
            if filtered.setdefault(inner.canonical, inner.where is not None) != (
                inner.where is not None
            ):
                yield inner.line, f"{path_pattern(inner.canonical)} is here in part and whole"
            yield from _of_scope(inner, own)


def _of_field(group: Group, field: Field, lists: tuple[Path, ...]) -> Found:
    own = _lists(field.canonical)
    around = lists[: len(own)] if field.kind in ("parent", "repeat") else lists
    if field.canonical and own != around:
        path = path_pattern(field.canonical)
        yield field.line, f"{path} cannot stand in {group.name}, which stands for something else"
    if (group.kind == "map") != (field.kind == "key") and field.kind == "key":
        yield field.line, "a key stands in a group of kind map"
    if group.kind == "map" and field.kind not in _OF_MAPS:
        yield field.line, f"an entry of a map has a key and a text, not a {field.kind}"
    if field.kind in _OF_ITEMS and group.kind not in ("list", "later"):
        yield field.line, f"a {field.kind} stands in a group of kind list"


def _lists(path: Path) -> tuple[Path, ...]:
    """Give the lists and maps that a path runs through, outermost first."""
    ends = [end for end, step in enumerate(path, 1) if step in (ITEMS, ENTRIES)]
    return tuple(path[:end] for end in ends)
