"""Check a written TWIST file against `twist.md`: `check(path or bytes)` gives complaints."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.oracles import written

import iepbridge

_SCHEMA: Final = Path(iepbridge.__file__).with_name("sandbox") / "twist.xsd"
_NAME: Final = "TWIST_IEP_"
_NOTE: Final = 4000
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNTS: Final = {
    "CustomerCount": "Customer",
    "InterimGoalCount": "Customer/ServicePlan/InterimGoal",
    "ActionCount": "Customer/ServicePlan/InterimGoal/Action",
    "ServiceTrackingCount": "Customer/ServiceTracking",
    "CounselorNoteCount": "Customer/CounselorNote",
}
_DATES: Final = frozenset(
    {
        "BirthDate", "Date", "Identified", "Resolved", "Started", "Completed", "Closed", "SetDate",
        "TargetDate", "AchievedDate", "PlannedEndDate", "ActualEndDate", "CopyGiven",
        "PlannedStartDate", "StartDate", "EndDate",
    }
)  # fmt: skip
_CONTAINERS: Final = frozenset({"Address", "Staff"})
_SERVICES: Final = frozenset(
    {
        ("2", "68"), ("2", "901"), ("2", "902"), ("3", "12"), ("3", "38"), ("4", "1"), ("4", "2"),
        ("4", "3"), ("4", "903"), ("4", "904"), ("4", "905"), ("4", "906"), ("3", "907"),
        ("5", "908"), ("6", "909"), ("6", "910"), ("6", "911"), ("9", "999"),
    }
)  # fmt: skip


def check(source: Path | str | bytes) -> list[str]:
    """Give every complaint about a file; an empty list says that the document allows it."""
    content, name = written.read(source)
    root, complaints = written.parse(content, _SCHEMA)
    if root is None or root.tag != "TwistIepFile":
        return complaints
    complaints.extend(_header(root, name))
    complaints.extend(_trailer(root))
    complaints.extend(written.empty_parts(root, _CONTAINERS, frozenset({"Score"})))
    complaints.extend(written.impossible_days(_dates(root)))
    customers = root.findall("Customer")
    complaints.extend(written.repeated([c.get("planRef") for c in customers], "planRef"))
    for customer in customers:
        where = f"Customer {customer.get('planRef')}"
        complaints.extend(f"{where}: {complaint}" for complaint in _customer(customer))
    return complaints


def _header(root: Any, name: str | None) -> Iterator[str]:
    sender, sequence = root.findtext("Header/Sender"), root.findtext("Header/Sequence")
    created = root.findtext("Header/Created")
    yield from written.envelope(name, _NAME, sender, sequence, created)
    if root.findtext("Header/FileId") != written.file_id(_NAME, sender, sequence, created):
        yield "FileId disagrees with Sender, Created or Sequence"


def _trailer(root: Any) -> Iterator[str]:
    for field, place in _COUNTS.items():
        stated, found = root.findtext(f"Trailer/{field}"), len(root.findall(place))
        if stated != str(found):
            yield f"{field} states {stated}, there are {found}"


def _dates(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter("*"):
        at = f"line {element.sourceline}: {element.tag}"
        if element.tag in _DATES and _ISO.fullmatch(element.text or ""):
            yield at, element.text
        if _ISO.fullmatch(element.get("setDate", "")):
            yield f"{at}/@setDate", element.get("setDate")


def _customer(customer: Any) -> Iterator[str]:
    yield from _refs(customer)
    yield from _numbers(customer.findall("ServicePlan/InterimGoal"), "InterimGoal")
    for goal in customer.findall("ServicePlan/InterimGoal"):
        yield from _numbers(goal.findall("Action"), f"InterimGoal {goal.get('ref')}: Action")
    for service in customer.findall("ServiceTracking"):
        yield from _service(service)
    yield from _event(customer)
    yield from _notes(customer.findall("CounselorNote"))
    yield from written.repeated([e.get("name") for e in customer.findall("Extra")], "Extra")


def _refs(customer: Any) -> Iterator[str]:
    barriers = [e.get("ref") for e in customer.findall("Barrier")]
    services = [e.get("ref") for e in customer.findall("ServiceTracking")]
    plan = customer.find("ServicePlan")
    goals = [] if plan is None else [*plan.findall("OverallGoal"), *plan.findall("InterimGoal")]
    actions = customer.findall("ServicePlan/InterimGoal/Action")
    yield from written.repeated(barriers, "Barrier")
    yield from written.repeated(services, "ServiceTracking")
    yield from written.repeated([e.get("ref") for e in goals], "goal")
    yield from written.repeated([e.get("ref") for e in actions], "Action")
    references = [e.get("barrierRef") for e in actions]
    yield from written.dangling(references, set(barriers), "barrierRef")
    references = [e.get("serviceRef") for e in actions]
    yield from written.dangling(references, set(services), "serviceRef")


def _numbers(elements: list[Any], what: str) -> Iterator[str]:
    for position, element in enumerate(elements, 1):
        if element.get("number") != str(position):
            yield f"{what}: number {element.get('number')} at place {position}"


def _service(service: Any) -> Iterator[str]:
    at = f"ServiceTracking {service.get('ref')}"
    codes = (service.get("component"), service.get("service"))
    if codes not in _SERVICES:
        yield f"{at}: no service {'/'.join(map(str, codes))}"
    fund = service.find("FundDetail")
    if fund is None:
        if codes == ("2", "68"):
            yield f"{at}: service 68 without FundDetail"
        return
    if fund.findtext("StartDate") != service.findtext("StartDate"):
        yield f"{at}: FundDetail/StartDate is not the service's StartDate"
    if fund.findtext("EndDate") != service.findtext("ActualEndDate"):
        yield f"{at}: FundDetail/EndDate is not the service's ActualEndDate"


def _event(customer: Any) -> Iterator[str]:
    """Rule 8: a plan that has started has a service 68 between its start and its completion."""
    started = customer.findtext("ServicePlan/Started")
    completed = customer.findtext("ServicePlan/Completed") or "9999-99-99"
    if started is None:
        return
    for service in customer.findall("ServiceTracking"):
        start = service.findtext("StartDate")
        codes = (service.get("component"), service.get("service"))
        if codes == ("2", "68") and start and started <= start <= completed:
            return
    yield "no service 68 that started between Started and Completed"


def _notes(notes: list[Any]) -> Iterator[str]:
    """Parts follow each other from 1 to `parts`, with the same fields; only the last is short."""
    finished: set[str | None] = set()
    last: Any = None
    for note in notes:
        ref, part, parts = (note.get(key) for key in ("ref", "part", "parts"))
        at = f"CounselorNote {ref} part {part}"
        if part == "1":
            if ref in finished:
                yield f"{at}: this ref is taken"
            if last is not None:
                yield f"{at}: the note before it lacks parts"
        elif last is None or last.get("ref") != ref or part != str(int(last.get("part")) + 1):
            yield f"{at}: does not follow the part before it"
        elif _fields(note) != _fields(last):
            yield f"{at}: its fields are not those of the part before it"
        if part != parts and len(note.findtext("Text") or "") != _NOTE:
            yield f"{at}: {_NOTE} characters were expected, more parts follow"
        if parts != "1" and not note.findtext("Text"):
            yield f"{at}: a part without text"
        finished.add(ref)
        last = None if part == parts or not (part or "").isdigit() else note
    if last is not None:
        yield f"CounselorNote {last.get('ref')}: parts are missing"


def _fields(note: Any) -> tuple[str | None, ...]:
    fields = [note.findtext(name) for name in ("Date", "Author", "Subject", "Title")]
    return (note.get("parts"), *fields)
