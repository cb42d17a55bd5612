"""Records taken apart: code that slices a record, and what is done about its exceptions."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from iepbridge.codecs.fixed_text import UnknownEscape, unescape
from iepbridge.mapping.code import load
from iepbridge.mapping.fixed.form import (
    BEGIN,
    Span,
    field_name,
    fixed_file,
    given_span,
    is_numeric,
    span,
)
from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.mapping.records.form import is_plan_id, records

BAD: Final = "\x00"
"""What stands in a cell whose text has a byte below 0x20, or an unknown escape."""

TEXT_EXPECTED: Final = "text without control characters or unknown escapes"
CONTROL: Final = re.compile("[\x00-\x1f]")
_TEXTS: Final = ("text", "key", "parent", "system text", "empty sections")
Slice = Callable[[str], list[str]]


class Gap(NamedTuple):
    """A place in which nothing but spaces should stand."""

    at: slice
    spaces: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One type of record: how it is sliced, which cells are texts by field name, and its gaps."""

    slice: Slice
    texts: Mapping[str, int]
    gaps: tuple[Gap, ...]


class Further(NamedTuple):
    """The record that goes on with a text: its type, where its own fields stand, and its gaps."""

    record: str
    owner: slice
    field: slice
    part: slice
    text: slice
    gaps: tuple[Gap, ...]


def shapes(layout: Layout) -> dict[str, Shape]:
    """Give the shape of every type of record."""
    return {group.name: _shape(layout, group) for group in records(layout)}


def further(layout: Layout) -> Further:
    """Give the form of the record that goes on with a text."""
    form = fixed_file(layout).further
    pairs = (form.OwnerRecord, form.Field, form.Part, form.Text)
    owner, field, part, text = spans = tuple(map(given_span, pairs))
    gaps = _gaps(layout, [Span(BEGIN, owner.start), *spans])
    return Further(form.record, slice(*owner), slice(*field), slice(*part), slice(*text), gaps)


def stray_in(text: str, gap: Gap) -> tuple[int, str]:
    """Give the position from 1 where something stands in a gap of a record, and what."""
    found = text[gap.at]
    begin = gap.at.start + len(found) - len(found.lstrip(" "))
    return begin + 1, found.strip(" ")


def _shape(layout: Layout, group: Group) -> Shape:
    fields = list(group.fields())
    texts = {field_name(one.place): at for at, one in enumerate(fields) if _is_text(one)}
    spans = [where for field in fields if (where := span(field)) is not None]
    return Shape(_slicer(layout, group, fields), texts, _gaps(layout, spans))


def _is_text(field: Field) -> bool:
    """Say whether a field may hold escapes and go on; the plan's id is compared as it stands."""
    return field.kind in _TEXTS and not is_plan_id(field)


def _slicer(layout: Layout, group: Group, fields: Sequence[Field]) -> Slice:
    cells = "".join(f"        {_sliced(field)},\n" for field in fields)
    source = f"def slice_{group.name}(t):\n    return [\n{cells}    ]\n"
    name = f"{layout.system} slices of {group.name}"
    made: Slice = load(source, name, {})[f"slice_{group.name}"]
    return made


def _sliced(field: Field) -> str:
    where = span(field)
    if where is None:
        return "''"
    piece = f"t[{where.start}:{where.end}]"
    spaces, zeros = " " * where.size, "0" * where.size
    if _has_zeros_for_none(field):
        return f"{piece} if {piece} not in {(spaces, zeros)!r} else ''"
    if is_numeric(field):
        return f"{piece} if {piece} != {spaces!r} else ''"
    return f"{piece}.rstrip(' ')"


def _has_zeros_for_none(field: Field) -> bool:
    whole = field.kind in ("integer", "positive")
    return field.kind == "date" or (whole and field.required != "yes")


def _gaps(layout: Layout, spans: Iterable[Span]) -> tuple[Gap, ...]:
    length = fixed_file(layout).length
    gaps, at = [], BEGIN
    for where in [*sorted(spans), Span(length, length)]:
        if where.start > at:
            gaps.append(Gap(slice(at, where.start), " " * (where.start - at)))
        at = max(at, where.end)
    return tuple(gaps)


def without_escapes(cells: list[str], texts: Mapping[str, int]) -> None:
    """Undo the escapes of the texts among cells; mark those that cannot be read."""
    for at in texts.values():
        if "\\" in cells[at]:
            cells[at] = meant(cells[at])


def mark_controls(cells: list[str]) -> None:
    """Mark the cells that have a byte below 0x20."""
    for at, cell in enumerate(cells):
        if CONTROL.search(cell):
            cells[at] = BAD


def meant(text: str) -> str:
    """Undo the escapes of a text, or mark it where there is one that stands for nothing."""
    try:
        return unescape(text)
    except UnknownEscape:
        return BAD
