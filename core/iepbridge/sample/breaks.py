"""What keeps real plans out of one system's file or another: no model refuses any of it."""

from decimal import Decimal
from typing import Final

from iepbridge.sample.banks import bank, texts
from iepbridge.sample.case import PlanPart
from iepbridge.sample.draw import Draw
from iepbridge.sample.lapses import Change, draft
from iepbridge.sample.texture import parts

_SYSTEMS: Final = ("twist", "icc", "cwds", "toolbox")
_MALFORMED: Final = (
    ("twist", "10451237700"),
    ("twist", "T-1045"),
    ("icc", "IN 7743"),
    ("icc", "1234567890123"),
    ("cwds", "P0001234567"),
    ("toolbox", "1234567"),
)
_TOO_LONG: Final = (
    ("goals", "title", 160, 260),
    ("goals", "outcome", 1010, 1300),
    ("services", "provider", 82, 120),
    ("services", "justification", 1010, 1400),
    ("services", "title", 122, 160),
    ("barriers", "description", 520, 1200),
    ("assessments", "name", 62, 90),
    ("case_notes", "title", 85, 130),
    ("case_notes", "story", 8100, 9500),
    ("signatures", "name", 72, 95),
    ("activities", "title", 205, 260),
)
_FOREIGN: Final = (
    ("goals", "title"),
    ("goals", "measure"),
    ("case_notes", "story"),
    ("case_notes", "author"),
    ("barriers", "description"),
    ("services", "provider"),
    ("reviews", "progress"),
    ("signatures", "name"),
)
_REQUIRED: Final = (
    ("goals", "title"),
    ("goals", "set_on"),
    ("signatures", "name"),
    ("signatures", "signed_on"),
    ("signatures", "name"),
    ("case_notes", "dated_on"),
    ("reviews", "reviewed_on"),
)
_ACTION_FIELDS: Final = ("description", "responsible")


def break_plan(draw: Draw, plan: PlanPart) -> None:
    """Break the plan in one way that real data do."""
    draw.pick(_BREAKS)(draw, plan)


def _no_identifier(draw: Draw, plan: PlanPart) -> None:
    identifiers = plan["participant"]["identifiers"]
    del identifiers[draw.pick(_SYSTEMS)]
    if draw.chance(0.3):
        del plan["participant"]["identifiers"]


def _malformed_identifier(draw: Draw, plan: PlanPart) -> None:
    system, value = draw.pick(_MALFORMED)
    plan["participant"]["identifiers"][system] = value


def _no_birth_date(_: Draw, plan: PlanPart) -> None:
    del plan["participant"]["date_of_birth"]


def _too_long(draw: Draw, plan: PlanPart) -> None:
    """Lengthen a text beyond its place in one system at least, the comments where it is missing."""
    section, field, low, high = draw.pick(_TOO_LONG)
    for part in parts(plan, section, field):
        part[field] = _padded(draw, part[field], draw.between(low, high))
        return
    plan["comments"] = _padded(draw, "", draw.between(2010, 3000))


def _padded(draw: Draw, text: str, length: int) -> str:
    sentences = texts("notes")["long"]
    while len(text) < length:
        text = f"{text} {draw.pick(sentences)}".lstrip()
    return text[:length].replace("@", "X").rstrip(" ").ljust(length, ".")


def _long_name(draw: Draw, plan: PlanPart) -> None:
    name = plan["participant"]["name"]
    if draw.chance(0.5):
        name["last"] = f"{name['last']}-Featherstonehaugh-Cholmondeley-Montgomery"
    else:
        plan["agency"]["office_code"] = f"OFFICE-{draw.between(10_000, 99_999)}"


def _foreign(draw: Draw, plan: PlanPart) -> None:
    """Use a character that windows-1252 lacks."""
    section, field = draw.pick(_FOREIGN)
    for part in parts(plan, section, field):
        part[field] = f"{part[field]} {draw.pick(bank('people')['foreign_texts'])}"
        return
    _foreign_name(draw, plan)


def _foreign_name(draw: Draw, plan: PlanPart) -> None:
    plan["participant"]["name"]["first"] = draw.pick(bank("people")["foreign_names"])


def _required(draw: Draw, plan: PlanPart) -> None:
    """Take away what a format requires and the model does not."""
    section, field = draw.pick(_REQUIRED)
    for part in parts(plan, section, field):
        del part[field]


def _bare_actions(draw: Draw, plan: PlanPart) -> None:
    field = draw.pick(_ACTION_FIELDS)
    for goal in plan.get("goals") or ():
        for action in goal.get("actions", ())[:1]:
            action.pop(field)


def _odd_scores(draw: Draw, plan: PlanPart) -> None:
    """Score below zero, or to more places than a fixed record has."""
    for assessment in plan["assessments"][-1:]:
        assessment["scores"].append({"scale": "Gain since pretest", "value": draw.pick(_ODD)})


def _sparse(draw: Draw, plan: PlanPart) -> None:
    """Leave a draft of which hardly more than the name is known."""
    draft(draw, plan)
    kept = ("identifiers", "name", "phone") if draw.chance(0.5) else ("name",)
    person = plan["participant"]
    plan["participant"] = {field: person[field] for field in kept if field in person}
    for field in ("agency", "case_manager", "started_on", "goals", "barriers", "services"):
        plan.pop(field, None)


_ODD: Final = (Decimal("-1.25"), Decimal("-0.5"), -3, Decimal("8.125"), Decimal("-12.75"))
_BREAKS: Final[tuple[Change, ...]] = (
    _no_identifier,
    _no_identifier,
    _malformed_identifier,
    _no_birth_date,
    _too_long,
    _too_long,
    _long_name,
    _foreign,
    _foreign,
    _foreign_name,
    _required,
    _required,
    _bare_actions,
    _odd_scores,
    _sparse,
)
