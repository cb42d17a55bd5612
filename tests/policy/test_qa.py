"""The QA instrument: figures computed by hand."""

import pytest

from iepbridge.policy import KEPT, NOT_APPLICABLE, Result, Rule, broken_at
from iepbridge.policy.case import Case
from iepbridge.policy.qa import Instrument, Tally


def _never(_: Case) -> Result:
    return KEPT


def rule(name: str) -> Rule:
    return Rule(name, "error", "be so", "there", "It is not.", "Mend it.", "A.1", "A page", _never)


A, B, C = rule("A"), rule("B"), rule("C")
BROKEN = broken_at(["goals", "barriers"])


def test_a_set_of_plans_by_hand() -> None:
    instrument = Instrument("twist", [A, B, C])
    instrument.count("P-1", [(A, KEPT), (B, BROKEN), (C, NOT_APPLICABLE)])
    instrument.count("P-2", [(A, KEPT), (B, KEPT), (C, KEPT)])
    instrument.count("P-3", [(A, NOT_APPLICABLE), (B, NOT_APPLICABLE), (C, NOT_APPLICABLE)])
    assert instrument.as_json() == {
        "system": "twist",
        "plans": 3,
        "yes": 4,
        "no": 1,
        "share": 0.8,
        "meets_90": False,
        "rules": {
            "A": {"yes": 2, "no": 0, "not_applicable": 1, "share": 1.0},
            "B": {"yes": 1, "no": 1, "not_applicable": 1, "share": 0.5},
            "C": {"yes": 1, "no": 0, "not_applicable": 2, "share": 1.0},
        },
        "by_plan": {
            "P-1": {"yes": 1, "no": 1, "not_applicable": 1, "share": 0.5},
            "P-2": {"yes": 3, "no": 0, "not_applicable": 0, "share": 1.0},
            "P-3": {"yes": 0, "no": 0, "not_applicable": 3, "share": None},
        },
    }


def test_a_rule_broken_in_several_places_is_one_no() -> None:
    instrument = Instrument("twist", [B])
    instrument.count("P-1", [(B, BROKEN)])
    assert instrument.over_all.no == 1


@pytest.mark.parametrize(
    ("yes", "no", "meets"),
    [(9, 1, True), (899, 101, False), (90, 10, True), (0, 0, None), (1, 0, True), (0, 1, False)],
)
def test_the_measure_is_ninety_percent(yes: int, no: int, meets: bool | None) -> None:
    assert Tally(yes, no).meets_measure is meets


def test_nothing_counted_is_no_share() -> None:
    report = Instrument("icc", []).as_json()
    assert (report["share"], report["meets_90"], report["plans"]) == (None, None, 0)
