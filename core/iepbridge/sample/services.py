"""The services of a plan, IEP events included."""

from collections.abc import Iterator
from typing import Final, get_args

from iepbridge.plan import codes
from iepbridge.sample.banks import bank, rows
from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, PlanPart, given

IEP_EVENT: Final = "iep_development"
_OTHERS: Final = tuple(code for code in get_args(codes.ServiceCategory) if code != IEP_EVENT)
_AGAINST: Final = {
    "basic_skills": "adult_education",
    "childcare": "supportive_childcare",
    "english_language": "english_language",
    "financial": "financial_literacy",
    "housing": "supportive_housing",
    "job_readiness_skills": "job_readiness",
    "job_search_skills": "job_search",
    "occupational_skills": "occupational_training",
    "transportation": "supportive_transportation",
    "work_history": "work_experience",
}


def services(case: Case, barriers: list[PlanPart] | None) -> list[PlanPart]:
    """Make the IEP events that the plan holds itself, then services against barriers and others."""
    made = [_event(case, *event) for event in enumerate(_event_days(case), 1)]
    categories = list(_wanted(case, barriers or []))
    made += [_service(case, *wanted) for wanted in enumerate(categories, len(made) + 1)]
    return made


def _event_days(case: Case) -> list[int]:
    days = case.days
    return list(dict.fromkeys((days.origin, days.event))) if case.told else []


def _wanted(case: Case, barriers: list[PlanPart]) -> Iterator[str]:
    draw = case.draw
    for barrier in barriers[:1]:
        category = _AGAINST.get(barrier["category"])
        if category is not None and draw.chance(0.6):
            yield category
    for _ in range(draw.pick((0, 0, 1, 1, 1, 1))):
        yield draw.pick(_OTHERS)


def _event(case: Case, number: int, day: int) -> PlanPart:
    draw, text = case.draw, iso(day)
    title = draw.pick(rows("services")[IEP_EVENT])[0] if draw.chance(0.2) else None
    return given(
        {
            "service_id": f"{case.mark}S{number}",
            "category": IEP_EVENT,
            "title": title,
            "provider": case.board.employer,
            "funding": "WIOA" if draw.chance(0.3) else None,
            "started_on": text,
            "ended_on": text,
            "outcome": "successful",
        }
    )


def _service(case: Case, number: int, category: str) -> PlanPart:
    draw = case.draw
    title, justification = draw.pick(rows("services")[category])
    planned = case.days.completed + draw.between(0, 30)
    until = planned + draw.between(7, 150)
    return given(
        {
            "service_id": f"{case.mark}S{number}",
            "category": category,
            "title": title if draw.chance(0.25) else None,
            "provider": _provider(case, category),
            "referral": draw.chance(0.6) if draw.chance(0.25) else None,
            "justification": justification,
            "funding": draw.pick(bank("services")["funding"]) if draw.chance(0.2) else None,
            "planned_start_on": iso(planned),
            "planned_end_on": iso(until),
            **_taken_up(case, planned, until),
        }
    )


def _provider(case: Case, category: str) -> str:
    providers = bank("services").get(f"provider.{category}")
    return case.draw.pick(providers) if providers else case.board.employer


def _taken_up(case: Case, planned: int, until: int) -> PlanPart:
    """Say when the service began and ended, as far as that is known."""
    draw, seen = case.draw, case.days.seen
    started = planned + draw.between(0, 9)
    if started > seen or draw.chance(0.2):
        return {}
    ended = max(started, until + draw.between(-6, 6))
    if ended > seen:
        return {"started_on": iso(started)}
    outcome = "successful" if draw.chance(0.85) else "unsuccessful"
    return {"started_on": iso(started), "ended_on": iso(ended), "outcome": outcome}
