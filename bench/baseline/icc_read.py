"""ICC (Indiana) by hand, inwards: the rows of one plan to its data, and a whole file's plans."""

import datetime
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

from . import icc_tables as tables  # noqa: TID252 - `bench.baseline` here, `baseline` there
from .icc_file import Cells, rows, unpacked  # noqa: TID252
from .icc_tables import DAY  # noqa: TID252
from .reading import (  # noqa: TID252
    Decoded,
    FileRefused,
    Reading,
    refuse_repeated,
    whole,
)

PlanRows: TypeAlias = dict[str, list[Cells]]
"""The rows of one plan by member, in the order of the file."""

_PROGRAM: Final = tables.back(tables.PROGRAM)
_STATUS: Final = tables.back(tables.STATUS)
_MODE: Final = tables.back(tables.MODE)
_SEX: Final = tables.back(tables.SEX)
_EDUCATION: Final = tables.back(tables.EDUCATION)
_EMPLOYMENT: Final = tables.back(tables.EMPLOYMENT)
_HOUSEHOLD: Final = tables.back(tables.HOUSEHOLD)
_KIND: Final = tables.back(tables.KIND)
_TERM: Final = tables.back(tables.TERM)
_CATEGORY: Final = tables.back(tables.CATEGORY)
_GOAL_STATUS: Final = tables.back(tables.GOAL_STATUS)
_CLUSTER: Final = {name: name for name in tables.CLUSTERS}
_RESPONSIBLE: Final = tables.back(tables.RESPONSIBLE)
_BARRIER: Final = tables.back(tables.BARRIER)
_SERVICE: Final = tables.back(tables.SERVICE)
_COMPLETION: Final = tables.back(tables.COMPLETION)
_INSTRUMENT: Final = tables.back(tables.INSTRUMENT)
_SUBJECT: Final = tables.back(tables.SUBJECT)
_ROLE: Final = tables.back(tables.ROLE)
_METHOD: Final = tables.back(tables.METHOD)
_FLAG: Final = tables.back(tables.FLAG)
_NUMBER: Final = re.compile(r"[1-9][0-9]*").fullmatch
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch

Row: TypeAlias = tuple[str, int, Cells]
"""A member's name, the number of a row of it within the plan from 1, and its cells."""


class _Part:
    """One object of a plan being filled from cells; `place` goes before the names of its fields.

    `columns` names the columns of fields whose object has no canonical place.
    """

    __slots__ = ("columns", "data", "fault", "place")

    def __init__(
        self, reading: Reading, place: str = "", columns: dict[str, str] | None = None
    ) -> None:
        self.data: dict[str, Any] = {}
        self.place = place
        self.fault = reading.fault
        self.columns = columns

    def path(self, field: str) -> str:
        return self.place + (self.columns[field] if self.columns else field)

    def text(self, field: str, cell: str) -> None:
        if cell:
            self.data[field] = cell

    def needed(self, field: str, cell: str) -> None:
        if cell:
            self.data[field] = cell
        else:
            self.fault("FMT-REQUIRED", self.path(field))

    def day(self, field: str, cell: str) -> None:
        if cell:
            self.data[field] = day = DAY[cell]
            if day is None:
                self.fault("FMT-VALUE", self.path(field))

    def needed_day(self, field: str, cell: str) -> None:
        if cell:
            self.day(field, cell)
        else:
            self.fault("FMT-REQUIRED", self.path(field))

    def code(self, field: str, cell: str, table: dict[str, Any]) -> None:
        if cell:
            self.data[field] = code = table.get(cell)
            if code is None:
                self.fault("FMT-CODE", self.path(field))

    def needed_code(self, field: str, cell: str, table: dict[str, Any]) -> None:
        if cell:
            self.code(field, cell, table)
        else:
            self.fault("FMT-REQUIRED", self.path(field))

    def flag(self, field: str, cell: str) -> None:
        if cell:
            self.data[field] = flag = _FLAG.get(cell)
            if flag is None:
                self.fault("FMT-VALUE", self.path(field))

    def number(self, field: str, cell: str) -> None:
        if cell:
            if _NUMBER(cell):
                self.data[field] = whole(cell)
            else:
                self.fault("FMT-VALUE", self.path(field))

    def array(self, field: str, cell: str, is_item: Callable[[Any], bool]) -> None:
        """Read a JSON cell; an empty list is absence."""
        if cell:
            items = _array(cell)
            if items is None or not all(map(is_item, items)):
                self.fault("FMT-VALUE", self.path(field))
            elif items:
                self.data[field] = [_without_nulls(item) for item in items]


