"""Excel workbooks (.xlsx), read as a stream: the rows of the first sheet that a person sees.

    stream --archive, checked--> parts --XML, guarded--> elements --> rows of cells

The dimension that a sheet states is never read, so it can be as wrong as it likes. Memory holds
one row and the workbook's texts, each once.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from iepbridge.codecs.workbook_archive import Archive, NotAWorkbook, opened
from iepbridge.codecs.workbook_cells import (
    Book,
    DateStyles,
    Row,
    SharedStrings,
    SheetRows,
    names,
)
from iepbridge.codecs.workbook_values import Cell, CellFault

__all__ = ["Cell", "CellFault", "NotAWorkbook", "Row", "read_sheet"]

_RELATIONS: Final = {
    "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship": "Relationship"
}
_RELATION_IDS: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_BOOK: Final = names("sheet", "workbookPr")


class _Relation(NamedTuple):
    """What one part says of another: its id there, its kind, and the part's name."""

    own: str
    kind: str
    part: str


def read_sheet(stream: BinaryIO) -> Iterator[Row]:
    """Yield the rows that hold anything, of the first sheet that is not hidden.

    Texts are as they stand, empty ones left out; a day stands without its time. Raises
    `NotAWorkbook` for what is no such file, at the latest where it ends.
    """
    with opened(stream) as archive:
        workbook = _one(_relations(archive, ""), "officeDocument", "workbook")
        relations = _relations(archive, workbook)
        sheet, epoch = _first_sheet(archive, workbook, relations)
        book = Book(_strings(archive, relations), _styles(archive, relations), epoch)
        yield from archive.found(sheet, "sheet", SheetRows(book))


class _Elements:
    """A parser's target that gives the elements of some names, with their attributes."""

    def __init__(self, tags: Mapping[str, str]) -> None:
        self._tags = tags
        self._found: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in self._tags:
            self._found.append((self._tags[tag], dict(attributes)))

    def end(self, tag: str) -> None:
        """Take no notice."""

    def data(self, text: str) -> None:
        """Take no notice."""

    def take(self) -> list[tuple[str, dict[str, str]]]:
        found, self._found = self._found, []
        return found


def _relations(archive: Archive, part: str) -> list[_Relation]:
    """Read which parts a part leads to; the archive itself is the part without a name."""
    place = archive.beside(part, f"_rels/{part.rpartition('/')[2]}.rels")
    found = archive.found(place, "list of parts", _Elements(_RELATIONS))
    return [
        _Relation(
            one.get("Id", ""),
            one.get("Type", "").rpartition("/")[2],
            archive.beside(part, one.get("Target", "")),
        )
        for _, one in found
        if one.get("TargetMode") != "External"
    ]


def _one(relations: list[_Relation], kind: str, label: str) -> str:
    part = _maybe(relations, kind)
    if part is None:
        raise NotAWorkbook(f"it has no {label}")
    return part


def _maybe(relations: list[_Relation], kind: str) -> str | None:
    return next((one.part for one in relations if one.kind == kind), None)


def _first_sheet(
    archive: Archive, workbook: str, relations: list[_Relation]
) -> tuple[str, datetime.datetime]:
    """Find the part of the first sheet that is not hidden, and the day that days count from."""
    sheets = {one.own: one.part for one in relations if one.kind == "worksheet"}
    epoch = CALENDAR_WINDOWS_1900
    seen: list[tuple[bool, str]] = []
    for name, one in archive.found(workbook, "workbook", _Elements(_BOOK)):
        own = next((one[key] for key in _RELATION_IDS if key in one), "")
        if name == "workbookPr":
            epoch = CALENDAR_MAC_1904 if one.get("date1904") in ("1", "true") else epoch
        elif own in sheets:
            seen.append((one.get("state", "visible") != "visible", sheets[own]))
    if not seen:
        raise NotAWorkbook("it has no sheet")
    return min(seen, key=lambda sheet: sheet[0])[1], epoch


def _strings(archive: Archive, relations: list[_Relation]) -> list[str]:
    part = _maybe(relations, "sharedStrings")
    return [] if part is None else list(archive.found(part, "texts", SharedStrings()))


def _styles(archive: Archive, relations: list[_Relation]) -> DateStyles:
    styles = DateStyles()
    part = _maybe(relations, "styles")
    if part is not None:
        for name, one in archive.found(part, "styles", _Elements(DateStyles.tags)):
            styles.see(name, one)
    return styles
