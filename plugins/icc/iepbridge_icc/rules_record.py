"""What Indiana asks to be recorded about a plan: its IEP activity, updates and closing."""

from typing import Final

from iepbridge.finding import Severity
from iepbridge.iep_event import staff_employer
from iepbridge.plan import Plan
from iepbridge.plan.parts import CaseNote, Service
from iepbridge.policy import KEPT, NOT_APPLICABLE, Break, Case, Result, Rule, broken_at
from iepbridge_icc.rules_source import SOURCE


def _events_last_one_day(case: Case) -> Result:
    if not case.events:
        return NOT_APPLICABLE
    found = [(at, _how_bad(event, case)) for at, event in case.events]
    return tuple([Break(f"services[{at}].ended_on", one) for at, one in found if one is not None])


def _how_bad(event: Service, case: Case) -> Severity | None:
    """Give None for an event of one day, or one that may still end on the day it began."""
    start, end = event.started_on, event.ended_on
    if start is None:
        return "warning"
    if start == end or (end is None and start == case.today):
        return None
    days = ((end or case.today) - start).days
    return "error" if days > case.figures.iep_activity_days else "warning"


def _events_name_the_employer(case: Case) -> Result:
    if not case.events:
        return NOT_APPLICABLE
    employer = staff_employer(case.plan)
    return broken_at(
        [
            f"services[{at}].provider"
            for at, event in case.events
            if event.provider is None or employer not in (None, event.provider)
        ]
    )


def _change_has_an_event(case: Case) -> Result:
    if case.previous is None or not case.significant:
        return NOT_APPLICABLE
    before = Case(case.previous, case.today)
    known = {event.service_id for _, event in before.events}
    new = any(event.service_id not in known for _, event in case.events)
    return KEPT if new else (Break("services"),)


def _change_has_a_note(case: Case) -> Result:
    if case.previous is None or not case.significant:
        return NOT_APPLICABLE
    before = Case(case.previous, case.today)
    known = {note.note_id for _, note in before.notes_about("iep_update")}
    notes = [one for _, one in case.notes_about("iep_update") if one.note_id not in known]
    return KEPT if any(_is_of(note, case.plan) for note in notes) else (Break("case_notes"),)


def _is_of(note: CaseNote, plan: Plan) -> bool:
    """Say whether a note is of the time of this version or later."""
    day = plan.completed_on or plan.started_on
    return note.dated_on is not None and (day is None or note.dated_on >= day)


def _is_closed_after_exit(case: Case) -> Result:
    plan = case.plan
    if plan.status != "closed" or plan.closed_on is None:
        return NOT_APPLICABLE
    exited = plan.eligibility.exited_on if plan.eligibility else None
    kept = exited is not None and plan.closed_on >= exited
    return KEPT if kept else (Break("closed_on"),)


RULES: Final = (
    Rule(
        id="IN-09",
        severity="warning",
        otherwise="error",
        must="have each IEP event entered and exited on one day",
        path="services[i].ended_on",
        message="This IEP activity was not entered and exited on one day; developing a plan is an "
        "activity of a single day, and may be open for a short period only as an exception.",
        remedy="Exit the activity on the day it was entered; if a date is missing or wrong, "
        "correct it.",
        clause="C.b",
        source=SOURCE,
        check=_events_last_one_day,
    ),
    Rule(
        id="IN-10",
        severity="error",
        must="name the staff's employer as provider of each IEP event",
        path="services[i].provider",
        message="The provider of this IEP activity is missing or is not the employer of the staff "
        "who made the plan.",
        remedy="Select as provider of the activity the organization that employs the case "
        "manager; if the employer recorded in the plan is wrong, correct that.",
        clause="C.b",
        source=SOURCE,
        check=_events_name_the_employer,
    ),
    Rule(
        id="IN-11",
        severity="error",
        must="have for a significant change an IEP event that the version before lacks",
        path="services",
        message="The plan has changed significantly since the version before, but no IEP activity "
        "has been added; one is to be entered each time.",
        remedy="Enter a new IEP activity for this change, entered and exited on the day of it.",
        clause="C.c",
        source=SOURCE,
        check=_change_has_an_event,
    ),
    Rule(
        id="IN-12",
        severity="error",
        must="have for a significant change a case note about the update that the version before "
        "lacks, dated on or after the completion (else the start) of this version",
        path="case_notes",
        message="The plan has changed significantly since the version before, but no case note "
        "about the update has been entered since.",
        remedy="Write a case note about the update, dated on the day this version was completed or "
        "later.",
        clause="B",
        source=SOURCE,
        check=_change_has_a_note,
    ),
    Rule(
        id="IN-13",
        severity="error",
        must="be closed only on or after the day the participant exited",
        path="closed_on",
        message="The plan is closed before the participant's exit, or without one; it remains open "
        "during participation.",
        remedy="Keep the plan active until exit; if the participant has exited, enter the day of "
        "exit, and close the plan on that day or later.",
        clause="Background",
        source=SOURCE,
        check=_is_closed_after_exit,
    ),
)
