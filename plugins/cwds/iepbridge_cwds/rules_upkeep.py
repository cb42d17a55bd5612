"""Rules on agreeing to a plan and keeping it: signatures, copy, reviews, closure."""

from typing import Final

from iepbridge.policy import KEPT, NOT_APPLICABLE, Case, Result, Rule, broken_at
from iepbridge_cwds.rules_source import SOURCE


def _signed(case: Case) -> Result:
    plan = case.plan
    if plan.completed_on is None:
        return NOT_APPLICABLE
    return KEPT if case.signed_by_both(plan.version) else broken_at(["signatures"])


def _copy_given(case: Case) -> Result:
    plan = case.plan
    if plan.completed_on is None:
        return NOT_APPLICABLE
    path = case.lacks_copy(plan.version)
    return KEPT if path is None else broken_at([path])


def _reviewed_after_services(case: Case) -> Result:
    ends = [(at, service.ended_on) for at, service in case.other_services]
    past = [(at, day) for at, day in ends if day is not None and day < case.today]
    if not past:
        return NOT_APPLICABLE
    return broken_at(
        [f"services[{at}].ended_on" for at, day in past if not case.reviewed_since(day)]
    )


def _closed_at_exit(case: Case) -> Result:
    exited_on = case.plan.eligibility.exited_on if case.plan.eligibility else None
    if exited_on is None or exited_on > case.today:
        return NOT_APPLICABLE
    return KEPT if case.plan.status == "closed" else broken_at(["status"])


RULES: Final = (
    Rule(
        id="PA-07",
        severity="error",
        must="once completed, be signed for this very version by participant or guardian and by"
        " the case manager",
        path="signatures",
        message="Participant (or guardian) and case manager have not both signed this version of"
        " the plan, and it must be signed every time it is updated.",
        remedy="Have both sign this version, and enter each signature with its date and the"
        " version signed.",
        clause="II.C, III.A",
        source=SOURCE,
        check=_signed,
    ),
    Rule(
        id="PA-08",
        severity="warning",
        must="once completed, have given the participant a copy",
        path="signatures[i].copy_given_on, or signatures",
        message="No copy of this version is recorded as given, and the participant is to have one.",
        remedy="Give the participant a copy and enter the day with their signature.",
        clause="II.D",
        source=SOURCE,
        check=_copy_given,
    ),
    Rule(
        id="PA-09",
        severity="warning",
        must="have a review on or after the end of every service but WIS02 that ended before today",
        path="services[i].ended_on",
        message="The plan has no review since this service ended, and it is to be reviewed every"
        " time a service is completed.",
        remedy="Review the plan with the participant and enter the review.",
        clause="III.A",
        source=SOURCE,
        check=_reviewed_after_services,
    ),
    Rule(
        id="PA-10",
        severity="warning",
        must="be closed once the participant has exited",
        path="status",
        message="The participant has left the program and the plan is still open; it should be"
        " closed upon exit.",
        remedy="Close the plan and enter the day, or correct the day of exit.",
        clause="III.A.5",
        source=SOURCE,
        check=_closed_at_exit,
    ),
)
