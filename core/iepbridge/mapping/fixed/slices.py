"""Records taken apart: code that slices a record, and what is done about its exceptions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iepbridge.codecs.fixed_text import UnknownEscape, unescape
from iepbridge.mapping.code import load
from iepbridge.mapping.fixed.form import BEGIN, Span, field_name, fixed_file, is_numeric, span
from iepbridge.mapping.layout import Field, Group, Layout
from iepbridge.mapping.records.form import records

BAD: Final = "\x00"
"""What stands in a cell whose text has a byte below 0x20, or an unknown escape."""

CONTROL: Final = re.compile("[\x00-\x1f]")
_TEXTS: Final = ("text", "key", "system text", "empty sections")
Slice = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """One type of record: its group, how it is sliced, which cells are texts, by field name.

    `gaps` are the spans in which nothing should stand.
    """

    group: Group
    slice: Slice
    names: tuple[str, ...]
    texts: Mapping[str, int]
    gaps: tuple[Span, ...]


def shapes(layout: Layout) -> dict[str, Shape]:
    """Give the shape of every type of record."""
    return {group.name: _shape(layout, group) for group in records(layout)}


def _shape(layout: Layout, group: Group) -> Shape:
    fields = list(group.fields())
    names = tuple(field_name(field.place) for field in fields)
    texts = {name: at for at, name in enumerate(names) if fields[at].kind in _TEXTS}
    return Shape(group, _slicer(layout, group, fields), names, texts, _gaps(layout, fields))


def _slicer(layout: Layout, group: Group, fields: Sequence[Field]) -> Slice:
    cells = ", ".join(map(_sliced, fields))
    source = f"def slice_{group.name}(t):\n    return [{cells}]\n"
    name = f"{layout.system} slices of {group.name}"
    made: Slice = load(source, name, {})[f"slice_{group.name}"]
    return made


def _sliced(field: Field) -> str:
    where = span(field)
    if where is None:
        return "''"
    piece = f"t[{where.start}:{where.end}]"
    if is_numeric(field):
        return f"({piece} if {piece} != {' ' * where.size!r} else '')"
    return f"{piece}.rstrip(' ')"


def _gaps(layout: Layout, fields: Sequence[Field]) -> tuple[Span, ...]:
    taken = sorted(where for field in fields if (where := span(field)) is not None)
    gaps, at = [], BEGIN
    for where in [*taken, Span(fixed_file(layout).length, fixed_file(layout).length)]:
        if where.start > at:
            gaps.append(Span(at, where.start))
        at = max(at, where.end)
    return tuple(gaps)


def without_escapes(cells: list[str], texts: Mapping[str, int]) -> None:
    """Undo the escapes of the texts among cells; mark those that cannot be read."""
    for at in texts.values():
        if cells[at]:
            cells[at] = meant(cells[at])


def mark_controls(cells: list[str]) -> None:
    """Mark the cells that have a byte below 0x20."""
    for at, cell in enumerate(cells):
        if CONTROL.search(cell):
            cells[at] = BAD


def meant(text: str) -> str:
    """Undo the escapes of a text, or mark it where there is one that stands for nothing."""
    if text == BAD:
        return BAD
    try:
        return unescape(text)
    except UnknownEscape:
        return BAD
