"""Rules on how a plan comes about: eligibility, required assessments, WIS02, completion."""

import datetime
from typing import Final

from iepbridge.plan import Plan
from iepbridge.policy import KEPT, NOT_APPLICABLE, Case, Result, Rule, broken_at
from iepbridge_cwds.rules_source import SOURCE

REQUIRED_INSTRUMENTS: Final = ("careerscope", "torq", "tabe", "onet")


def _started_once_eligible(case: Case) -> Result:
    plan = case.plan
    determined_on = plan.eligibility.determined_on if plan.eligibility else None
    days = {"started_on": plan.started_on, "eligibility.determined_on": determined_on}
    if plan.started_on is None or determined_on is None:
        return broken_at([path for path, day in days.items() if day is None])
    return KEPT if plan.started_on >= determined_on else broken_at(["started_on"])


def _assessed(case: Case) -> Result:
    assessments = case.plan.assessments or ()
    scored = {one.instrument for one in assessments if one.scores}
    return KEPT if scored.issuperset(REQUIRED_INSTRUMENTS) else broken_at(["assessments"])


def _reviewed_by_wis02(case: Case) -> Result:
    """Without WIS02 there is no day to be late for, and any review will do."""
    last = _wis02_on(case) or datetime.date.max
    reviewed = {
        one.instrument
        for one in case.plan.assessments or ()
        if one.reviewed_on is not None and one.reviewed_on <= last
    }
    late = [_place_of(case.plan, one) for one in REQUIRED_INSTRUMENTS if one not in reviewed]
    return broken_at(list(dict.fromkeys(late)))


def _place_of(plan: Plan, instrument: str) -> str:
    """Give the place where the first assessment by an instrument has, or lacks, its review."""
    for at, assessment in enumerate(plan.assessments or ()):
        if assessment.instrument == instrument:
            return f"assessments[{at}].reviewed_on"
    return "assessments"


def _completed_from_wis02(case: Case) -> Result:
    completed_on, wis02_on = case.plan.completed_on, _wis02_on(case)
    if completed_on is None or wis02_on is None:
        return NOT_APPLICABLE
    return KEPT if completed_on >= wis02_on else broken_at(["completed_on"])


def _wis02_on(case: Case) -> datetime.date | None:
    """Give the first day on or after the plan's start on which an IEP event starts."""
    earliest = case.plan.started_on or datetime.date.min
    days = [event.started_on for _, event in case.events if event.started_on is not None]
    return min((day for day in days if day >= earliest), default=None)


RULES: Final = (
    Rule(
        id="PA-01",
        severity="error",
        must="not start before eligibility was determined (the same day is fine, unknown is not)",
        path="started_on, or eligibility.determined_on",
        message="The plan started before the participant's eligibility was determined, or one of"
        " the two days is not known; work on it may begin on the day of eligibility at the"
        " earliest.",
        remedy="Enter or correct the day on which eligibility was determined and the day on which"
        " the plan was started.",
        clause="I.B",
        source=SOURCE,
        check=_started_once_eligible,
    ),
    Rule(
        id="PA-02",
        severity="error",
        must="document CareerScope, TORQ, TABE and O*NET, each with at least one score",
        path="assessments",
        message="A required assessment is missing or has no score: the outcomes of CareerScope,"
        " TORQ, TABE and O*NET should be documented on the plan.",
        remedy="Give the assessments that are missing, and enter at least one score for each of"
        " the four.",
        clause="I.F.1",
        source=SOURCE,
        check=_assessed,
    ),
    Rule(
        id="PA-03",
        severity="error",
        must="have each of the four required assessments reviewed with the participant on or"
        " before the date of WIS02",
        path="assessments[i].reviewed_on, or assessments",
        message="The results of a required assessment were not reviewed with the participant by"
        " the day of WIS02, which is entered when the results of all four are reviewed.",
        remedy="Go through the results with the participant and enter the day; correct the start"
        " of WIS02 if it was entered too early.",
        clause="I.F.2",
        source=SOURCE,
        check=_reviewed_by_wis02,
    ),
    Rule(
        id="PA-04",
        severity="error",
        must="once completed, be completed on or after the date of WIS02",
        path="completed_on",
        message="The plan was completed before WIS02: it can be completed only once the results"
        " of the assessments have been reviewed with the participant and WIS02 is entered.",
        remedy="Correct the day of completion, or the start of WIS02.",
        clause="I.F.2",
        source=SOURCE,
        check=_completed_from_wis02,
    ),
)
