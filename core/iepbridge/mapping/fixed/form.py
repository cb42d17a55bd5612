"""The file form of a layout of codec `fixed`, and where its fields stand."""

import re
from typing import Final, NamedTuple

from iepbridge.codecs.code_page import CodePage
from iepbridge.mapping.file_forms import FixedFile
from iepbridge.mapping.layout import Field, FrameField, Layout

PLACE: Final = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9]*)(?:@(?P<at>[0-9]{1,5}))?")
TYPE_BYTES: Final = 2
NUMBER_BYTES: Final = 6
BEGIN: Final = TYPE_BYTES + NUMBER_BYTES
"""How many bytes stand before the fields: the type and the number of the record."""

NUMBERS: Final = 10**NUMBER_BYTES
_NUMERIC: Final = ("integer", "positive", "number", "position", "item count")


class Span(NamedTuple):
    """Where a field stands: the bytes from `start`, counted from 0, to `end`, not included."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self.end - self.start


def fixed_file(layout: Layout) -> FixedFile:
    """Give what a file of the layout is, which must be one of fixed records."""
    assert isinstance(layout.file, FixedFile)
    return layout.file


def code_page(layout: Layout) -> CodePage:
    """Give the code page of a layout."""
    return CodePage(fixed_file(layout).code_page)


def field_name(place: str) -> str:
    """Give the name in a place: `Title` of `Title@125`, `Sender` of `00/Sender@45`."""
    return place.rpartition("/")[2].partition("@")[0]


def span(field: Field | FrameField) -> Span | None:
    """Give where a field stands; None for one that only goes on in further records."""
    match = PLACE.fullmatch(field.place.rpartition("/")[2])
    if match is None or match["at"] is None:
        return None
    size = field.size if isinstance(field.size, int) else field.size.most if field.size else 0
    start = int(match["at"]) - 1
    return Span(start, start + size)


def given_span(pair: list[int]) -> Span:
    """Give a span that the settings state as position and size."""
    position, size = pair
    return Span(position - 1, position - 1 + size)


def further_template(layout: Layout) -> str:
    """Give the record that goes on with a text, to be filled with `%`.

    In turn: its number, the plan's id, the number of its owner, the field, which part, the text.
    """
    form = fixed_file(layout).further
    pairs = (form.OwnerRecord, form.Field, form.Part, form.Text)
    owner, field, part, text = map(given_span, pairs)
    line = f"{form.record}%0{NUMBER_BYTES}d%-{owner.start - BEGIN}s"
    line += f"%0{owner.size}d{' ' * (field.start - owner.end)}"
    line += f"%-{field.size}s{' ' * (part.start - field.end)}"
    return f"{line}%0{part.size}d{' ' * (text.start - part.end)}%s"


def is_numeric(field: Field) -> bool:
    """Say whether a field is right-justified digits."""
    return field.kind in _NUMERIC
