"""What must hold between a layout and the canonical plan before anything is compiled."""

import re
from collections.abc import Iterator
from typing import Final, get_args

from iepbridge.crosswalk import ANY_OTHER, Crosswalk
from iepbridge.mapping.files import FIELDS, MAPPING
from iepbridge.mapping.layout import WITHOUT_PATH, Field, FieldKind, FrameField, Group, Layout
from iepbridge.mapping.lint_plan import of_plan
from iepbridge.mapping.lint_settings import of_settings
from iepbridge.mapping.lint_tree import of_tree
from iepbridge.mapping.mistakes import Mistakes
from iepbridge.mapping.toml_lines import line_of
from iepbridge.plan.shape import Fields, Item, Leaf, Map, path_pattern, shape_at

_TEXT: Final = ("text", "system id", "digits", "letters", "occupation", "zip", "ssn")
_FITTING: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(_TEXT, ("text",)),
    "integer": ("integer",),
    "positive": ("integer",),
    "number": ("number",),
    "date": ("date",),
    "flag": ("flag",),
    "code": ("code", "text"),
    "copy": ("date",),
}
# A form that only one kind of leaf can be sure to have, by the end of its path.
_ONLY_FOR: Final = {
    "ssn": ("participant", "ssn"),
    "zip": ("address", "zip"),
    "occupation": ("occupation", "code"),
}
_PLACE_STEP: Final = re.compile(r"@?[^\W\d][\w.-]*|\.")
_TABLE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_SIZED: Final = ("digits", "letters", "system id")
_MAY_BE_SIZED: Final = (*_SIZED, "text", "key")
_ENVELOPE: Final = frozenset(
    {"envelope.sender", "envelope.receiver", "envelope.sequence", "envelope.created"}
)

_Found = Iterator[tuple[int, str]]


def lint(layout: Layout, mistakes: Mistakes) -> None:
    """Note every mistake in the table of fields, the code tables it uses, and the settings.

    Code is made from what passes here, so names that enter it are held to their form.
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
    for line, what in (*of_tree(layout), *of_plan(layout)):
        mistakes.add(source, line, what)
    settings = layout.sources[MAPPING]
    for key, what in of_settings(layout):
        mistakes.add(settings, line_of(settings.text, key), f"{'.'.join(map(str, key))}: {what}")
    for table, field in _tables(layout):
        for line, what in _of_table(table, field):
            mistakes.add(layout.sources[table.file], line, what)


def _of_group(group: Group) -> _Found:
    yield from _of_place(group.place, group.line)
    shape = shape_at(group.canonical)
    fitting = {
        "list": isinstance(shape_at(group.canonical[:-1]), Item),
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


def _of_where(group: Group) -> _Found:
    where = group.where
    leaf = shape_at((*group.canonical, where.field)) if where else None
    if where and not (isinstance(leaf, Leaf) and where.value in leaf.codes):
        yield group.line, f"{where.field}={where.value}: the plan has no such code there"


def _of_place(place: str, line: int) -> _Found:
    if not all(_PLACE_STEP.fullmatch(step) for step in place.split("/")):
        yield line, f"place {place!r}: expected names, / between them, @ before an attribute's"


def _of_field(field: Field) -> _Found:
    yield from _of_place(field.place, field.line)
    if field.kind not in get_args(FieldKind):
        return  # noted where the row was read
    yield from _of_size(field)
    if field.kind in WITHOUT_PATH:
        if field.canonical:
            yield field.line, f"a field of kind {field.kind} has no canonical path"
        return
    if not field.canonical:
        return  # noted where the row was read
    leaf = shape_at(field.canonical)
    fitting = _FITTING.get(field.kind, ())
    ends = _ONLY_FOR.get(field.kind, ())
    fits = isinstance(leaf, Leaf) and leaf.kind in fitting
    if not fits or field.canonical[len(field.canonical) - len(ends) :] != ends:
        path = path_pattern(field.canonical)
        yield field.line, f"kind {field.kind} does not fit the canonical field {path!r}"
    if field.kind == "code" and field.table is None:
        yield field.line, "a field of kind code names its code table"


def _of_size(field: Field) -> _Found:
    if field.kind in _SIZED and field.size is None:
        yield field.line, f"a field of kind {field.kind} has a size"
    if field.size is None:
        return
    if field.kind not in _MAY_BE_SIZED:
        yield field.line, f"a field of kind {field.kind} has no size"
    if field.size.least and field.kind not in ("digits", "system id"):
        yield field.line, f"a field of kind {field.kind} has no least size"
    if field.size.continues and field.kind != "text":
        yield field.line, f"a field of kind {field.kind} does not continue"


def _of_frame(layout: Layout) -> _Found:
    named = {field.canonical for field in layout.frame if field.canonical}
    line = layout.frame[0].line if layout.frame else 1
    for missing in sorted(_ENVELOPE - named):
        yield line, f"the frame has no place for {missing}"
    groups = {group.name for group in layout.every_group()}
    for field in layout.frame:
        if field.kind == "count" and field.counted not in groups:
            yield field.line, f"codes {field.counted!r}: no group of that name to count"
        yield from _of_frame_path(field, named)


def _of_frame_path(field: FrameField, named: set[str]) -> _Found:
    known = {*_ENVELOPE, ""}
    if field.canonical not in known:
        yield field.line, f"canonical {field.canonical!r}: expected one of {sorted(named & known)}"


def _tables(layout: Layout) -> list[tuple[Crosswalk, Field]]:
    fields = [field for field in layout.every_field() if field.table is not None]
    return list(
        {field.table.name: (field.table, field) for field in fields if field.table}.values()
    )


def _of_table(table: Crosswalk, field: Field) -> _Found:
    for name in (table.name, *table.columns):
        if not _TABLE_NAME.fullmatch(name):
            yield 1, f"{name!r}: a table and its columns are named in small letters, digits and _"
    leaf = shape_at(field.canonical)
    if not isinstance(leaf, Leaf) or leaf.kind != "code":
        return
    for row in table.rows:
        if row.canonical not in leaf.codes or row.canonical == ANY_OTHER:
            path = path_pattern(field.canonical)
            yield row.line, f"table {table.name}: {path} has no code {row.canonical!r}"
