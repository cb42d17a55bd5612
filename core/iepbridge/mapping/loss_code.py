"""From a layout to Python source that lists what a format loses of one plan.

The source defines `losses(plan, lost)`: it appends (path, kind, note) to `lost` for every leaf
with a value that does not come back as it was.
"""

from dataclasses import replace
from typing import Any, Final

from iepbridge.finding import DEFAULTED, DROPPED, FLATTENED, GENERALISED
from iepbridge.mapping.access import Access, is_masked
from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.coverage import Coverage, coverage_of
from iepbridge.mapping.layout import Default, Field, Group, Layout
from iepbridge.mapping.write_values import default_expression
from iepbridge.plan.shape import ENTRIES, ITEMS, ROOT, Fields, Item, Leaf, Path, Shape

_ALWAYS_TRAVEL: Final = {("schema",)}
_NO_PLACE: Final = f"{DROPPED!r}, NO_PLACE"
_AS_TEXT: Final = f"{FLATTENED!r}, AS_TEXT"


class LossSource:
    """Writes the source as `text`; `names` is what it needs besides."""

    def __init__(self, layout: Layout) -> None:
        self.names: dict[str, Any] = {
            "NO_PLACE": f"{layout.title} has no place for it.",
            "AS_TEXT": "Carried as a line of text for a person in another field.",
        }
        self._layout = layout
        self._sections: list[str] = []
        self.text = self._source()

    def _source(self) -> str:
        """Give one function a field of the plan, and one that calls them."""
        coverage = coverage_of(self._layout)
        calls = []
        for name, shape in ROOT.fields().items():
            code = Code()
            with code.block(f"def lose_{name}(plan, lost)"):
                code.line("lose = lost.append")
                self._shape(code, shape, (name,), Scope(), coverage)
            if not code.text().endswith("lose = lost.append\n"):
                self._sections.append(code.text())
                calls.append(f"lose_{name}(plan, lost)")
        code = Code()
        with code.block("def losses(plan, lost)"):
            for call in calls:
                code.line(call)
        return "\n\n".join([*self._sections, code.text()])

    def _shape(self, code: Code, shape: Shape, path: Path, scope: Scope, held: Coverage) -> None:
        if path in _ALWAYS_TRAVEL:
            return
        if isinstance(shape, Leaf):
            self._leaf(code, path, scope, held)
        elif isinstance(shape, Fields):
            self._fields(code, shape, path, scope, held)
        elif isinstance(shape, Item):
            self._list(code, shape, path, scope, held)
        elif path == ("extensions",):
            self._extensions(code, held)
        else:
            self._map(code, path, scope, held)

    def _fields(self, code: Code, shape: Fields, path: Path, scope: Scope, held: Coverage) -> None:
        inner = Code()
        for name, one in shape.fields().items():
            self._shape(inner, one, (*path, name), scope, held)
        if inner.text().strip():
            if path[-1] != ITEMS:
                Access(scope, self.names).fetch_one(code, path)
            code.extend(inner)

    def _leaf(self, code: Code, path: Path, scope: Scope, held: Coverage) -> None:
        field = held.fields.get(path)
        value = Access(scope, self.names).expression(path)
        constant = self._layout.constants.get(path)
        if constant is not None:
            note = self._note(DEFAULTED, constant)
            self._lost(code, f"if {value} != {constant!r}", path, scope, note)
        elif field is not None:
            self._carried(code, field, value, scope)
        elif held.flattened_leaf(path):
            self._lost(code, f"if {value} is not None", path, scope, _AS_TEXT)
        else:
            self._lost(code, f"if {value} is not None", path, scope, _NO_PLACE)

    def _carried(self, code: Code, field: Field, value: str, scope: Scope) -> None:
        path = field.canonical
        table = field.table
        if table is not None and (joined := table.joined()):
            other = table.any_other(table.columns[0])
            self._generalised(code, field, value, joined, other is not None, scope)
        default = self._layout.defaults.get(path)
        if default is not None:
            self._defaulted(code, default, value, path, scope)

    def _defaulted(
        self, code: Code, default: Default, value: str, path: Path, scope: Scope
    ) -> None:
        owner = f"{scope.item(path)}.{default.field}"
        test = f"if {value} is None and {owner} == {default.equals!r}"
        if not default.sources:
            self._lost(code, test, path, scope, self._note(DEFAULTED, default.value))
            return
        with code.block(test):
            code.line(f"v = {default_expression(default)}")
            note = f"{DEFAULTED!r}, f'Comes back as {{v}}.'"
            self._lost(code, "if v", path, scope, note)

    def _generalised(
        self,
        code: Code,
        field: Field,
        value: str,
        joined: dict[str, str],
        any_other: bool,
        scope: Scope,
    ) -> None:
        assert field.table is not None
        name = f"JOINED_{field.table.name.upper()}"
        notes = {one: (GENERALISED, _comes_back(other)) for one, other in joined.items()}
        self.names[name] = notes
        code.line(f"v = {value}")
        if is_masked(field.canonical):
            code.line("v = v.get_secret_value() if v is not None else None")
        if not any_other:
            self._lost(code, f"if v in {name}", field.canonical, scope, f"*{name}[v]")
            return
        self.names[f"OWN_{field.table.name.upper()}"] = frozenset(
            one for one in field.table.writing if one not in joined
        )
        test = f"if v is not None and v not in OWN_{field.table.name.upper()}"
        self._lost(code, test, field.canonical, scope, f"*{name}.get(v, {name}['*'])")

    def _list(self, code: Code, shape: Item, path: Path, scope: Scope, held: Coverage) -> None:
        items = (*path, ITEMS)
        if path in held.fields:
            return  # whole in one place
        groups = held.items(items)
        holder = Access(scope, self.names).expression(path)
        if len(path) == 1 and not held.section(path):
            self._lost(code, f"if {holder} == []", path, scope, _NO_PLACE)
        loop = Code()
        if any(group.where for group in groups):
            self._alternatives(loop, shape, items, scope, held, groups)
        else:
            group = groups[0] if groups else None
            self._item(loop, shape, items, scope, held.within(items, group), group)
        if loop.text().strip():
            item = singular(items)
            with code.block(f"for {item}_at, {item} in enumerate({holder} or ())"):
                code.extend(loop)

    def _alternatives(
        self,
        code: Code,
        shape: Item,
        items: Path,
        scope: Scope,
        held: Coverage,
        groups: list[Group],
    ) -> None:
        word = "if"
        for group in groups:
            assert group.where is not None
            sign = "!=" if group.where.other else "=="
            test = f"{word} {singular(items)}.{group.where.field} {sign} {group.where.value!r}"
            with code.block(test):
                inner = held.within(items, group)
                if not group.where.other:
                    fields = {**inner.fields, (*items, group.where.field): _implied(group)}
                    inner = replace(inner, fields=fields)
                self._item(code, shape, items, scope, inner, group)
            word = "elif"
        if not _cover_all(groups):
            with code.block("else"):
                self._item(code, shape, items, scope, held.within(items, None), None)

    def _item(
        self,
        code: Code,
        shape: Item,
        items: Path,
        scope: Scope,
        held: Coverage,
        group: Group | None,
    ) -> None:
        within = scope.within(items)
        if isinstance(shape.of, Leaf):
            if group is None:
                note = _AS_TEXT if held.flattened_at(items) else _NO_PLACE
                code.line(f"lose(({within.literal(items)}, {note}))")
            return
        if group is not None:
            self._shape(code, shape.of, items, within, held)
            return
        # An item without any field is a leaf of its own.
        code.line("before = len(lost)")
        self._shape(code, shape.of, items, within, held)
        with code.block("if len(lost) == before"):
            code.line(f"lose(({within.literal(items)}, {_NO_PLACE}))")

    def _map(self, code: Code, path: Path, scope: Scope, held: Coverage) -> None:
        entries = (*path, ENTRIES)
        if held.items(entries):
            return
        Access(scope, self.names).fetch_one(code, path)
        holder = Access(scope, self.names).holder(entries)
        own = self._layout.own_keys(entries)
        with code.block(f"for key in {holder}"):
            self._lost(code, f"if key not in {own!r}", entries, scope, _NO_PLACE)

    def _extensions(self, code: Code, held: Coverage) -> None:
        with code.block("for system, entries in (plan.extensions or {}).items()"):
            if held.items(("extensions", self._layout.system, ENTRIES)):
                code.line(f"others = entries if system != {self._layout.system!r} else ()")
            else:
                code.line("others = entries")
            with code.block("for key in others"):
                code.line(f'lose((f"extensions.{{system}}.{{key}}", {_NO_PLACE}))')

    def _lost(self, code: Code, test: str, path: Path, scope: Scope, note: str) -> None:
        with code.block(test):
            code.line(f"lose(({scope.literal(path)}, {note}))")

    def _note(self, kind: str, comes_back: str) -> str:
        return f"{kind!r}, {_comes_back(comes_back)!r}"


def _comes_back(value: str) -> str:
    return f"Comes back as {value}."


def _cover_all(groups: list[Group]) -> bool:
    """Say whether every item is one of some group's: one takes a code, another all others."""
    where = [group.where for group in groups if group.where]
    taken = {(one.field, one.value) for one in where if not one.other}
    return any(one.other and (one.field, one.value) in taken for one in where)


def _implied(group: Group) -> Field:
    """Give a stand-in for the field that says which items a group stands for: it travels."""
    return Field("", "text", None, "", (), None, "", group.line)
