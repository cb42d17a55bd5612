"""The first and the last record of a file of fixed records."""

from iepbridge.mapping.fixed.form import (
    NUMBERS,
    Span,
    fixed_file,
    span,
)
from iepbridge.mapping.frame import Frame, frame_value
from iepbridge.mapping.layout import FrameField, Layout

_TEXTS = ("party", "release", "mode")


def frame_fields(layout: Layout, record: str) -> list[FrameField]:
    """Give the fields of one of the two records, in the order of the table."""
    return [field for field in layout.frame if field.place.startswith(f"{record}/")]


def frame_span(field: FrameField) -> Span:
    """Give where a field of the frame stands."""
    where = span(field)
    assert where is not None
    return where


def is_text(field: FrameField) -> bool:
    """Say whether a field is left-justified and filled with spaces; else zeros stand before it."""
    return field.kind in _TEXTS


def frame_record(layout: Layout, record: str, number: int, frame: Frame) -> bytes:
    """Write one of the two records; counts and numbers are zero-filled."""
    file = fixed_file(layout)
    line = f"{record}{number % NUMBERS:06}"
    for field in sorted(frame_fields(layout, record), key=frame_span):
        where = frame_span(field)
        value = frame_value(layout, field, frame)
        filled = value.ljust(where.size) if is_text(field) else value.rjust(where.size, "0")
        line = f"{line.ljust(where.start)}{filled}"
    return f"{line.ljust(file.length)}\r\n".encode("ascii")


def most_of(layout: Layout, counted: str) -> int:
    """Give the highest count that the frame has room for, of records (`*`) or of plans."""
    sizes = [
        frame_span(field).size
        for field in layout.frame
        if field.kind == "count" and field.counted == counted
    ]
    return int(10 ** min(sizes, default=15)) - 1
