"""CWDS (Pennsylvania) by hand, inward: records of 300 bytes to plan data, from `cwds.md` alone."""
# One long straight line on purpose: this is the code that a compiled mapping is compared with.
# ruff: noqa: C901, PLR0912, PLR0915

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO, Final

from .cwds_codes import (  # noqa: TID252 - `bench.baseline` here, `baseline` there
    ABOUT,
    BARRIER,
    CATEGORY,
    CLUSTER,
    EDUCATION,
    EMPLOYMENT,
    GOAL_STATUS,
    INSTRUMENT,
    KIND,
    METHOD,
    MODE,
    OUTCOME,
    PROGRAM,
    RESPONSIBLE,
    ROLE,
    SECTIONS,
    SERVICE,
    SEX,
    STATUS,
    TERM,
    TRIGGER,
    back,
)
from .reading import Decoded, FileRefused, Finding, check_envelope  # noqa: TID252

_PROGRAM: Final = back(PROGRAM)
_STATUS: Final = back(STATUS)
_MODE: Final = back(MODE)
_SEX: Final = back(SEX)
_TERM: Final = back(TERM)
_KIND: Final = back(KIND)
_CATEGORY: Final = back(CATEGORY)
_GOAL_STATUS: Final = back(GOAL_STATUS)
_RESPONSIBLE: Final = back(RESPONSIBLE)
_OUTCOME: Final = back(OUTCOME)
_ROLE: Final = back(ROLE)
_METHOD: Final = back(METHOD)
_TRIGGER: Final = back(TRIGGER)
_ABOUT: Final = back(ABOUT)
_INSTRUMENT: Final = back(INSTRUMENT)
_EDUCATION: Final = back(EDUCATION)
_EMPLOYMENT: Final = back(EMPLOYMENT)
_CLUSTER: Final = back(CLUSTER)
_BARRIER: Final = back(BARRIER)
_SERVICE: Final = back(SERVICE)

_LENGTH: Final = 302
_KEPT: Final = 100_000
_control: Final = re.compile("[\0-\x1f]").search
_controls: Final = re.compile("[\0-\x1f]").finditer
_digits: Final = re.compile("[0-9]+").fullmatch
_escape: Final = re.compile(r"\\(.?)", re.DOTALL)
_STANDS_FOR: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "e": ""}
_PLACE: Final = {
    kind: at
    for at, kinds in enumerate(
        ("10", "11", "15 16", "20", "25 26", "40", "30", "50 51 52 53", "60", "70", "90")
    )
    for kind in kinds.split()
}
_FOLLOWS: Final = {
    "16": {"15", "16"},
    "26": {"25"},
    "51": {"50", "51"},
    "52": {"50", "51", "52"},
    "53": {"50", "51", "52", "53"},
}
_END: Final = {
    "10": 261, "11": 278, "15": 129, "16": 113, "20": 274, "25": 296, "26": 232, "30": 297,
    "40": 296, "50": 283, "51": 260, "52": 293, "53": 88, "60": 149, "70": 257, "80": 273,
    "90": 294,
}  # fmt: skip
"""The last byte of the last field, from 1."""
_NAMED: Final = {
    "10": "44 plan_id,48 version,58 participant.identifiers.cwds,60 program,61 status,"
    "69 started_on,77 completed_on,85 closed_on,93 eligibility.determined_on,"
    "101 eligibility.enrolled_on,109 eligibility.exited_on,114 agency.board_code,"
    "120 agency.office_code,180 agency.provider,190 case_manager.staff_id,"
    "225 case_manager.name.last,260 case_manager.name.first,261 development.mode",
    "11": "79 name.last,104 name.first,129 name.middle,134 name.suffix,143 ssn,"
    "151 date_of_birth,152 sex,162 phone,202 address.line1,232 address.city,234 address.state,"
    "244 address.zip,246 education_level,247 employment_status,248 veteran.is_veteran,"
    "278 address.county",
    "15": "47 /Seq,51 instrument,111 name,119 taken_on,127 reviewed_on,129 /Scores",
    "16": "84 scale,93 value,113 level",
    "20": "47 /Seq,83 goal_id,84 term,85 kind,86 category,94 set_on,102 target_on,"
    "110 achieved_on,111 status,121 occupation.code,123 career_cluster,124 nontraditional,"
    "274 title",
    "25": "47 /Seq,83 action_id,119 /GoalRef,121 responsible,129 set_on,137 planned_end_on,"
    "145 actual_end_on,146 follow_up,296 description",
    "26": "80 /StepRef,116 barrier_id,152 service_id,232 responsible_name",
    "30": "47 /Seq,83 service_id,88 category,96 planned_start_on,104 planned_end_on,"
    "112 started_on,120 ended_on,121 outcome,122 referral,202 provider,297 title",
    "40": "47 /Seq,83 barrier_id,86 category,94 identified_on,102 expected_resolution_on,"
    "110 resolved_on,146 goal_id,296 description",
    "50": "47 /Seq,83 note_id,85 about,93 dated_on,163 author,283 title",
    "51": "80 /NoteRef,160 label,220 value,260 unit",
    "52": "80 /NoteRef,88 deadline,188 goal,293 process",
    "53": "80 /NoteRef,88 ",
    "60": "47 /Seq,48 role,56 signed_on,57 method,61 plan_version,69 copy_given_on,149 name",
    "70": "47 /Seq,55 reviewed_on,56 trigger,57 plan_changed,257 progress",
    "80": "50 /OwnerRecord,70 /Field,73 /Part,273 /Text",
    "90": "104 /Name,294 ",
}
_FIELDS: Final = {
    kind: [(int(one.split(" ")[0]), one.split(" ")[1]) for one in text.split(",")]
    for kind, text in _NAMED.items()
}
"""The last byte of each field with its path in the part; after a slash its name in the file."""


