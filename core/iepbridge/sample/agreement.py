"""Reviews of a plan and signatures under it."""

from typing import Final

from iepbridge.sample.banks import texts
from iepbridge.sample.calendar import iso, workdays
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.person import full_name

_ADULT_DAYS: Final = 18 * 366
_METHODS: Final = ("wet", "wet", "electronic", "electronic", "electronic", "telephone")
_TRIGGERS: Final = ("scheduled", "scheduled", "service_completed", "significant_change")


def reviews(case: Case) -> list[PlanPart] | None:
    """Make the reviews: not discussed, none, one or two; a closed plan's is the one at exit."""
    draw, days = case.draw, case.days
    if days.exited is not None:
        return [_review(case, days.exited, "exit")]
    roll = draw.roll()
    if roll < 0.6:
        return None
    count = 0 if roll < 0.7 else 1 if roll < 0.96 else 2
    dates = sorted(draw.between(days.completed, days.seen) for _ in range(count))
    return [_review(case, day, draw.pick(_TRIGGERS)) for day in dates]


def _review(case: Case, day: int, trigger: str) -> PlanPart:
    draw = case.draw
    return given(
        {
            "reviewed_on": iso(day),
            "trigger": trigger,
            "progress": draw.pick(texts("notes")["reviews"]),
            "plan_changed": draw.chance(0.3) if draw.chance(0.4) else None,
        }
    )


def signatures(case: Case) -> list[PlanPart]:
    """Make the signatures for this version, a guardian's too where the participant is a minor."""
    days = case.days
    first, last = case.staff
    day = workdays()[days.completed + case.draw.pick((0, 0, 0, 1))]
    made = [_signature(case, "participant", full_name(case), day)]
    if days.started - case.born < _ADULT_DAYS:
        made.append(_signature(case, "guardian", f"Rosa {case.last.text}", day))
    made.append(_signature(case, "case_manager", f"{first} {last}", day))
    return made


def _signature(case: Case, role: str, name: str, day: int) -> PlanPart:
    draw = case.draw
    staff = role == "case_manager"
    copied = not staff and draw.chance(0.75)
    return given(
        {
            "role": role,
            "name": name,
            "signed_on": iso(day),
            "method": draw.pick(_METHODS) if draw.chance(0.22) else None,
            "plan_version": case.version,
            "release_of_information": None if staff else True,
            "copy_given_on": iso(day + draw.pick((0, 0, 1))) if copied else None,
        }
    )
