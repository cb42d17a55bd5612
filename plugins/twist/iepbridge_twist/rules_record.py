"""What Texas asks to be recorded about a plan: service 68, notes, signatures, assessments."""

from typing import Final

from iepbridge.iep_event import IEP_DEVELOPMENT
from iepbridge.policy import KEPT, NOT_APPLICABLE, Break, Case, Result, Rule, broken_at
from iepbridge_twist.rules_source import SOURCE

_BEFORE_THE_PLAN: Final = frozenset(
    {IEP_DEVELOPMENT, "comprehensive_assessment", "career_planning"}
)


def _has_event_with_outcome(case: Case) -> Result:
    if not case.events:
        return (Break("services"),)
    return broken_at(
        [
            f"services[{at}].outcome"
            for at, event in case.events
            if event.ended_on is not None and event.outcome is None
        ]
    )


def _has_development_note(case: Case) -> Result:
    return KEPT if case.notes_about("iep_development") else (Break("case_notes"),)


def _is_signed(case: Case) -> Result:
    if case.plan.completed_on is None:
        return NOT_APPLICABLE
    return KEPT if case.signed_by_both(case.plan.version) else (Break("signatures"),)


def _copy_is_given(case: Case) -> Result:
    if case.plan.completed_on is None:
        return NOT_APPLICABLE
    path = case.lacks_copy(case.plan.version)
    return KEPT if path is None else (Break(path),)


def _has_assessment(case: Case) -> Result:
    return KEPT if case.plan.assessments else (Break("assessments"),)


def _is_completed_before_services(case: Case) -> Result:
    if case.plan.version != 1:
        return NOT_APPLICABLE
    starts = [
        one.started_on
        for one in case.plan.services or ()
        if one.started_on is not None and one.category not in _BEFORE_THE_PLAN
    ]
    if not starts:
        return NOT_APPLICABLE
    completed, first = case.plan.completed_on, min(starts)
    late = first <= case.today if completed is None else completed > first
    return (Break("completed_on"),) if late else KEPT


RULES: Final = (
    Rule(
        id="TX-11",
        severity="error",
        must="hold an IEP event (service 68), and in each that has ended an outcome",
        path="services, or services[i].outcome",
        message="Service 68, which records that the plan was made, is missing or has ended without "
        "a completion reason.",
        remedy="Enter service 68 with the day the plan was begun; for one that has ended, select "
        "whether it was successful.",
        clause="Data entry, service 68",
        source=SOURCE,
        check=_has_event_with_outcome,
    ),
    Rule(
        id="TX-12",
        severity="error",
        must="hold a case note about the development of the plan",
        path="case_notes",
        message="No case note documents that the development of the plan is completed.",
        remedy="Write a case note about the development of the plan, dated on the day it was made.",
        clause="Data entry, case note",
        source=SOURCE,
        check=_has_development_note,
    ),
    Rule(
        id="TX-13",
        severity="error",
        must="once completed, be signed by participant (or guardian) and case manager for this "
        "version",
        path="signatures",
        message="The plan is completed but not signed by both sides: a dated signature of the "
        "customer (or a guardian) or of staff is missing for this version.",
        remedy="Review the plan with the customer, have both sign and date it, and record each "
        "signature with this version of the plan.",
        clause="Work instructions",
        source=SOURCE,
        check=_is_signed,
    ),
    Rule(
        id="TX-14",
        severity="warning",
        must="once completed, have given the participant a signed copy",
        path="signatures[i].copy_given_on, or signatures",
        message="The plan is completed, but nothing shows that the customer received a signed "
        "copy of this version.",
        remedy="Give the customer a signed copy and enter the day with the customer's signature.",
        clause="Work instructions",
        source=SOURCE,
        check=_copy_is_given,
    ),
    Rule(
        id="TX-15",
        severity="warning",
        must="rest on at least one assessment",
        path="assessments",
        message="The plan has no assessment; it should stem from assessment interviews and scores.",
        remedy="Record the assessments that the plan was made from.",
        clause="Expectations",
        source=SOURCE,
        check=_has_assessment,
    ),
    Rule(
        id="TX-18",
        severity="warning",
        must="in version 1, be completed on or before the start of the first service that is no "
        "IEP event, assessment or career planning",
        path="completed_on",
        message="A service started before the plan was completed; the plan is to say what is "
        "needed before services are given.",
        remedy="Complete the plan and enter the day; if it was completed in time, correct that day "
        "or the start of the service.",
        clause="Services",
        source=SOURCE,
        check=_is_completed_before_services,
    ),
)
