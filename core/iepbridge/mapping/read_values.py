"""Code that turns the text of a place into a leaf, with its findings: the same for all codecs."""

from typing import Any

from iepbridge import converters
from iepbridge.converters import Form
from iepbridge.mapping.code import Code, Scope, singular
from iepbridge.mapping.layout import Field, Layout
from iepbridge.mapping.read_parts import slot
from iepbridge.mapping.write_values import position
from iepbridge.plan.shape import ENTRIES

_IDS = ("system id", "system text")


class ValueReader:
    """Writes the code for single fields; `names` collects what that code refers to."""

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        self._layout = layout
        self._names = names

    def value(self, code: Code, field: Field, text: str, e: str, scope: Scope) -> None:
        """Read a field: `text` is the expression for what stands in its place."""
        if field.kind == "key":
            code.line(f"key = {text}")
            self._needed(code, field, "if not key", self.place(field, e))
        elif field.kind in ("position", "part", "parts"):
            self._number(code, field, text, e, scope)
        elif field.canonical[-1] == ENTRIES:
            self._entry(code, field, text, scope)
        elif field.table is not None and len(field.table.columns) > 1:
            self._one_of_several(code, field, text, scope)
        else:
            self._leaf(code, field, text, scope)

    def _leaf(self, code: Code, field: Field, text: str, scope: Scope) -> None:
        code.line(f"v = {text}")
        with code.block("if v"):
            self._take(code, field, scope)
        self._missing(code, field, scope)

    def _take(self, code: Code, field: Field, scope: Scope) -> None:
        place = slot(field.canonical, scope)
        if field.kind == "text":
            code.line(f"{place} = v")
            return
        name, expected, rule = self._conversion(field)
        code.line(f"c = {name}")
        with code.block("if c is None"):
            path = scope.literal(field.canonical)
            code.line(f"r.fail({rule!r}, {path}, {expected!r})")
        with code.block("else"):
            code.line(f"{place} = c")

    def place(self, field: Field, e: str) -> str:
        """Write the expression for a field's place in the file."""
        return f"r.place({e}, {field.place!r})"

    def _conversion(self, field: Field) -> tuple[str, str, str]:
        """Give the expression that converts `v`, what it expects, and the rule it stands for."""
        if field.kind == "code":
            assert field.table is not None
            name = f"READ_{field.table.name.upper()}"
            self._names[name] = {codes[0]: one for codes, one in field.table.reading.items()}
            return f"{name}.get(v)", f"a code of the table {field.table.name}", "FMT-CODE"
        if field.kind == "flag":
            forms = self._layout.forms
            self._names["FLAGS"] = {forms.true: True, forms.false: False}
            return "FLAGS.get(v)", f"{forms.true} or {forms.false}", "FMT-VALUE"
        form = self.form(field)
        name = f"{field.kind.replace(' ', '_')}_of"
        if field.size is not None:
            name += f"_{field.size.least}_{field.size.most}"
        self._names[name] = form.read
        rule = "FMT-ID" if field.kind == "system id" else "FMT-VALUE"
        return f"{name}(v)", form.expected, rule

    def form(self, field: Field) -> Form:
        """Give the form that a field's text must have."""
        size = field.size
        if field.kind == "date":
            return converters.DATE_FORMS[self._layout.forms.date]
        if field.kind in ("digits", "system id"):
            assert size is not None
            return converters.digits_form(size.least or size.most, size.most)
        if field.kind == "letters":
            assert size is not None
            return converters.letters_form(size.most)
        return _FORMS[field.kind]

    def _missing(self, code: Code, field: Field, scope: Scope) -> None:
        path = scope.literal(field.canonical)
        made = self._layout.ids.get(field.canonical)
        if made is not None:
            with code.block("else"):
                code.line(f"{slot(field.canonical, scope)} = {_made_id(made, field, scope)}")
        elif field.required == "file":
            with code.block("else"):
                code.line(f"r.refuse({path})")
        elif field.required == "yes":
            rule = "FMT-ID" if field.kind in _IDS else "FMT-REQUIRED"
            with code.block("else"):
                code.line(f"r.fail({rule!r}, {path})")

    def _needed(self, code: Code, field: Field, test: str, place: str) -> None:
        if field.required == "yes":
            with code.block(test):
                code.line(f"r.fail('FMT-REQUIRED', {place})")

    def _number(self, code: Code, field: Field, text: str, e: str, scope: Scope) -> None:
        self._names["whole_number_of"] = converters.INTEGER.read
        place = self.place(field, e)
        code.line(f"v = {text}")
        with code.block("if v"):
            if field.kind == "position":
                number = position(scope)
                with code.block(f"if v != str({number}) and whole_number_of(v) != {number}"):
                    code.line(f"r.fail('FMT-VALUE', {place}, f'the position, {{{number}}}')")
            else:
                code.line(f"{field.kind} = whole_number_of(v)")
                with code.block(f"if {field.kind} is None"):
                    code.line(f"r.fail('FMT-VALUE', {place}, 'a whole number')")
        self._needed(code, field, "else", place)

    def _entry(self, code: Code, field: Field, text: str, scope: Scope) -> None:
        path = scope.literal(field.canonical)
        code.line(f"v = {text}")
        if field.required == "yes":
            with code.block("if key and not v"):
                code.line(f"r.fail('FMT-REQUIRED', {path})")
        if field.canonical[0] == "extensions":
            code.line(f"r.extension(key, v, {path})")
        else:
            code.line(f"r.entry(entries, key, v, {path})")

    def _one_of_several(self, code: Code, field: Field, text: str, scope: Scope) -> None:
        assert field.table is not None
        columns = field.table.columns
        code.line(f"v_{field.column} = {text}")
        if field.column != columns[-1]:
            return
        name = f"READ_{field.table.name.upper()}"
        self._names[name] = field.table.reading
        parts = [f"v_{column}" for column in columns]
        path = scope.literal(field.canonical)
        with code.block(f"if {' and '.join(parts)}"):
            code.line(f"c = {name}.get(({', '.join(parts)}))")
            with code.block("if c is None"):
                expected = f"codes of the table {field.table.name}"
                code.line(f"r.fail('FMT-CODE', {path}, {expected!r})")
            with code.block("else"):
                code.line(f"{slot(field.canonical, scope)} = c")
        self._missing(code, field, scope)


_FORMS = {
    "integer": converters.INTEGER,
    "positive": converters.POSITIVE,
    "number": converters.NUMBER,
    "occupation": converters.OCCUPATION,
    "zip": converters.ZIP,
    "ssn": converters.SSN,
}


def _made_id(made: str, field: Field, scope: Scope) -> str:
    """Write the expression for the id of a part that comes without one: `tbx-goal-{n}`."""
    lists = [items for items in scope.lists if field.canonical[: len(items)] == items]
    text = made.replace("{n}", f"{{{singular(lists[-1])}_at + 1}}")
    if len(lists) > 1:
        text = text.replace("{parent}", f"{{{singular(lists[-2])}_at + 1}}")
    return f'f"{text}"'
