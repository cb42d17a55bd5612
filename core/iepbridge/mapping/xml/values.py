"""How values are put into XML: between tags or in attributes, escaped."""

from dataclasses import dataclass
from typing import Any

from iepbridge.mapping.code import Code
from iepbridge.mapping.layout import Field, Layout
from iepbridge.mapping.write_values import Target, ValueWriter, plain_size
from iepbridge.mapping.xml.text import escape, escape_attribute


@dataclass(frozen=True, slots=True)
class Markup:
    """Where a value goes: what stands before and after it, and how free texts are escaped."""

    before: str
    after: str
    escape: str
    absent: str = ""

    def line(self, expression: str) -> str:
        """Write the call that puts an expression between what stands around it."""
        after = f" + {self.after!r}" if self.after else ""
        return f"w({self.before!r} + {expression}{after})"


class XmlValues(ValueWriter):
    """Writes the code for values in XML."""

    def __init__(self, layout: Layout, names: dict[str, Any]) -> None:
        super().__init__(layout, names)
        names.update(escape=escape, escape_attribute=escape_attribute)

    def constant(self, field: Field, text: str) -> str:  # noqa: ARG002
        """Escape for either place: a code table serves elements and attributes."""
        return escape_attribute(text)

    def text(self, code: Code, field: Field, path: str, target: Target) -> None:
        """Put a text, checked against its size unless it goes on elsewhere."""
        assert isinstance(target, Markup)
        if field.kind in ("text", "key") and not self.goes_on_in_parts(field):
            self.too_long(code, field, path)
        # What was found to be no digits is written all the same, to be held afterwards.
        sure = plain_size(field.canonical) > 0
        code.line(target.line("v" if sure else f"{target.escape}(v)"))

    def goes_on_in_parts(self, field: Field) -> bool:
        """Say so of every text with a size that continues."""
        return field.size is not None and field.size.continues
