"""How values are put into the fields of a fixed record."""

from collections.abc import Sequence
from typing import Any

from iepbridge.mapping.code import Code
from iepbridge.mapping.fixed.form import BEGIN, field_name, is_numeric, span
from iepbridge.mapping.fixed.out import fitted, implied_decimal
from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.mapping.records.values import Cell, RecordValues
from iepbridge.mapping.write_values import Target, plain_size


class FixedValues(RecordValues):
    """Writes the code for values in fields."""

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        super().__init__(layout, names)
        names.update(fitted=fitted, implied_decimal=implied_decimal)

    def constant(self, field: Field, text: str) -> str:
        """Pad a text to its field."""
        return text.ljust(_size(field))

    def filled(self, field: Field, expression: str) -> str:
        """Pad a text that holds nothing to escape."""
        return f"{expression}.ljust({_size(field)})"

    def text(self, code: Code, field: Field, path: str, target: Target) -> None:
        """Put a text: converted, escaped, padded, and going on where it may."""
        size = _size(field)
        if 0 < plain_size(field.canonical) <= size:
            code.line(target.line(self.filled(field, "v")))
            return
        name = field_name(field.place)
        if field.kind == "key":
            slow = f"out.key(v, {name!r}, {size}, {path}, fail)"
        else:
            continues = field.size is not None and field.size.continues
            rule = "FMT-ID" if field.kind == "system text" else "FMT-LENGTH"
            slow = f"out.text(v, {name!r}, {size}, {continues}, {path}, fail, {rule!r})"
        quick = f"fitted(v, {size}) or " if size else ""
        code.line(target.line(f"{quick}{slow}"))

    def number(self, code: Code, field: Field, path: str, target: Target) -> None:
        """Put a number zero-filled, if it has no more digits than its field."""
        size = _size(field)
        if field.kind == "number":
            places = self._layout.forms.decimals or 0
            code.line(f"c = implied_decimal(v, {size}, {places})")
            with code.block("if c is None"):
                code.line(f"fail('FMT-LENGTH', {path}, len(str(v)), {size}, 'digits')")
            with code.block("else"):
                code.line(target.line("c"))
            return
        with code.block(f"if v >= {10**size}"):
            code.line(f"fail('FMT-LENGTH', {path}, len(str(v)), {size}, 'digits')")
        code.line(target.line(f"f'{{v:0{size}}}'"))

    def count(self, code: Code, field: Field, expression: str, path: str, target: Target) -> None:
        """Put a number of records, if it has no more digits than its field."""
        size = _size(field)
        code.line(f"n = {expression}")
        with code.block(f"if n >= {10**size}"):
            code.line(f"fail('FMT-LENGTH', {path}, n, {10**size - 1}, 'entries')")
        code.line(target.line(f"f'{{n:0{size}}}'"))


class FixedForm:
    """Records: `out` is a `FixedOut`."""

    def __init__(self, values: FixedValues) -> None:
        self.values = values

    def cell(self, field: Field, name: str) -> Cell:
        """Give what stands for no value: zeros for dates and whole numbers, else spaces."""
        size = _size(field)
        nothing = field.table.nothing() if field.table else None
        if nothing is not None:
            return Cell(name, nothing.ljust(size))
        zeros = field.kind == "date" or (is_numeric(field) and field.kind != "number")
        return Cell(name, ("0" if zeros else " ") * size)

    def emit(self, code: Code, group: Group, cells: Sequence[tuple[Field, str]]) -> None:
        """Add a record, its fields in the order of their positions."""
        places = [(where, name) for field, name in cells if (where := span(field)) is not None]
        pieces, at = [], BEGIN
        for where, name in sorted(places):
            if where.start > at:
                pieces.append(repr(" " * (where.start - at)))
            pieces.append(name)
            at = where.end
        code.line(f"out.add({group.name!r}, ''.join(({', '.join(pieces)},)))")


def _size(field: Field) -> int:
    where = span(field)
    return where.size if where else 0
