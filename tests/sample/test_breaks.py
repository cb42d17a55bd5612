"""What a break does: the model takes the plan, some system's file does not."""

from copy import deepcopy

import pytest

from iepbridge.plan import PlanData, read_plan
from iepbridge.sample import breaks
from iepbridge.sample.assembly import sound_plan
from iepbridge.sample.case import open_case
from iepbridge.sample.draw import Draw
from iepbridge.sample.lapses import Change


def sound(number: int) -> tuple[Draw, PlanData]:
    draw = Draw()
    draw.begin(29, number)
    return draw, sound_plan(open_case(draw, number, tanf=False))


@pytest.mark.parametrize("spoil", dict.fromkeys(breaks._BREAKS), ids=lambda one: one.__name__)
def test_the_model_takes_a_broken_plan(spoil: Change) -> None:
    changed = 0
    for number in range(60):
        draw, plan = sound(number)
        before = deepcopy(plan)
        spoil(draw, plan)
        read_plan(plan)
        changed += plan != before
    assert changed > 15


@pytest.mark.parametrize("length", [82, 1_010, 9_500])
def test_a_padded_text_has_its_length(length: int) -> None:
    draw, _ = sound(1)
    text = breaks._padded(draw, "Known", length)
    assert len(text) == length
    assert text.startswith("Known ")
    assert text[-1] != " "


def test_an_identifier_may_be_missing_alone_or_with_all_others() -> None:
    left = set()
    for number in range(80):
        draw, plan = sound(number)
        breaks._no_identifier(draw, plan)
        left.add(len(plan["participant"].get("identifiers", ())))
    assert left == {0, 3}


def test_a_sparse_draft_has_hardly_more_than_a_name() -> None:
    for number in range(40):
        draw, plan = sound(number)
        breaks._sparse(draw, plan)
        assert plan["status"] == "draft"
        assert set(plan["participant"]) <= {"identifiers", "name", "phone"}
        assert not {"agency", "goals", "started_on"} & plan.keys()
