"""Code that turns cells of a record into leaves; what codecs of records share."""

from typing import Any

from iepbridge import converters
from iepbridge.converters import Form
from iepbridge.mapping.code import Code, Scope
from iepbridge.mapping.layout import Field, Layout
from iepbridge.mapping.read_parts import slot
from iepbridge.mapping.read_values import ValueReader
from iepbridge.mapping.records.json_cells import json_items
from iepbridge.mapping.records.values import NUMBER
from iepbridge.plan.shape import ITEMS, shape_at

_ELSEWHERE = ("parent", "order", "repeat", "empty sections", "copy")
"""Kinds that are looked at when all records of a plan are there, or not at all."""


class RecordValueReader(ValueReader):
    """Writes the code for single cells."""

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        super().__init__(layout, names)
        names["json_items"] = json_items

    def value(self, code: Code, field: Field, text: str, e: str, scope: Scope) -> None:
        """Read a cell: `text` is the expression for what stands in it, `e` for its row."""
        if field.kind in _ELSEWHERE:
            return
        if field.kind == "position":
            self._position(code, field, text, e)
        elif field.kind == "item count":
            self._item_count(code, field, text, e)
        elif field.kind == "json":
            self._json(code, field, text, scope)
        elif field.kind == "code" and self._none_code(field) is not None:
            super().value(code, field, f"{text} != {self._none_code(field)!r} and {text}", e, scope)
        else:
            super().value(code, field, text, e, scope)

    def place_name(self, field: Field) -> str:
        """Name a field in a place of the file."""
        return field.place

    def place(self, field: Field, e: str) -> str:
        """Write the expression for a field's place in the file."""
        return f"r.place({e}, {self.place_name(field)!r})"

    def form(self, field: Field) -> Form:
        """Give the form that a field's text must have."""
        if field.kind == "positive" and not self._layout.forms.leading_zeros:
            return converters.WITHOUT_LEADING_ZEROS
        if field.kind == "system text":
            return converters.pattern_form("(?s:.+)", "any text")
        return super().form(field)

    def _none_code(self, field: Field) -> str | None:
        return field.table.nothing() if field.table else None

    def _position(self, code: Code, field: Field, text: str, e: str) -> None:
        place = self.place(field, e)
        self._names["whole_number_of"] = converters.INTEGER.read
        code.line(f"v = {text}")
        with code.block("if not v"):
            code.line(f"r.fail('FMT-REQUIRED', {place})")
        with code.block(f"elif whole_number_of(v) != {NUMBER}"):
            code.line(f"r.fail('FMT-VALUE', {place}, f'the position, {{{NUMBER}}}')")

    def _item_count(self, code: Code, field: Field, text: str, e: str) -> None:
        items = (*field.canonical, ITEMS)
        groups = [one.name for one in self._layout.every_group() if one.canonical == items]
        place = self.place(field, e)
        self._names["whole_number_of"] = converters.INTEGER.read
        code.line(f"v = {text}")
        with code.block("if not v"):
            code.line(f"r.fail('FMT-REQUIRED', {place})")
        counted = " + ".join(f"len({e}.below.get({name!r}, ()))" for name in groups)
        with code.block(f"elif whole_number_of(v) != {counted}"):
            code.line(f"r.fail('FMT-VALUE', {place}, 'the number of records that follow')")

    def _json(self, code: Code, field: Field, text: str, scope: Scope) -> None:
        shape = f"SHAPE_{'_'.join(step for step in field.canonical if step != ITEMS)}".upper()
        self._names[shape] = shape_at((*field.canonical, ITEMS))
        code.line(f"v = {text}")
        with code.block("if v"):
            code.line(f"v = json_items(v, {shape})")
            with code.block("if v is None"):
                path = scope.literal(field.canonical)
                code.line(f"r.fail('FMT-VALUE', {path}, 'a JSON list of its items')")
            with code.block("elif v"):
                code.line(f"{slot(field.canonical, scope)} = v")
