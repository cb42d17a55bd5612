"""From a layout to Python source that writes one plan as records.

The source defines `write_<plan>(plan, out, fail)`: it adds records to `out` and calls
`fail(rule, path, *facts)` for each format finding.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from iepbridge.mapping.access import Access
from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import CARRYING_NOTHING, Field, Group, Layout
from iepbridge.mapping.records.form import (
    counter,
    every_field,
    function_name,
    further,
    is_ordered,
    repeating,
)
from iepbridge.mapping.records.values import NUMBER, Cell, RecordValues
from iepbridge.plan.shape import ITEMS, Path


class RecordForm(Protocol):
    """How a codec puts values into cells, and cells into a record."""

    @property
    def values(self) -> RecordValues:
        """The code for single values."""

    def cell(self, field: Field, name: str) -> Cell:
        """Give the cell of a field, held in the variable `name`."""

    def emit(self, code: Code, group: Group, cells: Sequence[tuple[Field, str]]) -> None:
        """Write the statement that adds a record of these cells to `out`."""


class RecordWriteSource:
    """Writes the source as `text`, innermost functions first; `names` is what it needs besides."""

    def __init__(self, layout: Layout, form: RecordForm, names: dict[str, Any]) -> None:
        self.names = names
        self._layout = layout
        self._form = form
        self._functions: list[str] = []
        self._function(layout.plan, Scope())
        self.text = "\n\n".join(self._functions)

    def _function(self, group: Group, scope: Scope) -> None:
        code = Code()
        with code.block(f"def {_head(group, scope)}"):
            Access(scope, self.names).fetch(code, _paths(group))
            self._record(code, group, scope)
            for inner in further(group):
                self._more(code, inner, scope)
            for groups in repeating(group):
                if groups[0].kind != "later":
                    self._repeated(code, groups, scope)
        self._functions.append(code.text())

    def _record(self, code: Code, group: Group, scope: Scope) -> None:
        cells = []
        for at, field in enumerate(group.fields()):
            cell = self._form.cell(field, f"c{at}")
            self._form.values.value(code, field, scope, cell)
            cells.append((field, cell.name))
        self._form.emit(code, group, cells)

    def _more(self, code: Code, group: Group, scope: Scope) -> None:
        """Write a further record of the same part: always, or where it has content."""
        if group.required == "yes":
            self._record(code, group, scope)
            return
        access = Access(scope, self.names)
        tests = [
            f"{access.expression(field.canonical)} is not None"
            for field in group.fields()
            if field.canonical and field.kind not in CARRYING_NOTHING
        ]
        with code.block(f"if {' or '.join(tests)}"):
            self._record(code, group, scope)

    def _repeated(self, code: Code, groups: list[Group], scope: Scope) -> None:
        """Write the records for the items of a list, and behind them those that come later."""
        for group in groups:
            self._function(group, scope.within(group.canonical))
        if groups[0].kind == "map":
            self._entries(code, groups[0], scope)
            return
        self._counters(code, groups)
        self._loop(code, groups, scope)
        for group in groups:
            for later in (found for found in repeating(group) if found[0].kind == "later"):
                self._later(code, group, later, scope)

    def _later(self, code: Code, outer: Group, groups: list[Group], scope: Scope) -> None:
        within = scope.within(outer.canonical)
        for group in groups:
            self._function(group, within.within(group.canonical))
        if any(map(is_ordered, groups)):
            self._counters(code, groups)
        item = singular(outer.canonical)
        holder = Access(scope, self.names).expression(outer.canonical[:-1])
        loop = f"for {item}_at, {item} in enumerate({holder} or ())"
        with code.block(loop), _block(code, "if", _test(outer, item)):
            if not any(map(is_ordered, groups)):
                self._counters(code, groups)
            self._loop(code, groups, within)

    def _counters(self, code: Code, groups: list[Group]) -> None:
        for name in dict.fromkeys(map(_counter, groups)):
            if name:
                code.line(f"{name} = 0")

    def _loop(self, code: Code, groups: list[Group], scope: Scope) -> None:
        items = groups[0].canonical
        item = singular(items)
        within = scope.within(items)
        holder = Access(scope, self.names).expression(items[:-1])
        with code.block(f"for {item}_at, {item} in enumerate({holder} or ())"):
            word = "if"
            for group in groups:
                with _block(code, word, _test(group, item)):
                    if name := _counter(group):
                        code.line(f"{name} += 1")
                    code.line(_call(group, within))
                word = "elif"

    def _entries(self, code: Code, group: Group, scope: Scope) -> None:
        holder = Access(scope, self.names).holder(group.canonical)
        taken = self._layout.own_keys(group.canonical)
        test = f"key not in {taken!r}" if taken else ""
        with code.block(f"for key, value in {holder}.items()"), _block(code, "if", test):
            code.line(_call(group, scope.within(group.canonical)))


def _items(scope: Scope) -> str:
    """Name the plan and the items around a record, with their places."""
    lists = [items for items in scope.lists if items[-1] == ITEMS]
    return "".join(f", {singular(items)}, {singular(items)}_at" for items in lists)


def _head(group: Group, scope: Scope) -> str:
    entry = ", key, value" if group.kind == "map" else ""
    number = f", {NUMBER}" if counter(group) else ""
    return f"write_{function_name(group)}(plan{_items(scope)}{entry}{number}, out, fail)"


def _call(group: Group, scope: Scope) -> str:
    return _head(group, scope).replace(f", {NUMBER},", f", {_counter(group)},")


def _counter(group: Group) -> str:
    """Name the variable that counts a group's records, together with those of its list."""
    if counter(group) is None:
        return ""
    own = "item" if is_ordered(group) else function_name(group)
    return f"{singular(group.canonical)}_{own}_number"


def _test(group: Group, item: str) -> str:
    if group.where is None:
        return ""
    sign = "!=" if group.where.other else "=="
    return f"{item}.{group.where.field} {sign} {group.where.value!r}"


def _block(code: Code, word: str, test: str) -> AbstractContextManager[None]:
    return code.block(f"{word} {test}") if test else nullcontext()


def _paths(group: Group) -> Iterator[Path]:
    """Give every path that code of this group's function reads."""
    for field in every_field(group):
        if field.canonical:
            yield field.canonical
    for inner in group.groups():
        yield inner.canonical
        for later in inner.groups():
            if later.kind == "later":
                yield later.canonical[: len(inner.canonical)]
