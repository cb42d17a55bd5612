"""Excel workbooks: what their cells give, and what is refused before it costs anything."""

import datetime
import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.codecs.workbook import CellFault, NotAWorkbook, Row, read_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"


def relations(**targets: str) -> str:
    found = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind.rstrip("0123456789")}" Target="{path}"/>'
        for kind, path in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{found}</Relationships>'


def sheet_xml(rows: str, before: str = "", after: str = "") -> str:
    sheet = f"{before}<sheetData>{rows}</sheetData>{after}"
    return f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>'


def parts(rows: str = "", **more: str) -> dict[str, str]:
    """Give the smallest workbook's parts, with the rows of its sheet."""
    book = f'<sheet name="A" sheetId="1" r:id="worksheet1" xmlns:r="{OFFICE}"/>'
    return {
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(worksheet1="worksheets/sheet1.xml"),
        SHEET: sheet_xml(rows),
        **more,
    }


def packed(content: Mapping[str, str | bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    stream.seek(0)
    return stream


def raw(rows: str, **more: str) -> list[Row]:
    return list(read_sheet(packed(parts(rows, **more))))


def cell(xml: str) -> Any:
    """Give the value of one cell, None where it gives none."""
    rows = raw(f"<row>{xml}</row>")
    return rows[0].cells[1] if rows else None


def made(fill: Callable[[openpyxl.Workbook], None]) -> io.BytesIO:
    book = openpyxl.Workbook()
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def refused(stream: BinaryIO) -> str:
    with pytest.raises(NotAWorkbook) as refusal:
        list(read_sheet(stream))
    return refusal.value.what


def test_values_come_as_they_stand_at_their_places() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.append([" a ", 104512, 1.5, True, datetime.date(2024, 2, 29), None, "=1+1"])
        book.active["C5"] = datetime.datetime.fromisoformat("2024-02-29T13:30:00")

    assert list(read_sheet(made(fill))) == [
        Row(1, {1: " a ", 2: 104512, 3: 1.5, 4: True, 5: datetime.date(2024, 2, 29)}),
        Row(5, {3: datetime.date(2024, 2, 29)}),
    ]


@pytest.mark.parametrize("epoch", ["1900", "1904"])
def test_days_count_from_the_workbooks_own_first_day(epoch: str) -> None:
    day = datetime.date(2026, 1, 5)

    def fill(book: openpyxl.Workbook) -> None:
        if epoch == "1904":
            book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.active.append([day])

    assert list(read_sheet(made(fill))) == [Row(1, {1: day})]


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("mm/dd/yyyy", 45000, datetime.date(2023, 3, 15)),
        ('"due "d', 45000.75, datetime.date(2023, 3, 15)),
        ("General", 45000, 45000),
        ('0.0"d"', 45000, 45000),
        ("[h]:mm", 45000, 45000),
        ("h:mm", 0.5, CellFault.NO_VALUE),
        ("mm/dd/yyyy", -1, CellFault.NO_VALUE),
        ("mm/dd/yyyy", 10**9, CellFault.NO_VALUE),
    ],
)
def test_a_number_is_a_day_where_its_style_shows_one(
    form: str, value: float, expected: object
) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active["A1"] = value
        book.active["A1"].number_format = form

    assert list(read_sheet(made(fill))) == [Row(1, {1: expected})]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<c><v>104512.0</v></c>", 104512.0),
        ("<c><v>1.04512E5</v></c>", 104512.0),
        ("<c><v/></c>", None),
        ("<c t='str'><v>a_x000D_b</v></c>", "a\rb"),
        ("<c t='str'><f>B1</f><v>b</v></c>", "b"),
        ("<c t='e'><v>#N/A</v></c>", CellFault.NO_VALUE),
        ("<c t='b'><v>0</v></c>", False),
        ("<c t='d'><v>2024-02-29T00:00:00</v></c>", datetime.date(2024, 2, 29)),
        ("<c t='d'><v>soon</v></c>", CellFault.NO_VALUE),
        ("<c t='inlineStr'><is><t> a </t></is></c>", " a "),
        ("<c t='inlineStr'><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></is></c>", "ab"),
        ("<c t='inlineStr'><is/></c>", None),
    ],
)
def test_a_cell_of_each_kind(xml: str, expected: object) -> None:
    assert cell(xml) == expected


