"""From a layout to Python source that reads one plan from its XML element.

The source defines `read_<plan>(e, r)`: it gives the plan's data and tells `r` (an `XmlReading`)
of every finding and of everything it does not know.
"""

from typing import Any

from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import Field, Group, Layout, is_own_id
from iepbridge.mapping.read_parts import PartReader, list_name, owner, slot
from iepbridge.mapping.read_values import ValueReader
from iepbridge.mapping.write_values import position
from iepbridge.mapping.xml.form import counted, xml_file
from iepbridge.mapping.xml.reading import Piece
from iepbridge.mapping.xml.tree import Element, leaf_name, tree_of
from iepbridge.mapping.xml.write import snake
from iepbridge.plan.shape import ITEMS, Fields, Leaf, Path, path_pattern, shape_at


class XmlReadSource:
    """Writes the source as `text`, innermost functions first; `names` is what it needs besides."""

    def __init__(self, layout: Layout) -> None:
        self.names: dict[str, Any] = {"Piece": Piece}
        self._layout = layout
        self._home = xml_file(layout).home
        self._values = ValueReader(layout, self.names)
        self._parts = PartReader(layout)
        self._functions: list[str] = []
        self._marks = 0
        self._counted = counted(layout)
        self.text = self._source()

    def _source(self) -> str:
        self._function(tree_of(self._layout.plan), Scope())
        return "\n\n".join(self._functions)

    def _function(self, element: Element, scope: Scope) -> None:
        group = _group(element)
        code = Code()
        with code.block(f"def {_call(group, scope, 'e')}"):
            if group.name in self._counted:
                code.line(f"r.count[{self._counted.index(group.name)}] += 1")
            self._start(code, element, scope)
            self._element(code, element, "e", scope)
            self._finish(code, element, scope)
        self._functions.append(code.text())

    def _start(self, code: Code, element: Element, scope: Scope) -> None:
        group = _group(element)
        self._parts.start(code, group, list(element.own_fields()), scope)
        if any(field.kind == "part" for field in group.fields()):
            code.line("part = parts = None")

    def _finish(self, code: Code, element: Element, scope: Scope) -> None:
        group = _group(element)
        self._parts.finish(code, group, list(element.own_fields()), scope)
        if group.kind != "map":
            tail = ", part, parts" if any(one.kind == "part" for one in group.fields()) else ""
            code.line(f"return {scope.item(group.canonical)}{tail}")

    def _element(self, code: Code, element: Element, e: str, scope: Scope) -> None:
        """Read what an element holds; the element is known to be there."""
        self._attributes(code, element, e, scope)
        if element.children:
            self._children(code, element, e, scope)
        elif element.text is not None:
            self._values.value(code, element.text, f"r.text({e})", e, scope)
        else:
            code.line(f"r.nothing({e})")

    def _attributes(self, code: Code, element: Element, e: str, scope: Scope) -> None:
        flag = element.group.flag if element.group else None
        if not element.attributes and not flag:
            with code.block(f"if {e}.attrib"):
                code.line(f"r.attributes({e}, {e}.attrib)")
            return
        a = self._mark("a")
        code.line(f"{a} = dict({e}.attrib)")
        if flag:
            code.line(f"flag = {a}.pop({flag[0].removeprefix('@')!r}, None)")
        for field in element.attributes:
            name = leaf_name(field.place)
            self._values.value(code, field, f"{a}.pop({name!r}, None)", e, scope)
        with code.block(f"if {a}"):
            code.line(f"r.attributes({e}, {a})")

    def _children(self, code: Code, element: Element, e: str, scope: Scope) -> None:
        t, g = self._mark("t"), self._mark("g")
        leaves = {
            f"{self._home}{leaf_name(one.place)}": leaf_name(one.place) for one in element.leaves()
        }
        groups = {f"{self._home}{one.name}": one.name for one in element.elements()}
        number = self._marks
        self.names[f"LEAVES_{number}"] = leaves
        self.names[f"GROUPS_{number}"] = groups
        code.line(f"{t}, {g} = r.children({e}, LEAVES_{number}, GROUPS_{number})")
        self._twice(code, element, t, scope)
        for child in element.children:
            if isinstance(child, Field):
                if child.kind != "copy":
                    value = f"{t}.get({leaf_name(child.place)!r})"
                    self._values.value(code, child, value, e, scope)
            else:
                self._child(code, child, element, g, scope)

    def _twice(self, code: Code, element: Element, t: str, scope: Scope) -> None:
        paths = ", ".join(
            f"{leaf_name(field.place)!r}: {scope.literal(field.canonical)}"
            for field in element.leaves()
            if field.kind != "copy" and field.canonical
        )
        if paths:
            with code.block(f"if None in {t}"):
                code.line(f"r.twice({t}[None], {{{paths}}})")

    def _child(self, code: Code, child: Element, parent: Element, g: str, scope: Scope) -> None:
        if child.kind in ("list", "one"):
            self._items(code, child, g, scope)
        elif child.kind == "map":
            self._entries(code, child, g, scope)
        elif child.kind == "none":
            self._none(code, child, parent, g, scope)
        else:
            self._holder(code, child, g, scope)

    def _items(self, code: Code, child: Element, g: str, scope: Scope) -> None:
        group = _group(child)
        within = scope.within(group.canonical)
        self._function(child, within)
        if group.kind == "one":
            code.line(f"r.only({g}, {child.name!r})")
        if any(field.kind == "part" for field in group.fields()):
            self._joined(code, child, g, within)
            return
        numbered = any(field.kind == "position" for field in group.fields())
        loop = f"e_item in {g}.get({child.name!r}, ())"
        if numbered:
            loop = f"{position(within)}, e_item in enumerate({g}.get({child.name!r}, ()), 1)"
        items = list_name(group.canonical)
        with code.block(f"for {loop}"):
            code.line(f"{singular(group.canonical)}_at = len({items})")
            code.line(f"{items}.append({_call(group, within, 'e_item')})")

    def _joined(self, code: Code, child: Element, g: str, scope: Scope) -> None:
        group = _group(child)
        at = f"{singular(group.canonical)}_at"
        own_id = next(filter(is_own_id, group.fields()))
        text = next(one for one in group.fields() if one.size and one.size.continues)
        code.line("pieces, places = [], {}")
        with code.block(f"for e_item in {g}.get({child.name!r}, ())"):
            code.line(f"key = e_item.get({leaf_name(own_id.place)!r}) or e_item")
            code.line(f"{at} = places.setdefault(key, len(places))")
            code.line(f"pieces.append(({at}, Piece(e_item, *{_call(group, scope, 'e_item')})))")
        items = list_name(group.canonical)
        whole = path_pattern(group.canonical[:-1])
        code.line(f"{items} = r.joined(pieces, {text.canonical[-1]!r}, {whole!r})")

    def _entries(self, code: Code, child: Element, g: str, scope: Scope) -> None:
        group = _group(child)
        self._function(child, scope.within(group.canonical))
        entries = (
            "" if group.canonical[0] == "extensions" else f", {owner(group.canonical[:-1], scope)}"
        )
        with code.block(f"for e_item in {g}.get({child.name!r}, ())"):
            code.line(f"read_{snake(group.name)}(e_item{entries}, r)")

    def _none(self, code: Code, child: Element, parent: Element, g: str, scope: Scope) -> None:
        path = _group(child).canonical
        items = next(one.name for one in parent.elements() if _stands_for(one, path))
        e = self._mark("e")
        code.line(f"{e} = r.only({g}, {child.name!r})")
        with code.block(f"if {e} is not None"):
            code.line(f"r.attributes({e}, {e}.attrib)")
            code.line(f"r.nothing({e})")
            with code.block(f"if {items!r} in {g}"):
                code.line(f"r.fail('FMT-VALUE', {scope.literal(path)}, 'nothing beside it')")
            code.line(f"{slot(path, scope)} = []")

    def _holder(self, code: Code, child: Element, g: str, scope: Scope) -> None:
        e = self._mark("e")
        method = "first" if child.kind == "first" else "only"
        path = f", {scope.literal(child.text.canonical)}" if child.text else ""
        code.line(f"{e} = r.{method}({g}, {child.name!r}{path})")
        if child.always:
            with code.block(f"if {e} is None"):
                code.line(f"{e} = r.absent()")
            self._element(code, child, e, scope)
        else:
            with code.block(f"if {e} is not None"):
                self._element(code, child, e, scope)
                if child.kind == "section":
                    self._section(code, _group(child), scope)

    def _section(self, code: Code, group: Group, scope: Scope) -> None:
        path = group.canonical
        shape = shape_at(path)
        holds = owner(path, scope) if isinstance(shape, Fields) else list_name((*path, ITEMS))
        if group.flag is not None:
            forms = self._layout.forms
            with code.block(
                f"if flag and (flag not in {(forms.true, forms.false)!r}"
                f" or flag == {group.flag[1]!r} and {holds})"
            ):
                code.line(f"r.fail('FMT-VALUE', {scope.literal(path)}, 'nothing beside the flag')")
        if isinstance(shape, Fields):
            flag = next(name for name, leaf in shape.fields().items() if _is_flag(leaf))
            with code.block(f"if not {holds}"):
                code.line(f"{holds}[{flag!r}] = False")
        else:
            code.line(f"{slot(path, scope)} = {holds}")

    def _mark(self, name: str) -> str:
        self._marks += 1
        return f"{name}_{self._marks}"


def _call(group: Group, scope: Scope, e: str) -> str:
    """Write the head of a group's function, or a call of it, for the element `e`."""
    if group.kind == "map":
        entries = "" if group.canonical[0] == "extensions" else "entries, "
        return f"read_{snake(group.name)}({e}, {entries}r)"
    number = f", {position(scope)}" if any(one.kind == "position" for one in group.fields()) else ""
    return f"read_{snake(group.name)}({e}{scope.arguments()}{number}, r)"


def _is_flag(leaf: object) -> bool:
    return isinstance(leaf, Leaf) and leaf.kind == "flag" and leaf.required


def _stands_for(element: Element, path: Path) -> bool:
    return element.kind == "list" and _group(element).canonical[:-1] == path


def _group(element: Element) -> Group:
    assert element.group is not None
    return element.group
