"""The participant of a sampled plan. Social security numbers are of the areas 900-999 alone."""

from typing import Final

from iepbridge.sample.banks import bank, texts
from iepbridge.sample.calendar import day_number, iso, iso_texts
from iepbridge.sample.case import Case, PlanPart, given
from iepbridge.sample.draw import Draw
from iepbridge.sample.tables import names

_EDUCATION: Final = (
    "none",
    "grade_school",
    *("some_high_school",) * 2,
    *("high_school",) * 4,
    *("ged",) * 2,
    *("some_college",) * 2,
    "certificate",
    "associate",
    "bachelor",
    "graduate",
)
_MAIL: Final = ("example.org", "example.net")
_DISCHARGED: Final = day_number(2022, 6, 30)
_TOO_YOUNG: Final = day_number(2001, 7, 1)
_STRIDE: Final = 7_654_321


def participant(case: Case) -> PlanPart:
    """Make the participant."""
    draw = case.draw
    return given(
        {
            "identifiers": _identifiers(case),
            "ssn": _ssn(draw),
            "name": _name(case),
            "former_names": _former_names(case) if draw.chance(0.06) else None,
            "date_of_birth": iso(case.born),
            "address": _address(case),
            "phone": phone(case) if draw.chance(0.5) else None,
            "email": _email(case) if draw.chance(0.2) else None,
            "sex": case.sex if draw.chance(0.55) else None,
            "household": _household(case) if draw.chance(0.4) else None,
            "veteran": _veteran(case),
            "education_level": draw.pick(_EDUCATION) if draw.chance(0.55) else None,
            "employment_status": case.employment if draw.chance(0.75) else None,
            "skills": _skills(draw) if draw.chance(0.2) else None,
        }
    )


def _identifiers(case: Case) -> PlanPart:
    """Number the participant once in each system; no two plans of one seed share a number."""
    own = int(case.draw.digest[24:32], 16)
    number = case.number + 1
    return {
        "twist": f"{number * _STRIDE % 10**9:09d}" if own % 9 else str(number % 10**8),
        "icc": str(10**6 + number % 10**10 * 17 + own % 17),
        "cwds": f"{'PKX'[own % 3]}{number % 10**9:07d}",
        "toolbox": f"{number * _STRIDE % 10**8:08d}",
    }


def _ssn(draw: Draw) -> str:
    roll = int(draw.roll() * 98_990_100)
    area, group = 900 + roll // 989_901, 1 + roll // 9_999 % 99
    return f"{area}{group:02d}{1 + roll % 9_999:04d}"


def _name(case: Case) -> PlanPart:
    draw = case.draw
    name = {"first": case.first.text}
    if draw.chance(0.12):
        name["middle"] = draw.pick(bank("names")["middle"])
    name["last"] = case.last.text
    if case.suffix is not None:
        name["suffix"] = case.suffix
    return name


def _former_names(case: Case) -> list[PlanPart]:
    draw = case.draw
    name = _personal(draw, case.first.text, draw.pick(bank("people")["former"]), 0.35)
    changed = iso(case.days.started - draw.between(30, 3000)) if draw.chance(0.8) else None
    return [given({"name": name, "changed_on": changed})]


def _address(case: Case) -> PlanPart:
    draw, city = case.draw, case.city
    street = draw.pick(bank("people")["streets"])
    address = {"line1": f"{draw.between(1, 9899)} {street}"}
    if draw.chance(0.12):
        address["line2"] = draw.pick(bank("people")["units"])
    address["city"] = city.city
    address["state"] = case.region.state
    address["zip"] = f"{city.zip}-{draw.between(1, 9999):04d}" if draw.chance(0.1) else city.zip
    if draw.chance(0.25):
        address["county"] = city.county
    return address


def phone(case: Case) -> str:
    """Give a telephone number of the participant's area that nobody has: 555-0100 to 555-0199."""
    return f"{case.city.area}55501{case.draw.between(0, 99):02d}"


def _email(case: Case) -> str:
    draw = case.draw
    user = f"{case.first.plain}.{case.last.plain}{draw.between(1, 99)}"
    return f"{user}@{draw.pick(_MAIL)}"


def _household(case: Case) -> PlanPart:
    draw = case.draw
    household = {"type": case.household}
    if draw.chance(0.2):
        household["since"] = iso_texts()[case.days.determined - draw.between(30, 2500)]
    return household


def _veteran(case: Case) -> PlanPart:
    roll = case.draw.roll()
    if roll < 0.86 or case.born >= _TOO_YOUNG:
        return {"is_veteran": False}
    if roll < 0.91:
        return {"is_veteran": True}
    return {"is_veteran": roll < 0.972, **_service(case)}


def _service(case: Case) -> PlanPart:
    draw = case.draw
    entered = case.born + draw.between(6600, 7200)
    separated = min(entered + draw.between(200, 3000), _DISCHARGED)
    return given(
        {
            "branch": draw.pick(bank("people")["branches"]),
            "entered_on": iso(entered),
            "separated_on": iso(separated) if draw.chance(0.9) else None,
            "discharge": draw.pick(bank("people")["discharges"]) if draw.chance(0.8) else None,
        }
    )


def _skills(draw: Draw) -> list[str]:
    skills = texts("people")["skills"]
    first = draw.between(0, len(skills) - 3)
    return list(skills[first : first + draw.between(1, 3)])


def full_name(case: Case) -> str:
    """Write the participant's name as it stands under a signature."""
    name = f"{case.first.text} {case.last.text}"
    return name if case.suffix is None else f"{name} {case.suffix}"


def relative_name(case: Case) -> PlanPart:
    """Name someone of the participant's family."""
    draw = case.draw
    first = draw.pick(names("female" if draw.chance(0.5) else "male")).text
    last = case.last.text if draw.chance(0.8) else draw.pick(names("last")).text
    return _personal(draw, first, last, 0.1)


def _personal(draw: Draw, first: str, last: str, share: float) -> PlanPart:
    """Put a name together, with a middle name and a suffix in this share of cases each."""
    return given(
        {
            "first": first,
            "middle": draw.pick(bank("names")["middle"]) if draw.chance(share) else None,
            "last": last,
            "suffix": draw.pick(bank("names")["suffix"]) if draw.chance(share) else None,
        }
    )
