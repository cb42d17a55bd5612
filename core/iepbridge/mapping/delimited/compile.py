"""Compiles a layout of codec `delimited`.

`write(plan, out, fail)` adds rows to the lists of `out`, one a member; `read(row, reading)` gives
plan data.
"""

from typing import Any

from iepbridge.mapping.compiled import Compiled, compiled
from iepbridge.mapping.delimited.values import DelimitedForm, DelimitedValues
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.records.form import function_name
from iepbridge.mapping.records.read import RecordReadSource
from iepbridge.mapping.records.read_values import RecordValueReader
from iepbridge.mapping.records.write import RecordWriteSource


def compile_delimited(layout: Layout) -> Compiled:
    """Compile a layout of codec `delimited`."""
    names: dict[str, Any] = {}
    form = DelimitedForm(layout, DelimitedValues(layout, names))
    reading: dict[str, Any] = {}
    return compiled(
        layout,
        RecordWriteSource(layout, form, names),
        RecordReadSource(layout, RecordValueReader(layout, reading), reading),
        function_name(layout.plan),
    )
