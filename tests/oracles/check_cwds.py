"""Judge a written CWDS file: bytes, counts, order, fields, continuations, references."""

import datetime
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from tests.oracles.cwds_places import CODES, PLACES, Place
from tests.oracles.written import dangling, read, repeated

_UNKNOWN_BYTES: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_ESCAPED: Final = re.compile(r"(?:[^\\]|\\[nrt\\])*").fullmatch
_NAME: Final = re.compile(r"[A-Za-z0-9]{1,8}").fullmatch
_FILE: Final = re.compile(r"CWDSIEP\.(\w+)\.([0-9]{8})\.([0-9]{6})\.dat").fullmatch
_ORDER: Final = ("10", "11", "15", "20", "25", "40", "30", "50", "60", "70", "90")
_WITH: Final = {"16": "15", "26": "25", "51": "50", "52": "50", "53": "50"}
_BEFORE: Final = {
    "16": ("15", "16"),
    "26": ("25",),
    "51": ("50", "51"),
    "52": ("50", "51", "52"),
    "53": ("50", "51", "52", "53"),
}
_SECTIONS: Final = {
    "assessments": "15", "goals": "20", "barriers": "40", "services": "30", "case_notes": "50",
    "signatures": "60", "reviews": "70",
}  # fmt: skip
_NO_DAY: Final = "00000000"


class _Record(NamedTuple):
    number: str
    kind: str
    text: str
    parts: dict[str, list[str]]

    def field(self, name: str) -> str:
        """Give a field without its filler."""
        place = PLACES[self.kind][name]
        start = place.position - 1
        return self.text[start : start + place.size].rstrip(" ") if place.position else ""

    def whole(self, name: str) -> str:
        """Give a field with what continues it, escapes as they stand."""
        return self.field(name) + "".join(self.parts.get(name, ()))


def check(source: Path | str | bytes) -> list[str]:
    """Give the complaints about a written file; none says that it is as `cwds.md` has it."""
    content, name = read(source)
    complaints = list(_bytes(content))
    if complaints:
        return complaints
    text = content.decode("cp1252")
    records = [text[at : at + 300] for at in range(0, len(text) - 1, 302)]
    complaints += _numbers(records)
    if records[0][:2] != "00" or records[-1][:2] != "99":
        return [*complaints, "no header at the start, or no trailer at the end"]
    complaints += _envelope(records, name)
    plans: list[list[str]] = []
    for record in records[1:-1]:
        if record[:2] == "10":
            plans.append([])
        if not plans or record[:2] in {"00", "99"}:
            return [*complaints, f"{record[2:8]}: a record of no plan"]
        plans[-1].append(record)
    complaints += repeated((plan[0][8:44] for plan in plans), "plan")
    for plan in plans:
        complaints += _plan(plan)
    return complaints


def _bytes(content: bytes) -> Iterator[str]:
    if not content.endswith(b"\r\n\x1a"):
        yield "no 1A right after the last CR LF"
    if len(content) % 302 != 1 or len(content) < 605:
        yield "not records of 300 bytes with CR LF"
        return
    ends = {content[at + 300 : at + 302] for at in range(0, len(content) - 1, 302)}
    if ends != {b"\r\n"}:
        yield "a record without CR LF at its end"
    if _UNKNOWN_BYTES.search(content):
        yield "a byte that the code page lacks"
    for at in range(0, len(content) - 1, 302):
        if min(content[at : at + 300]) < 0x20:
            yield f"record {at // 302 + 1}: a byte below 0x20"


def _numbers(records: list[str]) -> Iterator[str]:
    for at, record in enumerate(records, 1):
        if record[2:8] != f"{at % 1_000_000:06}":
            yield f"record {at} has another number"


def _envelope(records: list[str], name: str | None) -> Iterator[str]:
    header = _Record("header", "00", records[0], {})
    trailer = _Record("trailer", "99", records[-1], {})
    for record in (header, trailer):
        if record.text[8:44].strip(" "):
            yield f"{record.number}: a PlanRef"
        yield from _fields(record)
    for field in ("Sender", "Receiver"):
        if not _NAME(header.field(field)):
            yield f"header: {field}"
    if not re.fullmatch("0700[PT]", header.field("Release") + header.field("Mode")):
        yield "header: Release or Mode"
    if not re.match("([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9]|60)$", header.field("FileTime")):
        yield "header: FileTime"
    if header.field("Sequence") == "000000":
        yield "header: Sequence"
    match = _FILE(name or "")
    parts = tuple(header.field(field) for field in ("Sender", "FileDate", "Sequence"))
    if match and match.groups() != parts:
        yield "the file's name is not the envelope's"
    yield from _counts(header, trailer, records[1:-1])


def _counts(header: _Record, trailer: _Record, inside: list[str]) -> Iterator[str]:
    plans = sum(record[:2] == "10" for record in inside)
    filled = sum(len(record.replace(" ", "")) for record in inside)
    for record, name, count in (
        (header, "Records", len(inside)),
        (trailer, "Records", len(inside)),
        (trailer, "Plans", plans),
        (trailer, "Hash", filled),
    ):
        if record.field(name) != f"{count:0{PLACES[record.kind][name].size}}":
            yield f"{record.number}: {name}"


