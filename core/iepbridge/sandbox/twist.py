"""TWIST's files, as Texas would read them: `twist.md`, its schema, and what no schema says."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from iepbridge.sandbox.envelope import (
    VERSION,
    envelope,
    is_day,
    loose,
    repeats,
    stated,
    unrepeated,
)
from iepbridge.sandbox.markup import (
    Element,
    Violation,
    children,
    digest_of,
    path_to,
    violations,
    whole_file,
)
from iepbridge.sandbox.parcel import Envelope, Fault, FileRefused, FoundPlan, Parcel, Spot

_SCHEMA: Final = "twist.xsd"
_ENCODINGS: Final = frozenset({"UTF-8", "UTF8"})
_NOTE_CHARACTERS: Final = 4000
_COUNTS: Final = {
    "InterimGoalCount": "ServicePlan/InterimGoal",
    "ActionCount": "ServicePlan/InterimGoal/Action",
    "ServiceTrackingCount": "ServiceTracking",
    "CounselorNoteCount": "CounselorNote",
}
_SERVICES: Final = {
    "2": {"68", "901", "902"},
    "3": {"12", "38", "907"},
    "4": {"1", "2", "3", "903", "904", "905", "906"},
    "5": {"908"},
    "6": {"909", "910", "911"},
    "9": {"999"},
}
"""Components and the services of each."""
_IEP: Final = ("2", "68")


def read(stream: BinaryIO) -> Parcel:
    """Read a file; raise `FileRefused` where it is refused whole."""
    reading = _Reading()
    parts = children(stream, "TwistIepFile", ("Header", "Customer", "Trailer"), _ENCODINGS)
    for number, element in enumerate(parts):
        if number == 0:
            _check_release(element)
        else:
            reading.take(element)
    return reading.parcel()


def _check_release(root: Element) -> None:
    if root.get("version") != "3.2":
        raise FileRefused("ENVELOPE", "The version is not 3.2.")


class _Reading:
    """One file while it is read."""

    def __init__(self) -> None:
        self._envelope: Envelope | None = None
        self._plans: list[FoundPlan] = []
        self._counts = dict.fromkeys(_COUNTS, 0)
        self._ended = False

    def take(self, element: Element) -> None:
        if self._ended or (self._envelope is None) != (element.tag == "Header"):
            raise FileRefused("STRUCTURE", "Header stands first, Trailer last, and each once.")
        if element.tag == "Header":
            self._envelope = _header(element)
        elif element.tag == "Customer":
            for name, place in _COUNTS.items():
                self._counts[name] += len(element.findall(place))
            self._plans.append(_plan(element, len(self._plans) + 1))
        else:
            self._check_counts(element)

    def _check_counts(self, trailer: Element) -> None:
        whole_file(violations(trailer, _SCHEMA), "Trailer")
        for name, found in {"CustomerCount": len(self._plans), **self._counts}.items():
            stated(name, trailer.findtext(name), found)
        self._ended = True

    def parcel(self) -> Parcel:
        if self._envelope is None or not self._ended:
            raise FileRefused("STRUCTURE", "The Header or the Trailer is missing.")
        unrepeated(self._plans)
        return Parcel(self._envelope, self._plans, len(self._plans))


def _header(header: Element) -> Envelope:
    whole_file(violations(header, _SCHEMA), "Header")
    fields = (header.findtext(name) for name in ("Sender", "Receiver", "Sequence", "Created"))
    found = envelope(*fields)
    file_id = f"TWIST_IEP_{found.sender}_{found.day}_{found.sequence:06}"
    if header.findtext("FileId") != file_id:
        raise FileRefused("ENVELOPE", "FileId disagrees with Sender, Created or Sequence.")
    return found


def _plan(customer: Element, number: int) -> FoundPlan:
    at = "Customer" if number == 1 else f"Customer[{number}]"
    version = customer.get("planVersion") or ""
    broken = [_fault(at, customer, one) for one in violations(customer, _SCHEMA)]
    return FoundPlan(
        customer.get("planRef") or "",
        int(version) if VERSION.fullmatch(version) else None,
        digest_of(customer),
        Spot(f"{at}/ServicePlan"),
        customer.get("twistId") or "",
        tuple(broken or _beyond(customer, at)),
    )


def _fault(at: str, customer: Element, one: Violation) -> Fault:
    path = path_to(one.steps[-1], customer)
    attribute = f"@{one.attribute}" if one.attribute else ""
    return Fault(one.code, one.text, Spot("/".join(filter(None, (at, path, attribute)))))


def _beyond(customer: Element, at: str) -> Iterator[Fault]:
    """Find what the schema cannot: days, references, numbers, services, parts of notes."""
    yield from _days(customer, at)
    yield from _references(customer, at)
    plan = f"{at}/ServicePlan"
    goals = customer.findall("ServicePlan/InterimGoal")
    yield from _numbers(goals, f"{plan}/InterimGoal")
    for goal in goals:
        yield from _numbers(goal.findall("Action"), f"{at}/{path_to(goal, customer)}/Action")
    yield from _services(customer, at)
    yield from _notes(customer.findall("CounselorNote"), f"{at}/CounselorNote")
    names = [extra.get("name") for extra in customer.findall("Extra")]
    yield from repeats(names, "A name", Spot(f"{at}/Extra"))


def _days(customer: Element, at: str) -> Iterator[Fault]:
    """Find 29 February of years that have none: all other days the schema knows."""
    for element in customer.iter("*"):
        texts = (element.text or "", element.get("setDate") or "")
        if any(len(text) == 10 and text[4:] == "-02-29" and not is_day(text) for text in texts):
            yield Fault("FORM", "There is no such day.", Spot(f"{at}/{path_to(element, customer)}"))


def _references(customer: Element, at: str) -> Iterator[Fault]:
    plan = f"{at}/ServicePlan"
    barriers = _refs(customer, "Barrier")
    services = _refs(customer, "ServiceTracking")
    goals = [
        *_refs(customer, "ServicePlan/OverallGoal"),
        *_refs(customer, "ServicePlan/InterimGoal"),
    ]
    actions = customer.findall("ServicePlan/InterimGoal/Action")
    yield from repeats(barriers, "A ref", Spot(f"{at}/Barrier"))
    yield from repeats(services, "A ref", Spot(f"{at}/ServiceTracking"))
    yield from repeats(goals, "A goal's ref", Spot(plan))
    yield from repeats([one.get("ref") for one in actions], "An action's ref", Spot(plan))
    named = [one.get("barrierRef") for one in actions]
    yield from loose(named, set(barriers), "A barrierRef", Spot(plan))
    named = [one.get("serviceRef") for one in actions]
    yield from loose(named, set(services), "A serviceRef", Spot(plan))


def _refs(customer: Element, place: str) -> list[str | None]:
    return [one.get("ref") for one in customer.findall(place)]


def _numbers(elements: Sequence[Element], place: str) -> Iterator[Fault]:
    if any(one.get("number") != str(at) for at, one in enumerate(elements, start=1)):
        yield Fault("ORDER", "The numbers are not those of the places, from 1.", Spot(place))


def _services(customer: Element, at: str) -> Iterator[Fault]:
    place = Spot(f"{at}/ServiceTracking")
    tracked = customer.findall("ServiceTracking")
    codes = [(one.get("component") or "", one.get("service") or "") for one in tracked]
    if any(service not in _SERVICES.get(component, ()) for component, service in codes):
        yield Fault("CODE", "Component and service are no pair of the table.", place)
    started = customer.findtext("ServicePlan/Started")
    last = customer.findtext("ServicePlan/Completed") or "9999-99-99"
    days = [one.findtext("StartDate") or "" for one in tracked]
    made = [day for day, code in zip(days, codes, strict=True) if code == _IEP]
    if started and not any(started <= day <= last for day in made):
        text = "No service 68 began between Started and Completed."
        yield Fault("SERVICE-68", text, place, warning=True)


def _notes(notes: Sequence[Element], place: str) -> Iterator[Fault]:
    """Join the parts of each note; each but the last is full, and no other field differs."""
    grouped: dict[str | None, list[Element]] = {}
    for note in notes:
        grouped.setdefault(note.get("ref"), []).append(note)
    for parts in grouped.values():
        numbers = [part.get("part") for part in parts]
        if numbers != [str(number) for number in range(1, len(parts) + 1)] or any(
            part.get("parts") != str(len(parts)) for part in parts
        ):
            yield Fault("PARTS", "The parts of a note are not all there, in order.", Spot(place))
        elif len({_fields(part) for part in parts}) > 1:
            yield Fault("PARTS", "The parts of a note differ in more than the text.", Spot(place))
        elif any(len(part.findtext("Text") or "") != _NOTE_CHARACTERS for part in parts[:-1]):
            yield Fault("PARTS", "A part that goes on is not full.", Spot(place))


def _fields(note: Element) -> tuple[str | None, ...]:
    return tuple(note.findtext(name) for name in ("Date", "Author", "Subject", "Title"))
