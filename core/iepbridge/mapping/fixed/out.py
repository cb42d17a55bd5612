"""What code that writes fixed records calls: the records of one plan, its texts cut and padded."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from iepbridge.codecs.code_page import CodePage
from iepbridge.codecs.fixed_text import closed, escape, parts_of
from iepbridge.finding import GENERALISED
from iepbridge.mapping.compiled import Fail
from iepbridge.mapping.file_forms import FixedFile
from iepbridge.mapping.fixed.form import BEGIN, NUMBERS, given_span
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


class FixedOut:
    """The records of one plan, in the order in which they are added.

    `before` is how many records the file has already. `lost` are the texts that took another form.
    """

    def __init__(self, file: FixedFile, page: CodePage, plan_id: str, before: int) -> None:
        self.lines: list[str] = []
        self.lost: list[Lost] = []
        self._page = page
        self._length = file.length
        self._further = file.further
        self._owner, self._field, self._part, self._text = (
            given_span(pair)
            for pair in (
                file.further.OwnerRecord,
                file.further.Field,
                file.further.Part,
                file.further.Text,
            )
        )
        self._plan_id = plan_id
        self._before = before
        self._waiting: list[tuple[str, Sequence[str]]] = []

    def add(self, kind: str, body: str) -> None:
        """Add a record, and behind it those that go on with its texts."""
        owner = self._line(kind, body)
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for field, parts in waiting:
                for number, part in enumerate(parts, 1):
                    self._line(self._further.record, self._body(owner, field, number, part))

    def _line(self, kind: str, body: str) -> int:
        number = (self._before + len(self.lines) + 1) % NUMBERS
        self.lines.append(f"{kind}{number:06}{body}".ljust(self._length))
        return number

    def _body(self, owner: int, field: str, number: int, part: str) -> str:
        line = self._plan_id.ljust(self._owner.start - BEGIN)
        line = f"{line}{owner:0{self._owner.size}}".ljust(self._field.start - BEGIN)
        line = f"{line}{field}".ljust(self._part.start - BEGIN)
        line = f"{line}{number:0{self._part.size}}".ljust(self._text.start - BEGIN)
        return f"{line}{part}"

    def text(
        self, text: str, field: str, size: int, continues: bool, path: str, fail: Fail, rule: str
    ) -> str:
        """Make a text fit for a field of `size` bytes, and let it go on where it may.

        A text with spaces at its edges travels wholly in further records.
        """
        converted = self._converted(text, path, fail)
        if converted is None:
            return ""
        escaped = escape(converted)
        if len(escaped) > size and not continues:
            self._too_long(escaped, size, path, fail, rule)
            return ""
        if escaped.startswith(" ") or escaped.endswith(" "):
            self._go_on(field, parts_of(closed(escaped), 0, self._text.size), path, fail)
            return " " * size
        parts = parts_of(escaped, size, self._text.size)
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
        most = 10**self._part.size - 1
        if len(parts) > most:
            size = sum(map(len, parts))
            fail("FMT-LENGTH", path, size, most * self._text.size, _BYTES)
            return
        self._waiting.append((field, parts))