def _plan(texts: list[str]) -> Iterator[str]:
    records: list[_Record] = []
    for text in texts:
        number, kind = text[2:8], text[:2]
        if text[8:44] != texts[0][8:44] or text[8] == " ":
            yield f"{number}: PlanRef"
        if kind not in PLACES:
            yield f"{number}: an unknown record"
        elif kind == "80":
            yield from _text(_Record(number, kind, text, {}), records[-1])
        else:
            records.append(_Record(number, kind, text, {}))
    for record in records:
        yield from _fields(record)
        yield from _parts(record)
    yield from _order(records)
    yield from _sequences(records)
    yield from _references(records)
    yield from _whole_plan(records)


def _text(record: _Record, owner: _Record) -> Iterator[str]:
    yield from _fields(record)
    field = record.field("Field")
    parts = owner.parts.setdefault(field, [])
    parts.append(record.field("Text"))
    if record.field("OwnerRecord") != owner.number:
        yield f"{record.number}: OwnerRecord"
    if record.field("Part") != f"{len(parts):03}":
        yield f"{record.number}: Part"
    if field not in PLACES[owner.kind] or PLACES[owner.kind][field].kind not in "AT":
        yield f"{record.number}: no such Field"


def _fields(record: _Record) -> Iterator[str]:
    """Check each field by its kind, and the filler behind the last."""
    places = [place for place in PLACES[record.kind].values() if place.position]
    last = places[-1]
    if record.text[last.position + last.size - 1 :].strip(" "):
        yield f"{record.number}: no filler behind {last.name}"
    for place in places:
        raw = record.text[place.position - 1 :][: place.size]
        here = f"{record.number}/{place.name}"
        if place.required and _missing(raw, place) and not record.parts.get(place.name):
            yield f"{here}: required"
        elif not _has_form(raw, place):
            yield f"{here}: not of its form"
        elif not _is_known(record.kind, raw.rstrip(" "), place):
            yield f"{here}: no such code"


def _missing(raw: str, place: Place) -> bool:
    return not raw.strip(" ") or (place.kind == "D" and raw == _NO_DAY)


def _has_form(raw: str, place: Place) -> bool:
    if place.kind == "D":
        return raw == _NO_DAY or _is_day(raw)
    if place.kind == "N":
        return raw.isascii() and raw.isdigit()
    if place.kind == "M":
        return raw == " " * 9 or (raw.isascii() and raw.isdigit())
    if place.kind == "B":
        return raw in {"Y", "N", " "}
    if place.kind == "K":
        return " " not in raw.rstrip(" ")
    begins = place.name == "Text" or raw[0] != " " or not raw.strip(" ")
    return begins and (place.name == "Text" or _ESCAPED(raw.rstrip(" ")) is not None)


def _is_day(raw: str) -> bool:
    try:
        return raw.isdigit() and bool(datetime.date.fromisoformat(raw))
    except ValueError:
        return False


def _is_known(kind: str, code: str, place: Place) -> bool:
    table = CODES.get((kind, place.name))
    return table is None or code in table or code == ("00" if place.kind == "N" else "")


def _parts(record: _Record) -> Iterator[str]:
    """Check how each text of a record continues."""
    for place in PLACES[record.kind].values():
        if place.kind in "AT" and place.name in record.parts:
            here = f"{record.number}/{place.name}"
            pieces = record.parts[place.name]
            yield from (f"{here}: {what}" for what in _continued(place, record, pieces))


def _continued(place: Place, record: _Record, parts: list[str]) -> Iterator[str]:
    own = record.field(place.name)
    bare = [_unclosed(part) for part in parts]
    if not all(_ESCAPED(one) for one in bare):
        yield "an escape cut, or unknown"
    text = own + "".join(bare)
    at_edges = text[:1] == " " or text[-1:] == " "
    if (parts[-1] != bare[-1]) != at_edges:
        yield "closed though nothing asks for it, or not closed"
    if own and (at_edges or place.kind == "A"):
        yield "stands in its own field too"
    if place.position and not own and not at_edges:
        yield "could stand in its own field"
    if place.kind == "A" and len(text) > place.size:
        yield "longer than its place"
    for part, without in zip(parts[:-1], bare, strict=False):
        if (part != without) != (not without.strip(" ")):
            yield "a part that goes on is closed, or one of spaces is not"
    if not parts[-1]:
        yield "a part of nothing"
    pieces = [(own, place.size)] if own else []
    yield from _full([*pieces, *((one, 200) for one in bare)], closed=parts[-1] != bare[-1])


def _unclosed(part: str) -> str:
    """Take the escape that stands for nothing off the end of a part."""
    if not part.endswith("\\e"):
        return part
    behind = part[:-1]
    backslashes = len(behind) - len(behind.rstrip("\\"))
    return part[:-2] if backslashes % 2 else part


