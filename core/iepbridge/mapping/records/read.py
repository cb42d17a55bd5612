"""From a layout to Python source that reads one plan from its records.

The source defines `read_<plan>(row, r)`: it gives the plan's data and tells `r` (a
`RecordReading`) of every finding and of everything that has no place in the plan.
"""

from collections.abc import Iterable
from typing import Any

from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.mapping.read_parts import PartReader, list_name, owner
from iepbridge.mapping.records.form import (
    counter,
    every_field,
    function_name,
    further,
    is_ordered,
    repeating,
)
from iepbridge.mapping.records.read_values import RecordValueReader
from iepbridge.mapping.records.ties import outer_id, tie
from iepbridge.mapping.records.values import NUMBER
from iepbridge.plan.shape import ITEMS, Path


class RecordReadSource:
    """Writes the source as `text`, innermost functions first; `names` is what it needs besides."""

    def __init__(self, layout: Layout, values: RecordValueReader, names: dict[str, Any]) -> None:
        self.names = names
        self._layout = layout
        self._values = values
        self._parts = PartReader(layout)
        self._functions: list[str] = []
        self._function(layout.plan, Scope())
        self.text = "\n\n".join(self._functions)

    def _function(self, group: Group, scope: Scope) -> None:
        fields = list(every_field(group))
        code = Code()
        with code.block(f"def {_call(group, scope, 'row')}"):
            self._parts.start(code, group, fields, scope)
            self._record(code, group, "row", scope)
            self._where(code, group, scope)
            for inner in further(group):
                self._more(code, inner, scope)
            for groups in repeating(group):
                self._repeated(code, group, groups, scope)
            self._parts.finish(code, group, fields, scope)
            self._sections(code, fields)
            if group.kind != "map":
                code.line(f"return {scope.item(group.canonical)}")
        self._functions.append(code.text())

    def _record(self, code: Code, group: Group, e: str, scope: Scope) -> None:
        code.line(f"cells = {e}.cells")
        for at, field in enumerate(group.fields()):
            if field.kind == "repeat":
                self._repeat(code, field, at, e)
            elif field.kind == "parent":
                self._parent(code, group, field, at, e)
            else:
                self._values.value(code, field, f"cells[{at}]", e, scope)

    def _where(self, code: Code, group: Group, scope: Scope) -> None:
        """Refuse an item that belongs to another group of its list."""
        where = group.where
        if where is None:
            return
        item, path = scope.item(group.canonical), (*group.canonical, where.field)
        test = f"== {where.value!r}" if where.other else f"not in (None, {where.value!r})"
        with code.block(f"if {item}.get({where.field!r}) {test}"):
            other = "another code than" if where.other else "the code of"
            expected = f"{other} {where.value} in {group.name}"
            code.line(f"r.fail('FMT-VALUE', {scope.literal(path)}, {expected!r})")

    def _repeat(self, code: Code, field: Field, at: int, e: str) -> None:
        """Keep what differs from the value that is repeated."""
        place = self._values.place(field, e)
        group, column = self._home(field.canonical)
        if field.required == "yes":
            # A record that is missing has no cells, and is asked for by its own fields alone.
            with code.block(f"if cells and not cells[{at}]"):
                code.line(f"r.fail('FMT-REQUIRED', {place})")
        source = "r.row" if group.kind == "plan" else f"r.row.below[{group.name!r}][0]"
        with code.block(f"if cells[{at}] and cells[{at}] != {source}.cells[{column}]"):
            code.line(f"r.keep({place}, cells[{at}])")

    def _parent(self, code: Code, group: Group, field: Field, at: int, e: str) -> None:
        """Check a reference to the record around; those of the plan and of `later` lists tie."""
        if field.canonical == ("plan_id",) or group.kind == "later":
            return
        place = self._values.place(field, e)
        _, column = self._home(field.canonical)
        with code.block(f"if not cells[{at}]"):
            code.line(f"r.fail('FMT-REQUIRED', {place})")
        with code.block(f"elif cells[{at}] != {e}.above.cells[{column}]"):
            code.line(f"r.fail('FMT-VALUE', {place}, 'the reference of the record it follows')")

    def _home(self, path: Path) -> tuple[Group, int]:
        """Find where a value that is said again has its place: the group, and which cell."""
        for group in self._layout.every_group():
            for at, field in enumerate(group.fields()):
                if field.canonical == path and field.kind not in ("parent", "repeat"):
                    return group, at
        raise KeyError(path)

    def _more(self, code: Code, group: Group, scope: Scope) -> None:
        code.line(f"more = r.more(row, {group.name!r}, {group.required == 'yes'})")
        with code.block("if more is not None"):
            self._record(code, group, "more", scope)

    def _repeated(self, code: Code, outer: Group, groups: list[Group], scope: Scope) -> None:
        within = scope.within(groups[0].canonical)
        for group in groups:
            self._function(group, within)
        names = tuple(group.name for group in groups)
        if groups[0].kind == "later":
            ties = tuple(tie(group, outer)[0] for group in groups)
            _, column = self._home(outer_id(outer, groups[0]))
            rows = f"r.claimed({names!r}, {ties!r}, row.cells[{column}])"
        elif any(map(is_ordered, groups)) or len(groups) > 1:
            rows = f"r.merged(row, {names!r})"
        else:
            rows = f"row.below.get({names[0]!r}, ())"
        with code.block(f"for inner in {rows}"):
            if groups[0].kind == "map":
                self._entry(code, groups[0], scope)
            else:
                self._items(code, groups, within)

    def _entry(self, code: Code, group: Group, scope: Scope) -> None:
        free = group.canonical[0] == "extensions"
        entries = "" if free else f", {owner(group.canonical[:-1], scope)}"
        code.line(f"read_{function_name(group)}(inner{entries}, r)")

    def _items(self, code: Code, groups: list[Group], scope: Scope) -> None:
        items = groups[0].canonical
        code.line(f"{singular(items)}_at = len({list_name(items)})")
        for group in groups:
            if counter(group) is not None and not is_ordered(group):
                code.line(f"{NUMBER} = {singular(items)}_at + 1")
                break
        word = "if"
        for group in groups[:-1]:
            with code.block(f"{word} inner.name == {group.name!r}"):
                code.line(f"{list_name(items)}.append({_call(group, scope, 'inner')})")
            word = "elif"
        call = f"{list_name(items)}.append({_call(groups[-1], scope, 'inner')})"
        if len(groups) > 1:
            with code.block("else"):
                code.line(call)
        else:
            code.line(call)

    def _sections(self, code: Code, fields: Iterable[Field]) -> None:
        """Make lists of which the file says that there is nothing to record."""
        for field in fields:
            if field.kind == "empty sections":
                _, at = self._place_of(field)
                place = self._values.place(field, "row")
                code.line(f"r.empty_sections(row.cells[{at}], {field.sections!r}, plan, {place})")

    def _place_of(self, wanted: Field) -> tuple[Group, int]:
        for group in self._layout.every_group():
            for at, field in enumerate(group.fields()):
                if field is wanted:
                    return group, at
        raise KeyError(wanted.place)


def _call(group: Group, scope: Scope, e: str) -> str:
    """Write the head of a group's function, or a call of it, for the row `e`."""
    if group.kind == "map":
        entries = "" if group.canonical[0] == "extensions" else "entries, "
        return f"read_{function_name(group)}({e}, {entries}r)"
    numbered = counter(group) is not None and not is_ordered(group)
    number = f", {NUMBER}" if numbered else ""
    lists = "".join(f", {singular(items)}_at" for items in scope.lists if items[-1] == ITEMS)
    return f"read_{function_name(group)}({e}{lists}{number}, r)"
