"""The goals of a plan, with their actions."""

from typing import Final

from iepbridge.sample.actions import LEEWAY, Agenda
from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.history import coded

_ORDER: Final = (
    "comprehensive_assessment",
    "career_planning",
    "training_services",
    "job_search_services",
)
_STATUS: Final = ("open",) * 16 + ("achieved",) * 3 + ("not_achieved", "withdrawn")


def goals(case: Case, barriers: list[PlanPart] | None, services: list[PlanPart]) -> list[PlanPart]:
    """Make the goals in the case's pattern, with an action for every barrier.

    The interim goals are of categories that follow one another; the first is set on the day of
    the IEP event.
    """
    agenda = Agenda(case, barriers, services)
    count = case.pattern.count("interim")
    first = turn = case.draw.between(0, len(_ORDER) - count)
    made = []
    for number, term in enumerate(case.pattern, 1):
        goal_id = f"{case.mark}G{number}"
        if term == "interim":
            start = case.days.origin if turn == first else _later(case)
            last = turn == first + count - 1
            made.append(_interim(case, agenda, goal_id, _ORDER[turn], start, last=last))
            turn += 1
        else:
            made.append(_other(case, agenda, goal_id, term))
    return made


def _later(case: Case) -> int:
    return case.days.event + case.draw.between(0, 30)


def _interim(
    case: Case, agenda: Agenda, goal_id: str, category: str, start: int, *, last: bool
) -> PlanPart:
    draw = case.draw
    kind, title, outcome, measure = draw.pick(case.occupation.goals[category])
    status, achieved = _status(case, start)
    return given(
        {
            "goal_id": goal_id,
            "term": "interim",
            "kind": kind,
            "category": category,
            "title": title,
            **_field_of_work(case, named=draw.chance(0.04)),
            "outcome": outcome,
            "measure": measure,
            "set_on": iso(start),
            "target_on": iso(start + draw.between(30, 200)),
            "achieved_on": iso(achieved),
            "status": status,
            "actions": agenda.actions("interim", category, start, achieved, last=last),
        }
    )


def _other(case: Case, agenda: Agenda, goal_id: str, term: str) -> PlanPart:
    """Make the overall goal, or one of long or short term."""
    draw = case.draw
    overall = term == "overall"
    kind, title, outcome, measure = draw.pick(case.occupation.goals[term])
    start = case.days.origin if overall else _later(case)
    status, achieved = _status(case, start)
    told = draw.chance(0.1)
    return given(
        {
            "goal_id": goal_id,
            "term": term,
            "kind": kind,
            "title": title,
            **_field_of_work(case, named=case.decided if overall else draw.chance(0.05)),
            "outcome": outcome if told else None,
            "measure": measure if told else None,
            "set_on": iso(start),
            "target_on": iso(start + draw.between(30, 200)) if draw.chance(0.4) else None,
            "achieved_on": iso(achieved),
            "status": status,
            "actions": agenda.actions(term, "goal", start, achieved, last=False) or None,
        }
    )


def _status(case: Case, start: int) -> tuple[str | None, int | None]:
    draw, seen = case.draw, case.days.seen
    status = draw.pick(_STATUS)
    if status == "achieved" and start + LEEWAY <= seen:
        return status, draw.between(start + LEEWAY, seen)
    known = status != "achieved" and draw.chance(0.3)
    return (status if known else None), None


def _field_of_work(case: Case, *, named: bool) -> PlanPart:
    """Name the occupation, at times the career cluster: always where none else is agreed."""
    roll = case.draw.roll()
    cluster = roll < 0.13 or not case.decided
    return {
        "occupation": coded(case.occupation) if named else None,
        "career_cluster": case.occupation.cluster if cluster else None,
        "nontraditional": roll < 0.06 if roll < 0.1 else None,
    }
