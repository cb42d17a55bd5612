"""Who lives in the participant's household."""

from typing import Final

from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.person import relative_name

_COUPLE: Final = ("spouse", "partner")
_ADULTS: Final = ("parent", "sibling", "other_relative", "unrelated")
_CHILDREN: Final = ("child", "child", "stepchild", "grandchild", "sibling")
_CHILD_DAYS: Final = (100, 6000)
_ADULT_DAYS: Final = (7000, 24_000)


def family_members(case: Case) -> list[PlanPart] | None:
    """Make the household: children where it is one parent's, more where it is two parents'."""
    draw = case.draw
    if draw.chance(0.7) and not case.program.startswith("tanf"):
        return None
    if case.household == "single_parent":
        return [_member(case, _CHILDREN) for _ in range(draw.pick((1, 1, 2)))]
    if case.household == "two_parent":
        return [_member(case, _COUPLE), _member(case, _CHILDREN)]
    return [_member(case, _ADULTS)] if draw.chance(0.75) else []


def _member(case: Case, kin: tuple[str, ...]) -> PlanPart:
    draw = case.draw
    relation = draw.pick(kin)
    age = _CHILD_DAYS if relation in _CHILDREN else _ADULT_DAYS
    return given(
        {
            "name": relative_name(case),
            "relation": relation,
            "date_of_birth": iso(case.days.determined - draw.between(*age)),
            "on_assistance_case": draw.chance(0.7) if draw.chance(0.4) else None,
        }
    )