def read_file(content: bytes) -> list[Decoded]:
    """Read a whole file, or raise `FileRefused`."""
    return list(stream(io.BytesIO(content)))


def stream(source: BinaryIO) -> Iterator[Decoded]:
    """Read plan after plan; the members' texts stay in memory, their rows do not.

    What says that the file is to be refused may come after plans: other counts, other plans.
    """
    texts, stated = unpacked(source.read())
    refuse_repeated(row[0] for row in rows(texts["PLAN"], tables.COLUMNS["PLAN"]))
    members = {name: _Member(rows(texts[name], tables.COLUMNS[name])) for name in tables.COLUMNS}
    plans = members.pop("PLAN")
    while (cells := plans.next) is not None:
        plans.take()
        yield decode(cells, {name: one.of(cells[0]) for name, one in members.items()})
    for name, one in {"PLAN": plans, **members}.items():
        if one.next is not None:
            raise FileRefused("a row of no plan, or of one that stands elsewhere")
        if one.count != stated[name]:
            raise FileRefused("a count")


class _Member:
    """The rows of a member, of which the next is known."""

    __slots__ = ("_rows", "count", "next")

    def __init__(self, found: Iterator[Cells]) -> None:
        self._rows = found
        self.count = 0
        self.next = next(found, None)

    def take(self) -> None:
        self.count += 1
        self.next = next(self._rows, None)

    def of(self, plan_id: str) -> list[Cells]:
        """Take the rows of a plan that come next."""
        taken: list[Cells] = []
        while plan_id and self.next is not None and self.next[0] == plan_id:
            taken.append(self.next)
            self.take()
        return taken


def decode(cells: Cells, found: PlanRows) -> Decoded:
    """Read one plan: its row of PLAN, and its rows of the other members."""
    reading = Reading(None, "icc")
    plan = _plan(reading, cells)
    data = plan.data
    data["participant"] = _participant(reading, cells, found["PERSON"])
    goals = _goals(reading, found["GOAL"])
    _objectives(reading, found["OBJECTIVE"], goals)
    services = _ordered(
        reading, ("SERVICE", found["SERVICE"], 2), ("ACTIVITY", found["ACTIVITY"], 4)
    )
    _nothing(reading, cells[24], data, found)
    for section, parts in (
        ("assessments", _each(reading, "ASSESSMENT", found, 1, _assessment)),
        ("goals", goals),
        ("barriers", _each(reading, "BARRIER", found, 2, _barrier)),
        ("services", [_service(reading, at, row, cells) for at, row in enumerate(services)]),
        ("case_notes", _each(reading, "CASENOTE", found, 2, _note)),
        ("signatures", _each(reading, "SIGNATURE", found, 1, _signature)),
    ):
        if parts:
            data[section] = parts
    _extras(reading, found["EXTRA"])
    if reading.kept:
        data["extensions"] = {"icc": reading.kept}
    return data, list(dict.fromkeys(reading.findings)), reading.unmapped


def _plan(reading: Reading, cells: Cells) -> _Part:
    plan = _Part(reading)
    plan.data["schema"] = "iep/1"
    plan.needed("plan_id", cells[0])
    if cells[1]:
        plan.number("version", cells[1])
    else:
        reading.fault("FMT-REQUIRED", "version")
    if not tables.STATE_ID(cells[2]):
        reading.fault("FMT-ID", "participant.identifiers.icc")
    plan.needed_code("program", cells[3], _PROGRAM)
    plan.needed_code("status", cells[4], _STATUS)
    for at, field in enumerate(("started_on", "completed_on", "closed_on"), 5):
        plan.day(field, cells[at])
    plan.text("comments", cells[23])
    development = _Part(reading, "development.")
    development.code("mode", cells[8], _MODE)
    agency = _Part(reading, "agency.")
    agency.data["state"] = "IN"
    for at, field in enumerate(("board_code", "board", "office_code", "provider"), 9):
        agency.text(field, cells[at])
    eligibility = _Part(reading, "eligibility.")
    for at, field in enumerate(("determined_on", "enrolled_on", "exited_on"), 19):
        eligibility.day(field, cells[at])
    eligibility.text("exit_reason", cells[22])
    _put(plan.data, "development", development)
    _put(plan.data, "agency", agency)
    _put(plan.data, "case_manager", _staff(reading, cells))
    _put(plan.data, "eligibility", eligibility)
    return plan


