"""Cut a CWDS file into its fields, and say where they differ from a plan.

A plan's slices are plain: `{"ref": ..., "10": {...}, "11": {...}, "15": [{"16": [...]}], ...}`,
each record a dict of its fields' texts (continuations joined, escapes undone, filler gone) with the
records that belong to it under their type: `25` in the `20` it names, `26` in its `25`.
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, TypeAlias

from tests.oracles.cwds_places import CODES, PLACES, Place

Slices: TypeAlias = dict[str, Any]
Fields: TypeAlias = dict[str, Any]

_INSIDE: Final = {"16": "15", "26": "25", "51": "50", "52": "50", "53": "50"}
_INNER: Final = {"15": ("16",), "20": ("25",), "25": ("26",), "50": ("51", "52", "53")}
_LISTS: Final = ("15", "20", "40", "30", "50", "60", "70", "90")
_SECTIONS: Final = {
    "assessments": "15", "goals": "20", "barriers": "40", "services": "30", "case_notes": "50",
    "signatures": "60", "reviews": "70",
}  # fmt: skip
_PARTS: Final = {
    "15": {"16": "scores"},
    "20": {"25": "actions"},
    "50": {"51": "metrics", "52": "next_steps"},
}
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "e": ""}


def slice_file(content: bytes) -> list[Slices]:
    """Give the slices of each plan of a file that is written as it should be."""
    plans: list[Slices] = []
    last: Fields = {}
    for record in _records(content):
        kind = record[:2]
        if kind == "10":
            plans.append({"ref": record[8:44].rstrip(" "), **{kind: [] for kind in _LISTS}})
        if kind == "80":
            field = record[50:70].rstrip(" ")
            last[field] = last.get(field, "") + _undone(record[73:273])
        elif kind not in {"00", "99"}:
            last = _fields(record)
            _put(plans[-1], kind, last)
    return plans


def _records(content: bytes) -> Iterator[str]:
    text = content.decode("cp1252")
    return (text[at : at + 300] for at in range(0, len(text) - 1, 302))


def _fields(record: str) -> Fields:
    kind = record[:2]
    fields: Fields = {inner: [] for inner in _INNER.get(kind, ())}
    for place in PLACES[kind].values():
        start = place.position - 1
        text = record[start : start + place.size] if place.position else ""
        fields[place.name] = _undone(text) if place.kind in "AT" else text.rstrip(" ")
    return fields


def _undone(text: str) -> str:
    """Undo escapes, a character at a time."""
    letters = iter(text.rstrip(" "))
    return "".join(_LETTERS[next(letters)] if one == "\\" else one for one in letters)


def _put(plan: Slices, kind: str, fields: Fields) -> None:
    if kind in {"10", "11"}:
        plan[kind] = fields
    elif kind == "25":
        (goal,) = [goal for goal in plan["20"] if goal["GoalRef"] == fields["GoalRef"]]
        goal["25"].append(fields)
        plan["step"] = fields
    elif kind == "26":
        plan["step"]["26"].append(fields)
    else:
        holder = plan[_INSIDE[kind]][-1] if kind in _INSIDE else plan
        holder[kind].append(fields)


def agrees(plan: dict[str, Any], slices: Slices) -> list[str]:
    """Compare plan data, as it comes back, with a plan's slices; give where they differ.

    Every leaf of the plan must have been found in some field but `schema`, and `agency.state`,
    which is always `PA`.
    """
    return list(_Comparison(plan, slices).complaints)


class _Comparison:
    """What differs between one plan and its slices."""

    def __init__(self, plan: dict[str, Any], slices: Slices) -> None:
        self.complaints: list[str] = []
        self._found = {"schema", "plan_id", "agency.state"}
        self._same("plan_id", plan.get("plan_id"), slices["ref"])
        self._same("agency.state", (plan.get("agency") or {}).get("state"), "PA")
        self._record("10", plan, slices["10"], "")
        self._record("11", plan, slices["11"], "")
        self._sections(plan, slices)
        self._extras(plan, slices["90"])
        for path in _leaves(plan, ""):
            if path not in self._found:
                self.complaints.append(f"{path} stands in no field")

    def _same(self, path: str, ours: Any, sliced: str) -> None:
        if (ours or "") != sliced:
            self.complaints.append(f"{path} differs from its field")

    def _record(self, kind: str, part: Any, fields: Fields, path: str) -> None:
        for place in PLACES[kind].values():
            if place.path == "-":
                continue
            value: Any = part
            for step in place.path.split("."):
                value = value.get(step) if isinstance(value, dict) else None
            self._found.add(path + place.path)
            if fields[place.name] != _text(kind, place, value):
                self.complaints.append(f"{path}{place.path} differs from {kind} {place.name}")

    def _sections(self, plan: dict[str, Any], slices: Slices) -> None:
        empty = slices["10"]["NothingToRecord"].split(" ")
        for section, kind in _SECTIONS.items():
            items = plan.get(section)
            if (items == []) != (section in empty):
                self.complaints.append(f"{section} differs from 10 NothingToRecord")
            self._found.add(section)
            self._items(kind, items or [], slices[kind], section)

    def _items(self, kind: str, items: list[Any], records: list[Fields], path: str) -> None:
        if len(items) != len(records):
            self.complaints.append(f"{path} has {len(items)} items, {kind} {len(records)} records")
            return
        for at, (item, fields) in enumerate(zip(items, records, strict=True)):
            inner = f"{path}[{at}]."
            if "Seq" in fields and fields["Seq"] != f"{at + 1:03}":
                self.complaints.append(f"{inner} stands elsewhere")
            self._record(kind, item, fields, inner)
            for of, name in _PARTS.get(kind, {}).items():
                self._items(of, item.get(name) or [], fields[of], inner + name)
            if kind == "25":
                self._links(item, fields, inner)
            if kind == "50":
                self._follow_up(item, fields, inner)
            if kind == "15" and fields["Scores"] != f"{len(fields['16']):02}":
                self.complaints.append(f"{inner}scores differ from 15 Scores")

    def _links(self, step: dict[str, Any], fields: Fields, path: str) -> None:
        links = fields["26"] or [dict.fromkeys(PLACES["26"], "")]
        self._record("26", step, links[0], path)
        if len(links) > 1:
            self.complaints.append(f"{path} has two 26")

    def _follow_up(self, note: dict[str, Any], fields: Fields, path: str) -> None:
        days = [{"date": day} for day in note.get("follow_up_on") or []]
        self._items("53", days, fields["53"], path + "follow_up_on")
        self._found |= {f"{path}follow_up_on[{at}]" for at in range(len(days))}

    def _extras(self, plan: dict[str, Any], records: list[Fields]) -> None:
        extras = (plan.get("extensions") or {}).get("cwds") or {}
        if list(extras.items()) != [(one["Name"], one["Value"]) for one in records]:
            self.complaints.append("extensions.cwds differs from the 90 records")
        self._found |= {f"extensions.cwds.{key}" for key in extras}


def _text(kind: str, place: Place, value: Any) -> str:
    """Give what a field should hold, without filler."""
    if (kind, place.name) in CODES:
        turned = {meaning: code for code, meaning in CODES[kind, place.name].items()}
        none = "00" if place.kind == "N" else ""
        return turned.get(value, "no code") if value is not None else none
    if place.kind == "D":
        day = value.isoformat() if isinstance(value, datetime.date) else value
        return str(day).replace("-", "") if day else ("" if kind == "26" else "0" * 8)
    if place.kind == "B":
        return {True: "Y", False: "N", None: ""}[value]
    if place.kind == "M":
        return "" if value is None else f"{int(Decimal(value) * 100):0{place.size}}"
    if place.kind == "N":
        return f"{value or 0:0{place.size}}"
    return value or ""


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{at}]")
    elif value is not None and value != []:
        yield path
