"""Texts with a form, dates and numbers: what each takes and refuses, and nothing in between."""

from decimal import Decimal

import pytest
from tests.plan.examples import FULL, changed, refusals

from iepbridge.plan import read_plan
from iepbridge.plan.leaves import number_text

IDS = ("a", "A_-9", "x" * 36), ("x" * 37, "a b", "a.b", "ä", "a\n", "", "²", 5)
STATES = ("TX", "ZZ"), ("Tx", "TEX", "T", "T1", "TX\n", "ÄÖ")
PHONES = (
    ("5125550100",),
    ("512-555-0100", "512555010", "51255501000", "\u0665125550100", 5125550100),
)
ZIPS = ("77002", "77002-0001"), ("7700", "770020001", "77002-001", "77002-", "7700a", "77002\n")
OCCUPATIONS = (("53-3032", "53-3032.00"), ("533032", "53-3032.0", "53-3032.", "5-3032", "AA-3032"))
SSNS = (
    ("900123456", "001010001", "999999999", "665010001", "667010001"),
    ("000123456", "666123456", "123006789", "123450000", "12345678", "1234567890", "123-45-6789",
     "12345678a", "12345678²", "123456789\n", 123456789),
)  # fmt: skip
DATES = (
    ("0001-01-01", "9999-12-31", "2024-02-29", "1900-02-28"),
    ("2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "20240101", "2024-01-32",
     "0000-01-01", "2024-01-01T00:00:00", "2024-01-01Z", " 2024-01-01", "2024-01-01\n",
     "\u0662024-01-01", "2024/01/01", "", 20240101, 1704067200, Decimal("1704067200.5"), True),
)  # fmt: skip
NUMBERS = (
    (0, 40, Decimal("37.5"), Decimal("15.750"), Decimal("999999999999.999999"), 999999999999,
     Decimal("-999999999999.999999"), Decimal("1E+3"), Decimal("0.000001"), Decimal("1E-6"),
     Decimal("100000000000.00000000000000000000"), Decimal("0E+999999"), Decimal("-0.0")),
    ("40", "37.5", True, 37.5, 10**12, -(10**12), 10**5000, Decimal("1E+12"), Decimal("0.0000001"),
     Decimal("1.0000001"), Decimal("1E+999999999"), Decimal("1E-999999999"), Decimal("NaN"),
     Decimal("Infinity"), Decimal("-Infinity"), Decimal("sNaN"),
     Decimal("0.1234560000000000000000000000000000001")),
)  # fmt: skip
VERSIONS = (1, 999_999_999), (0, -1, 10**9, 10**5000, True, Decimal("1.0"), Decimal(1), 1.0, "1")

FORMS = {
    "plan_id": IDS,
    "agency.state": STATES,
    "participant.address.state": STATES,
    "participant.phone": PHONES,
    "case_manager.phone": PHONES,
    "participant.address.zip": ZIPS,
    "goals[0].occupation.code": OCCUPATIONS,
    "participant.ssn": SSNS,
    "participant.date_of_birth": DATES,
    "case_notes[0].follow_up_on[1]": DATES,
    "desired_positions[0].minimum_wage": NUMBERS,
    "desired_positions[0].weekly_hours": NUMBERS,
    "assessments[0].scores[0].value": NUMBERS,
}


@pytest.mark.parametrize("path", FORMS)
def test_form(path: str) -> None:
    good, bad = FORMS[path]
    for fitting in good:
        assert refusals(changed(FULL, path, fitting)) == [], fitting
    for wrong in bad:
        assert (1, path) in refusals(changed(FULL, path, wrong)), wrong


def test_versions() -> None:
    good, bad = VERSIONS
    for version in good:
        plan = changed(FULL, "signatures[0].plan_version", 1)
        assert refusals(changed(plan, "version", version)) == []
    for wrong in bad:
        for path in ("version", "signatures[0].plan_version"):
            assert (1, path) in refusals(changed(FULL, path, wrong))


@pytest.mark.parametrize("hours", [0, Decimal("-0.5"), Decimal("0.000"), -1])
def test_required_hours_are_above_zero(hours: object) -> None:
    path = "participation_hours.required"
    assert refusals(changed(FULL, path, hours)) == [(1, path)]
    assert refusals(changed(FULL, path, Decimal("0.000001"))) == []


def test_a_number_is_kept_exactly() -> None:
    exact = Decimal("123456789012.123456")
    plan = read_plan(changed(FULL, "desired_positions[0].minimum_wage", exact))
    assert plan.desired_positions
    assert plan.desired_positions[0].minimum_wage == exact


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("37.5", "37.5"),
        ("32.000", "32"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("-0.0", "0"),
        ("0E-9", "0"),
        ("-1.50", "-1.5"),
        ("999999999999.999999", "999999999999.999999"),
        ("1E-6", "0.000001"),
    ],
)
def test_numbers_are_written_plainly(number: str, text: str) -> None:
    assert number_text(Decimal(number)) == text
