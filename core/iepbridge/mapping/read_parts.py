"""Code that builds the parts of a plan around their fields: the same for all codecs."""

from collections.abc import Iterable, Sequence

from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.plan.shape import ENTRIES, ITEMS, Fields, Leaf, Map, Path, shape_at

_BUILT: tuple[str, ...] = ("list", "later", "one")


class PartReader:
    """Writes what stands before and after the fields of a group in the function that reads it."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def start(self, code: Code, group: Group, fields: Sequence[Field], scope: Scope) -> None:
        """Begin the part, its objects and its lists; `fields` are all that the function reads."""
        if group.kind != "map":
            first = "{'schema': 'iep/1'}" if group.kind == "plan" else _first(group)
            code.line(f"{scope.item(group.canonical)} = {first}")
        for prefix in self._objects(group, fields, scope):
            code.line(f"{owner(prefix, scope)} = {{}}")
        for items in lists_of(group):
            code.line(f"{list_name(items)} = []")

    def finish(self, code: Code, group: Group, fields: Sequence[Field], scope: Scope) -> None:
        """Put lists, constants and objects into the part, where there is something in them."""
        for items in lists_of(group):
            if not self._is_section(items):
                with code.block(f"if {list_name(items)}"):
                    code.line(f"{slot(items[:-1], scope)} = {list_name(items)}")
        if group.kind == "plan":
            for path, value in self._layout.constants.items():
                code.line(f"{slot(path, scope)} = {value!r}")
        _together(code, fields, scope)
        for prefix in reversed(self._objects(group, fields, scope)):
            with code.block(f"if {owner(prefix, scope)}"):
                code.line(f"{slot(prefix, scope)} = {owner(prefix, scope)}")

    def _objects(self, group: Group, fields: Sequence[Field], scope: Scope) -> list[Path]:
        """Give the objects that this function fills, outer ones first."""
        paths = [field.canonical for field in fields if field.canonical]
        paths += [inner.canonical for inner in group.groups() if inner.canonical]
        if group.kind == "plan":
            paths += list(self._layout.constants)
        found = []
        for path in paths:
            for end in range(len(scope.innermost(path)) + 1, len(path) + 1):
                prefix = path[:end]
                if prefix not in found and _is_object(prefix):
                    found.append(prefix)
        return found

    def _is_section(self, items: Path) -> bool:
        groups = self._layout.every_group()
        return any(one.kind == "section" and one.canonical == items[:-1] for one in groups)


def lists_of(group: Group) -> list[Path]:
    """Give the lists whose items stand in a group, each once."""
    paths = [inner.canonical for inner in group.groups() if inner.kind in _BUILT]
    return list(dict.fromkeys(paths))


def owner(prefix: Path, scope: Scope) -> str:
    """Name the variable that holds the object at a path while its fields are read."""
    items = scope.innermost(prefix)
    steps = [step for step in prefix[len(items) :] if step not in (ITEMS, ENTRIES)]
    first = [singular(items)] if items else []
    return "_".join([*first, *steps]) or "plan"


def slot(path: Path, scope: Scope) -> str:
    """Write where the value at a path goes."""
    if path == scope.innermost(path):
        return singular(path)
    return f"{owner(path[:-1], scope)}[{path[-1]!r}]"


def list_name(items: Path) -> str:
    """Name the variable that holds a list while its items are read."""
    return items[-2]


def _together(code: Code, fields: Iterable[Field], scope: Scope) -> None:
    for field in fields:
        if field.required == "together":
            holder = owner(field.canonical[:-1], scope)
            key = field.canonical[-1]
            with code.block(f"if {holder} and {key!r} not in {holder}"):
                code.line(f"r.fail('FMT-REQUIRED', {scope.literal(field.canonical)})")


def _first(group: Group) -> str:
    if isinstance(shape_at(group.canonical), Leaf):
        return "None"
    implied = group.where is not None and not group.where.other
    return f"{{{group.where.field!r}: {group.where.value!r}}}" if group.where and implied else "{}"


def _is_object(path: Path) -> bool:
    if path[-1] in (ITEMS, ENTRIES) or path[0] == "extensions":
        return False
    return isinstance(shape_at(path), Fields | Map)
