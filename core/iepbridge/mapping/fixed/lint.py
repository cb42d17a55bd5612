"""What must hold of a layout of codec `fixed`: places are names and positions."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from iepbridge.mapping.fixed.form import BEGIN, PLACE, TYPE_BYTES, field_name, fixed_file, span
from iepbridge.mapping.layout import EVERY_RECORD, Field, FrameField, Group, Layout
from iepbridge.mapping.mistakes import Found
from iepbridge.mapping.records.lint import lint_records

_NOT_HERE: Final = ("system id", "digits", "letters", "json", "repeat", "ssn", "order")
_NOT_IN_FRAME: Final = ("created", "file id")
_EXACT: Final = {"created day": 8, "created time": 6, "sequence": 6}
_LEAST: Final = {"party": 8, "mode": 1}


def lint_fixed(layout: Layout) -> Found:
    """Find wrong places and sizes, fields that overlap, types that clash."""
    yield from lint_records(layout)
    file = fixed_file(layout)
    kinds = [file.first, file.last, file.further.record]
    for group in layout.every_group():
        if len(group.place) != TYPE_BYTES or not group.place.isalnum():
            yield group.line, f"place {group.place!r}: expected a type of {TYPE_BYTES} characters"
        if group.place in kinds:
            yield group.line, f"{group.place} is the file's own type of record"
        yield from _of_fields(layout, group)
        yield from _of_spans(layout, list(group.fields()))
    for record in (file.first, file.last):
        yield from _of_spans(layout, [one for one in layout.frame if _is_in(one, record)])
    for field in layout.frame:
        yield from _of_frame(layout, field)
        if not any(_is_in(field, record) for record in (file.first, file.last)):
            yield field.line, f"place {field.place!r}: expected {file.first}/Name@position or so"


def _of_frame(layout: Layout, field: FrameField) -> Found:
    if field.kind in _NOT_IN_FRAME:
        yield field.line, f"a {field.kind} is not for codec fixed"
    if field.kind == "count" and field.counted not in (EVERY_RECORD, layout.plan.name):
        yield field.line, f"codes {field.counted!r}: a count is of * or of {layout.plan.name}"
    exact, least = _EXACT.get(field.kind), _LEAST.get(field.kind, len(layout.release))
    if exact and field.size != exact:
        yield field.line, f"{field.place}: a {field.kind} has {exact} bytes"
    if field.kind in ("release", *_LEAST) and field.size < least:
        yield field.line, f"{field.place}: a {field.kind} has up to {least} bytes"


def _of_fields(layout: Layout, group: Group) -> Found:
    names: set[str] = set()
    for field in group.fields():
        name = field_name(field.place)
        if name in names:
            yield field.line, f"{name} stands twice in {group.name}"
        names.add(name)
        if not PLACE.fullmatch(field.place):
            yield field.line, f"place {field.place!r}: expected Name@position, or a Name alone"
        elif span(field) is None and not (field.size and field.size.continues):
            yield field.line, f"{name}: without a position it goes on in further records: size '+'"
        if field.kind in _NOT_HERE:
            yield field.line, f"a {field.kind} is not for codec fixed"
        if field.kind == "code" and field.table and field.size:
            longest = max((len(row.codes[0]) for row in field.table.rows), default=0)
            if longest > field.size.most:
                yield field.line, f"table {field.table.name} has codes longer than {name}"
        if field.kind == "number" and layout.forms.decimals is None:
            yield field.line, "mapping.toml: forms.decimals says how many places a number implies"
        yield from _of_width(layout, field)


def _of_width(layout: Layout, field: Field) -> Found:
    """Find a field that its value would not fill, or leave: the fields behind it would shift."""
    forms, size = layout.forms, field.size.most if field.size else 0
    if field.kind == "date" and size != len(forms.date):
        yield field.line, f"{field.place}: a date as {forms.date} has {len(forms.date)} bytes"
    if field.kind == "flag" and size < max(len(forms.true), len(forms.false)):
        yield field.line, f"{field.place}: too small for {forms.true} and {forms.false}"


def _of_spans(layout: Layout, fields: Sequence[Field | FrameField]) -> Found:
    end = BEGIN
    placed = [(found, one) for one in fields if (found := span(one)) is not None]
    for where, field in sorted(placed, key=itemgetter(0)):
        if where.size < 1:
            yield field.line, f"{field.place}: a field has a size"
        if where.start < end:
            yield field.line, f"{field.place} begins before byte {end + 1}, which is taken"
        end = max(end, where.end)
        if where.end > fixed_file(layout).length:
            yield field.line, f"{field.place} ends behind the record"


def _is_in(field: FrameField, record: str) -> bool:
    holder, _, rest = field.place.partition("/")
    return holder == record and PLACE.fullmatch(rest) is not None and "@" in rest
