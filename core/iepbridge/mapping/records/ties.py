"""Which records say themselves to which part of the plan they belong."""

from collections.abc import Callable

from iepbridge.mapping.layout import Group, Layout
from iepbridge.plan.shape import Path


def tied_groups(layout: Layout, named: Callable[[str], str] = str) -> dict[str, tuple[int, str]]:
    """Give the groups of kind `later`: which cell holds the reference, and its place.

    `named` writes a place as findings name it.
    """
    found = {}
    for outer in layout.every_group():
        for inner in outer.groups():
            if inner.kind == "later":
                column, place = tie(inner, outer)
                found[inner.name] = (column, named(place))
    return found


def tie(inner: Group, outer: Group) -> tuple[int, str]:
    """Say which cell of a record names the part around it, and the cell's place."""
    path = outer_id(outer, inner)
    return next(
        (at, field.place)
        for at, field in enumerate(inner.fields())
        if field.kind == "parent" and field.canonical == path
    )


def outer_id(outer: Group, inner: Group) -> Path:
    """Give the path of the id by which records of `inner` name the part around them."""
    return next(
        field.canonical
        for field in inner.fields()
        if field.kind == "parent" and field.canonical[: len(outer.canonical)] == outer.canonical
    )
