"""Plan after plan: each settled, written, and at times spoiled."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from iepbridge.plan import Plan, PlanData
from iepbridge.sample.assembly import sound_plan
from iepbridge.sample.breaks import break_plan
from iepbridge.sample.case import open_case
from iepbridge.sample.draw import Draw
from iepbridge.sample.lapses import lapse
from iepbridge.sample.texture import add_texture

_TANF: Final = 0.04
_BROKEN: Final = 0.12
_LAPSED: Final = 0.38


def sample_plans(count: int, seed: int = 0) -> Iterator[PlanData]:
    """Yield made-up plans in canonical JSON form: plan k is the same for every count.

    Nearly nine in ten fit the files of all four systems, and seven in ten of these keep every
    policy rule that is an error; the others fail as real plans do. The model takes them all.
    """
    draw = Draw()
    for number in range(count):
        draw.begin(seed, number)
        yield _plan(draw, number)


def _plan(draw: Draw, number: int) -> PlanData:
    fate = draw.roll()
    plan = sound_plan(open_case(draw, number, tanf=fate < _TANF))
    add_texture(draw, plan)
    if fate >= _LAPSED or fate < _TANF:
        return plan
    spoil = break_plan if fate < _BROKEN else lapse
    spoil(draw, plan)
    return _in_order(plan)


def _in_order(plan: PlanData) -> PlanData:
    return {name: plan[name] for name in _fields() if name in plan}


@cache
def _fields() -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in Plan.model_fields.items())
