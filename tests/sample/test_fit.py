"""How many sampled plans fit each system's file, by tables written here from the four documents.

A line is a canonical path, then its limits: `!` required, a number the size in characters, `d9`
up to nine digits, `=8` exactly eight digits, `b` bytes in windows-1252 with escapes, `t` any length
in windows-1252, `score` a number that a fixed record has room for, `json` the size as JSON.
`goals[interim]` are the goals of that term.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
import pytest

from iepbridge.plan import PlanData
from iepbridge.sample.assembly import sound_plan
from iepbridge.sample.case import open_case
from iepbridge.sample.draw import Draw
from iepbridge.sample.texture import add_texture

TWIST = """
participant.identifiers.twist ! d9
participant.name.last 35
participant.name.first 35
participant.name.middle 35
participant.name.suffix 5
participant.date_of_birth !
participant.email 100
participant.address.line1 60
participant.address.line2 60
participant.address.city 40
participant.address.county 40
assessments[].name 60
assessments[].scores[].scale 40
assessments[].scores[].level 20
barriers[].description 500
agency.board_code 10
agency.office_code 10
case_manager.staff_id 12
case_manager.name.last 35
case_manager.name.first 35
goals[overall].title 120
goals[overall].occupation.title 120
goals[interim].title 120
goals[interim].set_on !
goals[interim].outcome 500
goals[interim].measure 500
goals[interim].actions[].description ! 500
goals[interim].actions[].responsible !
goals[interim].actions[].responsible_name 60
signatures[].name ! 70
signatures[].signed_on !
services[].title 120
services[].provider 80
case_notes[].dated_on !
case_notes[].author 70
case_notes[].title 80
"""
ICC = """
participant.identifiers.icc ! d12
agency.board_code 5
agency.board 60
agency.office_code 10
agency.provider 80
case_manager.staff_id 12
case_manager.name.last 40
case_manager.name.first 40
case_manager.employer 80
case_manager.email 100
eligibility.exit_reason 200
comments 2000
participant.name.last 40
participant.name.first 40
participant.name.middle 40
participant.name.suffix 10
participant.date_of_birth !
participant.email 100
participant.address.line1 60
participant.address.line2 60
participant.address.city 40
participant.address.county 40
goals[].title ! 200
goals[].occupation.title 150
goals[].outcome 1000
goals[].measure 1000
goals[].actions[].description ! 1000
goals[].actions[].responsible_name 80
goals[].actions[].measure 500
barriers[].description 1000
barriers[].plan 1000
services[].title 120
services[].provider 80
services[].justification 1000
services[].funding 40
assessments[].name 60
assessments[].scores json 2000
case_notes[].dated_on !
case_notes[].title 120
case_notes[].author 80
case_notes[].story 8000
case_notes[].metrics json 2000
case_notes[].next_steps json 4000
case_notes[].follow_up_on json 500
signatures[].name ! 80
signatures[].signed_on !
extensions.icc json 2000
"""
CWDS = """
participant.identifiers.cwds ! b10
version d4
agency.board_code b5
agency.office_code b6
agency.provider b60
case_manager.staff_id b10
case_manager.name.last b35
case_manager.name.first b35
participant.name.last b35
participant.name.first b25
participant.name.middle b25
participant.name.suffix b5
participant.date_of_birth !
participant.address.line1 t
participant.address.line2 t
participant.address.city b30
participant.address.county b30
participant.email t
assessments[].name b60
assessments[].scores[].scale ! b40
assessments[].scores[].value score
assessments[].scores[].level b20
goals[].title ! t
goals[].occupation.title t
goals[].outcome t
goals[].measure t
goals[].actions[].description ! t
goals[].actions[].responsible_name t
goals[].actions[].measure t
services[].provider t
services[].title t
services[].justification t
services[].funding t
barriers[].description t
barriers[].plan t
case_notes[].dated_on !
case_notes[].author t
case_notes[].title t
case_notes[].story t
case_notes[].metrics[].label ! t
case_notes[].metrics[].value t
case_notes[].metrics[].unit t
case_notes[].next_steps[].goal ! t
case_notes[].next_steps[].process t
signatures[].name ! t
signatures[].signed_on !
reviews[].reviewed_on !
reviews[].progress t
comments t
eligibility.exit_reason t
extensions.cwds{} t
"""
TOOLBOX = """
participant.identifiers.toolbox ! =8
participant.name.first 40
participant.name.middle 40
participant.name.last 40
participant.name.suffix 40
participant.former_names[].name.first 40
participant.former_names[].name.last 40
participant.email 200
participant.address.line1 200
participant.address.line2 200
participant.address.city 200
participant.address.county 200
participant.skills[] 200
participant.veteran.branch 200
participant.veteran.discharge 200
agency.board 200
agency.board_code 200
agency.office_code 200
agency.provider 200
case_manager.staff_id 200
case_manager.name.first 40
case_manager.name.middle 40
case_manager.name.last 40
case_manager.name.suffix 40
case_manager.employer 200
case_manager.email 200
eligibility.exit_reason 200
development.telephone_reason 200
credentials[].title 200
credentials[].issuer 200
desired_positions[].title 200
desired_positions[].occupation.title 200
work_history[].employer 200
work_history[].title 200
work_history[].occupation.title 200
family_members[].name.first 40
family_members[].name.last 40
assessments[].name 200
assessments[].scores[].scale 200
assessments[].scores[].level 200
goals[].title 200
goals[].occupation.title 200
goals[].actions[].responsible_name 200
services[].title 200
services[].provider 200
services[].funding 200
case_notes[].title 200
case_notes[].author 200
case_notes[].metrics[].label 200
case_notes[].metrics[].value 200
case_notes[].metrics[].unit 200
activities[].title 200
signatures[].name 200
"""
TABLES = {"twist": TWIST, "icc": ICC, "cwds": CWDS, "toolbox": TOOLBOX}
STEP = re.compile(r"(\w+)(\[\w*\]|\{\})?")


@cache
def table(system: str) -> list[tuple[list[tuple[str, str]], list[str]]]:
    rows = [line.split() for line in TABLES[system].strip().splitlines()]
    return [([(m[1], m[2] or "") for m in STEP.finditer(path)], limits) for path, *limits in rows]


def leaves(value: Any, steps: list[tuple[str, str]]) -> Iterator[Any]:
    """Yield what stands at a path, None where the part is there and the field is not."""
    if not steps:
        yield value
        return
    (name, kind), *rest = steps
    inner = value.get(name)
    if kind == "":
        yield from [None] if inner is None else leaves(inner, rest)
    elif inner:
        items = inner.values() if kind == "{}" else inner
        term = kind[1:-1]
        for item in items:
            if not term or item["term"] == term:
                yield from leaves(item, rest)


def fits(value: Any, limits: list[str]) -> bool:
    if value is None:
        return "!" not in limits
    return all(met(value, limit) for limit in limits if limit not in ("!", "json"))


def met(value: Any, limit: str) -> bool:
    if limit.isdigit():
        text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
        return len(text) <= int(limit)
    if limit[0] in "d=":
        low = 1 if limit[0] == "d" else int(limit[1:])
        return re.fullmatch(f"[0-9]{{{low},{limit[1:]}}}", str(value)) is not None
    if limit == "score":
        return value >= 0 and value < 10**7 and value * 100 == int(value * 100)
    return in_code_page(value, int(limit[1:] or 10**6))


def in_code_page(text: str, size: int) -> bool:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    try:
        return len(unicodedata.normalize("NFC", escaped).encode("cp1252")) <= size
    except UnicodeEncodeError:
        return False


def program_fits(system: str, plan: PlanData) -> bool:
    return system in ("cwds", "toolbox") or not plan["program"].startswith("tanf")


def event_fits(system: str, plan: PlanData) -> bool:
    """ICC: an IEP event begins, and somebody provides it, a derived one too."""
    if system != "icc":
        return True
    events = [s for s in plan.get("services") or () if s["category"] == "iep_development"]
    known = plan.get("case_manager", {}).get("employer") or plan.get("agency", {}).get("provider")
    if not all("started_on" in event for event in events):
        return False
    derived = "started_on" in plan and "completed_on" in plan
    return bool(known) or (not derived and all("provider" in event for event in events))


def fit(system: str, plan: PlanData) -> bool:
    return (
        program_fits(system, plan)
        and event_fits(system, plan)
        and all(
            fits(value, limits) for steps, limits in table(system) for value in leaves(plan, steps)
        )
    )


@pytest.fixture(scope="module")
def fitting(plans: list[PlanData]) -> dict[str, list[bool]]:
    return {system: [fit(system, plan) for plan in plans] for system in TABLES}


def test_at_least_85_percent_fit_all_four_systems_at_once(fitting: dict[str, list[bool]]) -> None:
    everywhere = [all(one) for one in zip(*fitting.values(), strict=True)]
    assert 0.85 <= sum(everywhere) / len(everywhere) < 0.95


@pytest.mark.parametrize("system", TABLES)
def test_some_plans_do_not_fit(system: str, fitting: dict[str, list[bool]]) -> None:
    assert 0.9 < sum(fitting[system]) / len(fitting[system]) < 0.999


def test_every_sound_plan_fits_all_four_systems() -> None:
    draw = Draw()
    for number in range(600):
        draw.begin(43, number)
        plan = sound_plan(open_case(draw, number, tanf=False))
        add_texture(draw, plan)
        assert [system for system in TABLES if not fit(system, plan)] == []


@pytest.mark.parametrize("system", TABLES)
def test_the_checker_sees_each_limit(system: str) -> None:
    """Every line of a table refuses a text that is far too long, or none where one is owed."""
    for _, limits in table(system):
        assert limits in (["!"], ["score"]) or not fits("—☂" * 5000, limits)
        assert fits(None, limits) == ("!" not in limits)


def test_the_checker_knows_what_a_fixed_record_scores() -> None:
    assert not met(Decimal("-0.5"), "score")
    assert not met(Decimal("1.125"), "score")
    assert met(Decimal("12.50"), "score")


def test_each_way_of_not_fitting_is_there(plans: list[PlanData]) -> None:
    """A missing identifier, a TANF program, a long text, another script, no date of birth."""
    found = {
        "no identifier": any("identifiers" not in p["participant"] for p in plans),
        "TANF": any(p["program"].startswith("tanf") for p in plans),
        "no birth date": any("date_of_birth" not in p["participant"] for p in plans),
        "unnamed signer": any("name" not in s for p in plans for s in p.get("signatures") or ()),
        "script": any(not in_code_page(p["participant"]["name"]["first"], 99) for p in plans),
        "long story": any(len(text) > 8000 for text in stories(plans)),
        "negative": any(value < 0 for value in score_values(plans)),
    }
    assert [name for name, there in found.items() if not there] == []


def stories(plans: list[PlanData]) -> Iterator[str]:
    for plan in plans:
        for note in plan.get("case_notes") or ():
            yield note.get("story", "")


def score_values(plans: list[PlanData]) -> Iterator[Decimal | int]:
    for plan in plans:
        for assessment in plan.get("assessments") or ():
            yield from (score["value"] for score in assessment.get("scores", ()))


def test_one_plan_in_a_hundred_tells_a_story_that_continues(plans: list[PlanData]) -> None:
    long = sum(4000 < len(story) <= 8000 for story in stories(plans))
    assert 0.006 < long / len(plans) < 0.018
