"""What must hold of a layout of codec `delimited`: places are columns."""

import re
from typing import Final

from iepbridge.mapping.delimited.form import delimited_file
from iepbridge.mapping.layout import Field, Layout
from iepbridge.mapping.mistakes import Found
from iepbridge.mapping.records.form import records
from iepbridge.mapping.records.lint import lint_records

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FRAME: Final = ("sequence", "party", "created", "release", "file id")


def lint_delimited(layout: Layout) -> Found:
    """Find wrong names, kinds that rows do not know, and a first member that is not the plan's."""
    yield from lint_records(layout)
    for group in layout.every_group():
        if not _NAME.fullmatch(group.place):
            yield group.line, f"place {group.place!r}: expected a member's name"
        if f"{group.place}{delimited_file(layout).member}" == delimited_file(layout).manifest:
            yield group.line, f"{group.place}: the manifest has this name"
    for field in layout.every_field():
        yield from _of_field(field)
    if records(layout)[0] is not layout.plan:
        yield layout.plan.line, "the plan's row comes first"
    for frame in layout.frame:
        if frame.kind not in _FRAME or not _NAME.fullmatch(frame.place):
            yield frame.line, f"{frame.place}: the manifest has a word and a value of the envelope"
    if layout.forms.decimals:
        yield 1, "mapping.toml: forms.decimals is not for codec delimited"


def _of_field(field: Field) -> Found:
    if not _NAME.fullmatch(field.place):
        yield field.line, f"place {field.place!r}: expected a column's name"
    if field.size is not None and field.size.continues:
        yield field.line, "a text does not go on in codec delimited"
    if field.kind == "item count":
        yield field.line, "an item count is not for codec delimited"
