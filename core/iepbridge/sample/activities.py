"""The work activities of a plan, and the hours of participation it asks for."""

from typing import Final, get_args

from iepbridge.plan import codes
from iepbridge.sample.banks import texts
from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.history import HOURS

_KINDS: Final[tuple[str, ...]] = get_args(codes.ActivityKind)
_REQUIRED: Final = (20, 25, 30, 30, 35, 40)


def activities(case: Case) -> list[PlanPart] | None:
    """Make the work activities: not discussed, none, one or two."""
    roll = case.draw.roll()
    if roll < 0.6 and not case.program.startswith("tanf"):
        return None
    count = 0 if 0.6 <= roll < 0.68 else 1 if roll < 0.97 else 2
    return [_activity(case, number) for number in range(1, count + 1)]


def _activity(case: Case, number: int) -> PlanPart:
    draw, days = case.draw, case.days
    kind = draw.pick(_KINDS)
    started = days.completed + draw.between(0, 20)
    ends = started + draw.between(20, 180)
    ended = draw.between(started, days.seen) if started < days.seen and draw.chance(0.2) else None
    return given(
        {
            "activity_id": f"{case.mark}W{number}",
            "kind": kind,
            "title": draw.pick(texts("services")[f"activity.{kind}"]) if draw.chance(0.7) else None,
            "started_on": iso(started),
            "ends_on": iso(ends) if draw.chance(0.85) else None,
            "ended_on": iso(ended),
            "weekly_hours": draw.pick(HOURS) if draw.chance(0.85) else None,
        }
    )


def participation_hours(case: Case) -> PlanPart:
    """Make the hours required: a week's, at times a month's."""
    draw = case.draw
    required = draw.pick(_REQUIRED)
    if draw.chance(0.85):
        return {"required": required, "per": "week"}
    return {"required": required * 4, "per": "month"}