def _put(data: dict[str, Any], field: str, part: _Part) -> None:
    if part.data:
        data[field] = part.data


def _staff(reading: Reading, cells: Cells) -> _Part:
    staff = _Part(reading, "case_manager.")
    staff.text("staff_id", cells[13])
    name = _Part(reading, "case_manager.name.")
    if cells[14] or cells[15]:
        name.needed("last", cells[14])
        name.needed("first", cells[15])
    _put(staff.data, "name", name)
    staff.text("employer", cells[16])
    staff.text("phone", cells[17])
    staff.text("email", cells[18])
    return staff


def _participant(reading: Reading, plan: Cells, found: list[Cells]) -> dict[str, Any]:
    person = _Part(reading, "participant.")
    if plan[2]:
        person.data["identifiers"] = {"icc": plan[2]}
    for number in range(2, len(found) + 1):
        reading.fault("FMT-VALUE", f"PERSON[{number}]")
    if found:
        _person(reading, person, plan, found[0])
    elif plan[0]:
        for path in ("name.last", "name.first", "date_of_birth"):
            reading.fault("FMT-REQUIRED", person.path(path))
    return person.data


def _person(reading: Reading, person: _Part, plan: Cells, cells: Cells) -> None:
    _repeated(reading, "PERSON[1]/StateId", cells[1], plan[2], needed=True)
    name = _Part(reading, "participant.name.")
    name.needed("last", cells[2])
    name.needed("first", cells[3])
    name.text("middle", cells[4])
    name.text("suffix", cells[5])
    person.data["name"] = name.data
    person.text("ssn", cells[6])
    person.needed_day("date_of_birth", cells[7])
    person.code("sex", cells[8], _SEX)
    person.text("phone", cells[9])
    person.text("email", cells[10])
    address = _Part(reading, "participant.address.")
    for at, field in enumerate(("line1", "line2", "city", "state", "zip", "county"), 11):
        address.text(field, cells[at])
    _put(person.data, "address", address)
    person.code("education_level", cells[17], _EDUCATION)
    person.code("employment_status", cells[18], _EMPLOYMENT)
    veteran = _Part(reading, "participant.veteran.")
    veteran.flag("is_veteran", cells[19])
    _put(person.data, "veteran", veteran)
    household = _Part(reading, "participant.household.")
    household.code("type", cells[20], _HOUSEHOLD)
    household.day("since", cells[21])
    _put(person.data, "household", household)


def _repeated(reading: Reading, key: str, cell: str, own: str, *, needed: bool = False) -> None:
    """Read a column that repeats one of PLAN's: another text is kept."""
    if not cell:
        if needed:
            reading.fault("FMT-REQUIRED", key)
    elif cell != own and reading.extra(key, cell):
        reading.unmapped.append(key)


def _ordered(reading: Reading, *members: tuple[str, list[Cells], int]) -> list[Row]:
    """Give rows in the order of their `Sort`, or as they stand where that is at fault."""
    entries = [
        (member, number, cells, cells[column])
        for member, found, column in members
        for number, cells in enumerate(found, 1)
    ]
    places: dict[int, Row] = {}
    for member, number, cells, sort in entries:
        place = whole(sort) if _NUMBER(sort) else 0
        if 0 < place <= len(entries) and place not in places:
            places[place] = (member, number, cells)
        else:
            reading.fault("FMT-VALUE" if sort else "FMT-REQUIRED", f"{member}[{number}]/Sort")
    if len(places) == len(entries):
        return [places[place] for place in range(1, len(entries) + 1)]
    return [entry[:3] for entry in entries]


