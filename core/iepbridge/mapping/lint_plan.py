"""What every plan needs a place for, and needs only one."""

from collections.abc import Iterator

from iepbridge.mapping.layout import CARRYING_NOTHING, Field, Group, Layout
from iepbridge.mapping.mistakes import Found
from iepbridge.plan.shape import Fields, Leaf, Path, path_pattern, shape_at

# Beside what the model requires: without it a closed plan could not be read back (MODEL-5).
_ALSO_NEEDED: tuple[Path, ...] = (("closed_on",),)


def of_plan(layout: Layout) -> Found:
    """Find required leaves without a place, and leaves with more than one."""
    given = {*layout.constants, ("schema",)}
    for group in layout.every_group():
        yield from _of_twice(group)
        yield from _of_tables(group)
        if group.kind in ("plan", "list", "later", "one"):
            placed = {one.canonical for one in _own_fields(group)} | given
            for path in _needed(group):
                if path not in placed:
                    yield group.line, f"{group.name} has no place for {path_pattern(path)}"


def _own_fields(group: Group) -> Iterator[Field]:
    """Give the fields of a group and of the groups in it that stand for no item."""
    yield from group.fields()
    for inner in group.groups():
        if inner.kind in ("section", "first", "more"):
            yield from _own_fields(inner)


def _needed(group: Group) -> Iterator[Path]:
    shape = shape_at(group.canonical)
    if isinstance(shape, Leaf):
        yield group.canonical
    elif isinstance(shape, Fields):
        implied = {(*group.canonical, group.where.field)} if group.where else set()
        yield from (path for path in _required(shape, group.canonical) if path not in implied)
    if group.kind == "plan":
        yield from _ALSO_NEEDED


def _required(shape: Fields, path: Path) -> Iterator[Path]:
    for name, inner in shape.fields().items():
        if isinstance(inner, Leaf) and inner.required:
            yield (*path, name)
        elif isinstance(inner, Fields) and inner.required:
            yield from _required(inner, (*path, name))


def _of_twice(group: Group) -> Found:
    seen: set[tuple[Path, str]] = set()
    for field in group.fields():
        if field.canonical and field.kind not in CARRYING_NOTHING:
            key = (field.canonical, field.column)
            if key in seen:
                yield (
                    field.line,
                    f"{path_pattern(field.canonical)} has a place in {group.name} already",
                )
            seen.add(key)


def _of_tables(group: Group) -> Found:
    """A code of several columns needs a place for each, one after the other."""
    fields = [field for field in group.fields() if field.table and len(field.table.columns) > 1]
    for field in fields:
        assert field.table is not None
        same = [one.column for one in fields if one.canonical == field.canonical]
        if same != list(field.table.columns):
            columns = ", ".join(field.table.columns)
            yield (
                field.line,
                f"table {field.table.name}: expected places for {columns}, in this order",
            )
