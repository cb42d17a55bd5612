"""How values are put into cells of a record; what codecs of records share."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from iepbridge.mapping.access import Access, is_masked
from iepbridge.mapping.code import Code, Scope
from iepbridge.mapping.layout import Field, Layout
from iepbridge.mapping.records.json_cells import json_cell
from iepbridge.mapping.write_values import Target, ValueWriter

NUMBER: Final = "number"
"""The argument of a generated function that holds the number of its record."""

_MAY_LACK: Final = ("repeat", "json", "empty sections")


@dataclass(frozen=True, slots=True)
class Cell:
    """A variable that holds what stands in one place; `none` is what stands for no value."""

    name: str
    none: str

    @property
    def absent(self) -> str:
        """Give the statement for no value."""
        return f"{self.name} = {self.none!r}"

    def line(self, expression: str) -> str:
        """Give the statement that sets the variable."""
        return f"{self.name} = {expression}"


class RecordValues(ValueWriter):
    """Writes the code for values in records; a codec says how they are put.

    `filled(field, expression)` is a text with nothing to escape, as it stands in its place;
    `count(code, field, expression, path, target)` puts a number of records.
    """

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        super().__init__(layout, names)
        names.update(json_cell=json_cell, empty_sections=empty_sections)
        self._special: Mapping[str, Callable[[Code, Field, Scope, Target], None]] = {
            "position": self._numbered,
            "order": self._numbered,
            "parent": self._parent,
            "repeat": self._repeat,
            "item count": self._items,
            "json": self._json,
            "empty sections": self._empty,
        }

    @abstractmethod
    def filled(self, field: Field, expression: str) -> str:
        """Write a text that holds nothing to escape as it stands in its place."""

    @abstractmethod
    def count(self, code: Code, field: Field, expression: str, path: str, target: Target) -> None:
        """Put a number that counts records; `path` is the expression for their list."""

    def value(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        """Write a field into its cell."""
        special = self._special.get(field.kind)
        if special is None:
            super().value(code, field, scope, target)
        else:
            if field.kind in _MAY_LACK:
                code.line(target.absent)
            special(code, field, scope, target)

    def _numbered(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        items = scope.literal(scope.lists[-1][:-1])
        self.count(code, field, NUMBER, items, target)

    def _parent(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        value = Access(scope, self._names).expression(field.canonical)
        code.line(target.line(self.filled(field, value)))

    def _repeat(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        code.line(f"v = {Access(scope, self._names).expression(field.canonical)}")
        with code.block("if v is not None"):
            if is_masked(field.canonical):
                code.line("v = v.get_secret_value()")
            code.line("v = str(v)")
            self.text(code, field, scope.literal(field.canonical), target)

    def _items(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        holder = Access(scope, self._names).expression(field.canonical)
        self.count(code, field, f"len({holder} or ())", scope.literal(field.canonical), target)

    def _json(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        code.line(f"v = {Access(scope, self._names).expression(field.canonical)}")
        with code.block("if v"):
            code.line("v = json_cell(v)")
            self.text(code, field, scope.literal(field.canonical), target)

    def _empty(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        code.line(f"v = empty_sections({scope.item(())}, {field.sections!r})")
        with code.block("if v"):
            self.text(code, field, repr(field.place), target)


def empty_sections(plan: Any, names: tuple[str, ...]) -> str:
    """Name the lists of a plan that were discussed and are empty, a space between them."""
    return " ".join([name for name in names if getattr(plan, name) == []])
