"""ICC's files, as Indiana would read them: `icc.md`, member by member, then plan by plan."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import BinaryIO, Final, NamedTuple

from iepbridge.sandbox import icc_columns, icc_zip
from iepbridge.sandbox.envelope import VERSION, envelope, loose, repeats, stated, unrepeated
from iepbridge.sandbox.parcel import Envelope, Fault, FileRefused, FoundPlan, Parcel, Spot

_MANIFEST: Final = "MANIFEST.txt"
_MANIFEST_HEADER: Final = ("Member", "Rows", "Sha256")
_LAST: Final = ("BATCH", "SENDER", "RECEIVER", "CREATED")
_SORTED: Final = (
    ("GOAL",), ("OBJECTIVE",), ("BARRIER",), ("SERVICE", "ACTIVITY"), ("ASSESSMENT",),
    ("CASENOTE",), ("SIGNATURE",),
)  # fmt: skip
_OWN: Final = {
    "GOAL": "GoalRef", "OBJECTIVE": "ObjectiveRef", "BARRIER": "BarrierRef",
    "SERVICE": "ServiceRef", "ACTIVITY": "ActivityRef", "CASENOTE": "NoteRef", "EXTRA": "Name",
}  # fmt: skip
_REFERENCES: Final = (
    ("OBJECTIVE", "GoalRef", ("GOAL",)),
    ("OBJECTIVE", "BarrierRef", ("BARRIER",)),
    ("OBJECTIVE", "ServiceRef", ("SERVICE", "ACTIVITY")),
    ("BARRIER", "GoalRef", ("GOAL",)),
)
_SECTIONS: Final = {
    "goals": ("GOAL",), "barriers": ("BARRIER",), "services": ("SERVICE", "ACTIVITY"),
    "assessments": ("ASSESSMENT",), "case_notes": ("CASENOTE",), "signatures": ("SIGNATURE",),
}  # fmt: skip


class _Row(NamedTuple):
    """A row, by column, and its number in the member."""

    number: int
    cells: Mapping[str, str]


_Own = Mapping[str, Sequence[_Row]]
"""The rows of one plan by member."""


def read(stream: BinaryIO) -> Parcel:
    """Read a file; raise `FileRefused` where it is refused whole."""
    names = [f"{member}.txt" for member in icc_columns.members()]
    contents = icc_zip.members(stream, [_MANIFEST, *names])
    manifest = icc_zip.rows(_MANIFEST, contents.pop(_MANIFEST), _MANIFEST_HEADER)
    found = {member: _rows(member, contents[f"{member}.txt"]) for member in icc_columns.members()}
    envelope_found = _check_manifest(manifest, contents, found)
    grouped = _grouped(found)
    plans = [_plan(row, grouped) for row in found["PLAN"]]
    unrepeated(plans)
    return Parcel(envelope_found, plans, sum(map(len, found.values())))


def _rows(member: str, content: bytes) -> list[_Row]:
    names = [column.name for column in icc_columns.members()[member]]
    cells = icc_zip.rows(f"{member}.txt", content, names)
    return [_Row(at, dict(zip(names, row, strict=True))) for at, row in enumerate(cells, start=1)]


def _check_manifest(
    manifest: Sequence[icc_zip.Cells],
    contents: Mapping[str, bytes],
    found: Mapping[str, Sequence[_Row]],
) -> Envelope:
    own, last = manifest[: len(contents)], manifest[len(contents) :]
    if [row[0] for row in own] != list(contents) or [row[0] for row in last] != list(_LAST):
        raise FileRefused("MANIFEST", "The manifest names other members or values, or misses some.")
    for (name, count, digest), rows in zip(own, found.values(), strict=True):
        stated(f"Rows of {name}", count, len(rows))
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise FileRefused("HASH", f"The manifest states another hash than that of {name}.")
    if any(row[2] for row in last):
        raise FileRefused("MANIFEST", "A value of the envelope has a third cell.")
    sequence, sender, receiver, created = (row[1] for row in last)
    return envelope(sender, receiver, sequence, created)


def _grouped(found: Mapping[str, Sequence[_Row]]) -> dict[str, dict[str, list[_Row]]]:
    """Group the rows of each member by plan; all stand in the order of PLAN, those of one together.

    A PLAN row without PlanRef is a fault of its own, and has no other rows.
    """
    order = {row.cells["PlanRef"]: at for at, row in enumerate(found["PLAN"])}
    order.pop("", None)
    grouped: dict[str, dict[str, list[_Row]]] = {}
    for member, rows in found.items():
        if member == "PLAN":
            continue
        groups = [(ref, list(own)) for ref, own in groupby(rows, lambda row: row.cells["PlanRef"])]
        if any(ref not in order for ref, _ in groups):
            raise FileRefused("STRUCTURE", f"{member}.txt has rows that belong to no plan.")
        places = [order[ref] for ref, _ in groups]
        if places != sorted(set(places)):
            raise FileRefused("STRUCTURE", f"{member}.txt has plans in another order.")
        grouped[member] = dict(groups)
    return grouped


def _plan(row: _Row, grouped: Mapping[str, Mapping[str, Sequence[_Row]]]) -> FoundPlan:
    plan_id, version = row.cells["PlanRef"], row.cells["PlanVersion"]
    own = {member: groups.get(plan_id, ()) for member, groups in grouped.items()}
    whole = {"PLAN": (row,), **own}
    return FoundPlan(
        plan_id,
        int(version) if VERSION.fullmatch(version) else None,
        _digest(whole),
        _spot("PLAN", row),
        faults=tuple(_faults(row, own, whole)),
    )


def _digest(whole: _Own) -> str:
    digest = hashlib.sha256()
    for member, rows in whole.items():
        for row in rows:
            digest.update("\0".join((member, *row.cells.values())).encode() + b"\1")
    return digest.hexdigest()


def _spot(member: str, row: _Row) -> Spot:
    return Spot(f"{member}.txt", str(row.number))


def _faults(plan: _Row, own: _Own, whole: _Own) -> Iterator[Fault]:
    for member, rows in whole.items():
        for row in rows:
            yield from _cells(member, row)
    yield from _person(plan, own["PERSON"])
    yield from _sorts(own, _spot("PLAN", plan))
    yield from _references(own)
    yield from _nothing(plan, own)
    yield from _goals(own["GOAL"])
    yield from _activities(plan, own["ACTIVITY"])


def _cells(member: str, row: _Row) -> Iterator[Fault]:
    for column in icc_columns.members()[member]:
        cell = row.cells[column.name]
        if cell and not column.form(cell):
            text = f"{column.name} is not of its form, size or codes."
            yield Fault(column.code, text, _spot(member, row))
        elif column.required and not cell:
            yield Fault("REQUIRED", f"{column.name} is missing.", _spot(member, row))


def _person(plan: _Row, persons: Sequence[_Row]) -> Iterator[Fault]:
    if len(persons) != 1:
        yield Fault("REQUIRED", "PERSON has not exactly one row.", _spot("PLAN", plan))
    for person in persons:
        if person.cells["StateId"] != plan.cells["StateId"]:
            yield Fault("STATE-ID", "StateId is not PLAN's.", _spot("PERSON", person))
    if bool(plan.cells["StaffLast"]) != bool(plan.cells["StaffFirst"]):
        text = "StaffLast and StaffFirst stand together."
        yield Fault("REQUIRED", text, _spot("PLAN", plan))


def _sorts(own: _Own, spot: Spot) -> Iterator[Fault]:
    for members in _SORTED:
        found = [row.cells["Sort"] for member in members for row in own[member]]
        if sorted(found) != sorted(str(place) for place in range(1, len(found) + 1)):
            text = f"Sort of {' and '.join(members)} has a gap or a repeat."
            yield Fault("SORT", text, spot)


def _references(own: _Own) -> Iterator[Fault]:
    known = {member: _values(own[member], column) for member, column in _OWN.items()}
    for member, values in known.items():
        yield from repeats(values, f"{_OWN[member]}", Spot(f"{member}.txt"))
    for member, column, targets in _REFERENCES:
        ends = {value for target in targets for value in known[target]}
        yield from loose(_values(own[member], column), ends, column, Spot(f"{member}.txt"))


def _values(rows: Sequence[_Row], column: str) -> list[str]:
    return [row.cells[column] for row in rows]


def _nothing(plan: _Row, own: _Own) -> Iterator[Fault]:
    cell = plan.cells["NothingToRecord"]
    for name in cell.split(" ") if cell else ():
        if name not in _SECTIONS or any(own[member] for member in _SECTIONS[name]):
            text = "NothingToRecord names what is not listed, or has rows."
            yield Fault("NOTHING", text, _spot("PLAN", plan))


def _goals(goals: Sequence[_Row]) -> Iterator[Fault]:
    for goal in goals:
        if (goal.cells["Term"] == "INT") != bool(goal.cells["Category"]):
            text = "A Category is for interim goals, and for each of them."
            yield Fault("REQUIRED", text, _spot("GOAL", goal))
    overall = [goal for goal in goals if goal.cells["Term"] == "OVR"]
    yield from (Fault("TWICE", "A second overall goal.", _spot("GOAL", one)) for one in overall[1:])


def _activities(plan: _Row, activities: Sequence[_Row]) -> Iterator[Fault]:
    for activity in activities:
        for column in ("PlanVersion", "StateId", "OfficeCode", "StaffId"):
            if activity.cells[column] != plan.cells[column]:
                text = f"{column} is not PLAN's."
                yield Fault("REPEATED", text, _spot("ACTIVITY", activity), warning=True)
