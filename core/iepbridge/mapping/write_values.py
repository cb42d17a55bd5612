"""Code that turns one leaf into the text of its place, with its checks: the same for all codecs."""

from abc import ABC, abstractmethod
from typing import Any, Final, Protocol

from iepbridge import converters
from iepbridge.converters import Form
from iepbridge.mapping.access import Access, is_masked
from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import Default, Field, Flattened, Layout
from iepbridge.mapping.long_text import flat_lines, pieces, with_lines
from iepbridge.plan.shape import Leaf, Path, shape_at

_MOST_CHARACTERS: Final = 1_000_000
_PLAIN_KINDS: Final = ("digits", "letters", "system id")


class Target(Protocol):
    """Where a value goes."""

    @property
    def absent(self) -> str:
        """The statement for no value, which comes first; empty where there is none to write."""

    def line(self, expression: str) -> str:
        """Give the statement that puts the text of an expression, made fit for its place."""


class ValueWriter(ABC):
    """Writes the code for single fields; `names` collects what that code refers to.

    A codec says how texts, numbers and fixed texts are put: `text`, `number` and `constant`.
    """

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        self._layout = layout
        self._names = names
        names.update(pieces=pieces, with_lines=with_lines, flat_lines=flat_lines)

    @abstractmethod
    def constant(self, field: Field, text: str) -> str:
        """Give a text of the mapping as it stands in a field's place."""

    @abstractmethod
    def text(self, code: Code, field: Field, path: str, target: Target) -> None:
        """Put the text in `v`; `path` is the expression for its place in the plan."""

    def number(self, code: Code, field: Field, path: str, target: Target) -> None:  # noqa: ARG002
        """Put the number in `v`."""
        written = "str(v)" if field.kind != "number" else self._plain_decimal()
        code.line(target.line(written))

    def value(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        """Write a field: fetch, check, convert, put; or say that it is missing."""
        if field.kind in ("position", "part", "parts", "key"):
            self._counted(code, field, scope, target)
            return
        access = Access(scope, self._names)
        sure = access.is_sure(field.canonical)
        if target.absent and not (sure and field.kind == "text"):
            code.line(target.absent)
        code.line(f"v = {access.expression(field.canonical)}")
        if sure:
            self._put(code, field, scope, target)
            return
        self._default(code, field, scope)
        clear = not is_masked(field.canonical)
        if self.goes_on_in_parts(field):
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

    def goes_on_in_parts(self, field: Field) -> bool:  # noqa: ARG002
        """Say whether the whole record is repeated with the further parts of this text."""
        return False

    def _counted(self, code: Code, field: Field, scope: Scope, target: Target) -> None:
        if field.kind == "key":
            code.line("v = key")
            self.text(code, field, scope.literal(scope.lists[-1]), target)
            return
        numbers = {"position": position(scope), "part": "part", "parts": "len(parts)"}
        code.line(target.line(f"str({numbers[field.kind]})"))

    def _default(self, code: Code, field: Field, scope: Scope) -> None:
        default = self._layout.defaults.get(field.canonical)
        if default is not None and field.kind != "copy":
            with code.block(f"if v is None and {_condition(default, field.canonical, scope)}"):
                code.line(f"v = {default_expression(default)}")

    def _missing(self, code: Code, field: Field, scope: Scope) -> None:
        if field.required == "together":
            self._missing_beside_others(code, field, scope)
        if field.required in ("yes", "file"):
            path = scope.literal(field.canonical)
            with code.block("else"):
                if field.kind in ("system id", "system text"):
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
        path = scope.literal(field.canonical)
        if field.kind == "code":
            self._code(code, field, path, target)
        elif field.kind in ("date", "copy"):
            form = converters.DATE_FORMS[self._layout.forms.date]
            self._names["date_text"] = form.write
            code.line(target.line("date_text(v)"))
        elif field.kind == "flag":
            true, false = self._layout.forms.true, self._layout.forms.false
            yes, no = self.constant(field, true), self.constant(field, false)
            code.line(target.line(f"({yes!r} if v else {no!r})"))
        elif field.kind in ("integer", "positive", "number"):
            self.number(code, field, path, target)
        elif field.kind == "ssn":
            self._names["ssn_text"] = converters.SSN.write
            code.line(target.line("ssn_text(v)"))
        else:
            self._checked_text(code, field, path, target)

    def _checked_text(self, code: Code, field: Field, path: str, target: Target) -> None:
        if field.kind == "system id":
            form = self._id_form(field)
            with code.block(f"if {self._formed(field)}(v) is None"):
                code.line(f"fail('FMT-ID', {path}, {form!r})")
        elif field.kind in _PLAIN_KINDS:
            form = self._form(field).expected
            with code.block(f"if {self._formed(field)}(v) is None"):
                code.line(f"fail('FMT-VALUE', {path}, {form!r})")
        self.text(code, field, path, target)

    def _code(self, code: Code, field: Field, path: str, target: Target) -> None:
        assert field.table is not None
        name = f"CODES_{field.table.name.upper()}"
        if len(field.table.columns) > 1:
            name += f"__{field.column.upper()}"
        own = field.table.codes_of(field.column)
        self._names[name] = {one: self.constant(field, code) for one, code in own.items()}
        other = field.table.any_other(field.column)
        fallback = "" if other is None else f", {self.constant(field, other)!r}"
        code.line(f"c = {name}.get(v{fallback})")
        with code.block("if c is not None"):
            code.line(target.line("c"))
        if field.column == field.table.columns[0]:
            with code.block("else"):
                code.line(f"fail('FMT-CODE', {path}, {name})")

    def too_long(self, code: Code, field: Field, path: str, unit: str = "") -> None:
        """Say that the text in `v` is longer than its place, where it can be."""
        if field.size is None or 0 < plain_size(field.canonical) <= field.size.most:
            return
        with code.block(f"if len(v) > {field.size.most}"):
            code.line(f"fail('FMT-LENGTH', {path}, len(v), {field.size.most}{unit})")

    def _formed(self, field: Field) -> str:
        """Name the function that takes a text of the field's form and gives None for others."""
        form = self._form(field)
        kind = "digits" if field.kind == "system id" else field.kind
        name = f"{kind}_of_{form.expected.replace(' ', '_')}"
        self._names[name] = form.read
        return name

    def _form(self, field: Field) -> Form:
        assert field.size is not None
        if field.kind == "letters":
            return converters.letters_form(field.size.most)
        return converters.digits_form(field.size.least or field.size.most, field.size.most)

    def _id_form(self, field: Field) -> str:
        assert field.size is not None
        if field.kind == "system text":
            return f"at most {field.size.most} characters"
        return self._form(field).expected

    def _plain_decimal(self) -> str:
        self._names["number_text"] = converters.NUMBER.write
        return "number_text(v)"

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


def plain_size(path: Path) -> int:
    """Say how long a text may be that holds nothing to escape; 0 where it may hold anything."""
    leaf = shape_at(path)
    return leaf.plain if isinstance(leaf, Leaf) else 0


def default_expression(default: Default) -> str:
    """Write what is sent where the plan has nothing: a text, or the first of the plan's texts."""
    if not default.sources:
        return repr(default.value)
    return " or ".join(map(_found, default.sources))


def _found(path: Path) -> str:
    steps = ["plan." + ".".join(path[:end]) for end in range(1, len(path) + 1)]
    return f"({' and '.join(steps)})"


def _condition(default: Default, path: Path, scope: Scope) -> str:
    return f"{scope.item(path)}.{default.field} == {default.equals!r}"
