"""What the participant brings along: credentials, positions wished for, jobs held."""

from decimal import Decimal
from typing import Final

from iepbridge.sample.banks import bank, texts
from iepbridge.sample.calendar import iso
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.draw import Draw
from iepbridge.sample.tables import Occupation, occupations

HOURS: Final = (40, 40, 40, 35, 32, 30, 25, 20, Decimal("37.5"), Decimal("22.25"))
_LEFT: Final = ("quit", "laid_off", "fired", "ended", "other")
_KINDS: Final = ("degree", "certificate", "license")


def credentials(case: Case) -> list[PlanPart]:
    """Make the degrees, certificates and licences, none for every second participant."""
    return [_credential(case) for _ in range(case.draw.pick((0, 0, 0, 1)))]


def _credential(case: Case) -> PlanPart:
    draw = case.draw
    kind = draw.pick(_KINDS)
    degrees = bank("people")["degrees"]
    title = draw.pick(degrees) if kind == "degree" else draw.pick(occupations()).credential
    earned = case.days.determined - draw.between(20, 3000)
    return given(
        {
            "kind": kind,
            "title": title[:1].upper() + title[1:],
            "issuer": draw.pick(bank("people")[f"issuers.{kind}"]) if draw.chance(0.6) else None,
            "earned_on": iso(earned) if draw.chance(0.9) else None,
            "expires_on": iso(earned + draw.pick((730, 1095))) if kind == "license" else None,
        }
    )


def desired_positions(case: Case) -> list[PlanPart] | None:
    """Make the desired positions: none asked for, none wanted, one or two."""
    roll = case.draw.roll()
    if roll < 0.6:
        return None
    wished = (case.occupation, case.draw.pick(occupations()))
    count = 0 if roll < 0.68 else 1 if roll < 0.97 else 2
    return [_position(case.draw, occupation) for occupation in wished[:count]]


def _position(draw: Draw, occupation: Occupation) -> PlanPart:
    return given(
        {
            "title": occupation.position,
            "occupation": coded(occupation) if draw.chance(0.35) else None,
            "minimum_wage": draw.pick(occupation.wages) if draw.chance(0.8) else None,
            "weekly_hours": draw.pick(HOURS) if draw.chance(0.5) else None,
        }
    )


def coded(occupation: Occupation) -> PlanPart:
    """Write an occupation with its code and title."""
    return {"code": occupation.code, "title": occupation.title}


def work_history(case: Case) -> list[PlanPart] | None:
    """Make the jobs held, newest first; who is employed has one that goes on."""
    draw = case.draw
    roll = draw.roll()
    if roll < 0.58:
        return None
    if case.employment in ("employed", "underemployed"):
        return [_current_job(case), *_past_jobs(case, draw.pick((0, 0, 1)))]
    return _past_jobs(case, 0 if roll < 0.66 else 1 if roll < 0.92 else 2)


def _current_job(case: Case) -> PlanPart:
    started = case.days.determined - case.draw.between(20, 900)
    return _job(case.draw, started, None, "still_employed")


def _past_jobs(case: Case, count: int) -> list[PlanPart]:
    draw = case.draw
    jobs = []
    ended = case.days.determined - draw.between(10, 300)
    for _ in range(count):
        started = ended - draw.between(60, 500)
        jobs.append(_job(draw, started, ended, draw.pick(_LEFT)))
        ended = started - draw.between(5, 200)
    return jobs


def _job(draw: Draw, started: int, ended: int | None, leaving: str) -> PlanPart:
    occupation = draw.pick(occupations())
    volunteer = draw.chance(0.06)
    paid = not volunteer and draw.chance(0.6)
    return given(
        {
            "employer": draw.pick(bank("people")["employers"]),
            "title": occupation.position,
            "occupation": coded(occupation) if draw.chance(0.2) else None,
            "started_on": iso(started) if draw.chance(0.9) else None,
            "ended_on": iso(ended),
            "weekly_hours": draw.pick(HOURS) if draw.chance(0.5) else None,
            "hourly_wage": draw.pick(occupation.wages) if paid else None,
            "volunteer": True if volunteer else (False if draw.chance(0.1) else None),
            "reason_for_leaving": leaving if draw.chance(0.7) else None,
            "note": draw.pick(texts("people")["job_notes"]) if draw.chance(0.12) else None,
        }
    )
