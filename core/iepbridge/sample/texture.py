"""Texts that try the formats: quotes, line breaks, pipes, code pages, in places that take them."""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

from iepbridge.sample.banks import bank
from iepbridge.sample.case import PlanPart
from iepbridge.sample.draw import Draw

_EXOTIC: Final = (
    ("case_notes", "story"),
    ("case_notes", "story"),
    ("barriers", "description"),
    ("barriers", "plan"),
    ("services", "justification"),
    ("goals", "measure"),
    ("reviews", "progress"),
    ("work_history", "note"),
)
_ASIDE: Final = (
    ("family_members", "name", "foreign_names"),
    ("credentials", "issuer", "foreign_schools"),
    ("work_history", "employer", "foreign_schools"),
    ("activities", "title", "foreign_texts"),
)


def add_texture(draw: Draw, plan: PlanPart) -> None:
    """Change a few texts of the plan, within what every system takes."""
    roll = draw.roll()
    for change, share in _CHANGES:
        if roll < share:
            change(draw, plan)
            return


def parts(plan: PlanPart, section: str, field: str) -> Iterator[PlanPart]:
    """Yield the section's parts that have the field."""
    return (part for part in plan.get(section) or () if field in part)


def _exotic(draw: Draw, plan: PlanPart) -> None:
    section, field = draw.pick(_EXOTIC)
    odd = draw.pick(bank("people")["exotic"])
    for part in parts(plan, section, field):
        part[field] = odd if draw.chance(0.3) else f"{part[field]} {odd}"
        return


def _foreign_aside(draw: Draw, plan: PlanPart) -> None:
    """Use another script where no system with a code page has a place."""
    section, field, source = draw.pick(_ASIDE)
    word = draw.pick(bank("people")[source])
    for part in parts(plan, section, field):
        part[field] = {**part[field], "first": word} if field == "name" else word
        return


def _decomposed(draw: Draw, plan: PlanPart) -> None:
    """Spell the participant's name with combining marks."""
    name: dict[str, Any] = plan["participant"]["name"]
    name["first"] = unicodedata.normalize("NFD", draw.pick(bank("people")["decomposed"]))


_CHANGES: Final[tuple[tuple[Callable[[Draw, PlanPart], None], float], ...]] = (
    (_exotic, 0.12),
    (_foreign_aside, 0.16),
    (_decomposed, 0.18),
)
