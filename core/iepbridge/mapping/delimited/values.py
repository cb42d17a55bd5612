"""How values are put into the cells of a delimited row."""

from collections.abc import Sequence
from typing import Any

from iepbridge.codecs.delimited import row_writer
from iepbridge.mapping.code import Code
from iepbridge.mapping.delimited.form import dialect
from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.mapping.records.form import records
from iepbridge.mapping.records.values import Cell, RecordValues
from iepbridge.mapping.write_values import Target


class DelimitedValues(RecordValues):
    """Writes the code for values in cells."""

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        super().__init__(layout, names)
        names["row"] = row_writer(dialect(layout))

    def constant(self, field: Field, text: str) -> str:  # noqa: ARG002  positions ask by field
        """Give a text as it is: quotes are put around it with its row."""
        return text

    def text(self, code: Code, field: Field, path: str, target: Target) -> None:
        """Put a text, checked against its size."""
        if field.kind == "system text":
            assert field.size is not None
            with code.block(f"if len(v) > {field.size.most}"):
                code.line(f"fail('FMT-ID', {path}, 'at most {field.size.most} characters')")
        elif field.kind in ("text", "key", "json", "empty sections"):
            self.too_long(code, field, path)
        code.line(target.line("v"))

    def filled(self, field: Field, expression: str) -> str:  # noqa: ARG002  positions ask by field
        """Write a text as it is."""
        return expression

    def count(self, code: Code, field: Field, expression: str, path: str, target: Target) -> None:  # noqa: ARG002
        """Put a number as it is."""
        code.line(target.line(f"str({expression})"))


class DelimitedForm:
    """Rows: `out` is a list of rows a member, in the order of the archive."""

    def __init__(self, layout: Layout, values: DelimitedValues) -> None:
        self.values = values
        self._places = {group.name: at for at, group in enumerate(records(layout))}

    def cell(self, field: Field, name: str) -> Cell:
        """Give an empty cell, or the code for no value."""
        return Cell(name, (field.table and field.table.nothing()) or "")

    def emit(self, code: Code, group: Group, cells: Sequence[tuple[Field, str]]) -> None:
        """Add a row to the member of its group."""
        names = ", ".join(name for _, name in cells)
        code.line(f"out[{self._places[group.name]}].append(row(({names},)))")
