"""What may be shown, and what is masked."""

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import Secret, SecretStr
from tests.test_translate import PLAN

from iepbridge.privacy import MASK, PERSONAL_NAMES, escaped, fit, reduced


@pytest.mark.parametrize("value", ["text", 7, 1.5, True, None])
def test_plain_values_are_shown(value: object) -> None:
    assert fit("reason", value) == value


def test_paths_and_counts_are_shown() -> None:
    assert fit("file", Path("plans.jsonl")) == "plans.jsonl"
    assert fit("losses", {"dropped": 3}) == {"dropped": 3}


@pytest.mark.parametrize(
    "value",
    [
        SecretStr("219-09-9999"),
        Secret(datetime.date(1990, 1, 2)),
        PLAN,
        PLAN.participant,
        {"ssn": "219099999"},
        {"flag": True},
        {219099999: 1},
        ["219099999"],
        ("219099999",),
        b"219099999",
        Decimal(1),
        datetime.date(1990, 1, 2),
        object(),
    ],
)
def test_everything_else_is_masked(value: object) -> None:
    assert fit("reason", value) == MASK


@pytest.mark.parametrize("name", sorted(PERSONAL_NAMES))
def test_personal_names_are_masked_whatever_they_hold(name: str) -> None:
    assert fit(name, "text") == MASK


def test_an_exception_shrinks_to_type_and_place() -> None:
    error = AttributeError("SENTINEL")
    assert reduced(error) == "AttributeError at an unknown place"
    assert fit("reason", error) == reduced(error)


def test_the_place_is_the_innermost_of_ours() -> None:
    class Loud(dict[str, int]):
        def items(self):
            raise LookupError("SENTINEL")

    with pytest.raises(LookupError) as caught:
        fit("losses", Loud())
    assert reduced(caught.value).startswith("LookupError at iepbridge.privacy:")


def test_a_missing_module_is_named() -> None:
    assert reduced(ModuleNotFoundError("text", name="lxml")).startswith(
        "ModuleNotFoundError (lxml)"
    )


def test_foreign_types_are_named_with_their_module() -> None:
    assert reduced(json.JSONDecodeError("SENTINEL", "SENTINEL", 0)).startswith(
        "json.decoder.JSONDecodeError at "
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, with äöü and 日本", "plain text, with äöü and 日本"),
        ("\x1b[31m", "\\x1b[31m"),
        ("one\ntwo\r\ttab", "one\\ntwo\\r\\ttab"),
        ("\x7f\x9b\u2028\u202e\u2066", "\\x7f\\x9b\\u2028\\u202e\\u2066"),
        ("\udcff", "\\udcff"),
    ],
)
def test_control_characters_are_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown
