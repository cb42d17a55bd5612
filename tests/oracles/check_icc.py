"""Check a written ICC file against `icc.md`: `check(path or bytes)` gives complaints."""

import hashlib
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final, TypeAlias

from tests.oracles import icc_columns, icc_rows, icc_zip, written

Row: TypeAlias = dict[str, str]
Rows: TypeAlias = dict[str, list[Row]]
"""Rows by member."""

_MANIFEST: Final = ["Member", "Rows", "Sha256"]
_ENVELOPE: Final = ("BATCH", "SENDER", "RECEIVER", "CREATED")
_PARTY: Final = re.compile("[A-Za-z0-9]{1,8}")
_NAME: Final = "ICC_IEP_"
_SECTIONS: Final = {
    "goals": ("GOAL",),
    "barriers": ("BARRIER",),
    "services": ("SERVICE", "ACTIVITY"),
    "assessments": ("ASSESSMENT",),
    "case_notes": ("CASENOTE",),
    "signatures": ("SIGNATURE",),
}
_REFERENCES: Final = (
    ("OBJECTIVE", "GoalRef", "GOAL"),
    ("OBJECTIVE", "BarrierRef", "BARRIER"),
    ("OBJECTIVE", "ServiceRef", "SERVICE"),
    ("BARRIER", "GoalRef", "GOAL"),
)
_OWN: Final = {
    "GOAL": "GoalRef",
    "OBJECTIVE": "ObjectiveRef",
    "BARRIER": "BarrierRef",
    "SERVICE": "ServiceRef",
    "CASENOTE": "NoteRef",
    "EXTRA": "Name",
}


def check(source: Path | str | bytes) -> list[str]:
    """Give every complaint about a file; an empty list says that the document allows it."""
    content, name = written.read(source)
    try:
        members, complaints = icc_zip.read(content)
    except icc_zip.NoZip as none:
        return [str(none)]
    names = [f"{member}.txt" for member in ("MANIFEST", *icc_columns.TABLE)]
    if [member for member, _ in members] != names:
        return [*complaints, "other members than the document names, or in another order"]
    contents = dict(members)
    lines: dict[str, list[list[str]]] = {}
    for member, text in contents.items():
        lines[member], faults = icc_rows.read(text)
        complaints += [f"{member}: {fault}" for fault in faults]
    complaints += _manifest(lines.pop("MANIFEST.txt"), contents, lines, name)
    headers = list(_headers(lines))
    return complaints + (headers or list(_plans(_named(lines))))


def _headers(lines: dict[str, list[list[str]]]) -> Iterator[str]:
    for member, rows in lines.items():
        columns = icc_columns.columns(member[:-4])
        if not rows or rows[0] != columns:
            yield f"{member}: another header"
        for number, cells in enumerate(rows[1:], 1):
            if len(cells) != len(columns):
                yield f"{member} row {number}: {len(cells)} cells"


def _named(lines: dict[str, list[list[str]]]) -> Rows:
    return {
        member[:-4]: [dict(zip(rows[0], cells, strict=True)) for cells in rows[1:]]
        for member, rows in lines.items()
    }


# The manifest


def _manifest(
    rows: list[list[str]],
    contents: dict[str, bytes],
    lines: dict[str, list[list[str]]],
    name: str | None,
) -> Iterator[str]:
    if not rows or rows[0] != _MANIFEST or any(len(cells) != 3 for cells in rows):
        yield "MANIFEST.txt: another header, or rows of other than three cells"
        return
    expected = [
        [member, str(max(0, len(found) - 1)), hashlib.sha256(contents[member]).hexdigest()]
        for member, found in lines.items()
    ]
    for cells, wanted in zip(rows[1:], expected, strict=False):
        if cells != wanted:
            yield f"MANIFEST.txt: its row on {wanted[0]} has another name, count or hash"
    last = rows[1 + len(expected) :]
    if [cells[0] for cells in last] != list(_ENVELOPE) or any(cells[2] for cells in last):
        yield "MANIFEST.txt: its last rows are not BATCH, SENDER, RECEIVER and CREATED"
        return
    yield from _envelope([cells[1] for cells in last], name)


def _envelope(values: list[str], name: str | None) -> Iterator[str]:
    sequence, sender, receiver, created = values
    if not re.fullmatch("[0-9]{6}", sequence):
        yield "MANIFEST.txt: a sequence of other than six digits"
    if not _PARTY.fullmatch(sender) or not _PARTY.fullmatch(receiver):
        yield "MANIFEST.txt: a sender or receiver of other than 1 to 8 letters and digits"
    named = None if name is None else name.removesuffix(".zip") + ".xml"
    yield from written.envelope(named, _NAME, sender, sequence, created)


# The plans


def _plans(rows: Rows) -> Iterator[str]:
    for member, found in rows.items():
        for number, row in enumerate(found, 1):
            faults = icc_columns.faults(member, list(row.values()))
            yield from (f"{member} row {number}: {fault}" for fault in faults)
    order = [row["PlanRef"] for row in rows["PLAN"]]
    yield from written.repeated(order, "PLAN: PlanRef")
    grouped: dict[str, dict[str, list[Row]]] = {}
    for member, found in rows.items():
        groups = [(ref, list(own)) for ref, own in groupby(found, lambda row: row["PlanRef"])]
        yield from _order(member, [ref for ref, _ in groups], order)
        grouped[member] = dict(groups)
    for plan in rows["PLAN"]:
        own = {member: groups.get(plan["PlanRef"], []) for member, groups in grouped.items()}
        yield from (f"plan {plan['PlanRef']}: {fault}" for fault in _plan(plan, own))


def _order(member: str, groups: list[str], order: list[str]) -> Iterator[str]:
    """See that each plan's rows stand together, and in the order of PLAN."""
    known = {plan: place for place, plan in enumerate(order)}
    places = [known[plan] for plan in groups if plan in known]
    if len(places) < len(groups):
        yield f"{member}: rows of a plan that PLAN lacks"
    if places != sorted(set(places)):
        yield f"{member}: plans in another order than in PLAN, or rows of one apart"


def _plan(plan: Row, own: Rows) -> Iterator[str]:
    for check_one in (_person, _staff, _sorts, _refs, _nothing, _terms):
        yield from check_one(plan, own)
    yield from _activities(plan, own["ACTIVITY"])
    yield from _event(plan, own["ACTIVITY"])


def _person(plan: Row, own: Rows) -> Iterator[str]:
    if len(own["PERSON"]) != 1:
        yield f"{len(own['PERSON'])} rows in PERSON"
    for person in own["PERSON"]:
        if person["StateId"] != plan["StateId"]:
            yield "another StateId in PERSON"


def _staff(plan: Row, _: Rows) -> Iterator[str]:
    if bool(plan["StaffLast"]) != bool(plan["StaffFirst"]):
        yield "one of StaffLast and StaffFirst without the other"


def _sorts(_: Row, own: Rows) -> Iterator[str]:
    sorted_apart = ("GOAL", "OBJECTIVE", "BARRIER", "ASSESSMENT", "CASENOTE", "SIGNATURE")
    for members in [*((member,) for member in sorted_apart), ("SERVICE", "ACTIVITY")]:
        found = [row["Sort"] for member in members for row in own[member]]
        if sorted(found) != sorted(str(place + 1) for place in range(len(found))):
            yield f"{' and '.join(members)}: Sort with a gap or a repeat"


def _refs(_: Row, own: Rows) -> Iterator[str]:
    known = {member: [row[column] for row in own[member]] for member, column in _OWN.items()}
    known["SERVICE"] += [row["ActivityRef"] for row in own["ACTIVITY"]]
    for member, refs in known.items():
        yield from written.repeated(refs, f"{member}: {_OWN[member]}")
    for member, column, target in _REFERENCES:
        refs = [row[column] for row in own[member] if row[column]]
        yield from written.dangling(refs, {*known[target]}, f"{member}: {column}")


def _nothing(plan: Row, own: Rows) -> Iterator[str]:
    cell = plan["NothingToRecord"]
    names = cell.split(" ") if cell else []
    if names != [name for name in _SECTIONS if name in names]:
        yield "NothingToRecord: a name that is not listed, stands twice or out of order"
    for name in names:
        if any(own[member] for member in _SECTIONS.get(name, ())):
            yield f"NothingToRecord: {name} has rows"


def _terms(_: Row, own: Rows) -> Iterator[str]:
    for goal in own["GOAL"]:
        if (goal["Term"] == "INT") != bool(goal["Category"]):
            yield f"goal {goal['GoalRef']}: a Category is for interim goals, and for each of them"
    if sum(goal["Term"] == "OVR" for goal in own["GOAL"]) > 1:
        yield "a second overall goal"


def _activities(plan: Row, activities: list[Row]) -> Iterator[str]:
    for number, activity in enumerate(activities, 1):
        for column in ("PlanVersion", "StateId", "OfficeCode", "StaffId"):
            if activity[column] != plan[column]:
                yield f"ACTIVITY {number}: {column} is not that of PLAN"


def _event(plan: Row, activities: list[Row]) -> Iterator[str]:
    """A plan that was begun and completed has an activity between the two."""
    first, last = icc_columns.day(plan["StartDate"]), icc_columns.day(plan["CompletedDate"])
    if first is None or last is None:
        return
    days = [icc_columns.day(activity["BeginDate"]) for activity in activities]
    if not any(day and first <= day <= last for day in days):
        yield "no ACTIVITY that began between StartDate and CompletedDate"