def test_shared_texts_join_their_runs() -> None:
    strings = "<si><t>a</t></si><si><r><rPr/><t>b</t></r><rPh><t>x</t></rPh><r><t> c</t></r></si>"
    more = {
        "xl/_rels/workbook.xml.rels": relations(
            worksheet1="worksheets/sheet1.xml", sharedStrings="/xl/SharedStrings.xml"
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="999999999">{strings}</sst>',
    }
    assert raw("<row><c t='s'><v>1</v></c><c t='s'><v>0</v></c></row>", **more) == [
        Row(1, {1: "b c", 2: "a"})
    ]


@pytest.mark.parametrize("stated", ["A1", "A1:XFD1048576", "nonsense", "", "A1:ZZZZ9999999999"])
def test_the_stated_dimension_is_not_read(stated: str) -> None:
    rows = "<row r='1'><c r='A1'><v>1</v></c></row><row r='9'><c r='XFD9'><v>2</v></c></row>"
    content = parts() | {SHEET: sheet_xml(rows, f'<dimension ref="{stated}"/>')}
    assert list(read_sheet(packed(content))) == [Row(1, {1: 1}), Row(9, {16384: 2})]


def test_merged_cells_give_their_first() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active["A1"] = "title"
        book.active.merge_cells("A1:D2")

    assert list(read_sheet(made(fill))) == [Row(1, {1: "title"})]


@pytest.mark.parametrize(("hidden", "expected"), [(True, "second"), (False, "first")])
def test_the_first_sheet_is_the_first_that_a_person_sees(hidden: bool, expected: str) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.create_chartsheet("chart", 0)
        book.active = 1
        book["Sheet"]["A1"] = "first"
        book["Sheet"].sheet_state = "hidden" if hidden else "visible"
        book.create_sheet("more")["A1"] = "second"

    assert list(read_sheet(made(fill))) == [Row(1, {1: expected})]


def test_what_stands_beside_the_rows_may_be_anything() -> None:
    after = "<mergeCells><mergeCell/></mergeCells><sheetProtection x='1'/><conditionalFormatting/>"
    content = parts() | {
        SHEET: sheet_xml("<row><c><v>1</v></c></row>", "<cols><col/></cols>", after)
    }
    assert list(read_sheet(packed(content))) == [Row(1, {1: 1})]


def test_the_strict_form_of_the_standard_is_read() -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    content = {
        name: text.replace(MAIN, strict).replace(
            OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, text in parts("<row><c><v>1</v></c></row>").items()
    }
    assert list(read_sheet(packed(content))) == [Row(1, {1: 1})]


def test_names_of_parts_may_differ_in_case_and_slashes() -> None:
    content = {
        name.replace("/", "\\").upper(): text
        for name, text in parts("<row><c><v>1</v></c></row>").items()
    }
    assert list(read_sheet(packed(content))) == [Row(1, {1: 1})]


def test_a_pipe_is_read() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as to:
        to.write(packed(parts("<row><c><v>1</v></c></row>")).getvalue())
    with os.fdopen(reading, "rb") as stream:
        assert list(read_sheet(stream)) == [Row(1, {1: 1})]


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]>'


@pytest.mark.parametrize("name", list(parts()))
def test_a_doctype_is_refused_in_each_part(name: str) -> None:
    content = parts() | {name: DOCTYPE + parts()[name]}
    assert "DOCTYPE" in refused(packed(content))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le"])
def test_a_doctype_is_refused_in_each_encoding(codec: str) -> None:
    content: dict[str, Any] = dict(parts())
    content[SHEET] = (DOCTYPE + content[SHEET]).encode(codec)
    assert refused(packed(content)) in (
        "its sheet has a document type declaration (DOCTYPE), which is not taken",
        "its sheet is not XML 1.0 in UTF-8 or UTF-16",
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"State ID,Service\n", "no ZIP"),
        (b"<html><table>", "web page"),
        (b"\xef\xbb\xbf<html>", "web page"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "password"),
        (b"PK\x03\x04", "damaged"),
        (packed(parts()).getvalue()[:-30], "damaged"),
        (packed({"a.txt": "x"}).getvalue(), "list of parts"),
        (
            packed(parts() | {"xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'}).getvalue(),
            "no sheet",
        ),
        (packed(parts() | {SHEET: "<worksheet>"}).getvalue(), "not well-formed"),
        (packed(parts() | {"XL/workbook.xml": ""}).getvalue(), "two parts"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, what: str) -> None:
    assert what in refused(io.BytesIO(content))


@pytest.mark.parametrize(
    "rows",
    [
        "<row r='999999999999'><c><v>1</v></c></row>",
        "<row r='1048577'/>",
        "<row r='1e12'/>",
        "<row r='2'/><row r='1'/>",
        "<row r='1'/><row r='1'/>",
        "<row><c r='XFE1'><v>1</v></c></row>",
        "<row><c r='B1'/><c r='A1'/></row>",
        "<row><c r='A2'/></row>",
        "<row>" + "<c/>" * 16385 + "</row>",
        "<row><c><v>x</v></c></row>",
        "<row><c><v>1E999</v></c></row>",
        "<row><c><v>1_0</v></c></row>",
        "<row><c t='s'><v>0</v></c></row>",
        "<row><c t='s'><v>-1</v></c></row>",
        "<row><c t='?'><v>1</v></c></row>",
        "<row><c t='str'><v>" + "x" * 32768 + "</v></c></row>",
    ],
)
def test_a_sheet_that_excel_could_not_have_is_refused(rows: str) -> None:
    refused(packed(parts(rows)))


def stating(content: bytes, **sizes: int) -> bytes:
    """Give an archive whose last part states other sizes, in its directory."""
    at = content.rindex(b"PK\x01\x02")
    data = bytearray(content)
    for name, place in (("packed", 20), ("unpacked", 24), ("flags", 8), ("method", 10)):
        if name in sizes:
            width = 4 if place >= 20 else 2
            data[at + place : at + place + width] = sizes[name].to_bytes(width, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("sizes", "what"),
    [
        ({"packed": 2**16, "unpacked": 250 * 2**16 + 2**20}, "250:1"),
        ({"flags": 1}, "encrypted"),
        ({"method": 12}, "packed in a way"),
    ],
)
def test_a_part_is_refused_by_what_the_archive_states(sizes: dict[str, int], what: str) -> None:
    assert what in refused(io.BytesIO(stating(packed(parts()).getvalue(), **sizes)))


def test_a_bomb_is_refused_unpacked_though_it_is_no_part_of_the_sheet() -> None:
    content: dict[str, Any] = parts() | {"xl/media/image1.png": bytes(17 * 2**20)}
    assert "250:1" in refused(packed(content))


@pytest.mark.parametrize(
    "rows",
    [
        "<row>" + "<x/>" * 60_000 + "</row>",
        "<row/>" * 60_000,
        "".join(f"<row r='{n}'><c r='XFD{n}'><v>1</v></c></row>" for n in range(1, 5_000)),
        f"<row><c><v>1</v></c></row><!--{'x' * 5_000_000}-->",
    ],
    ids=["elements", "rows", "wide", "comment"],
)
def test_memory_does_not_grow_with_what_says_nothing(rows: str) -> None:
    stream = packed(parts() | {SHEET: sheet_xml(rows + " " * 200_000)})
    del rows
    tracemalloc.start()
    try:
        for _ in read_sheet(stream):
            pass
        assert tracemalloc.get_traced_memory()[1] < 2 * 2**20
    finally:
        tracemalloc.stop()


def test_a_refusal_shows_nothing_of_the_file() -> None:
    said = refused(packed(parts("<row><c><v>Secret</v></c></row>")))
    assert "Secret" not in said
    assert "row 1" in said


@given(st.binary(max_size=40), st.integers(0, 2000))
def test_any_damage_is_refused_or_read(junk: bytes, at: int) -> None:
    content = packed(parts("<row><c t='str'><v>a</v></c></row>")).getvalue()
    at %= len(content)
    with suppress(NotAWorkbook):
        list(read_sheet(io.BytesIO(content[:at] + junk + content[at + len(junk) :])))
