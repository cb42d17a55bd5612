"""From a layout to Python source that writes one plan as XML.

The source defines `write_plan(plan, out, fail, count)`: it appends pieces of text to `out`, calls
`fail(rule, path, *facts)` for each format finding, and counts elements in `count`.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from iepbridge.mapping.access import Access
from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.mapping.write_values import position
from iepbridge.mapping.xml.form import counted
from iepbridge.mapping.xml.tree import Element, leaf_name, tree_of
from iepbridge.mapping.xml.values import Markup, XmlValues
from iepbridge.plan.shape import Fields, Leaf, Path, shape_at

_INDENT: Final = "  "
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """Turn an element's name into a Python one: `InterimGoal` gives `interim_goal`."""
    return re.sub(r"\W", "_", _WORDS.sub("_", name)).lower()


class XmlWriteSource:
    """Writes the source as `text`, innermost functions first; `names` is what it needs besides."""

    def __init__(self, layout: Layout) -> None:
        self.names: dict[str, Any] = {}
        self._layout = layout
        self._values = XmlValues(layout, self.names)
        self._functions: list[str] = []
        self._marks = 0
        self._counted = counted(layout)
        self.text = self._source()

    def _source(self) -> str:
        self._function(tree_of(self._layout.plan), Scope(), depth=1)
        return "\n\n".join(self._functions)

    def _function(self, element: Element, scope: Scope, depth: int) -> None:
        group = _group(element)
        code = Code()
        with code.block(f"def {self._head(group, scope)}"):
            code.line("w = out.append")
            Access(scope, self.names).fetch(code, _paths(element, group))
            self._count(code, group)
            continued = next(filter(_continues, element.own_fields()), None)
            if continued is None:
                self._element(code, element, scope, depth)
            else:
                self._parts(code, element, continued, scope, depth)
        self._functions.append(code.text())

    def _head(self, group: Group, scope: Scope) -> str:
        item = "key, value" if group.kind == "map" else scope.item(group.canonical)
        places = "" if group.kind == "map" else scope.arguments()
        number = f", {position(scope)}" if _is_numbered(group) else ""
        return f"write_{snake(group.name)}({item}{places}{number}, out, fail, count)"

    def _count(self, code: Code, group: Group) -> None:
        if group.name in self._counted and not any(map(_continues, group.fields())):
            code.line(f"count[{self._counted.index(group.name)}] += 1")

    def _parts(self, code: Code, element: Element, field: Field, scope: Scope, depth: int) -> None:
        self._values.continued(code, field, scope)
        with code.block("for part, piece in enumerate(parts, 1)"):
            name = _group(element).name
            if name in self._counted:
                code.line(f"count[{self._counted.index(name)}] += 1")
            self._element(code, element, scope, depth)

    def _element(self, code: Code, element: Element, scope: Scope, depth: int) -> None:
        """Write an element that is due here: its start, its values, its end."""
        opening = f"{_INDENT * depth}<{element.name}"
        optional = not element.always and element.kind != "section"
        start = self._mark(code, "start") if optional else ""
        code.line(f"w({opening!r})")
        for field in element.attributes:
            target = Markup(f' {leaf_name(field.place)}="', '"', "escape_attribute")
            self._values.value(code, field, scope, target)
        self._body(code, element, scope, depth)
        if optional:
            with code.block(f"if len(out) == {start} + 2 and out[-1] == '/>\\n'"):
                code.line(f"del out[{start}:]")

    def _body(self, code: Code, element: Element, scope: Scope, depth: int) -> None:
        closing = f"</{element.name}>\n"
        if element.children:
            self._with_children(code, element, scope, depth)
        elif element.text is not None:
            mark = self._mark(code, "bare")
            self._values.value(code, element.text, scope, Markup(">", closing, "escape"))
            with code.block(f"if len(out) == {mark}"):
                code.line("w('/>\\n')")
        else:
            code.line("w('/>\\n')")

    def _with_children(self, code: Code, element: Element, scope: Scope, depth: int) -> None:
        copies = [field for field in element.leaves() if field.kind == "copy"]
        bare = self._mark(code, "bare")
        code.line("w('>\\n')")
        if copies:
            code.line(f"stands = out[{bare} - 1] != {f'{_INDENT * depth}<{element.name}'!r}")
        for child in element.children:
            self._child(code, child, scope, depth + 1)
        with code.block(f"if len(out) == {bare} + 1"):
            code.line(f"out[{bare}] = '/>\\n'")
        with code.block("else"):
            code.line(f"w({f'{_INDENT * depth}</{element.name}>' + chr(10)!r})")

    def _child(self, code: Code, child: Field | Element, scope: Scope, depth: int) -> None:
        if isinstance(child, Field):
            self._leaf(code, child, scope, depth)
        elif child.kind in ("list", "one"):
            self._items(code, child, scope, depth)
        elif child.kind == "map":
            self._entries(code, child, scope, depth)
        elif child.kind == "section":
            self._section(code, child, scope, depth)
        elif child.kind == "none":
            holder = Access(scope, self.names).expression(_group(child).canonical)
            with code.block(f"if {holder} == []"):
                code.line(f"w({f'{_INDENT * depth}<{child.name}/>' + chr(10)!r})")
        else:
            self._element(code, child, scope, depth)

    def _leaf(self, code: Code, field: Field, scope: Scope, depth: int) -> None:
        name = leaf_name(field.place)
        target = Markup(f"{_INDENT * depth}<{name}>", f"</{name}>\n", "escape")
        if field.kind == "copy":
            with code.block("if stands"):
                self._values.value(code, field, scope, target)
        else:
            self._values.value(code, field, scope, target)

    def _items(self, code: Code, element: Element, scope: Scope, depth: int) -> None:
        group = _group(element)
        item = singular(group.canonical)
        within = scope.within(group.canonical)
        holder = Access(scope, self.names).expression(group.canonical[:-1])
        self._function(element, within, depth)
        if _is_numbered(group):
            code.line(f"{position(within)} = 0")
        with code.block(f"for {item}_at, {item} in enumerate({holder} or ())"):
            if group.where is None:
                self._call(code, group, within)
            else:
                with code.block(f"if {item}.{group.where.field} == {group.where.value!r}"):
                    self._call(code, group, within)

    def _call(self, code: Code, group: Group, scope: Scope) -> None:
        if _is_numbered(group):
            code.line(f"{position(scope)} += 1")
        code.line(self._head(group, scope))

    def _entries(self, code: Code, element: Element, scope: Scope, depth: int) -> None:
        group = _group(element)
        self._function(element, scope.within(group.canonical), depth)
        holder = Access(scope, self.names).holder(group.canonical)
        with code.block(f"for key, value in {holder}.items()"):
            taken = self._layout.own_keys(group.canonical)
            if taken:
                with code.block(f"if key not in {taken!r}"):
                    code.line(self._head(group, scope))
            else:
                code.line(self._head(group, scope))

    def _section(self, code: Code, element: Element, scope: Scope, depth: int) -> None:
        group = _group(element)
        value = Access(scope, self.names).expression(group.canonical)
        flag = f' {group.flag[0].removeprefix("@")}="{group.flag[1]}"' if group.flag else ""
        empty = f"{_INDENT * depth}<{element.name}{flag}/>\n"
        with code.block(f"if {value} is not None"):
            with code.block(f"if {_nothing_to_record(group, value)}"):
                code.line(f"w({empty!r})")
            with code.block("else"):
                self._element(code, element, scope, depth)

    def _mark(self, code: Code, name: str) -> str:
        self._marks += 1
        code.line(f"{name}_{self._marks} = len(out)")
        return f"{name}_{self._marks}"


def _nothing_to_record(group: Group, value: str) -> str:
    """Write the test for a section that was discussed with nothing to record."""
    shape = shape_at(group.canonical)
    if not isinstance(shape, Fields):
        return f"not {value}"
    flags = [name for name, leaf in shape.fields().items() if _is_required_flag(leaf)]
    others = [name for name in shape.fields() if name not in flags]
    tests = [f"{value}.{name} is False" for name in flags]
    tests += [f"{value}.{name} is None" for name in others]
    return " and ".join(tests)


def _is_required_flag(leaf: object) -> bool:
    return isinstance(leaf, Leaf) and leaf.kind == "flag" and leaf.required


def _group(element: Element) -> Group:
    assert element.group is not None
    return element.group


def _is_numbered(group: Group) -> bool:
    return any(field.kind == "position" for field in group.fields())


def _continues(field: Field) -> bool:
    return field.size is not None and field.size.continues


def _paths(element: Element, group: Group) -> Iterator[Path]:
    """Give every path that code of this element's function reads."""
    for field in element.own_fields():
        if field.canonical:
            yield field.canonical
    for inner in group.groups():
        yield inner.canonical
