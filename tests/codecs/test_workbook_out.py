"""Workbooks for people: text stays text, whatever it looks like."""

import datetime
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.codecs.workbook_out import harmless, write_table

COLUMNS = (("plan", 24), ("date", 12), ("message", 60))


def written(*rows: list[str | datetime.date | None]) -> openpyxl.Workbook:
    stream = io.BytesIO()
    write_table(stream, "Findings", COLUMNS, rows)
    stream.seek(0)
    return openpyxl.load_workbook(stream)


def test_a_table_has_its_header_dates_and_texts() -> None:
    day = datetime.date(2026, 1, 5)
    sheet = written(["P-1", day, "Say why."], ["P-2", None, "Sign."])["Findings"]
    head, first, second = sheet.iter_rows(values_only=True)
    assert head == ("plan", "date", "message")
    assert first == ("P-1", datetime.datetime.fromisoformat("2026-01-05"), "Say why.")
    assert second == ("P-2", None, "Sign.")
    assert sheet.freeze_panes == "A2"


@given(text=st.text(min_size=1, max_size=40))
def test_no_text_is_a_formula(text: str) -> None:
    cell = written([text, None, ""])["Findings"]["A2"]
    assert cell.data_type != "f"
    assert not str(cell.value or "").lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1"])
def test_what_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text).startswith("'")
    assert harmless("plain = 1") == "plain = 1"


def test_the_public_payloads_do_nothing(corpora: Callable[[str], Path]) -> None:
    file = corpora("csv-injection") / "Intruder" / "csv-payload.txt"
    payloads = file.read_text("utf-8", "replace").splitlines()
    sheet = written(*([line, None, line] for line in payloads if line))["Findings"]
    assert sheet.max_row == 1 + len(list(filter(None, payloads)))
    for row in sheet.iter_rows(min_row=2):
        assert all(cell.data_type != "f" for cell in row)
