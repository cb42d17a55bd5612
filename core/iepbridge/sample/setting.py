"""Who made the plan and how: development, agency, case manager, eligibility."""

from iepbridge.sample.banks import texts
from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.person import phone


def development(case: Case) -> PlanPart:
    """Make the section on how the plan was made: mostly in person, always with the participant."""
    draw = case.draw
    roll = draw.roll()
    if roll < 0.85:
        return {"mode": "in_person", "participant_present": True}
    if roll < 0.9:
        return {"mode": "video", "participant_present": True}
    reason = draw.pick(texts("notes")["telephone"])
    return {"mode": "telephone", "participant_present": True, "telephone_reason": reason}


def agency(case: Case) -> PlanPart:
    """Make the agency; its office code is the board's with a two-digit number."""
    draw, board = case.draw, case.board
    return given(
        {
            "state": case.region.state,
            "board": board.name if draw.chance(0.3) else None,
            "board_code": board.code if draw.chance(0.6) else None,
            "office_code": f"{draw.between(1, 99):04d}" if draw.chance(0.5) else None,
            "provider": board.employer if draw.chance(0.25) else None,
        }
    )


def case_manager(case: Case) -> PlanPart:
    """Make the case manager; the employer always stands."""
    draw = case.draw
    first, last = case.staff
    name = {"first": first, "last": last}
    if draw.chance(0.03):
        name = {"first": first, "middle": "M.", "last": last, "suffix": "Jr."}
    return given(
        {
            "staff_id": f"S{draw.between(100, 99_999)}" if draw.chance(0.35) else None,
            "name": name,
            "employer": case.board.employer,
            "phone": phone(case) if draw.chance(0.2) else None,
            "email": f"staff{draw.between(1, 400)}@example.org" if draw.chance(0.12) else None,
        }
    )


def eligibility(case: Case) -> PlanPart:
    """Make the days of eligibility, enrolment and exit."""
    draw, days = case.draw, case.days
    return given(
        {
            "determined_on": iso(days.determined),
            "enrolled_on": iso(days.enrolled) if draw.chance(0.25) else None,
            "exited_on": iso(days.exited),
            "exit_reason": None
            if days.exited is None
            else draw.pick(texts("notes")["exit_reasons"]),
        }
    )
