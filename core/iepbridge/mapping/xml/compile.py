"""Compiles a layout of codec `xml`.

`write(plan, out, fail, count)` appends text to `out`; `read(element, reading)` gives plan data.
"""

from iepbridge.mapping.compiled import Compiled, compiled
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.xml.read import XmlReadSource
from iepbridge.mapping.xml.write import XmlWriteSource, snake


def compile_xml(layout: Layout) -> Compiled:
    """Compile a layout of codec `xml`."""
    return compiled(layout, XmlWriteSource(layout), XmlReadSource(layout), snake(layout.plan.name))
