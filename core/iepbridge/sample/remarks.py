"""What stands beside the sections: comments, and what one system carries beyond the model."""

from iepbridge.sample.banks import rows, texts
from iepbridge.sample.case import Case, PlanPart


def comments(case: Case) -> str | None:
    """Give a comment on every fifth plan."""
    return case.draw.pick(texts("notes")["comments"]) if case.draw.chance(0.2) else None


def extensions(case: Case) -> PlanPart | None:
    """Make what one system or two carry beyond the model, in one plan of ten."""
    draw = case.draw
    if draw.chance(0.9):
        return None
    system, key, value = draw.pick(rows("people")["extensions"])
    made = {system: {key: value}}
    if draw.chance(0.2):
        made.setdefault("toolbox", {})["Personal/@channel"] = "web"
    return made
