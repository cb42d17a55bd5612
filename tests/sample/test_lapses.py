"""What a lapse takes away, and that nothing then refers to what is gone."""

from copy import deepcopy

import pytest

from iepbridge.plan import PlanData, read_plan
from iepbridge.sample import lapses
from iepbridge.sample.assembly import sound_plan
from iepbridge.sample.case import open_case
from iepbridge.sample.draw import Draw


def sound(number: int) -> tuple[Draw, PlanData]:
    draw = Draw()
    draw.begin(23, number)
    return draw, sound_plan(open_case(draw, number, tanf=False))


@pytest.mark.parametrize("lapse", dict.fromkeys(lapses._LAPSES), ids=lambda one: one.__name__)
def test_the_model_takes_a_plan_with_any_lapse(lapse: lapses.Change) -> None:
    changed = 0
    for number in range(60):
        draw, plan = sound(number)
        before = deepcopy(plan)
        lapse(draw, plan)
        read_plan(plan)
        changed += plan != before
    assert changed > 5


@pytest.mark.parametrize("section", lapses.SECTIONS)
@pytest.mark.parametrize("discussed", [True, False])
def test_a_blank_section_is_referred_to_by_nothing(section: str, discussed: bool) -> None:
    for number in range(40):
        _, plan = sound(number)
        lapses.blank(plan, section, discussed=discussed)
        read_plan(plan)
        assert plan.get(section) == ([] if discussed else None)


def test_a_draft_is_neither_completed_nor_signed() -> None:
    for number in range(60):
        draw, plan = sound(number)
        lapses.draft(draw, plan)
        assert plan["status"] == "draft"
        assert "completed_on" not in plan
        assert not plan.get("signatures")
        assert "exited_on" not in plan.get("eligibility", {})
