"""Which leaves of the plan a layout has places for: what the loss report follows from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from iepbridge.mapping.layout import CARRYING_NOTHING, Field, Flattened, Group, Layout
from iepbridge.plan.shape import ITEMS, Path


@dataclass(frozen=True, slots=True)
class Coverage:
    """The places that hold while walking the plan; `groups` are those that stand for lists."""

    layout: Layout
    fields: Mapping[Path, Field]
    groups: tuple[Group, ...]
    flattened: Mapping[Path, Flattened] = field(default_factory=dict)

    def items(self, path: Path) -> list[Group]:
        """Give the groups that stand for the items of a list, or for the entries of a map."""
        return [group for group in self.groups if group.canonical == path]

    def section(self, path: Path) -> bool:
        """Say whether a list that was discussed and is empty has a form of its own."""
        kinds = ("section", "none")
        named = {name for one in self.layout.every_field() for name in one.sections}
        is_section = any(one.kind in kinds and one.canonical == path for one in self.groups)
        return is_section or path[0] in named

    def within(self, path: Path, group: Group | None) -> "Coverage":
        """Give what holds for the items that one of a list's groups stands for."""
        inner = {} if group is None else _fields(group)
        outer = {own: one for own, one in self.fields.items() if own[: len(path)] != path}
        around = [one for one in self.groups if one.canonical[: len(path)] != path]
        below = [] if group is None else [group, *_every_group(group)]
        groups = (*around, *below)
        return Coverage(self.layout, {**outer, **inner}, groups, self.flattened)

    def flattened_at(self, path: Path) -> bool:
        """Say whether a leaf becomes part of a text."""
        return any(path[: len(items)] == items for items in self.flattened)

    def flattened_leaf(self, path: Path) -> bool:
        """Say whether this very leaf is named by a flattened line."""
        for items, flat in self.flattened.items():
            if path[: len(items)] == items:
                names = {part.field for part in flat.parts}
                return (path[-1] if path[-1] != ITEMS else "") in names
        return False


def coverage_of(layout: Layout) -> Coverage:
    """Give the coverage of a whole layout."""
    flattened = {flat.canonical: flat for flat in layout.flattened}
    return Coverage(layout, _fields(layout.plan), tuple(layout.every_group()), flattened)


def _fields(group: Group) -> dict[Path, Field]:
    return {one.canonical: one for one in _every_field(group) if one.canonical}


def _every_field(group: Group) -> Iterator[Field]:
    for member in group.members:
        if isinstance(member, Field):
            if member.kind not in CARRYING_NOTHING:
                yield member
        else:
            yield from _every_field(member)


def _every_group(group: Group) -> Iterator[Group]:
    for inner in group.groups():
        yield inner
        yield from _every_group(inner)