class _Days(dict[str, datetime.date | None]):
    """Eight digits as dates, each read once; None for what is none."""

    def __missing__(self, text: str) -> datetime.date | None:
        day = None
        if _digits(text):
            try:
                day = datetime.date(int(text[:4]), int(text[4:6]), int(text[6:]))
            except ValueError:
                return None
            if len(self) < _KEPT:
                self[text] = day
        return day


_DAY: Final = _Days()


def read_file(content: bytes) -> list[Decoded]:
    """Read a whole file, or raise `FileRefused`."""
    return list(_plans(content))


def stream(source: BinaryIO) -> Iterator[Decoded]:
    """Read plan after plan; the file may be refused after plans were given."""
    return _plans(source.read())


def _plans(content: bytes) -> Iterator[Decoded]:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused("a byte that the code page lacks") from None
    size = len(text) - 1
    if size < 2 * _LENGTH or size % _LENGTH or text[size] != "\x1a":
        raise FileRefused("not records of 300 bytes, or no 1A at the end")
    last = size - _LENGTH
    expected = _header(text)
    _ends(text, 0, 1)
    plans = 0
    plan: list[str] = []
    ref = ""
    seen: set[str] = set()
    for number, at in enumerate(range(_LENGTH, last, _LENGTH), 2):
        record = text[at : at + 300]
        if text[at + 300 : at + _LENGTH] != "\r\n" or record[2:8] != f"{number % 1_000_000:06}":
            raise FileRefused("a record's end or number")
        kind = record[:2]
        if kind in {"00", "99"}:
            raise FileRefused("a header or trailer inside")
        if kind == "10":
            if plan:
                yield decode(plan)
            plan = []
            plans += 1
            ref = record[8:44]
            if ref in seen:
                raise FileRefused("a plan twice")
            if ref != " " * 36:
                seen.add(ref)
        elif not plans or record[8:44] != ref:
            raise FileRefused("a record of no plan, or of another")
        plan.append(record)
    records = last // _LENGTH - 1
    filled = 300 * records - text.count(" ", _LENGTH, last)
    _ends(text, last, records + 2)
    if plan:
        yield decode(plan)
    if expected != records:
        raise FileRefused("Records")
    _trailer(text[last : last + 300], (records, plans, filled))


