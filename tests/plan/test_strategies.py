"""The strategies that other tests stand on: always valid, and reaching everything."""

from typing import Any

from hypothesis import given, settings
from tests.plan.examples import FULL, pattern, refusals
from tests.strategies import PLAIN, plans

from iepbridge.plan.absence import tidy
from iepbridge.plan.paths import leaves


@given(plans())
def test_plans_are_valid(data: dict[str, Any]) -> None:
    assert refusals(data) == []


@given(plans(sized=True, fragments=PLAIN))
def test_sized_texts(data: dict[str, Any]) -> None:
    assert refusals(data) == []
    for path, value in leaves(data):
        if path.rpartition(".")[2] in {"title", "comments", "story", "last", "provider"}:
            assert 5 <= len(value) <= 40
            assert value.isascii()


@given(plans(identifiers=("twist", "toolbox")))
def test_chosen_identifiers(data: dict[str, Any]) -> None:
    assert refusals(data) == []
    assert set(data["participant"]["identifiers"]) == {"twist", "toolbox"}


@given(plans(tidied=True))
def test_tidy_plans(data: dict[str, Any]) -> None:
    assert tidy(data) == data
    assert refusals(data) == []


def test_every_field_is_reached_and_every_form_of_absence() -> None:
    reached: set[str] = set()
    forms = {"null": False, "empty section": False, "empty item": False, "empty object": False}

    @settings(max_examples=400)
    @given(plans())
    def collect(data: dict[str, Any]) -> None:
        reached.update(pattern(path) for path, _ in leaves(data))
        forms["null"] |= None in data.values()
        forms["empty section"] |= data.get("goals") == []
        forms["empty item"] |= {} in (data.get("work_history") or [])
        forms["empty object"] |= data.get("agency") == {}

    collect()
    assert {pattern(path) for path, _ in leaves(FULL)} <= reached
    assert all(forms.values()), forms
