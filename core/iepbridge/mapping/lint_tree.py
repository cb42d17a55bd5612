"""What must hold of the tree that a table of fields makes: scopes, names, elements."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, TypeAlias

from iepbridge.mapping.layout import Field, FrameField, Group, Layout
from iepbridge.mapping.xml_tree import Element, leaf_name, tree_of
from iepbridge.plan.shape import ENTRIES, ITEMS, Path, path_pattern

Found: TypeAlias = Iterator[tuple[int, str]]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_HOLDING: Final = ("plan", "list", "one", "map")
_OF_MAPS: Final = ("key", "text")
_OF_ITEMS: Final = ("position", "part", "parts")


def of_tree(layout: Layout) -> Found:
    """Find fields outside their scope, names that clash, elements that hold text and elements."""
    yield from _of_names(layout)
    yield from _of_scope(layout.plan, ())
    yield from _of_element(tree_of(layout.plan))
    for field in layout.frame:
        yield from _of_frame_place(layout, field)


def _of_names(layout: Layout) -> Found:
    names = Counter(re.sub(r"\W|_", "", group.name).lower() for group in layout.every_group())
    for group in layout.every_group():
        if names[re.sub(r"\W|_", "", group.name).lower()] > 1:
            yield group.line, f"{group.name}: two groups have this name, or nearly"
    file = layout.file
    for name in filter(None, (file.root, file.first, file.last)):
        if not _NAME.fullmatch(name):
            yield 1, f"mapping.toml: {name!r} is no element's name"


def _of_scope(group: Group, lists: tuple[Path, ...]) -> Found:
    if group.members and group.kind not in _HOLDING:
        yield group.line, f"{group.name}: rows stand in the group around a {group.kind}"
        return
    for field in group.fields():
        yield from _of_field(group, field, lists)
    filtered: dict[Path, bool] = {}
    for inner in group.groups():
        if inner.kind == "first":
            yield from _of_scope(inner, lists)
            continue
        own = _lists(inner.canonical)
        stands_for = inner.kind in ("list", "one", "map")
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
    if field.canonical and _lists(field.canonical) != lists:
        path = path_pattern(field.canonical)
        yield field.line, f"{path} cannot stand in {group.name}, which stands for something else"
    if (group.kind == "map") != (field.kind == "key") and field.kind == "key":
        yield field.line, "a key stands in a group of kind map"
    if group.kind == "map" and field.kind not in _OF_MAPS:
        yield field.line, f"an entry of a map has a key and a text, not a {field.kind}"
    if field.kind in _OF_ITEMS and group.kind != "list":
        yield field.line, f"a {field.kind} stands in a group of kind list"


def _lists(path: Path) -> tuple[Path, ...]:
    """Give the lists and maps that a path runs through, outermost first."""
    ends = [end for end, step in enumerate(path, 1) if step in (ITEMS, ENTRIES)]
    return tuple(path[:end] for end in ends)


def _of_element(element: Element) -> Found:
    seen: set[str] = set()
    for child in element.children:
        name = leaf_name(child.place) if isinstance(child, Field) else child.name
        if name in seen:
            yield _line(child), f"{name} stands twice in {element.name}; write its text as {name}/."
        seen.add(name)
    if element.text is not None and element.children:
        yield element.text.line, f"{element.name} holds a text, so it can hold no elements"
    for inner in element.elements():
        yield from _of_element(inner)


def _line(child: Field | Element) -> int:
    if isinstance(child, Field):
        return child.line
    return child.group.line if child.group else next((one.line for one in child.own_fields()), 1)


def _of_frame_place(layout: Layout, field: FrameField) -> Found:
    *holders, name = field.place.split("/")
    held = bool(holders) and holders in ([layout.file.first], [layout.file.last])
    attribute = name.startswith("@") and not holders
    if not (held or attribute) or not _NAME.fullmatch(name.removeprefix("@")):
        first, last = layout.file.first or "-", layout.file.last or "-"
        yield field.line, f"place {field.place!r}: expected @name, {first}/Name or {last}/Name"
    if held and name.startswith("@"):
        yield field.line, f"place {field.place!r}: {holders[0]} has no attributes"
    if field.kind in ("party", "sequence", "created") and not field.canonical:
        yield field.line, f"a {field.kind} says which value of the envelope it is"
