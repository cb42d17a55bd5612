"""Each form reads back what it writes, and reads nothing else."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.converters import (
    DATE_FORMS,
    INTEGER,
    NUMBER,
    OCCUPATION,
    POSITIVE,
    SSN,
    ZIP,
    Form,
    digits_form,
    letters_form,
)

NUMBERS = st.decimals(-(10**12) + 1, 10**12 - 1, places=6, allow_nan=False)


@pytest.mark.parametrize("form", DATE_FORMS.values(), ids=list(DATE_FORMS))
@given(day=st.dates())
def test_a_day_comes_back(form: Form, day: datetime.date) -> None:
    assert form.read(form.write(day)) == day


@given(number=NUMBERS)
def test_a_number_comes_back_without_exponent(number: Decimal) -> None:
    text = NUMBER.write(number)
    assert NUMBER.read(text) == number
    assert "E" not in text.upper()


@given(number=st.integers(1, 999_999_999))
def test_a_whole_number_comes_back(number: int) -> None:
    assert INTEGER.read(INTEGER.write(number)) == number == POSITIVE.read(str(number))


@given(digits=st.from_regex(r"[0-9]{9}", fullmatch=True, alphabet="0123456789"))
def test_an_ssn_comes_back(digits: str) -> None:
    assert SSN.read(SSN.write(digits)) == digits


WRONG: list[tuple[str, Form, list[str]]] = [
    (
        "ISO",
        DATE_FORMS["YYYY-MM-DD"],
        ["2024-02-30", "2024-1-1", "20240101", " 2024-01-01", "0000-01-01"],
    ),
    ("US", DATE_FORMS["MM/DD/YYYY"], ["13/01/2024", "1/2/2024", "02/30/2024", "2024-01-01"]),
    ("number", NUMBER, ["+1", "1e3", ".5", "5.", "1,000", "", "NaN", "Infinity", "²", "--1", "1 "]),
    ("whole number", INTEGER, ["+1", "-1", "1.0", "²", "", " 1", "0x1"]),
    ("from 1", POSITIVE, ["0", "000", "-1"]),
    ("SSN", SSN, ["123456789", "12-345-6789", "²²²-22-2222"]),
    ("occupation", OCCUPATION, ["11-111", "11-1111.1", "1-11111", "11-1111\n"]),
    ("ZIP", ZIP, ["1234", "123456789", "12345-", "١٢٣٤٥"]),
    ("digits", digits_form(1, 9), ["", "1234567890", "12a", "٣", "1\n"]),
    ("letters", letters_form(2), ["T", "TXX", "T1", "É1", "TX\n"]),
]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        pytest.param(form, text, id=f"{name} {text!r}")
        for name, form, texts in WRONG
        for text in texts
    ],
)
def test_what_is_not_of_a_form_is_not_read(form: Form, text: str) -> None:
    assert form.read(text) is None


def test_a_very_long_whole_number_is_read_as_one_too_large() -> None:
    assert INTEGER.read("9" * 100_000) > 999_999_999


def test_many_days_do_not_grow_a_table_without_end() -> None:
    form = DATE_FORMS["CCYYMMDD"]
    days = [datetime.date.fromordinal(number) for number in range(1, 60_000)]
    assert [form.read(form.write(day)) for day in days] == days
    kept: Any = form.read.__self__  # type: ignore[attr-defined]
    assert len(kept) <= 50_000
