"""Code that turns one leaf into the text of its place, with its checks: the same for all codecs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from iepbridge import converters
from iepbridge.converters import Form
from iepbridge.mapping.access import Access, is_masked
from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import Default, Field, Flattened, Layout
from iepbridge.mapping.xml_text import flat_lines, pieces, with_lines
from iepbridge.plan.shape import Leaf, Path, shape_at

_MOST_CHARACTERS: Final = 1_000_000

Escape = Callable[[str], str]
"""From an expression for a text to an expression for the text as it stands in the file."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value goes: what stands before and after it, and how texts are escaped."""

    before: str
    after: str
    escape: str

    def line(self, expression: str) -> str:
        """Write the call that puts an expression between what stands around it."""
        after = f" + {self.after!r}" if self.after else ""
        return f"w({self.before!r} + {expression}{after})"


class ValueWriter:
    """Writes the code for single fields; `names` collects what that code refers to."""

    def __init__(self, layout: Layout, names: dict[str, Any], escape: Callable[[str], str]) -> None:
        self._layout = layout
        self._names = names
        self._escape = escape
        names.update(pieces=pieces, with_lines=with_lines, flat_lines=flat_lines)

    def value(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        """Write a field: fetch, check, convert, put; or say that it is missing."""
        if field.kind in ("position", "part", "parts", "key"):
            self._counted(code, field, scope, target)
            return
        access = Access(scope, self._names)
        code.line(f"v = {access.expression(field.canonical)}")
        if access.is_sure(field.canonical):
            self._put(code, field, scope, target)
            return
        self._default(code, field, scope)
        clear = not is_masked(field.canonical)
        if field.size and field.size.continues:
            code.line("v = piece")
            clear = True
        elif self._flattened_into(field):
            self._with_lines(code, field, scope)
            clear = True
        with code.block("if v is not None"):
            if not clear:
                code.line("v = v.get_secret_value()")
            self._put(code, field, scope, target)
        self._missing(code, field, scope)

    def _counted(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        if field.kind == "key":
            self._length(code, field, "key", scope.lists[-1], scope)
            code.line(target.line(f"{target.escape}(key)"))
            return
        numbers = {"position": position(scope), "part": "part", "parts": "len(parts)"}
        code.line(target.line(f"str({numbers[field.kind]})"))

    def _default(self, code: Code, field: Field, scope: Scope) -> None:
        default = self._layout.defaults.get(field.canonical)
        if default is not None and field.kind != "copy":
            with code.block(f"if v is None and {_condition(default, field.canonical, scope)}"):
                code.line(f"v = {default.value!r}")

    def _missing(self, code: Code, field: Field, scope: Scope) -> None:
        if field.required == "together":
            self._missing_beside_others(code, field, scope)
        if field.required in ("yes", "file"):
            path = scope.literal(field.canonical)
            with code.block("else"):
                if field.kind == "system id":
                    code.line(f"fail('FMT-ID', {path}, {self._id_form(field)!r})")
                else:
                    code.line(f"fail('FMT-REQUIRED', {path})")

    def _missing_beside_others(self, code: Code, field: Field, scope: Scope) -> None:
        """Ask for a field when another one of its object stands."""
        leaf = shape_at(field.canonical)
        if isinstance(leaf, Leaf) and leaf.required:
            return  # the model sees to it
        access = Access(scope, self._names)
        others = [
            access.expression(one.canonical)
            for one in self._layout.every_field()
            if one.canonical[:-1] == field.canonical[:-1] and one.canonical != field.canonical
        ]
        if others:
            with code.block(f"elif {' or '.join(f'{one} is not None' for one in others)}"):
                code.line(f"fail('FMT-REQUIRED', {scope.literal(field.canonical)})")

    def _put(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        if field.kind == "code":
            self._code(code, field, scope, target)
        elif field.kind == "system id":
            self._system_id(code, field, scope, target)
        else:
            if field.kind == "text":
                self._length(code, field, "v", field.canonical, scope)
            elif field.kind in ("digits", "letters"):
                self._formed(code, field, scope)
            code.line(target.line(self._written(field, target)))

    def _length(self, code: Code, field: Field, name: str, path: Path, scope: Scope) -> None:
        if field.size is None or field.size.continues or 0 < _plain(path) <= field.size.most:
            return
        with code.block(f"if len({name}) > {field.size.most}"):
            place = scope.literal(path)
            code.line(f"fail('FMT-LENGTH', {place}, len({name}), {field.size.most})")

    def _code(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        assert field.table is not None
        name = f"CODES_{field.table.name.upper()}"
        if len(field.table.columns) > 1:
            name += f"__{field.column.upper()}"
        codes = {one: self._escape(own) for one, own in field.table.codes_of(field.column).items()}
        self._names[name] = codes
        other = field.table.any_other(field.column)
        code.line(f"c = {name}.get(v{'' if other is None else f', {self._escape(other)!r}'})")
        with code.block("if c is not None"):
            code.line(target.line("c"))
        if field.column == field.table.columns[0]:
            with code.block("else"):
                code.line(f"fail('FMT-CODE', {scope.literal(field.canonical)}, {name})")

    def _system_id(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        with code.block(f"if {self._form(field)}(v) is None"):
            code.line(f"fail('FMT-ID', {scope.literal(field.canonical)}, {self._id_form(field)!r})")
        code.line(target.line(f"{target.escape}(v)"))

    def _formed(self, code: Code, field: Field, scope: Scope) -> None:
        form = _letters(field) if field.kind == "letters" else _digits(field)
        name = f"{field.kind}_of_{form.expected.replace(' ', '_')}"
        self._names[name] = form.read
        with code.block(f"if {name}(v) is None"):
            code.line(f"fail('FMT-VALUE', {scope.literal(field.canonical)}, {form.expected!r})")

    def _form(self, field: Field) -> str:
        assert field.size is not None
        name = f"digits_of_{field.size.least}_{field.size.most}"
        self._names[name] = _digits(field).read
        return name

    def _id_form(self, field: Field) -> str:
        return _digits(field).expected

    def _written(self, field: Field, target: Target) -> str:
        forms = self._layout.forms
        if field.kind in ("date", "copy"):
            self._names["date_text"] = converters.DATE_FORMS[forms.date].write
            return "date_text(v)"
        if field.kind == "flag":
            return f"({self._escape(forms.true)!r} if v else {self._escape(forms.false)!r})"
        if field.kind == "number":
            self._names["number_text"] = converters.NUMBER.write
            return "number_text(v)"
        if field.kind in ("integer", "positive"):
            return "str(v)"
        if field.kind == "ssn":
            self._names["ssn_text"] = converters.SSN.write
            return "ssn_text(v)"
        return "v" if _plain(field.canonical) else f"{target.escape}(v)"

    def continued(self, code: Code, field: Field, scope: Scope) -> None:
        """Set `parts`: the text of a field that continues, with what is flattened into it, cut."""
        assert field.size is not None
        code.line(f"v = {Access(scope, self._names).expression(field.canonical)}")
        self._with_lines(code, field, scope)
        # A reader takes no text over the cap, joined or not.
        with code.block(f"if v is not None and len(v) > {_MOST_CHARACTERS}"):
            path = scope.literal(field.canonical)
            code.line(f"fail('FMT-LENGTH', {path}, len(v), {_MOST_CHARACTERS})")
        code.line(f"parts = pieces(v, {field.size.most})")

    def _flattened_into(self, field: Field) -> list[Flattened]:
        return [flat for flat in self._layout.flattened if flat.into == field.canonical]

    def _with_lines(self, code: Code, field: Field, scope: Scope) -> None:
        """Put what is flattened into a text behind it; `v` is clear text then."""
        if is_masked(field.canonical):
            code.line("v = v.get_secret_value() if v is not None else None")
        flattened = self._flattened_into(field)
        if flattened:
            code.line("lines = []")
            for flat in flattened:
                self._lines(code, flat.canonical, flat.line, flat.parts, scope)
            code.line("v = with_lines(v, lines)")

    def _lines(self, code: Code, items: Path, start: str, parts: Any, scope: Scope) -> None:
        within = scope.within(items)
        item = within.item(items)
        holder = Access(scope, self._names).expression(items[:-1])
        values = [
            f"({part.before!r}, {part.label!r}, {f'{item}.{part.field}' if part.field else item})"
            for part in parts
        ]
        with code.block(f"for {item} in {holder} or ()"):
            code.line(f"lines += flat_lines({start!r}, [{', '.join(values)}])")


def position(scope: Scope) -> str:
    """Name the variable that counts the items a group stands for."""
    return f"{singular(scope.lists[-1])}_number"


def _digits(field: Field) -> Form:
    assert field.size is not None
    return converters.digits_form(field.size.least or field.size.most, field.size.most)


def _letters(field: Field) -> Form:
    assert field.size is not None
    return converters.letters_form(field.size.most)


def _plain(path: Path) -> int:
    """Say how long a text may be that holds nothing to escape; 0 where it may hold anything."""
    leaf = shape_at(path)
    return leaf.plain if isinstance(leaf, Leaf) else 0


def _condition(default: Default, path: Path, scope: Scope) -> str:
    return f"{scope.item(path)}.{default.field} == {default.equals!r}"
