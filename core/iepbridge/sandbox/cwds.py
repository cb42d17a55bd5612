"""CWDS's files, as Pennsylvania would read them: `cwds.md`, record by record, then plan by plan."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import BinaryIO, Final

from iepbridge.sandbox.cwds_fields import Record, faulty, fields
from iepbridge.sandbox.envelope import VERSION, envelope, loose, repeats, stated, unrepeated
from iepbridge.sandbox.parcel import Envelope, Fault, FileRefused, FoundPlan, Parcel, Spot

_BYTES: Final = 300
_WITH_END: Final = _BYTES + 2
_TIME: Final = re.compile("([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9]|60)")
_ORDER: Final = ("10", "11", "15", "20", "25", "40", "30", "50", "60", "70", "90")
_WITH: Final = {"16": "15", "26": "25", "51": "50", "52": "50", "53": "50"}
_BEHIND: Final = {
    "16": ("15", "16"),
    "26": ("25",),
    "51": ("50", "51"),
    "52": ("50", "51", "52"),
    "53": ("50", "51", "52", "53"),
}
_OWNER: Final = {"26": "StepRef", "51": "NoteRef", "52": "NoteRef", "53": "NoteRef"}
_IDS: Final = {
    "20": "GoalRef", "25": "StepRef", "40": "BarrierRef", "30": "ServiceRef", "50": "NoteRef",
    "90": "Name",
}  # fmt: skip
_REFERENCES: Final = (
    ("25", "GoalRef", "20"), ("40", "GoalRef", "20"), ("26", "BarrierRef", "40"),
    ("26", "ServiceRef", "30"),
)  # fmt: skip
_SECTIONS: Final = {
    "assessments": "15", "goals": "20", "barriers": "40", "services": "30", "case_notes": "50",
    "signatures": "60", "reviews": "70",
}  # fmt: skip
_NO_DAY: Final = "00000000"


def read(stream: BinaryIO) -> Parcel:
    """Read a file; raise `FileRefused` where it is refused whole."""
    texts = _texts(stream.read())
    header, trailer = Record(texts[0]), Record(texts[-1])
    if header.kind != "00" or trailer.kind != "99":
        raise FileRefused("STRUCTURE", "No header at the start, or no trailer at the end.")
    found = _envelope(header)
    inside = texts[1:-1]
    _check_counts(header, trailer, inside)
    plans = [_plan(own) for own in _by_plan(inside)]
    unrepeated(plans)
    return Parcel(found, plans, len(inside))


def _texts(content: bytes) -> list[str]:
    """Cut a file into its records; the bytes, their ends and numbers are as they must be."""
    if len(content) % _WITH_END != 1 or len(content) <= _WITH_END or content[-1:] != b"\x1a":
        raise FileRefused("UNREADABLE", "Not records of 300 bytes with CR LF, and 0x1A last.")
    places = range(0, len(content) - 1, _WITH_END)
    if any(content[at + _BYTES : at + _WITH_END] != b"\r\n" for at in places):
        raise FileRefused("UNREADABLE", "A record without CR LF at its end.")
    try:
        texts = [content[at : at + _BYTES].decode("cp1252") for at in places]
    except UnicodeDecodeError:
        raise FileRefused("UNREADABLE", "A byte that the code page lacks.") from None
    for number, text in enumerate(texts, start=1):
        if text[2:8] != f"{number % 1_000_000:06}":
            raise FileRefused("RECORD-NUMBER", f"Record {number:,} has another number.")
    return texts


def _envelope(header: Record) -> Envelope:
    for name, _, text in faulty(header):
        raise FileRefused("ENVELOPE", f"Header, {name or 'filler'}: {text}")
    if header.value("Release") != "0700" or header.value("Mode") not in ("P", "T"):
        raise FileRefused("ENVELOPE", "Release or Mode are not those of the document.")
    if not _TIME.fullmatch(header.value("FileTime")):
        raise FileRefused("ENVELOPE", "FileTime is no time of day.")
    day = header.value("FileDate")
    created = f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:00Z"
    sender, receiver, sequence = map(header.value, ("Sender", "Receiver", "Sequence"))
    return envelope(sender, receiver, sequence, created)


def _check_counts(header: Record, trailer: Record, inside: Sequence[str]) -> None:
    for name, _, text in faulty(trailer):
        raise FileRefused("ENVELOPE", f"Trailer, {name or 'filler'}: {text}")
    stated("Records of the header", header.value("Records"), len(inside))
    stated("Records of the trailer", trailer.value("Records"), len(inside))
    stated("Plans", trailer.value("Plans"), sum(text[:2] == "10" for text in inside))
    stated("Hash", trailer.value("Hash"), sum(_BYTES - text.count(" ") for text in inside))


def _by_plan(inside: Sequence[str]) -> list[list[str]]:
    plans: list[list[str]] = []
    for text in inside:
        if text[:2] == "10":
            plans.append([])
        if not plans or text[:2] in ("00", "99"):
            raise FileRefused("STRUCTURE", "A record that belongs to no plan.")
        plans[-1].append(text)
        if text[8:44] != plans[-1][0][8:44]:
            raise FileRefused("STRUCTURE", "A PlanRef other than that of the plan standing there.")
    return plans


def _plan(texts: Sequence[str]) -> FoundPlan:
    records, faults = _joined(texts)
    plan = records[0]
    version = plan.raw("Version").lstrip("0")
    faults += _faults(records)
    return FoundPlan(
        plan.plan_ref,
        int(version) if VERSION.fullmatch(version) else None,
        _digest(texts),
        Spot(plan.number, "Status"),
        faults=tuple(faults),
    )


def _digest(texts: Sequence[str]) -> str:
    """Digest a plan's records without their numbers, which are those of the file."""
    digest = hashlib.sha256()
    for text in texts:
        start = 50 if text[:2] == "80" else 8
        digest.update((text[:2] + text[start:]).encode())
    return digest.hexdigest()


