"""Compiles a layout of codec `fixed`.

`write(plan, out, fail)` adds records to `out`, a `FixedOut`; `read(row, reading)` gives plan data.
"""

from typing import Any

from iepbridge.mapping.compiled import Compiled, compiled
from iepbridge.mapping.fixed.read_values import FixedValueReader
from iepbridge.mapping.fixed.values import FixedForm, FixedValues
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.records.form import function_name
from iepbridge.mapping.records.read import RecordReadSource
from iepbridge.mapping.records.write import RecordWriteSource


def compile_fixed(layout: Layout) -> Compiled:
    """Compile a layout of codec `fixed`."""
    names: dict[str, Any] = {}
    reading: dict[str, Any] = {}
    return compiled(
        layout,
        RecordWriteSource(layout, FixedForm(FixedValues(layout, names)), names),
        RecordReadSource(layout, FixedValueReader(layout, reading), reading),
        function_name(layout.plan),
    )
