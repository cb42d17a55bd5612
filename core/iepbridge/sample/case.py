"""What is settled about a plan before it is written: who, where, which version, and when."""

from typing import Any, Final, NamedTuple, TypeAlias

from iepbridge.sample.calendar import day_number, workdays
from iepbridge.sample.draw import Draw
from iepbridge.sample.tables import (
    Board,
    City,
    Occupation,
    PersonalName,
    Region,
    names,
    regions,
    trades,
)

PlanPart: TypeAlias = dict[str, Any]
"""A part of a plan as plain data, its fields in canonical order."""

_EARLIEST: Final = day_number(2024, 1, 2)
_LATEST: Final = day_number(2025, 7, 31)
_STATES: Final = ("TX", "IN", "PA", "MO")
_PROGRAMS: Final = (
    *("wioa_adult",) * 3,
    *("wioa_dislocated_worker",) * 2,
    *("wioa_youth",) * 2,
    "other",
)
_TANF: Final = ("tanf_cap", "tanf_mwa")
_PATTERNS: Final = (
    *(("overall", "interim", "interim"),) * 4,
    ("overall", "interim", "interim", "interim"),
    *(("overall", "interim"),) * 3,
    ("overall", "short_term", "interim", "interim"),
    ("overall", "long_term", "interim", "interim"),
    ("overall", "long_term", "short_term", "interim"),
    ("overall", "interim", "short_term"),
    ("interim", "overall", "long_term"),
)
_VERSIONS: Final = (2, 2, 2, 2, 3, 3, 4, 5, 12, 107)
_SEXES: Final = ("female",) * 10 + ("male",) * 9 + ("not_disclosed",)
_HOUSEHOLDS: Final = ("single_parent", "two_parent", "no_dependents", "no_dependents")
_EMPLOYMENT: Final = (
    *("unemployed",) * 4,
    "employed",
    "underemployed",
    "notice_received",
    "not_in_labor_force",
)


class Days(NamedTuple):
    """The plan's days, by number (`calendar`), each on or after the one before where it stands.

    `origin` is the IEP event of version 1, `event` that of this version; after `seen`, nothing is
    known to have happened.
    """

    determined: int
    enrolled: int
    origin: int
    started: int
    event: int
    completed: int
    exited: int | None
    closed: int | None
    seen: int


class Case(NamedTuple):
    """One plan to be written; `draw` goes on from part to part.

    `mark` begins the ids of parts; `told` says that the plan holds its IEP events itself,
    `decided` that an occupation is agreed, not only a career cluster.
    """

    draw: Draw
    number: int
    plan_id: str
    mark: str
    program: str
    status: str
    version: int
    days: Days
    region: Region
    city: City
    board: Board
    occupation: Occupation
    sex: str
    first: PersonalName
    last: PersonalName
    suffix: str | None
    staff: tuple[str, str]
    born: int
    household: str
    employment: str
    pattern: tuple[str, ...]
    told: bool
    decided: bool


def given(part: PlanPart) -> PlanPart:
    """Leave out what is None."""
    return {name: value for name, value in part.items() if value is not None}


def open_case(draw: Draw, number: int, *, tanf: bool) -> Case:
    """Settle plan `number` from its draws; `tanf` asks for a program of Temporary Assistance."""
    program = draw.pick(_TANF if tanf else _PROGRAMS)
    region = regions()["MO" if tanf and draw.chance(0.8) else draw.pick(_STATES)]
    version = _version(draw)
    status = "closed" if draw.chance(0.14) else "active"
    told = draw.chance(0.55)
    days = _days(draw, version, told, status == "closed")
    sex = draw.pick(_SEXES)
    return Case(
        draw=draw,
        number=number,
        plan_id=f"{region.state}-{number:06d}-{draw.digest[16:22]}",
        mark=f"{draw.digest[:31]}-" if draw.chance(0.01) else "",
        program=program,
        status=status,
        version=version,
        days=days,
        region=region,
        city=draw.pick(region.cities),
        board=draw.pick(region.boards),
        occupation=draw.pick(draw.pick(trades())),
        sex=sex,
        first=draw.pick(names("male" if sex == "male" else "female")),
        last=draw.pick(names("last")),
        suffix=_suffix(draw),
        staff=(draw.pick(names("staff_first")).text, draw.pick(names("staff_last")).text),
        born=_born(draw, program, days.started),
        household=draw.pick(_HOUSEHOLDS),
        employment=draw.pick(_EMPLOYMENT),
        pattern=draw.pick(_PATTERNS),
        told=told,
        decided=not draw.chance(0.05),
    )


def _version(draw: Draw) -> int:
    return 1 if draw.chance(0.8) else draw.pick(_VERSIONS)


def _suffix(draw: Draw) -> str | None:
    return draw.pick(names("suffix")).text if draw.chance(0.07) else None


def _born(draw: Draw, program: str, started: int) -> int:
    youngest, eldest = (16, 23) if program == "wioa_youth" else (19, 62)
    return started - draw.between(youngest * 366, eldest * 366)


def _days(draw: Draw, version: int, told: bool, closed: bool) -> Days:
    work = workdays()
    determined = work[draw.between(_EARLIEST, _LATEST)]
    enrolled = work[determined + draw.between(0, 6)]
    started = work[enrolled + draw.between(0, 4)]
    origin = event = work[started + draw.between(0, 4)] if told else started
    if version > 1:
        started = work[origin + draw.between(45, 150)]
        event = work[started + draw.between(0, 3)] if told else started
        origin = origin if told else started
    completed = work[event + draw.between(0, 2)]
    exited = work[completed + draw.between(30, 120)] if closed else None
    left = None if exited is None else work[exited + draw.between(0, 5)]
    seen = completed + draw.between(3, 150) if left is None else left
    return Days(determined, enrolled, origin, started, event, completed, exited, left, seen)
