"""The records of a layout in the order of its table, and what their fields do."""

from collections.abc import Iterator

from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.plan.shape import Path

REPEATING = ("list", "later", "map")
_COUNTED = ("position", "order")


def records(layout: Layout) -> list[Group]:
    """Give the groups in the order of the table, in which their records stand."""
    return sorted(layout.every_group(), key=lambda group: group.line)


def further(group: Group) -> Iterator[Group]:
    """Give the groups of kind `more` that stand in a group, which say more of the same part."""
    return (inner for inner in group.groups() if inner.kind == "more")


def every_field(group: Group) -> Iterator[Field]:
    """Give the fields of a group's record and of the further records of the same part."""
    yield from group.fields()
    for inner in further(group):
        yield from inner.fields()


def repeating(group: Group) -> list[list[Group]]:
    """Give the groups for items in a group, those of one list together."""
    found: dict[Path, list[Group]] = {}
    for inner in group.groups():
        if inner.kind in REPEATING:
            found.setdefault(inner.canonical, []).append(inner)
    return list(found.values())


def counter(group: Group) -> Field | None:
    """Give the field that numbers a group's records, if there is one."""
    return next((field for field in group.fields() if field.kind in _COUNTED), None)


def is_ordered(group: Group) -> bool:
    """Say whether a group's records are numbered over the whole plan."""
    field = counter(group)
    return field is not None and field.kind == "order"


def function_name(group: Group) -> str:
    """Name a group in generated code."""
    return group.name.lower()


def is_plan_id(field: Field) -> bool:
    """Say whether a field says which plan its record belongs to."""
    return field.canonical == ("plan_id",) and field.kind in ("text", "parent")
