"""Check a written Toolbox file against `toolbox.md`: `check(path or bytes)` gives complaints."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.oracles import written

import iepbridge

_SCHEMA: Final = Path(iepbridge.__file__).with_name("sandbox") / "toolbox.xsd"
_NAME: Final = "TBX_IEP_"
_NS: Final = {"t": "urn:iepbridge:toolbox:iep:2"}
_US: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_DATES: Final = frozenset(
    {
        "started", "completed", "closed", "birthDate", "changed", "since", "determined", "enrolled",
        "exited", "earned", "expires", "entered", "separated", "ended", "taken", "reviewed", "set",
        "target", "achieved", "planned", "actual", "identified", "expected", "resolved",
        "plannedStart", "plannedEnd", "dated", "deadline", "date", "on", "ends", "signed",
        "copyGiven",
    }
)  # fmt: skip
_SECTIONS: Final = {
    "Credentials": "Credential",
    "DesiredPositions": "Position",
    "WorkHistory": "Job",
    "FamilyMembers": "Member",
}
_CONTAINERS: Final = frozenset(
    {
        "Address", "Household", "Education", "Employment", "Region", "CaseManager", "Agency",
        "Eligibility", "Development", "Veteran", "GoalsAndBarriers", "AdditionalComments",
    }
)  # fmt: skip
_MAY_BE_EMPTY: Final = frozenset(
    {
        # items of lists
        "Credential", "Position", "Job", "Member", "Score", "Metric", "NextStep",
        # sections and marks that say "nothing to record"
        "ActivityPlan", "SignatureBlock", "NoAssessments", "NoGoals", "NoBarriers", "NoServices",
        "NoNotes", "NoReviews",
    }
)  # fmt: skip


def check(source: Path | str | bytes) -> list[str]:
    """Give every complaint about a file; an empty list says that the document allows it."""
    content, name = written.read(source)
    root, complaints = written.parse(content, _SCHEMA)
    if root is None or root.tag != f"{{{_NS['t']}}}IEPBatch":
        return complaints
    if any(element.prefix for element in root.iter("{*}*")):
        complaints.append("a prefix: the namespace is written as the default one")
    sender, sequence, created = (root.get(key) for key in ("sender", "sequence", "created"))
    complaints.extend(written.envelope(name, _NAME, sender, sequence, created))
    plans = root.findall("t:IEP", _NS)
    if root.get("count") != str(len(plans)):
        complaints.append(f"count states {root.get('count')}, there are {len(plans)}")
    complaints.extend(written.repeated([plan.get("planRef") for plan in plans], "planRef"))
    complaints.extend(written.empty_parts(root, _CONTAINERS, _MAY_BE_EMPTY))
    complaints.extend(written.impossible_days(_dates(root)))
    for plan in plans:
        where = f"IEP {plan.get('planRef')}"
        complaints.extend(f"{where}: {complaint}" for complaint in _plan(plan))
    return complaints


def _dates(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter("{*}*"):
        for key, value in element.items():
            match = _US.fullmatch(value)
            if key in _DATES and match:
                yield f"line {element.sourceline}: @{key}", f"{match[3]}-{match[1]}-{match[2]}"


def _plan(plan: Any) -> Iterator[str]:
    yield from _refs(plan)
    yield from _sections(plan)
    yield from _veteran(plan.find("t:Veteran", _NS))
    for element in [
        *plan.findall("t:Personal/t:CaseManager", _NS),
        *plan.findall("t:FamilyMembers/t:Member", _NS),
    ]:
        yield from _name(element)
    identifiers = [e.get("system") for e in plan.findall("t:Personal/t:OtherId", _NS)]
    yield from written.repeated(identifiers, "OtherId")
    if "toolbox" in identifiers:
        yield "OtherId of toolbox itself"
    yield from written.repeated([e.get("name") for e in plan.findall("t:Extra", _NS)], "Extra")


def _refs(plan: Any) -> Iterator[str]:
    form = "t:GoalsAndBarriers/t:"
    found = {
        name: [e.get("ref") for e in plan.findall(place, _NS)]
        for name, place in {
            "Goal": f"{form}Goal",
            "Step": f"{form}Goal/t:Step",
            "Barrier": f"{form}Barrier",
            "Service": f"{form}Service",
            "Note": "t:AdditionalComments/t:Note",
            "Activity": "t:ActivityPlan/t:Activity",
        }.items()
    }
    for name, refs in found.items():
        yield from written.repeated(refs, name)
    steps = plan.findall(f"{form}Goal/t:Step", _NS)
    barriers = plan.findall(f"{form}Barrier", _NS)
    for element in steps:
        yield from written.dangling([element.get("barrier")], set(found["Barrier"]), "@barrier")
        yield from written.dangling([element.get("service")], set(found["Service"]), "@service")
    yield from written.dangling([e.get("goal") for e in barriers], set(found["Goal"]), "@goal")


def _sections(plan: Any) -> Iterator[str]:
    """A section has items or `NA`, one of the two."""
    for name, item in _SECTIONS.items():
        section = plan.find(f"t:{name}", _NS)
        if section is None:
            continue
        items = section.findall(f"t:{item}", _NS)
        if items and section.get("NA"):
            yield f"{name}: NA beside content"
        if not items and section.get("NA") is None:
            yield f"{name}: neither NA nor content"


def _veteran(veteran: Any) -> Iterator[str]:
    """NA stands alone; with a status stands the rest, and a bare `No` is NA."""
    if veteran is None:
        return
    others = set(veteran.keys()) - {"NA"}
    if veteran.get("NA"):
        if others:
            yield "Veteran: NA beside content"
    elif "status" not in others:
        yield "Veteran: neither NA nor status"
    elif others == {"status"} and veteran.get("status") == "No":
        yield "Veteran: a bare status No is written NA"


def _name(element: Any) -> Iterator[str]:
    """A name is whole or absent."""
    parts = [element.get(part) for part in ("first", "middle", "last", "suffix")]
    if any(parts) and not (parts[0] and parts[2]):
        yield f"line {element.sourceline}: a name without first or last"