def _ends(text: str, at: int, number: int) -> None:
    """Refuse a header or trailer that does not end where it must, or has another number."""
    wanted = f"{number % 1_000_000:06}"
    if text[at + 300 : at + _LENGTH] != "\r\n" or text[at + 2 : at + 8] != wanted:
        raise FileRefused("a record's end or number")


def _header(text: str) -> int:
    """Check the header; give the records that it states."""
    if text[:2] != "00" or text[8:44] != " " * 36 or text[80:84] != "0700":
        raise FileRefused("no header of this release")
    date, time = text[60:68], text[68:74]
    created = f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"
    check_envelope(text[44:52].rstrip(" "), text[52:60].rstrip(" "), text[74:80], created)
    if text[91] not in "PT" or not _digits(text[84:91]):
        raise FileRefused("Mode or Records")
    return int(text[84:91])


def _trailer(record: str, counts: tuple[int, int, int]) -> None:
    if record[:2] != "99" or record[8:44] != " " * 36:
        raise FileRefused("no trailer")
    stated = (record[44:51], record[51:58], record[58:73])
    for text, count in zip(stated, counts, strict=True):
        if not _digits(text) or int(text) != count:
            raise FileRefused("a count or the hash of the trailer")


class _Record:
    """One record with the texts of its `80` records."""

    __slots__ = ("kind", "more", "number", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.kind = text[:2]
        self.number = text[2:8]
        self.more: dict[str, list[str]] = {}


class _Reading:
    """What reading one plan has found besides its data."""

    def __init__(self, *, control: bool) -> None:
        self.control = control
        self.findings: list[Finding] = []
        self.faulty: set[str] = set()
        self.kept: dict[str, str] = {}
        self.unmapped: list[str] = []
        self.seen: dict[str, int] = {}

    def fault(self, rule: str, path: str) -> None:
        """Hold the plan; of two faults at one path the first is told."""
        if path not in self.faulty:
            self.faulty.add(path)
            self.findings.append((rule, path, ""))

    def extra(self, key: str, text: str) -> bool:
        """Keep a text under its key; a second one of that key holds the plan."""
        if key in self.kept:
            self.fault("FMT-VALUE", f"extensions.cwds.{key}")
            return False
        self.kept[key] = text
        return True

    def unknown(self, key: str, text: str) -> None:
        """Keep a text that the document does not know."""
        if self.extra(key, text):
            self.unmapped.append(key)

    def key(self, kind: str) -> str:
        """Give the key of what is unknown in the latest record of a type."""
        count = self.seen[kind]
        return kind if count == 1 else f"{kind}[{count}]"

    def stray(self, kind: str, tail: str) -> None:
        """Keep what stands after the last field."""
        text = tail.lstrip(" ")
        position = 300 - len(text) + 1
        self.unknown(f"{self.key(kind)}/{position}", text.rstrip(" "))

    def undone(self, text: str, path: str) -> str:
        """Undo escapes; an unknown one, or a byte below 0x20, holds the plan."""
        if self.control and _control(text):
            self.fault("FMT-VALUE", path)

        if "\\" not in text:
            return text

        def meaning(found: re.Match[str]) -> str:
            plain = _STANDS_FOR.get(found[1])
            if plain is None:
                self.fault("FMT-VALUE", path)
            return plain or ""

        return _escape.sub(meaning, text)

    def controls(self, record: str, place: str) -> None:
        """Hold a plan for bytes below 0x20, at the field in which they stand."""
        kind, number = record[:2], record[2:8]
        fields = _FIELDS.get(kind)
        for found in _controls(record):
            at = found.start() + 1
            if fields is None or at < 3:
                self.fault("FMT-VALUE", number)
            elif at < 45:
                self.fault("FMT-VALUE", "plan_id")
            elif at > _END[kind]:
                first = 300 - len(record[_END[kind] :].lstrip(" ")) + 1
                self.fault("FMT-VALUE", f"{number}/{first}")
            elif kind == "80" and at > 73:
                continue  # told at the field that it continues
            else:
                name = next(name for end, name in fields if at <= end)
                self.fault("FMT-VALUE", number + name if name[:1] == "/" else place + name)


def _owned(reading: _Reading, records: list[str]) -> list[_Record]:
    """Give each record the texts of its `80` records."""
    owners: list[_Record] = []
    fault = reading.fault
    for text in records:
        if text[:2] != "80":
            owners.append(_Record(text))
            continue
        number = text[2:8]
        reading.seen["80"] = reading.seen.get("80", 0) + 1
        if reading.control:
            reading.controls(text, "")
        if (tail := text[273:]).strip(" "):
            reading.stray("80", tail)
        owner = owners[-1]
        if (stated := text[44:50]) != owner.number:
            blank = stated == "      "
            fault("FMT-REQUIRED" if blank else "FMT-VALUE", f"{number}/OwnerRecord")
            continue
        field = reading.undone(text[50:70].rstrip(" "), f"{number}/Field")
        if not field:
            fault("FMT-REQUIRED", f"{number}/Field")
            continue
        parts = owner.more.setdefault(field, [])
        piece = text[73:273].rstrip(" ")
        if text[70:73] != f"{len(parts) + 1:03}":
            blank = text[70:73] == "   "
            fault("FMT-REQUIRED" if blank else "FMT-VALUE", f"{number}/Part")
        if not piece:
            fault("FMT-REQUIRED", f"{number}/Text")
        parts.append(piece)
    return owners


def decode(records: list[str]) -> Decoded:
    """Read the records of one plan, each as 300 characters; the first is its `10`."""
    controls = _control("".join(records)) is not None
    reading = _Reading(control=controls)
    fault = reading.fault
    data: dict[str, Any] = {"schema": "iep/1", "agency": {"state": "PA"}}
    participant: dict[str, Any] = {"identifiers": {}, "name": {}}
    data["participant"] = participant
    assessments: list[dict[str, Any]] = []
    goals: list[dict[str, Any]] = []
    goal_at: dict[str, int] = {}
    barriers: list[dict[str, Any]] = []
    services: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    signatures: list[dict[str, Any]] = []
    reviews: list[dict[str, Any]] = []
    empty: str | None = None
    first_number = records[0][2:8]
    scores: list[dict[str, Any]] = []
    scores_stated, scores_path = 0, ""
    step: dict[str, Any] = {}
    step_ref = note_ref = step_place = before = ""
    text = number = ""
    more: dict[str, list[str]] = {}

    def take(start: int, end: int, field: str, path: str) -> str | None:
        """Read an `A` or `T` with its `80` records."""
        raw = text[start:end].rstrip(" ")
        if field not in more:
            return (reading.undone(raw, path) if "\\" in raw else raw) or None
        pieces = [raw, *more.pop(field)]
        return "".join([reading.undone(piece, path) for piece in pieces]) or None

    def only(field: str, path: str) -> str | None:
        """Read a text that travels in `80` records alone."""
        if field not in more:
            return None
        return "".join([reading.undone(piece, path) for piece in more.pop(field)]) or None

    def must(value: object, path: str) -> Any:
        if value is None:
            fault("FMT-REQUIRED", path)
        return value

    def day(start: int, path: str) -> datetime.date | None:
        raw = text[start : start + 8]
        if raw in {"00000000", "        "}:
            return None
        found = _DAY[raw]
        if found is None:
            fault("FMT-VALUE", path)
        return found

    def code(start: int, end: int, table: dict[str, Any], path: str) -> Any:
        raw = text[start:end].rstrip(" ")
        if not raw:
            return None
        found = table.get(raw)
        if found is None:
            fault("FMT-CODE", path)
        return found

    def flag(start: int, path: str) -> bool | None:
        raw = text[start]
        if raw not in "YN ":
            fault("FMT-VALUE", path)
        return None if raw == " " else raw == "Y"

    def number_at(start: int, end: int, path: str) -> int | None:
        raw = text[start:end]
        if _digits(raw):
            return int(raw)
        if raw.strip(" "):
            fault("FMT-VALUE", path)
        return None

    def sequence(expected: int) -> None:
        found = must(number_at(44, 47, f"{number}/Seq"), f"{number}/Seq")
        if found is not None and found != expected:
            fault("FMT-VALUE", f"{number}/Seq")

    def settle(part: dict[str, Any], *values: tuple[str, Any]) -> None:
        part.update([pair for pair in values if pair[1] is not None])

    def scores_told() -> None:
        if scores_path and scores_stated != len(scores):
            fault("FMT-VALUE", scores_path)

    for record in _owned(reading, records):
        text, kind, number, more = record.text, record.kind, record.number, record.more
        reading.seen[kind] = reading.seen.get(kind, 0) + 1
        rank = _PLACE.get(kind)
        if rank is None:
            if controls:
                reading.controls(text, "")
            if body := text[44:].strip(" "):
                reading.unknown(reading.key(kind), body)
            _leftover(reading, reading.key(kind), number, more)
            continue
        if before and (
            rank < _PLACE[before]
            or (kind in _FOLLOWS and before not in _FOLLOWS[kind])
            or (kind == before == "11")
        ):
            fault("FMT-VALUE", number)
        if kind != "16" and before in {"15", "16"}:
            scores_told()
            scores_path = ""
        before = kind

        if kind == "10":
            if controls:
                reading.controls(text, "")
            settle(
                data,
                ("plan_id", must(take(8, 44, "", "plan_id"), "plan_id")),
                ("version", must(number_at(44, 48, "version"), "version")),
                ("program", must(code(58, 60, _PROGRAM, "program"), "program")),
                ("status", must(code(60, 61, _STATUS, "status"), "status")),
                ("started_on", day(61, "started_on")),
                ("completed_on", day(69, "completed_on")),
                ("closed_on", day(77, "closed_on")),
                ("comments", only("Comments", "comments")),
            )
            path = "participant.identifiers.cwds"
            found = take(48, 58, "ParticipantId", path)
            if found is None:
                fault("FMT-ID", path)
            else:
                participant["identifiers"]["cwds"] = found
            eligibility: dict[str, Any] = {}
            settle(
                eligibility,
                ("determined_on", day(85, "eligibility.determined_on")),
                ("enrolled_on", day(93, "eligibility.enrolled_on")),
                ("exited_on", day(101, "eligibility.exited_on")),
                ("exit_reason", only("ExitReason", "eligibility.exit_reason")),
            )
            if eligibility:
                data["eligibility"] = eligibility
            settle(
                data["agency"],
                ("board_code", take(109, 114, "LwdaCode", "agency.board_code")),
                ("office_code", take(114, 120, "Office", "agency.office_code")),
                ("provider", take(120, 180, "Provider", "agency.provider")),
            )
            manager: dict[str, Any] = {}
            settle(manager, ("staff_id", take(180, 190, "StaffId", "case_manager.staff_id")))
            last = take(190, 225, "StaffLast", "case_manager.name.last")
            first = take(225, 260, "StaffFirst", "case_manager.name.first")
            if last is not None and first is not None:
                manager["name"] = {"first": first, "last": last}
            elif last is not None:
                fault("FMT-REQUIRED", "case_manager.name.first")
            elif first is not None:
                fault("FMT-REQUIRED", "case_manager.name.last")
            if manager:
                data["case_manager"] = manager
            mode = code(260, 261, _MODE, "development.mode")
            if mode is not None:
                data["development"] = {"mode": mode}
            empty = only("NothingToRecord", f"{number}/NothingToRecord")

        elif kind == "11":
            path = "participant."
            if controls:
                reading.controls(text, path)
            path = "participant.name."
            settle(
                participant["name"],
                ("last", must(take(44, 79, "Last", path + "last"), path + "last")),
                ("first", must(take(79, 104, "First", path + "first"), path + "first")),
                ("middle", take(104, 129, "Middle", path + "middle")),
                ("suffix", take(129, 134, "Suffix", path + "suffix")),
            )
            path = "participant."
            settle(
                participant,
                ("ssn", take(134, 143, "Ssn", path + "ssn")),
                ("date_of_birth", must(day(143, path + "date_of_birth"), path + "date_of_birth")),
                ("sex", code(151, 152, _SEX, path + "sex")),
                ("phone", take(152, 162, "Phone", path + "phone")),
                ("email", only("Email", path + "email")),
                ("education_level", code(244, 246, _EDUCATION, path + "education_level")),
                ("employment_status", code(246, 247, _EMPLOYMENT, path + "employment_status")),
            )
            path = "participant.address."
            address: dict[str, Any] = {}
            settle(
                address,
                ("line1", take(162, 202, "Line1", path + "line1")),
                ("line2", only("Line2", path + "line2")),
                ("city", take(202, 232, "City", path + "city")),
                ("state", take(232, 234, "State", path + "state")),
                ("zip", take(234, 244, "Zip", path + "zip")),
                ("county", take(248, 278, "County", path + "county")),
            )
            if address:
                participant["address"] = address
            veteran = flag(247, "participant.veteran.is_veteran")
            if veteran is not None:
                participant["veteran"] = {"is_veteran": veteran}

        elif kind == "15":
            path = f"assessments[{len(assessments)}]."
            if controls:
                reading.controls(text, path)
            assessment: dict[str, Any] = {}
            assessments.append(assessment)
            scores = []
            sequence(len(assessments))
            scores_path = f"{number}/Scores"
            scores_stated = must(number_at(127, 129, scores_path), scores_path) or 0
            settle(
                assessment,
                (
                    "instrument",
                    must(code(47, 51, _INSTRUMENT, path + "instrument"), path + "instrument"),
                ),
                ("name", take(51, 111, "Name", path + "name")),
                ("taken_on", day(111, path + "taken_on")),
                ("reviewed_on", day(119, path + "reviewed_on")),
            )

        elif kind == "16":
            path = f"assessments[{max(len(assessments) - 1, 0)}].scores[{len(scores)}]."
            if controls:
                reading.controls(text, path)
            score: dict[str, Any] = {}
            scores.append(score)
            if assessments:
                assessments[-1]["scores"] = scores
            settle(
                score,
                ("scale", must(take(44, 84, "Scale", path + "scale"), path + "scale")),
                ("value", number_at(84, 93, path + "value")),
                ("level", take(93, 113, "Level", path + "level")),
            )
            if "value" in score:
                score["value"] = Decimal(score["value"]).scaleb(-2)

        elif kind == "20":
            path = f"goals[{len(goals)}]."
            if controls:
                reading.controls(text, path)
            goal: dict[str, Any] = {}
            goals.append(goal)
            sequence(len(goals))
            goal_ref = must(take(47, 83, "GoalRef", path + "goal_id"), path + "goal_id")
            if goal_ref is not None:
                goal_at.setdefault(goal_ref, len(goals) - 1)
            cluster = None
            if text[121:123] != "00":
                cluster = code(121, 123, _CLUSTER, path + "career_cluster")
            settle(
                goal,
                ("goal_id", goal_ref),
                ("term", must(code(83, 84, _TERM, path + "term"), path + "term")),
                ("kind", must(code(84, 85, _KIND, path + "kind"), path + "kind")),
                ("category", code(85, 86, _CATEGORY, path + "category")),
                ("set_on", day(86, path + "set_on")),
                ("target_on", day(94, path + "target_on")),
                ("achieved_on", day(102, path + "achieved_on")),
                ("status", code(110, 111, _GOAL_STATUS, path + "status")),
                ("career_cluster", cluster),
                ("nontraditional", flag(123, path + "nontraditional")),
                ("title", must(take(124, 274, "Title", path + "title"), path + "title")),
                ("outcome", only("Outcome", path + "outcome")),
                ("measure", only("Measure", path + "measure")),
            )
            occupation: dict[str, Any] = {}
            settle(
                occupation,
                ("code", take(111, 121, "OccCode", path + "occupation.code")),
                ("title", only("OccTitle", path + "occupation.title")),
            )
            if occupation:
                goal["occupation"] = occupation

        elif kind == "25":
            step = {}
            owner = take(83, 119, "GoalRef", f"{number}/GoalRef")
            if owner is None:
                fault("FMT-REQUIRED", f"{number}/GoalRef")
            at = goal_at.get(owner or "")
            if at is None:
                fault("FMT-VALUE", f"{number}/GoalRef")
                step_place = number + "/"
            else:
                steps = goals[at].setdefault("actions", [])
                step_place = f"goals[{at}].actions[{len(steps)}]."
                steps.append(step)
                sequence(len(steps))
            path = step_place
            if controls:
                reading.controls(text, path)
            step_ref = must(take(47, 83, "StepRef", path + "action_id"), path + "action_id") or ""
            settle(
                step,
                ("action_id", step_ref),
                ("responsible", code(119, 121, _RESPONSIBLE, path + "responsible")),
                ("set_on", day(121, path + "set_on")),
                ("planned_end_on", day(129, path + "planned_end_on")),
                ("actual_end_on", day(137, path + "actual_end_on")),
                ("follow_up", flag(145, path + "follow_up")),
                (
                    "description",
                    must(take(146, 296, "Description", path + "description"), path + "description"),
                ),
                ("measure", only("Measure", path + "measure")),
            )

        elif kind == "26":
            path = step_place
            if controls:
                reading.controls(text, path)
            of = f"{number}/StepRef"
            found = must(take(44, 80, "StepRef", of), of)
            if found != step_ref:
                fault("FMT-VALUE", of)
            settle(
                step,
                ("barrier_id", take(80, 116, "BarrierRef", path + "barrier_id")),
                ("service_id", take(116, 152, "ServiceRef", path + "service_id")),
                (
                    "responsible_name",
                    take(152, 232, "ResponsibleName", path + "responsible_name"),
                ),
            )

        elif kind == "40":
            path = f"barriers[{len(barriers)}]."
            if controls:
                reading.controls(text, path)
            barrier: dict[str, Any] = {}
            barriers.append(barrier)
            sequence(len(barriers))
            settle(
                barrier,
                (
                    "barrier_id",
                    must(take(47, 83, "BarrierRef", path + "barrier_id"), path + "barrier_id"),
                ),
                ("category", must(code(83, 86, _BARRIER, path + "category"), path + "category")),
                ("identified_on", day(86, path + "identified_on")),
                ("expected_resolution_on", day(94, path + "expected_resolution_on")),
                ("resolved_on", day(102, path + "resolved_on")),
                ("goal_id", take(110, 146, "GoalRef", path + "goal_id")),
                ("description", take(146, 296, "Description", path + "description")),
                ("plan", only("Plan", path + "plan")),
            )

        elif kind == "30":
            path = f"services[{len(services)}]."
            if controls:
                reading.controls(text, path)
            service: dict[str, Any] = {}
            services.append(service)
            sequence(len(services))
            settle(
                service,
                (
                    "service_id",
                    must(take(47, 83, "ServiceRef", path + "service_id"), path + "service_id"),
                ),
                ("category", must(code(83, 88, _SERVICE, path + "category"), path + "category")),
                ("planned_start_on", day(88, path + "planned_start_on")),
                ("planned_end_on", day(96, path + "planned_end_on")),
                ("started_on", day(104, path + "started_on")),
                ("ended_on", day(112, path + "ended_on")),
                ("outcome", code(120, 121, _OUTCOME, path + "outcome")),
                ("referral", flag(121, path + "referral")),
                ("provider", take(122, 202, "Provider", path + "provider")),
                ("title", take(202, 297, "Title", path + "title")),
                ("justification", only("Justification", path + "justification")),
                ("funding", only("Funding", path + "funding")),
            )

        elif kind == "50":
            path = f"case_notes[{len(notes)}]."
            if controls:
                reading.controls(text, path)
            note: dict[str, Any] = {}
            notes.append(note)
            sequence(len(notes))
            note_ref = must(take(47, 83, "NoteRef", path + "note_id"), path + "note_id") or ""
            settle(
                note,
                ("note_id", note_ref),
                ("about", must(code(83, 85, _ABOUT, path + "about"), path + "about")),
                ("dated_on", must(day(85, path + "dated_on"), path + "dated_on")),
                ("author", take(93, 163, "Author", path + "author")),
                ("title", take(163, 283, "Title", path + "title")),
                ("story", only("Story", path + "story")),
            )

        elif kind in {"51", "52", "53"}:
            note = notes[-1] if notes else {}
            section = {"51": "metrics", "52": "next_steps", "53": "follow_up_on"}[kind]
            items = note.setdefault(section, [])
            path = f"case_notes[{max(len(notes) - 1, 0)}].{section}[{len(items)}]"
            if controls:
                reading.controls(text, path if kind == "53" else path + ".")
            of = f"{number}/NoteRef"
            found = must(take(44, 80, "NoteRef", of), of)
            if found != note_ref:
                fault("FMT-VALUE", of)
            if kind == "51":
                metric: dict[str, Any] = {}
                items.append(metric)
                path += "."
                settle(
                    metric,
                    ("label", must(take(80, 160, "Label", path + "label"), path + "label")),
                    ("value", take(160, 220, "Value", path + "value")),
                    ("unit", take(220, 260, "Unit", path + "unit")),
                )
            elif kind == "52":
                following: dict[str, Any] = {}
                items.append(following)
                path += "."
                settle(
                    following,
                    ("deadline", day(80, path + "deadline")),
                    ("goal", must(take(88, 188, "Goal", path + "goal"), path + "goal")),
                    ("process", take(188, 293, "Process", path + "process")),
                )
            else:
                items.append(must(day(80, path), path))

        elif kind == "60":
            path = f"signatures[{len(signatures)}]."
            if controls:
                reading.controls(text, path)
            signature: dict[str, Any] = {}
            signatures.append(signature)
            sequence(len(signatures))
            settle(
                signature,
                ("role", must(code(47, 48, _ROLE, path + "role"), path + "role")),
                ("signed_on", must(day(48, path + "signed_on"), path + "signed_on")),
                ("method", code(56, 57, _METHOD, path + "method")),
                ("plan_version", number_at(57, 61, path + "plan_version") or None),
                ("copy_given_on", day(61, path + "copy_given_on")),
                ("name", must(take(69, 149, "Name", path + "name"), path + "name")),
            )

        elif kind == "70":
            path = f"reviews[{len(reviews)}]."
            if controls:
                reading.controls(text, path)
            review: dict[str, Any] = {}
            reviews.append(review)
            sequence(len(reviews))
            settle(
                review,
                ("reviewed_on", must(day(47, path + "reviewed_on"), path + "reviewed_on")),
                ("trigger", must(code(55, 56, _TRIGGER, path + "trigger"), path + "trigger")),
                ("plan_changed", flag(56, path + "plan_changed")),
                ("progress", take(57, 257, "Progress", path + "progress")),
            )

        else:
            name = must(take(44, 104, "Name", f"{number}/Name"), f"{number}/Name")
            path = f"extensions.cwds.{name}"
            if controls:
                reading.controls(text, path)
            value = take(104, 294, "Value", path)
            if name is not None and value is not None:
                reading.extra(name, value)

        if (tail := text[_END[kind] :]).strip(" "):
            reading.stray(kind, tail)
        if more:
            _leftover(reading, reading.key(kind), number, more)

    if before in {"15", "16"}:
        scores_told()
    if "11" not in reading.seen:
        for field in ("name.last", "name.first", "date_of_birth"):
            fault("FMT-REQUIRED", f"participant.{field}")
    found_sections = {
        "assessments": assessments,
        "goals": goals,
        "barriers": barriers,
        "services": services,
        "case_notes": notes,
        "signatures": signatures,
        "reviews": reviews,
    }
    for section in (empty or "").split(" "):
        if section in SECTIONS:
            data[section] = []
            if found_sections[section]:
                fault("FMT-VALUE", f"{first_number}/NothingToRecord")
        elif section:
            fault("FMT-CODE", f"{first_number}/NothingToRecord")
    data |= {section: items for section, items in found_sections.items() if items}
    if reading.kept:
        data["extensions"] = {"cwds": reading.kept}
    return data, reading.findings, reading.unmapped


def _leftover(reading: _Reading, key: str, number: str, more: dict[str, list[str]]) -> None:
    """Keep the texts of `80` records whose field the document does not know."""
    for field, pieces in more.items():
        path = f"{number}/{field}"
        if text := "".join([reading.undone(piece, path) for piece in pieces]):
            reading.unknown(f"{key}/{field}", text)
