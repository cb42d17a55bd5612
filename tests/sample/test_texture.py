"""Odd texts in places that take them."""

import unicodedata

from iepbridge.plan import PlanData
from iepbridge.sample.assembly import sound_plan
from iepbridge.sample.banks import bank
from iepbridge.sample.case import open_case
from iepbridge.sample.draw import Draw
from iepbridge.sample.texture import _decomposed, _exotic, _foreign_aside, add_texture, parts


def sound(number: int) -> tuple[Draw, PlanData]:
    draw = Draw()
    draw.begin(31, number)
    return draw, sound_plan(open_case(draw, number, tanf=False))


def test_parts_are_those_that_have_the_field() -> None:
    plan = {"goals": [{"title": "a"}, {}], "barriers": []}
    assert list(parts(plan, "goals", "title")) == [{"title": "a"}]
    assert not list(parts(plan, "barriers", "plan"))
    assert not list(parts(plan, "reviews", "progress"))


def test_about_one_plan_in_six_is_changed() -> None:
    changed = 0
    for number in range(400):
        draw, plan = sound(number)
        before = repr(plan)
        add_texture(draw, plan)
        changed += repr(plan) != before
    assert 30 < changed < 100


def test_an_exotic_text_stands_alone_or_behind_what_was_there() -> None:
    found = set()
    for number in range(200):
        draw, plan = sound(number)
        _exotic(draw, plan)
        text = repr(plan)
        found |= {odd for odd in bank("people")["exotic"] if repr(odd)[1:-1] in text}
    assert len(found) > 10


def test_another_script_stands_only_where_no_code_page_is_asked_for() -> None:
    for number in range(200):
        draw, plan = sound(number)
        before = {section: repr(value) for section, value in plan.items()}
        _foreign_aside(draw, plan)
        changed = {section for section, value in plan.items() if repr(value) != before[section]}
        assert changed <= {"family_members", "credentials", "work_history", "activities"}


def test_a_decomposed_name_composes_to_the_code_page() -> None:
    draw, plan = sound(3)
    _decomposed(draw, plan)
    first = plan["participant"]["name"]["first"]
    assert not unicodedata.is_normalized("NFC", first)
    unicodedata.normalize("NFC", first).encode("cp1252")
