"""What code that writes fixed records calls: the records of one plan, its texts cut and padded."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from iepbridge.codecs.code_page import CodePage
from iepbridge.codecs.fixed_text import closed, escape, parts_of
from iepbridge.finding import GENERALISED
from iepbridge.mapping.compiled import Fail
from iepbridge.mapping.fixed.form import (
    NUMBERS,
    code_page,
    fixed_file,
    further_template,
    given_span,
)
from iepbridge.mapping.layout import Layout
from iepbridge.mapping.plan_writer import Lost

_BYTES: Final = "bytes"


def fitted(text: str, size: int) -> str | None:
    """Pad an ordinary text; None for one that must be looked at: marks, escapes, edges, length."""
    plain = text.isascii() and text.isprintable() and "\\" not in text
    if plain and 0 < len(text) <= size and text[0] != " " != text[-1]:
        return text.ljust(size)
    return None


def implied_decimal(value: Decimal, size: int, places: int) -> str | None:
    """Write a decimal without its point, zero-filled; None where it does not fit."""
    scaled = value.scaleb(places)
    if scaled < 0 or scaled != scaled.to_integral_value() or scaled >= 10**size:
        return None
    return f"{int(scaled):0{size}}"


class FixedForms(NamedTuple):
    """What all records of a layout have in common.

    `further` is the record that goes on with a text, as `further_template` gives it; a text has
    parts of `size` bytes, at most `parts` of them.
    """

    length: int
    page: CodePage
    further: str
    size: int
    parts: int


def fixed_forms(layout: Layout) -> FixedForms:
    """Give what all records of a layout have in common."""
    file = fixed_file(layout)
    parts = int(10 ** given_span(file.further.Part).size) - 1
    size = given_span(file.further.Text).size
    return FixedForms(file.length, code_page(layout), further_template(layout), size, parts)


class FixedOut:
    """The records of one plan, in the order in which they are added.

    `before` is how many records the file has already. `lost` are the texts that took another form.
    """

    def __init__(self, forms: FixedForms, plan_id: str, before: int) -> None:
        self.lines: list[str] = []
        self.lost: list[Lost] = []
        self._length, self._page, self._further, self._size, self._parts = forms
        self._plan_id = plan_id
        self._next = before + 1
        self._waiting: list[tuple[str, Sequence[str]]] = []

    def add(self, kind: str, body: str) -> None:
        """Add a record, and behind it those that go on with its texts."""
        owner = self._number()
        self.lines.append(f"{kind}{owner:06}{body}".ljust(self._length))
        if self._waiting:
            for field, parts in self._waiting:
                for at, part in enumerate(parts, 1):
                    values = (self._number(), self._plan_id, owner, field, at, part)
                    self.lines.append((self._further % values).ljust(self._length))
            self._waiting.clear()

    def _number(self) -> int:
        number = self._next % NUMBERS
        self._next += 1
        return number

    def text(
        self, text: str, field: str, size: int, continues: bool, path: str, fail: Fail, rule: str
    ) -> str:
        """Make a text fit for a field of `size` bytes, and let it go on where it may.

        A text with spaces at its edges travels wholly in further records.
        """
        if not (text.isascii() and text.isprintable() and "\\" not in text):
            converted = self._converted(text, path, fail)
            if converted is None:
                return ""
            text = escape(converted)
        if len(text) > size and not continues:
            self._too_long(text, size, path, fail, rule)
            return ""
        if text.startswith(" ") or text.endswith(" "):
            self._go_on(field, parts_of(closed(text), 0, self._size), path, fail)
            return " " * size
        parts = parts_of(text, size, self._size)
        own = parts.pop(0) if size else ""
        if parts:
            self._go_on(field, parts, path, fail)
        return own.ljust(size)

    def _too_long(self, escaped: str, size: int, path: str, fail: Fail, rule: str) -> None:
        if rule == "FMT-ID":
            fail(rule, path, f"at most {size} bytes")
        else:
            fail(rule, path, len(escaped), size, _BYTES)

    def key(self, text: str, field: str, size: int, path: str, fail: Fail) -> str:
        """Make a key fit for its field: it may not change, or it would be another key."""
        if not self._page.has(text):
            fail("FMT-CHARSET", path, self._page.name)
            return ""
        return self.text(text, field, size, False, path, fail, "FMT-LENGTH")

    def _converted(self, text: str, path: str, fail: Fail) -> str | None:
        found = self._page.fitted(text)
        if found is None:
            fail("FMT-CHARSET", path, self._page.name)
            return None
        if found.changes:
            self.lost.append((path, GENERALISED, found.changes))
        return found.text

    def _go_on(self, field: str, parts: Sequence[str], path: str, fail: Fail) -> None:
        if len(parts) > self._parts:
            size = sum(map(len, parts))
            fail("FMT-LENGTH", path, size, self._parts * self._size, _BYTES)
            return
        self._waiting.append((field, parts))
