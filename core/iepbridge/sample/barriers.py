"""What stands between the participant and work."""

from typing import Final, get_args

from iepbridge.plan import codes
from iepbridge.sample.banks import rows
from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, PlanPart, given

CATEGORIES: Final[tuple[str, ...]] = get_args(codes.BarrierCategory)


def barriers(case: Case) -> list[PlanPart] | None:
    """Make the barriers: not discussed, none, or one to three of different categories."""
    draw = case.draw
    roll = draw.roll()
    if roll < 0.03 and not case.program.startswith("tanf"):
        return None
    count = 0 if roll < 0.34 else 1 if roll < 0.78 else 2 if roll < 0.96 else 3
    first = draw.between(0, len(CATEGORIES) - 1)
    step = draw.between(1, 6)
    places = [(first + turn * step) % len(CATEGORIES) for turn in range(count)]
    return [_barrier(case, turn, CATEGORIES[place]) for turn, place in enumerate(places, 1)]


def _barrier(case: Case, number: int, category: str) -> PlanPart:
    draw, days = case.draw, case.days
    description, plan = draw.pick(rows("barriers")[category])
    identified = days.origin - draw.between(0, 5)
    resolved = draw.between(identified, days.seen) if draw.chance(0.12) else None
    goal = draw.between(1, len(case.pattern)) if draw.chance(0.15) else None
    return given(
        {
            "barrier_id": f"{case.mark}B{number}",
            "category": category,
            "description": description,
            "identified_on": iso(identified) if draw.chance(0.5) else None,
            "plan": plan,
            "expected_resolution_on": iso(days.completed + draw.between(14, 150)),
            "resolved_on": iso(resolved),
            "goal_id": None if goal is None else f"{case.mark}G{goal}",
        }
    )
