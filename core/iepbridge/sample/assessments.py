"""What tests found, and when the results were gone through with the participant."""

from decimal import Decimal
from typing import Final

from iepbridge.sample.banks import bank
from iepbridge.sample.calendar import iso_texts, workdays
from iepbridge.sample.case import Case, PlanPart
from iepbridge.sample.draw import Draw

_REQUIRED: Final = ("careerscope", "torq", "tabe", "onet")
_FRACTIONS: Final = (Decimal("0.5"), Decimal("0.25"), Decimal("0.75"), Decimal("0.1"))
_SCORES: Final[dict[str, tuple[int, int]]] = {
    "careerscope": (70, 135),
    "torq": (40, 99),
    "tabe": (430, 640),
    "onet": (3, 40),
    "other": (1, 90),
}


def assessments(case: Case) -> list[PlanPart]:
    """Make the four required assessments, reviewed by the IEP event, at times one more."""
    made = [_assessment(case, instrument) for instrument in _REQUIRED]
    if case.draw.chance(0.1):
        name = case.draw.pick(bank("people")["other_names"])
        made.append({"instrument": "other", "name": name, **_assessment(case, "other")})
    return made


def _assessment(case: Case, instrument: str) -> PlanPart:
    draw, origin = case.draw, case.days.origin
    days, work = iso_texts(), workdays()
    scales = bank("people")[instrument]
    first = draw.between(0, len(scales) - 1)
    scored = scales[first : first + draw.pick((1, 1, 1, 1, 1, 1, 2))]
    assessment: PlanPart = {"instrument": instrument}
    if draw.chance(0.12):
        assessment["taken_on"] = days[work[origin - draw.between(6, 20)]]
    assessment["reviewed_on"] = days[work[origin - draw.between(0, 3)]]
    assessment["scores"] = [_score(draw, instrument, scale) for scale in scored]
    return assessment


def _score(draw: Draw, instrument: str, scale: str) -> PlanPart:
    roll = draw.roll()
    value: int | Decimal = draw.between(*_SCORES[instrument])
    if roll < 0.1:
        value += draw.pick(_FRACTIONS)
    if roll < 0.9:
        return {"scale": scale, "value": value}
    levels = "levels.tabe" if instrument == "tabe" else "levels"
    return {"scale": scale, "value": value, "level": draw.pick(bank("people")[levels])}
