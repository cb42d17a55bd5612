"""What must hold of a layout whose groups are records, in every such codec."""

from typing import Final

from iepbridge.mapping.layout import CARRYING_NOTHING, Field, Group, Layout
from iepbridge.mapping.mistakes import Found
from iepbridge.mapping.records.form import counter
from iepbridge.plan.shape import path_pattern, shape_at

_GROUPS: Final = ("plan", "list", "later", "map", "more")
_NOT_HERE: Final = ("part", "parts", "copy")
_PLAN_ID: Final = ("plan_id",)


def lint_records(layout: Layout) -> Found:
    """Find kinds that records do not know, records that nothing ties to a plan, lost references."""
    homes = {one.canonical for one in layout.every_field() if one.kind not in CARRYING_NOTHING}
    for group in layout.every_group():
        yield from _of_group(layout, group)
        for field in group.fields():
            yield from _of_field(group, field)
            if field.kind in ("parent", "repeat") and field.canonical not in homes:
                yield field.line, f"{path_pattern(field.canonical)} has no place of its own"
    for what, settings in (("ids", layout.ids), ("flattened", layout.flattened)):
        if settings:
            yield 1, f"mapping.toml: {what} is not for formats of records"


def _of_group(layout: Layout, group: Group) -> Found:
    if group.kind not in _GROUPS:
        yield group.line, f"a {group.kind} is not for formats of records"
    kinds = [(one.kind, one.canonical) for one in group.fields()]
    if group.kind != "plan" and ("parent", _PLAN_ID) not in kinds:
        yield group.line, f"{group.name} has no parent plan_id: of which plan is it?"
    if group.kind == "plan" and ("text", _PLAN_ID) not in kinds:
        yield group.line, f"{group.name} has no text plan_id"
    if group.kind == "more" and list(group.groups()):
        yield group.line, f"{group.name}: rows stand in the group around a more"
    for inner in group.groups():
        if inner.kind == "later":
            yield from _of_later(layout, group, inner)


def _of_later(layout: Layout, outer: Group, inner: Group) -> Found:
    if outer not in list(layout.plan.groups()):
        yield inner.line, f"{inner.name}: a later list stands in a list of the plan itself"
    if not any(
        one.kind == "parent" and one.canonical[: len(outer.canonical)] == outer.canonical
        for one in inner.fields()
        if outer.canonical
    ):
        yield inner.line, f"{inner.name} has no parent that names its {outer.name}"


def _of_field(group: Group, field: Field) -> Found:
    if field.kind in _NOT_HERE:
        yield field.line, f"a {field.kind} is not for formats of records"
    if field.kind == "empty sections" and group.kind != "plan":
        yield field.line, "empty sections are named in the plan's own record"
    if field.kind == "item count":
        items = (*field.canonical, "[]")
        if shape_at(items) is None or not any(one.canonical == items for one in group.groups()):
            yield field.line, f"{group.name} has no records of {path_pattern(field.canonical)}"
    if field.kind in ("position", "order") and counter(group) is not field:
        yield field.line, f"{group.name} is numbered already"
    if field.table is not None and len(field.table.columns) > 1:
        yield field.line, f"table {field.table.name}: several columns are not for records"
