"""What must hold of a layout of codec `xml`: places are elements and attributes."""

import re
from typing import Final, get_args

from iepbridge.mapping.layout import (
    EVERY_RECORD,
    Field,
    FieldKind,
    FrameField,
    Group,
    Layout,
    Size,
    is_own_id,
)
from iepbridge.mapping.mistakes import Found
from iepbridge.mapping.xml.form import xml_file
from iepbridge.mapping.xml.tree import Element, leaf_name, tree_of

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PLACE_STEP: Final = re.compile(r"@?[^\W\d][\w.-]*|\.")
_SIZED: Final = ("digits", "letters", "system id", "text", "key")
_NOT_HERE: Final = frozenset(
    (
        *("later", "more", "order", "parent", "repeat", "item count", "json", "empty sections"),
        *("system text", "created day", "created time", "mode", "byte count"),
    )
)


def lint_xml(layout: Layout) -> Found:
    """Find kinds that XML does not know, wrong places, elements that hold text and elements."""
    yield from _of_names(layout)
    for group in layout.every_group():
        yield from _of_member(group)
        yield from _of_parts(group)
    for field in layout.every_field():
        yield from _of_member(field)
    for default in layout.defaults.values():
        if default.sources:
            yield 1, "mapping.toml: a default `from` the plan is for formats of records"
    if layout.forms.decimals or not layout.forms.leading_zeros:
        yield 1, "mapping.toml: forms.decimals and .leading_zeros are for formats of records"
    yield from _of_element(tree_of(layout.plan))
    for place in layout.frame:
        yield from _of_frame_place(layout, place)


def _of_names(layout: Layout) -> Found:
    file = xml_file(layout)
    for name in filter(None, (file.root, file.first, file.last)):
        if not _NAME.fullmatch(name):
            yield 1, f"mapping.toml: {name!r} is no element's name"


def _of_member(member: Group | Field) -> Found:
    place = member.place
    if not all(_PLACE_STEP.fullmatch(step) for step in place.split("/")):
        what = f"place {place!r}: expected names, / between them, @ before an attribute's"
        yield member.line, what
    if member.kind in _NOT_HERE:
        yield member.line, f"a {member.kind} is not for codec xml"
    known = member.kind in get_args(FieldKind)
    if isinstance(member, Field) and member.size and known and member.kind not in _SIZED:
        yield member.line, f"a field of kind {member.kind} has no size"
    if isinstance(member, Field) and member.size == Size(0, 0, continues=True):
        yield member.line, "size '+': a text that only goes on is not for codec xml"
    if isinstance(member, Field) and member.table and member.table.nothing():
        yield member.line, f"table {member.table.name}: codec xml leaves out what has no value"
    if isinstance(member, Group) and member.where and member.where.other:
        yield member.line, "codec xml has no != in a list's condition"


def _of_parts(group: Group) -> Found:
    """A text that continues needs to say which part of how many each element is, and its id."""
    kinds = [field.kind for field in group.fields() if field.kind in ("part", "parts")]
    texts = [field for field in group.fields() if field.size and field.size.continues]
    if not kinds and not texts:
        return
    whole = sorted(kinds) == ["part", "parts"] and len(texts) == 1 and group.kind == "list"
    whole = whole and any(map(is_own_id, group.fields()))
    if not whole:
        line = texts[0].line if texts else group.line
        yield (
            line,
            f"{group.name}: a text that continues goes with one part, one parts and @id",
        )


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
    held = bool(holders) and holders in ([xml_file(layout).first], [xml_file(layout).last])
    if field.kind in _NOT_HERE or field.counted == EVERY_RECORD:
        yield field.line, f"a {field.kind} like this is not for codec xml"
    attribute = name.startswith("@") and not holders
    if not (held or attribute) or not _NAME.fullmatch(name.removeprefix("@")):
        first, last = xml_file(layout).first or "-", xml_file(layout).last or "-"
        yield field.line, f"place {field.place!r}: expected @name, {first}/Name or {last}/Name"
    if held and name.startswith("@"):
        yield field.line, f"place {field.place!r}: {holders[0]} has no attributes"
    if field.kind in ("party", "sequence", "created") and not field.canonical:
        yield field.line, f"a {field.kind} says which value of the envelope it is"
