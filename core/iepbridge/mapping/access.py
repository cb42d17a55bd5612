"""How generated code reaches the leaves of a plan: objects fetched once, then attributes."""

from collections.abc import Iterable
from typing import Any

from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.plan.part import Part
from iepbridge.plan.shape import ENTRIES, ITEMS, Fields, Leaf, Map, Path, shape_at


def blank(part: type[Part]) -> Part:
    """Give a part with every field None: what stands in for one that a plan does not have."""
    return part.model_construct(**dict.fromkeys(part.model_fields))


class Access:
    """Writes the lines that fetch objects, and the expressions that read leaves from them."""

    def __init__(self, scope: Scope, names: dict[str, Any]) -> None:
        self._scope = scope
        self._names = names

    def fetch(self, code: Code, paths: Iterable[Path]) -> None:
        """Fetch every object that stands between the scope's item and one of the paths."""
        done: set[Path] = set()
        for path in paths:
            for end in range(len(self._scope.innermost(path)) + 1, len(path)):
                prefix = path[:end]
                if prefix not in done and isinstance(shape_at(prefix), Fields | Map):
                    done.add(prefix)
                    self.fetch_one(code, prefix)

    def fetch_one(self, code: Code, prefix: Path) -> None:
        """Fetch the object at a path, what it stands in having been fetched."""
        code.line(f"{self._object(prefix)} = {self._fetched(prefix)}")

    def expression(self, path: Path) -> str:
        """Read what stands at a path, its objects having been fetched."""
        if path[-1] == ENTRIES:
            return "value"
        items = self._scope.innermost(path)
        if path == items:
            return singular(items)
        holder = shape_at(path[:-1])
        owner = self._object(path[:-1])
        if isinstance(holder, Map):
            return f"{owner}.get({path[-1]!r})"
        assert isinstance(holder, Fields)
        return f"{owner}.{holder.attribute(path[-1])}"

    def holder(self, entries: Path) -> str:
        """Read the map whose entries stand at a path, its objects having been fetched."""
        return self._object(entries[:-1])

    def is_sure(self, path: Path) -> bool:
        """Say whether the model itself sees to it that there is a value at a path."""
        leaf = shape_at(path)
        if not isinstance(leaf, Leaf) or not leaf.required or leaf.masked:
            return False
        within = range(len(self._scope.innermost(path)) + 1, len(path))
        holders = [shape_at(path[:end]) for end in within]
        return all(isinstance(one, Fields) and one.required for one in holders)

    def _fetched(self, prefix: Path) -> str:
        shape = shape_at(prefix)
        value = self.expression(prefix)
        if isinstance(shape, Map):
            return f"{value} or {{}}"
        assert isinstance(shape, Fields)
        if shape.required:
            return value
        name = f"NO_{shape.part.__name__.upper()}"
        self._names[name] = blank(shape.part)
        return f"{value} or {name}"

    def _object(self, prefix: Path) -> str:
        items = self._scope.innermost(prefix)
        steps = [step for step in prefix[len(items) :] if step not in (ITEMS, ENTRIES)]
        first = [singular(items)] if items else []
        return "_".join([*first, *steps]) or "plan"


def is_masked(path: Path) -> bool:
    """Say whether the leaf at a path gives its value only on an explicit call."""
    leaf = shape_at(path)
    return isinstance(leaf, Leaf) and leaf.masked
