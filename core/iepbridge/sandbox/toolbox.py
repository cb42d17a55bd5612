"""Toolbox's files, as Missouri would read them: `toolbox.md`, its schema, and more."""

import re
from collections.abc import Iterator
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
from iepbridge.sandbox.markup import Element, children, digest_of, local_name, violations
from iepbridge.sandbox.parcel import Fault, FileRefused, FoundPlan, Parcel, Spot

_SCHEMA: Final = "toolbox.xsd"
_SPACE: Final = "{urn:iepbridge:toolbox:iep:2}"
_ENCODINGS: Final = frozenset({"UTF-8", "UTF8", "UTF-16", "UTF-16LE", "UTF-16BE"})
_LEAP_DAY: Final = re.compile("02/29/([0-9]{4})")
_PERSONAL: Final = "Personal"
_GOALS: Final = "GoalsAndBarriers"
_LISTS: Final = {
    "Credentials": "Credential",
    "DesiredPositions": "Position",
    "WorkHistory": "Job",
    "FamilyMembers": "Member",
}
_REFS: Final = {
    (_GOALS, "Goal"): "Goal",
    (_GOALS, "Step"): "Goal/Step",
    (_GOALS, "Barrier"): "Barrier",
    (_GOALS, "Service"): "Service",
    ("AdditionalComments", "Note"): "Note",
    ("ActivityPlan", "Activity"): "Activity",
}


def read(stream: BinaryIO) -> Parcel:
    """Read a file; raise `FileRefused` where it is refused whole."""
    parts = children(stream, f"{_SPACE}IEPBatch", (f"{_SPACE}IEP",), _ENCODINGS)
    root = next(parts)
    if root.get("release") != "2":
        raise FileRefused("ENVELOPE", "The release is not 2.")
    found = envelope(*(root.get(name) for name in ("sender", "receiver", "sequence", "created")))
    count = root.get("count")
    plans = [_plan(element) for element in parts]
    stated("count", count, len(plans))
    unrepeated(plans)
    return Parcel(found, plans, len(plans))


def _plan(iep: Element) -> FoundPlan:
    plan_id, version = iep.get("planRef") or "", iep.get("version") or ""
    if not plan_id or not VERSION.fullmatch(version):
        raise FileRefused("STRUCTURE", "An IEP without planRef, or without a version.")
    broken = [Fault(one.code, one.text, _spot(one.steps)) for one in violations(iep, _SCHEMA)]
    return FoundPlan(
        plan_id,
        int(version),
        digest_of(iep),
        Spot(_GOALS),
        faults=tuple(broken or _beyond(iep)),
    )


def _spot(steps: tuple[Element, ...]) -> Spot:
    """Name the section, and the innermost part with a ref."""
    section = local_name(steps[1]) if len(steps) > 1 else _PERSONAL
    refs = [ref for one in steps[1:] if (ref := one.get("ref"))]
    return Spot(section if section != "Extra" else _PERSONAL, refs[-1] if refs else "")


def _beyond(iep: Element) -> Iterator[Fault]:
    """Find what the schema cannot: days, references, sections with NA, names."""
    yield from _days(iep)
    yield from _references(iep)
    yield from _sections(iep)
    systems = [one.get("system") for one in _all(iep, f"{_PERSONAL}/OtherId")]
    yield from repeats(systems, "An OtherId's system", Spot(_PERSONAL))
    if "toolbox" in systems:
        yield Fault("CODE", "OtherId names Toolbox itself.", Spot(_PERSONAL))
    for name in ("CaseManager", "FormerName"):
        yield from _names(_all(iep, f"{_PERSONAL}/{name}"), _PERSONAL)
    yield from _names(_all(iep, "FamilyMembers/Member"), "FamilyMembers")
    extras = [one.get("name") for one in _all(iep, "Extra")]
    yield from repeats(extras, "An Extra's name", Spot(_PERSONAL))


def _all(iep: Element, place: str) -> list[Element]:
    return iep.findall("/".join(f"{_SPACE}{step}" for step in place.split("/")))


def _days(iep: Element) -> Iterator[Fault]:
    """Find 29 February of years that have none: all other days the schema knows."""
    for element in iep.iter("*"):
        for value in element.values():
            match = _LEAP_DAY.fullmatch(str(value))
            if match and not is_day(f"{match[1]}-02-29"):
                yield Fault("FORM", "There is no such day.", _spot(_down_to(element, iep)))


def _down_to(element: Element, iep: Element) -> tuple[Element, ...]:
    steps = [element]
    while steps[-1] is not iep and (parent := steps[-1].getparent()) is not None:
        steps.append(parent)
    return tuple(reversed(steps))


def _references(iep: Element) -> Iterator[Fault]:
    known = {}
    for (section, name), place in _REFS.items():
        refs = [one.get("ref") for one in _all(iep, f"{section}/{place}")]
        known[name] = set(refs)
        yield from repeats(refs, f"A {name}'s ref", Spot(section))
    steps, barriers = _all(iep, f"{_GOALS}/Goal/Step"), _all(iep, f"{_GOALS}/Barrier")
    at = Spot(_GOALS)
    yield from loose([one.get("barrier") for one in steps], known["Barrier"], "@barrier", at)
    yield from loose([one.get("service") for one in steps], known["Service"], "@service", at)
    yield from loose([one.get("goal") for one in barriers], known["Goal"], "@goal", at)


def _sections(iep: Element) -> Iterator[Fault]:
    """A section has content, or says that there is nothing to record."""
    for name, item in _LISTS.items():
        for section in _all(iep, name):
            if (section.get("NA") is not None) == bool(section.findall(f"{_SPACE}{item}")):
                yield Fault("NOTHING", "NA beside content, or neither.", Spot(name))
    for veteran in _all(iep, "Veteran"):
        if (veteran.get("NA") is not None) == (veteran.get("status") is not None):
            yield Fault("NOTHING", "NA beside content, or neither.", Spot("Veteran"))


def _names(elements: list[Element], section: str) -> Iterator[Fault]:
    for element in elements:
        parts = [element.get(part) for part in ("first", "middle", "last", "suffix")]
        if any(parts) and not (parts[0] and parts[2]):
            yield Fault("REQUIRED", "A name without first or last.", Spot(section))
