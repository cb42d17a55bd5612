"""What must hold between a layout and the canonical plan before anything is compiled."""

import re
from collections.abc import Callable
from typing import Final, get_args

from iepbridge.crosswalk import ANY_OTHER, NOTHING, Crosswalk
from iepbridge.mapping.files import FIELDS, MAPPING
from iepbridge.mapping.layout import (
    EVERY_RECORD,
    WITHOUT_PATH,
    Field,
    FieldKind,
    FrameField,
    Group,
    Layout,
)
from iepbridge.mapping.lint_plan import of_plan
from iepbridge.mapping.lint_settings import of_settings
from iepbridge.mapping.lint_tree import of_tree
from iepbridge.mapping.mistakes import Found, Mistakes
from iepbridge.plan.shape import ITEMS, Fields, Item, Leaf, Map, path_pattern, shape_at
from iepbridge.toml_lines import line_of

_TEXT: Final = (
    *("text", "system id", "system text", "digits", "letters", "occupation", "zip", "ssn"),
)
_FITTING: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(_TEXT, ("text",)),
    "integer": ("integer",),
    "positive": ("integer",),
    "number": ("number",),
    "date": ("date",),
    "flag": ("flag",),
    "code": ("code", "text"),
    "copy": ("date",),
    **dict.fromkeys(("parent", "repeat"), ("text", "integer")),
}
# A form that only one kind of leaf can be sure to have, by the end of its path.
_ONLY_FOR: Final = {
    "ssn": ("participant", "ssn"),
    "zip": ("address", "zip"),
    "occupation": ("occupation", "code"),
}
_TABLE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_SIZED: Final = ("digits", "letters", "system id", "system text")
_LISTS: Final = ("json", "item count")
_LEAST: Final = ("digits", "system id")
_ENVELOPE: Final = frozenset(
    {"envelope.sender", "envelope.receiver", "envelope.sequence", "envelope.created"}
)


def lint(layout: Layout, mistakes: Mistakes, own: Callable[[Layout], Found]) -> None:
    """Note every mistake in the table of fields, the code tables it uses, and the settings.

    `own` finds what the layout's codec asks for. Code is made from what passes here, so names
    that enter it are held to their form.
    """
    source = layout.sources[FIELDS]
    for group in layout.every_group():
        for line, what in _of_group(group):
            mistakes.add(source, line, what)
    for field in layout.every_field():
        for line, what in _of_field(field):
            mistakes.add(source, line, what)
    for line, what in _of_frame(layout):
        mistakes.add(source, line, what)
    for line, what in (*of_tree(layout), *own(layout), *of_plan(layout)):
        mistakes.add(source, line, what)
    settings = layout.sources[MAPPING]
    for key, what in of_settings(layout):
        mistakes.add(settings, line_of(settings.text, key), f"{'.'.join(map(str, key))}: {what}")
    for table, field in _tables(layout):
        for line, what in _of_table(table, field):
            mistakes.add(layout.sources[table.file], line, what)


def _of_group(group: Group) -> Found:
    shape = shape_at(group.canonical)
    fitting = {
        "list": isinstance(shape_at(group.canonical[:-1]), Item),
        "later": isinstance(shape_at(group.canonical[:-1]), Item),
        "more": not group.canonical,
        "one": isinstance(shape_at(group.canonical[:-1]), Item),
        "map": isinstance(shape_at(group.canonical[:-1]), Map),
        "section": isinstance(shape, Item | Fields),
        "none": isinstance(shape, Item),
    }
    if not fitting.get(group.kind, True):
        yield group.line, f"{path_pattern(group.canonical)!r} is not what a {group.kind} stands for"
    if group.kind == "one" and group.where is None:
        yield group.line, "a group of kind one says which item: goals[term=overall]"
    if group.where is not None:
        yield from _of_where(group)


def _of_where(group: Group) -> Found:
    where = group.where
    leaf = shape_at((*group.canonical, where.field)) if where else None
    if where and not (isinstance(leaf, Leaf) and where.value in leaf.codes):
        yield group.line, f"{where.field}={where.value}: the plan has no such code there"


def _of_field(field: Field) -> Found:
    if field.kind not in get_args(FieldKind):
        return  # noted where the row was read
    yield from _of_size(field)
    yield from _of_sections(field)
    if field.kind in WITHOUT_PATH:
        if field.canonical:
            yield field.line, f"a field of kind {field.kind} has no canonical path"
        return
    if not field.canonical:
        return  # noted where the row was read
    leaf = shape_at(field.canonical)
    if field.kind in _LISTS:
        if not isinstance(leaf, Item) or field.canonical[-1] == ITEMS:
            path = path_pattern(field.canonical)
            yield field.line, f"kind {field.kind} needs a list of the plan, not {path!r}"
        return
    fitting = _FITTING.get(field.kind, ())
    ends = _ONLY_FOR.get(field.kind, ())
    fits = isinstance(leaf, Leaf) and leaf.kind in fitting
    if not fits or field.canonical[len(field.canonical) - len(ends) :] != ends:
        path = path_pattern(field.canonical)
        yield field.line, f"kind {field.kind} does not fit the canonical field {path!r}"
    if field.kind == "code" and field.table is None:
        yield field.line, "a field of kind code names its code table"


def _of_size(field: Field) -> Found:
    if field.kind in _SIZED and field.size is None:
        yield field.line, f"a field of kind {field.kind} has a size"
    if field.size is None:
        return
    if field.size.least and field.kind not in _LEAST:
        yield field.line, f"a field of kind {field.kind} has no least size"
    if field.size.continues and field.kind not in ("text", "empty sections"):
        yield field.line, f"a field of kind {field.kind} does not continue"


def _of_sections(field: Field) -> Found:
    for name in field.sections:
        if not isinstance(shape_at((name,)), Item):
            yield field.line, f"codes {name!r}: the plan has no such list"
    if field.kind == "empty sections" and not field.sections:
        yield field.line, "codes: expected the lists that it can name"


def _of_frame(layout: Layout) -> Found:
    named = {field.canonical for field in layout.frame if field.canonical}
    line = layout.frame[0].line if layout.frame else 1
    for missing in sorted(_ENVELOPE - named):
        yield line, f"the frame has no place for {missing}"
    groups = {group.name for group in layout.every_group()}
    for field in layout.frame:
        if field.kind == "count" and field.counted not in {*groups, EVERY_RECORD}:
            yield field.line, f"codes {field.counted!r}: no group of that name to count"
        yield from _of_frame_path(field, named)


def _of_frame_path(field: FrameField, named: set[str]) -> Found:
    known = {*_ENVELOPE, ""}
    if field.canonical not in known:
        yield field.line, f"canonical {field.canonical!r}: expected one of {sorted(named & known)}"


def _tables(layout: Layout) -> list[tuple[Crosswalk, Field]]:
    fields = [field for field in layout.every_field() if field.table is not None]
    return list(
        {field.table.name: (field.table, field) for field in fields if field.table}.values()
    )


def _of_table(table: Crosswalk, field: Field) -> Found:
    for name in (table.name, *table.columns):
        if not _TABLE_NAME.fullmatch(name):
            yield 1, f"{name!r}: a table and its columns are named in small letters, digits and _"
    leaf = shape_at(field.canonical)
    if not isinstance(leaf, Leaf) or leaf.kind != "code":
        return
    for row in table.rows:
        if row.canonical not in (*leaf.codes, NOTHING) or row.canonical == ANY_OTHER:
            path = path_pattern(field.canonical)
            yield row.line, f"table {table.name}: {path} has no code {row.canonical!r}"
