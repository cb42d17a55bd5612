"""The file form of a layout of codec `delimited`, and its members."""

from iepbridge.codecs.delimited import Dialect
from iepbridge.mapping.file_forms import DelimitedFile
from iepbridge.mapping.layout import Group, Layout
from iepbridge.mapping.records.form import is_plan_id, records


def delimited_file(layout: Layout) -> DelimitedFile:
    """Give what a file of the layout is, which must be one of delimited members."""
    assert isinstance(layout.file, DelimitedFile)
    return layout.file


def dialect(layout: Layout) -> Dialect:
    """Give how members are written: with a byte order mark, each row ending in CR LF."""
    return Dialect(delimited_file(layout).delimiter, "\r\n", byte_order_mark=True)


def member_name(layout: Layout, group: Group) -> str:
    """Give the name of a group's member in the archive."""
    return f"{group.name}{delimited_file(layout).member}"


def member_names(layout: Layout) -> list[str]:
    """Give the names of all members, the manifest's first, in the order of the archive."""
    manifest = delimited_file(layout).manifest
    return [manifest, *(member_name(layout, group) for group in records(layout))]


def columns(group: Group) -> list[str]:
    """Give the header of a member."""
    return [field.place for field in group.fields()]


def key_column(group: Group) -> int:
    """Give the place of the column that says which plan a row belongs to."""
    return next(at for at, field in enumerate(group.fields()) if is_plan_id(field))
