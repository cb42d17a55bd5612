"""How fields of a fixed record are read."""

from decimal import Decimal
from typing import Any

from iepbridge import converters
from iepbridge.converters import Form
from iepbridge.mapping.code import Code, Scope
from iepbridge.mapping.fixed.form import field_name, is_numeric
from iepbridge.mapping.fixed.slices import BAD, TEXT_EXPECTED
from iepbridge.mapping.layout import Field, Layout
from iepbridge.mapping.read_parts import slot
from iepbridge.mapping.records.read_values import RecordValueReader

_MARKED = ("text", "key", "system text", "code")


class FixedValueReader(RecordValueReader):
    """Writes the code for single fields."""

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        super().__init__(layout, names)
        names["BAD"] = BAD

    def value(self, code: Code, field: Field, text: str, e: str, scope: Scope) -> None:
        """Read a field; a key that cannot be read is told at its own place."""
        super().value(code, field, text, e, scope)
        if field.kind == "key":
            with code.block("if key == BAD"):
                code.line(f"r.fail('FMT-VALUE', {self.place(field, e)}, {TEXT_EXPECTED!r})")
                code.line("key = None")

    def place_name(self, field: Field) -> str:
        """Name a field in a place of the file."""
        return field_name(field.place)

    def form(self, field: Field) -> Form:
        """Give the form that a field's text must have; numbers fill their field."""
        if not is_numeric(field):
            return super().form(field)
        size = field.size.most if field.size else 0
        digits = converters.digits_form(size, size)
        places = self._layout.forms.decimals if field.kind == "number" else None
        least = 1 if field.kind == "positive" else 0

        def read(text: str) -> Any:
            if digits.read(text) is None or int(text) < least:
                return None
            return int(text) if places is None else Decimal(int(text)) / 10**places

        return Form(str, read, digits.expected)

    def _take(self, code: Code, field: Field, scope: Scope) -> None:
        """Take a text that is none of the marked ones; no date, number or flag is one."""
        if field.kind not in _MARKED:
            super()._take(code, field, scope)
            return
        path = scope.literal(field.canonical)
        with code.block("if v == BAD"):
            code.line(f"r.fail('FMT-VALUE', {path}, {TEXT_EXPECTED!r})")
        with code.block("else"):
            if field.kind == "code":
                super()._take(code, field, scope)
            else:
                code.line(f"{slot(field.canonical, scope)} = v")