def _joined(texts: Sequence[str]) -> tuple[list[Record], list[Fault]]:
    """Give the records without the `80`s, each with what continues it."""
    records: list[Record] = []
    faults: list[Fault] = []
    owner = Record(texts[0])
    for text in texts:
        record = Record(text)
        if record.kind == "80":
            faults += _continued(record, owner)
            continue
        owner = record
        if record.kind in fields():
            records.append(record)
        else:
            faults.append(Fault("UNKNOWN", "An unknown record.", Spot(record.number), True))
    return records, faults


def _continued(record: Record, owner: Record) -> Iterator[Fault]:
    name = record.value("Field")
    parts = owner.parts.setdefault(name, [])
    parts.append(record.value("Text").removesuffix("\\e"))
    spot = Spot(record.number, "Part")
    if record.raw("OwnerRecord") != owner.number or record.raw("Part") != f"{len(parts):03}":
        yield Fault("PARTS", "Not the next part of the record before it.", spot)
    for field, code, text in faulty(record):
        yield Fault(code, text, Spot(record.number, field))
    own = fields().get(owner.kind, {}).get(name)
    if own is None or own.kind not in "AT":
        yield Fault("UNKNOWN", "No text of the record has this name.", spot)


def _faults(records: Sequence[Record]) -> Iterator[Fault]:
    for record in records:
        for name, code, text in faulty(record):
            yield Fault(code, text, Spot(record.number, name))
    yield from _order(records)
    yield from _sequences(records)
    yield from _references(records)
    yield from _owners(records)
    yield from _whole(records)


def _order(records: Sequence[Record]) -> Iterator[Fault]:
    spot = Spot(records[0].number)
    places = [_ORDER.index(_WITH.get(record.kind, record.kind)) for record in records]
    if places != sorted(places):
        yield Fault("ORDER", "The plan's records stand in another order.", spot)
    if [record.kind for record in records].count("11") != 1:
        yield Fault("REQUIRED", "Not exactly one record 11.", spot)
    for before, record in pairwise(records):
        if record.kind in _BEHIND and before.kind not in _BEHIND[record.kind]:
            text = "Follows another record than its own."
            yield Fault("ORDER", text, Spot(record.number))


def _sequences(records: Sequence[Record]) -> Iterator[Fault]:
    counts: dict[str, int] = {}
    for at, record in enumerate(records):
        if "Seq" in fields()[record.kind]:
            of = record.kind + (record.value("GoalRef") if record.kind == "25" else "")
            counts[of] = counts.get(of, 0) + 1
            if record.raw("Seq") != f"{counts[of]:03}":
                yield Fault("SEQ", "Not the next of its kind.", Spot(record.number, "Seq"))
        if record.kind == "15" and record.raw("Scores") != f"{_scores(records, at):02}":
            text = "Not the number of the 16 that follow."
            yield Fault("COUNT", text, Spot(record.number, "Scores"))


def _scores(records: Sequence[Record], at: int) -> int:
    kinds = [record.kind for record in records[at + 1 :]]
    return next((place for place, kind in enumerate(kinds) if kind != "16"), len(kinds))


def _references(records: Sequence[Record]) -> Iterator[Fault]:
    spot = Spot(records[0].number)
    known = {kind: _values(records, kind, name) for kind, name in _IDS.items()}
    for kind, values in known.items():
        yield from repeats(values, f"{_IDS[kind]} of {kind}", spot)
    for kind, name, target in _REFERENCES:
        ends = set(known[target])
        yield from loose(_values(records, kind, name), ends, f"{name} of {kind}", spot)


def _values(records: Sequence[Record], kind: str, name: str) -> list[str]:
    return [record.value(name) for record in records if record.kind == kind]


def _owners(records: Sequence[Record]) -> Iterator[Fault]:
    owner = ""
    for record in records:
        if record.kind in ("25", "50"):
            owner = record.value(_IDS[record.kind])
        name = _OWNER.get(record.kind)
        if name and record.value(name) != owner:
            yield Fault("REFERENCE", "Names another owner.", Spot(record.number, name))


def _whole(records: Sequence[Record]) -> Iterator[Fault]:
    plan, kinds = records[0], {record.kind for record in records}
    if not plan.plan_ref:
        yield Fault("REQUIRED", "No PlanRef.", Spot(plan.number))
    nothing = plan.value("NothingToRecord")
    for name in nothing.split(" ") if nothing else ():
        if _SECTIONS.get(name, "10") in kinds:
            text = "Names what is not listed, or has records."
            yield Fault("NOTHING", text, Spot(plan.number, "NothingToRecord"))
    if bool(plan.value("StaffLast")) != bool(plan.value("StaffFirst")):
        text = "StaffLast and StaffFirst stand together."
        yield Fault("REQUIRED", text, Spot(plan.number, "StaffLast"))
    if plan.raw("Started") != _NO_DAY and not _is_made(plan, records):
        text = "No WIS02 began between Started and Completed."
        yield Fault("WIS02", text, Spot(plan.number, "Started"), True)


def _is_made(plan: Record, records: Sequence[Record]) -> bool:
    started, completed = plan.raw("Started"), plan.raw("Completed")
    last = "99999999" if completed == _NO_DAY else completed
    return any(
        started <= record.raw("Started") <= last
        for record in records
        if record.kind == "30" and record.value("ServiceCode") == "WIS02"
    )