def _each(
    reading: Reading,
    member: str,
    found: PlanRows,
    sort: int,
    read: Callable[[Reading, int, Cells], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Read the rows of a member in their order."""
    ordered = _ordered(reading, (member, found[member], sort))
    return [read(reading, at, cells) for at, (_, _, cells) in enumerate(ordered)]


def _goals(reading: Reading, found: list[Cells]) -> list[dict[str, Any]]:
    ordered = _ordered(reading, ("GOAL", found, 2))
    return [_goal(reading, at, cells) for at, (_, _, cells) in enumerate(ordered)]


def _goal(reading: Reading, at: int, cells: Cells) -> dict[str, Any]:
    goal = _Part(reading, f"goals[{at}].")
    goal.needed("goal_id", cells[1])
    goal.needed_code("kind", cells[3], _KIND)
    goal.needed_code("term", cells[4], _TERM)
    goal.code("category", cells[5], _CATEGORY)
    goal.needed("title", cells[6])
    if cells[7] or cells[8]:
        goal.data["occupation"] = occupation = {}
        if cells[7]:
            occupation["code"] = cells[7]
        if cells[8]:
            occupation["title"] = cells[8]
    goal.code("career_cluster", cells[9], _CLUSTER)
    goal.flag("nontraditional", cells[10])
    goal.text("outcome", cells[11])
    goal.text("measure", cells[12])
    goal.day("set_on", cells[13])
    goal.day("target_on", cells[14])
    goal.day("achieved_on", cells[15])
    goal.code("status", cells[16], _GOAL_STATUS)
    return goal.data


_ACTION: Final = {
    "action_id": "ObjectiveRef",
    "description": "Description",
    "responsible": "Responsible",
    "set_on": "SetDate",
    "planned_end_on": "PlannedEndDate",
    "actual_end_on": "ActualEndDate",
    "follow_up": "FollowUp",
}


def _objectives(reading: Reading, found: list[Cells], goals: list[dict[str, Any]]) -> None:
    """Attach the actions, in the order of their `Sort`, to the goals they name."""
    places = {
        goal["goal_id"]: at for at, goal in reversed([*enumerate(goals)]) if "goal_id" in goal
    }
    for _, number, cells in _ordered(reading, ("OBJECTIVE", found, 3)):
        at = places.get(cells[1])
        if at is None:
            rule = "FMT-VALUE" if cells[1] else "FMT-REQUIRED"
            reading.fault(rule, f"OBJECTIVE[{number}]/GoalRef")
            _action(_Part(reading, f"OBJECTIVE[{number}]/", _ACTION), cells)
            continue
        actions = goals[at].setdefault("actions", [])
        action = _Part(reading, f"goals[{at}].actions[{len(actions)}].")
        actions.append(_action(action, cells))


def _action(action: _Part, cells: Cells) -> dict[str, Any]:
    action.needed("action_id", cells[2])
    action.needed("description", cells[4])
    action.code("responsible", cells[5], _RESPONSIBLE)
    action.text("responsible_name", cells[6])
    action.day("set_on", cells[7])
    action.day("planned_end_on", cells[8])
    action.day("actual_end_on", cells[9])
    action.text("measure", cells[10])
    action.flag("follow_up", cells[11])
    action.text("barrier_id", cells[12])
    action.text("service_id", cells[13])
    return action.data


def _barrier(reading: Reading, at: int, cells: Cells) -> dict[str, Any]:
    barrier = _Part(reading, f"barriers[{at}].")
    barrier.needed("barrier_id", cells[1])
    barrier.needed_code("category", cells[3], _BARRIER)
    barrier.text("description", cells[4])
    barrier.day("identified_on", cells[5])
    barrier.text("plan", cells[6])
    barrier.day("expected_resolution_on", cells[7])
    barrier.day("resolved_on", cells[8])
    barrier.text("goal_id", cells[9])
    return barrier.data


def _service(reading: Reading, at: int, row: Row, plan: Cells) -> dict[str, Any]:
    member, number, cells = row
    service = _Part(reading, f"services[{at}].")
    if member == "ACTIVITY":
        _activity(reading, service, number, cells, plan)
        return service.data
    service.needed("service_id", cells[1])
    service.needed_code("category", cells[3], _SERVICE)
    if cells[3] == tables.IEP:
        reading.fault("FMT-VALUE", service.path("category"))
    service.text("title", cells[4])
    service.text("provider", cells[5])
    service.flag("referral", cells[6])
    service.text("justification", cells[7])
    service.text("funding", cells[8])
    service.day("planned_start_on", cells[9])
    service.day("planned_end_on", cells[10])
    service.day("started_on", cells[11])
    service.day("ended_on", cells[12])
    service.code("outcome", cells[13], _COMPLETION)
    return service.data


def _activity(reading: Reading, service: _Part, number: int, cells: Cells, plan: Cells) -> None:
    place = f"ACTIVITY[{number}]/"
    _repeated(reading, place + "PlanVersion", cells[1], plan[1], needed=True)
    _repeated(reading, place + "StateId", cells[2], plan[2], needed=True)
    service.needed("service_id", cells[3])
    service.needed_code("category", cells[5], _SERVICE)
    if cells[5] != tables.IEP and cells[5] in _SERVICE:
        reading.fault("FMT-VALUE", service.path("category"))
    service.needed("provider", cells[6])
    _repeated(reading, place + "OfficeCode", cells[7], plan[11])
    _repeated(reading, place + "StaffId", cells[8], plan[13])
    service.needed_day("started_on", cells[9])
    service.day("ended_on", cells[10])
    service.code("outcome", cells[11], _COMPLETION)
    service.text("funding", cells[12])
    service.text("title", cells[13])
    service.flag("referral", cells[14])
    service.text("justification", cells[15])
    service.day("planned_start_on", cells[16])
    service.day("planned_end_on", cells[17])


def _assessment(reading: Reading, at: int, cells: Cells) -> dict[str, Any]:
    assessment = _Part(reading, f"assessments[{at}].")
    assessment.needed_code("instrument", cells[2], _INSTRUMENT)
    assessment.text("name", cells[3])
    assessment.day("taken_on", cells[4])
    assessment.day("reviewed_on", cells[5])
    assessment.array("scores", cells[6], _is_score)
    return assessment.data


def _note(reading: Reading, at: int, cells: Cells) -> dict[str, Any]:
    note = _Part(reading, f"case_notes[{at}].")
    note.needed("note_id", cells[1])
    note.needed_day("dated_on", cells[3])
    note.needed_code("about", cells[4], _SUBJECT)
    note.text("title", cells[5])
    note.text("author", cells[6])
    note.text("story", cells[7])
    note.array("metrics", cells[8], _is_metric)
    note.array("next_steps", cells[9], _is_step)
    note.array("follow_up_on", cells[10], _is_day)
    return note.data


def _signature(reading: Reading, at: int, cells: Cells) -> dict[str, Any]:
    signature = _Part(reading, f"signatures[{at}].")
    signature.needed_code("role", cells[2], _ROLE)
    signature.needed("name", cells[3])
    signature.needed_day("signed_on", cells[4])
    signature.code("method", cells[5], _METHOD)
    signature.number("plan_version", cells[6])
    signature.day("copy_given_on", cells[7])
    return signature.data


_ROWS_OF: Final = {
    "goals": ("GOAL",),
    "barriers": ("BARRIER",),
    "services": ("SERVICE", "ACTIVITY"),
    "assessments": ("ASSESSMENT",),
    "case_notes": ("CASENOTE",),
    "signatures": ("SIGNATURE",),
}


def _nothing(reading: Reading, cell: str, data: dict[str, Any], found: PlanRows) -> None:
    for name in cell.split(" ") if cell else ():
        if name not in _ROWS_OF:
            reading.fault("FMT-CODE", "PLAN[1]/NothingToRecord")
        elif any(found[member] for member in _ROWS_OF[name]):
            reading.fault("FMT-VALUE", "PLAN[1]/NothingToRecord")
        else:
            data[name] = []


def _extras(reading: Reading, found: Sequence[Cells]) -> None:
    for number, (_, name, value) in enumerate(found, 1):
        if not name:
            reading.fault("FMT-REQUIRED", f"EXTRA[{number}]/Name")
        elif value:
            reading.extra(name, value)


# JSON cells


def _refused(_: str) -> NoReturn:
    raise ValueError("a number that JSON lacks")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


_JSON: Final = json.JSONDecoder(
    parse_float=Decimal, parse_int=Decimal, parse_constant=_refused, object_pairs_hook=_pairs
)


def _array(cell: str) -> list[Any] | None:
    """Read a JSON array, its numbers exactly; None for what is none."""
    try:
        value = _JSON.decode(cell)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def _without_nulls(item: Any) -> Any:
    if isinstance(item, dict):
        return {key: value for key, value in item.items() if value is not None}
    return item


def _has(item: Any, **types: type) -> bool:
    """Say whether an item is an object of these keys and types alone; any may be null or lack."""
    return isinstance(item, dict) and all(
        key in types and (value is None or isinstance(value, types[key]))
        for key, value in item.items()
    )


def _is_score(item: Any) -> bool:
    return _has(item, scale=str, value=Decimal, level=str)


def _is_metric(item: Any) -> bool:
    return _has(item, label=str, value=str, unit=str)


def _is_step(item: Any) -> bool:
    if not _has(item, goal=str, process=str, deadline=str):
        return False
    return item.get("deadline") is None or _is_day(item["deadline"])


def _is_day(item: Any) -> bool:
    if not isinstance(item, str) or _ISO(item) is None:
        return False
    try:
        datetime.date.fromisoformat(item)
    except ValueError:
        return False
    return True
