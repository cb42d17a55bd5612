"""Rules on what a plan says of the participant: common data, history, wishes, household."""

import datetime
from typing import Final

from iepbridge.plan import Plan
from iepbridge.plan.participant import Address
from iepbridge.policy import KEPT, NOT_APPLICABLE, Break, Case, Result, Rule, broken_at, missing
from iepbridge_toolbox.rules_sources import CAP


def is_at_work(plan: Plan) -> bool:
    """Say whether the participant has work, enough of it or not."""
    return plan.participant.employment_status in ("employed", "underemployed")


def _identified(case: Case) -> Result:
    """Look for common data; the address is one place, whatever it lacks."""
    person = case.plan.participant
    address = [] if _is_whole(person.address) else ["participant.address"]
    return broken_at(address + missing(person, "participant", "ssn", "date_of_birth"))


def _is_whole(address: Address | None) -> bool:
    return address is not None and not missing(address, "", "line1", "city", "state", "zip")


def _credentials_and_veteran_discussed(case: Case) -> Result:
    sections = (
        ("credentials", case.plan.credentials),
        ("participant.veteran", case.plan.participant.veteran),
    )
    return broken_at([path for path, section in sections if section is None])


def _positions_desired(case: Case) -> Result:
    return KEPT if case.plan.desired_positions else broken_at(["desired_positions"])


def _history_complete(case: Case) -> Result:
    jobs = case.plan.work_history or ()
    if is_at_work(case.plan):
        jobs = [job for job in jobs if job.ended_on is None]
    return KEPT if jobs else broken_at(["work_history"])


def _family_discussed(case: Case) -> Result:
    if case.plan.family_members is not None:
        return KEPT
    return [Break("family_members", "error" if case.plan.program == "tanf_cap" else None)]


def _dismissals_answered(case: Case) -> Result:
    if not _dismissed_thrice(case.plan):
        return NOT_APPLICABLE
    categories = [barrier.category for barrier in case.plan.barriers or ()]
    return KEPT if "job_retention_skills" in categories else broken_at(["work_history"])


def _dismissed_thrice(plan: Plan) -> bool:
    """Say whether three jobs ended with dismissal within any twelve months."""
    jobs = [one for one in plan.work_history or () if one.reason_for_leaving == "fired"]
    ends = sorted([one.ended_on for one in jobs if one.ended_on])
    return any(_within_a_year(*pair) for pair in zip(ends, ends[2:], strict=False))


def _within_a_year(first: datetime.date, last: datetime.date) -> bool:
    """Of a 29 February, the year ends with the next February."""
    same_day = (first.year + 1, first.month, first.day)
    return (last.year, last.month, last.day) <= same_day


RULES: Final = (
    Rule(
        id="MO-04",
        severity="error",
        must="carry the participant's name, address (line1, city, state, zip), SSN and date of"
        " birth",
        path="the missing field, participant.address as a whole",
        message="Common data of the participant are missing: the plan carries name, address (line"
        " 1, city, state and ZIP code), SSN and date of birth.",
        remedy="Complete the data where the participant is enrolled, and review them with the"
        " participant.",
        clause="CAP, personal section",
        source=CAP,
        check=_identified,
    ),
    Rule(
        id="MO-05",
        severity="error",
        must="have credentials and veteran status discussed (N/A is an answer)",
        path="credentials, participant.veteran",
        message="The plan does not show that this section was discussed: degrees, certificates and"
        " licenses, and veteran status, each need an entry or N/A.",
        remedy="Discuss the section with the participant and enter what there is, or N/A.",
        clause="CAP, deg/cert/lic and veteran",
        source=CAP,
        check=_credentials_and_veteran_discussed,
    ),
    Rule(
        id="MO-06",
        severity="warning",
        must="have at least one desired position",
        path="desired_positions",
        message="The plan names no position that the participant desires, and these are to be"
        " reviewed with the participant.",
        remedy="Ask the participant what work they want and enter at least one position.",
        clause="CAP, desired positions",
        source=CAP,
        check=_positions_desired,
    ),
    Rule(
        id="MO-07",
        severity="warning",
        must="have at least one job in the work history, one that has not ended where the"
        " participant is employed or underemployed",
        path="work_history",
        message="The work history lacks the participant's current or most recent employment, which"
        " the case manager needs at a glance to develop the plan.",
        remedy="Enter the current or most recent job; where the participant is at work, one"
        " without an end date.",
        clause="CAP, work history",
        source=CAP,
        check=_history_complete,
    ),
    Rule(
        id="MO-08",
        severity="warning",
        otherwise="error",
        must="have family members completed (N/A is an answer)",
        path="family_members",
        message="The family members have not been completed: everyone in the household belongs"
        " there, since it may matter to a barrier such as childcare or transportation.",
        remedy="Enter everyone who lives in the household, or N/A where nobody else does.",
        clause="CAP, family members",
        source=CAP,
        check=_family_discussed,
    ),
    Rule(
        id="MO-17",
        severity="info",
        must="where three or more jobs ended with dismissal within any twelve months, have a"
        " barrier about keeping a job (job_retention_skills)",
        path="work_history",
        message="Three or more jobs ended with dismissal within twelve months, and no barrier of"
        " the plan is about keeping a job: such a history calls for discussing it.",
        remedy="Discuss keeping a job with the participant and add a barrier about job retention"
        " skills.",
        clause="CAP, work history",
        source=CAP,
        check=_dismissals_answered,
    ),
)