def _full(pieces: list[tuple[str, int]], *, closed: bool) -> Iterator[str]:
    """Check that each piece that goes on takes as much as fits."""
    rest = "".join(piece for piece, _ in pieces) + ("\\e" if closed else "")
    for (piece, size), _ in pairwise(pieces):
        rest = rest[len(piece) :]
        spaces = len(rest) - len(rest.lstrip(" "))
        following = 2 if rest[spaces : spaces + 1] == "\\" else 1
        if len(piece) + spaces + following <= size:
            yield "a piece takes less than fits"
        if not piece.strip(" ") and len(piece) != size - 2:
            yield "a part of spaces takes less than fits"
        if piece.strip(" ") and piece.endswith(" "):
            yield "a part that goes on ends in a space"


def _order(records: list[_Record]) -> Iterator[str]:
    places = [_ORDER.index(_WITH.get(record.kind, record.kind)) for record in records]
    if places != sorted(places):
        yield f"{records[0].number}: the plan's records stand in another order"
    if [record.kind for record in records].count("11") != 1:
        yield f"{records[0].number}: no 11, or two"
    for before, record in pairwise(records):
        if record.kind in _BEFORE and before.kind not in _BEFORE[record.kind]:
            yield f"{record.number}: follows another record than its own"


def _sequences(records: list[_Record]) -> Iterator[str]:
    counts: dict[str, int] = {}
    goals = [record.field("GoalRef") for record in records if record.kind == "20"]
    steps = [record.field("GoalRef") for record in records if record.kind == "25"]
    if [goals.index(ref) for ref in steps if ref in goals] != sorted(
        goals.index(ref) for ref in steps if ref in goals
    ):
        yield f"{records[0].number}: steps stand in another order than their goals"
    for at, record in enumerate(records):
        if "Seq" in PLACES[record.kind]:
            of = record.kind + (record.field("GoalRef") if record.kind == "25" else "")
            counts[of] = counts.get(of, 0) + 1
            if record.field("Seq") != f"{counts[of]:03}":
                yield f"{record.number}/Seq"
        if record.kind == "15":
            following = [one.kind for one in records[at + 1 :]]
            count = next((n for n, kind in enumerate(following) if kind != "16"), len(following))
            if record.field("Scores") != f"{count:02}":
                yield f"{record.number}/Scores"


def _references(records: list[_Record]) -> Iterator[str]:
    def values(kind: str, name: str) -> list[str]:
        return [record.field(name) for record in records if record.kind == kind]

    known = {
        kind: values(kind, name)
        for kind, name in (
            ("20", "GoalRef"), ("25", "StepRef"), ("40", "BarrierRef"), ("30", "ServiceRef"),
            ("50", "NoteRef"),
        )
    }  # fmt: skip
    for kind, ids in known.items():
        yield from repeated(ids, f"id in {kind}")
    yield from repeated(_names(records), "extra")
    for kind, name, to in (
        ("25", "GoalRef", "20"), ("40", "GoalRef", "20"), ("26", "BarrierRef", "40"),
        ("26", "ServiceRef", "30"),
    ):  # fmt: skip
        given = (ref or None for ref in values(kind, name))
        yield from dangling(given, set(known[to]), f"{kind} {name}")
    owner = ""
    for record in records:
        if record.kind in {"25", "50"}:
            owner = record.field("StepRef" if record.kind == "25" else "NoteRef")
        of = {"26": "StepRef", "51": "NoteRef", "52": "NoteRef", "53": "NoteRef"}.get(record.kind)
        if of and record.field(of) != owner:
            yield f"{record.number}: names another owner"


def _names(records: Iterable[_Record]) -> list[str]:
    return [record.whole("Name") for record in records if record.kind == "90"]


def _whole_plan(records: list[_Record]) -> Iterator[str]:
    plan = records[0]
    kinds = {record.kind for record in records}
    empty = plan.whole("NothingToRecord")
    for name in empty.split(" ") if empty else ():
        if name not in _SECTIONS or _SECTIONS[name] in kinds:
            yield f"{plan.number}/NothingToRecord"
    if bool(plan.whole("StaffLast")) != bool(plan.whole("StaffFirst")):
        yield f"{plan.number}: half a name"
    for record in records:
        names = ("BarrierRef", "ServiceRef", "ResponsibleName")
        if record.kind == "26" and not any(record.whole(name) for name in names):
            yield f"{record.number}: a 26 without content"
    if plan.field("Started") != _NO_DAY and not _has_event(plan, records):
        yield f"{plan.number}: no WIS02 in time"


def _has_event(plan: _Record, records: list[_Record]) -> bool:
    started, completed = plan.field("Started"), plan.field("Completed")
    last = "99999999" if completed == _NO_DAY else completed
    return any(
        record.kind == "30"
        and record.field("ServiceCode") == "WIS02"
        and started <= record.field("Started") <= last
        for record in records
    )
