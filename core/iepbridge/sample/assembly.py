"""One plan, section by section, with nothing wrong in it."""

from iepbridge.plan import FORM, PlanData
from iepbridge.sample.activities import activities, participation_hours
from iepbridge.sample.agreement import reviews, signatures
from iepbridge.sample.assessments import assessments
from iepbridge.sample.barriers import barriers
from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, given
from iepbridge.sample.family import family_members
from iepbridge.sample.goals import goals
from iepbridge.sample.history import credentials, desired_positions, work_history
from iepbridge.sample.notes import case_notes
from iepbridge.sample.person import participant
from iepbridge.sample.remarks import comments, extensions
from iepbridge.sample.services import services
from iepbridge.sample.setting import agency, case_manager, development, eligibility


def sound_plan(case: Case) -> PlanData:
    """Write a plan in canonical order that every system takes and that keeps every policy."""
    days = case.days
    stand = barriers(case)
    offered = services(case, stand)
    return given(
        {
            "schema": FORM,
            "plan_id": case.plan_id,
            "version": case.version,
            "program": case.program,
            "status": case.status,
            "started_on": iso(days.started),
            "completed_on": iso(days.completed),
            "closed_on": iso(days.closed),
            "development": development(case),
            "agency": agency(case),
            "case_manager": case_manager(case),
            "participant": participant(case),
            "eligibility": eligibility(case),
            "credentials": credentials(case),
            "desired_positions": desired_positions(case),
            "work_history": work_history(case),
            "family_members": family_members(case),
            "assessments": assessments(case),
            "goals": goals(case, stand, offered),
            "barriers": stand,
            "services": offered,
            "activities": activities(case),
            "participation_hours": participation_hours(case),
            "comments": comments(case),
            "case_notes": case_notes(case),
            "reviews": reviews(case),
            "signatures": signatures(case),
            "extensions": extensions(case),
        }
    )
