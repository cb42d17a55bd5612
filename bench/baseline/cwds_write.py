"""CWDS (Pennsylvania) by hand, outward: plans to records of 300 bytes, from `cwds.md` alone."""
# One long straight line on purpose: this is the code that a compiled mapping is compared with.
# ruff: noqa: C901, PLR0912, PLR0915

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from iepbridge.plan import Plan

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
    PAGE,
    PROGRAM,
    RESPONSIBLE,
    ROLE,
    SECTIONS,
    SERVICE,
    SEX,
    STATUS,
    TERM,
    TRIGGER,
)
from .reading import Finding, Loss  # noqa: TID252

if TYPE_CHECKING:
    import datetime

    from iepbridge.exchange import Envelope

_PRINTED: Final = "".join(re.escape(one) for one in sorted(PAGE) if one > " " and one != "\\")
_plain: Final = re.compile(f"[{_PRINTED}](?:[{_PRINTED} ]*[{_PRINTED}])?").fullmatch
"""Match what stands in a field as it is: in the code page, no escape, no space at its edges."""

_PART: Final = 200
_MOST: Final = 9_999_999
_DAYS_KEPT: Final = 100_000
_NO_DAY: Final = "00000000"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_WITHOUT_PLACE: Final = ("credentials", "desired_positions", "work_history", "family_members")


class _Days(dict["datetime.date | None", str]):
    """Dates as `CCYYMMDD`, each made once; zeros for none."""

    def __missing__(self, day: "datetime.date | None") -> str:
        text = _NO_DAY if day is None else day.isoformat().replace("-", "")
        if len(self) < _DAYS_KEPT:
            self[day] = text
        return text


_DAY: Final = _Days()
_FLAG: Final = {True: "Y", False: "N", None: " "}


def converted(text: str) -> str | None:
    """Bring a text into the code page (README 3); None where a character has no form there."""
    composed = unicodedata.normalize("NFC", text)
    if PAGE.issuperset(composed):
        return composed
    pieces = []
    for one in composed:
        if one in PAGE:
            pieces.append(one)
            continue
        apart = unicodedata.normalize("NFKD", one)
        bare = "".join(part for part in apart if unicodedata.category(part) != "Mn")
        if not bare or not PAGE.issuperset(bare):
            return None
        pieces.append(bare)
    return "".join(pieces)


def escaped(text: str) -> str:
    """Write line feed, carriage return, tab and backslash as their escapes."""
    return text.translate(_ESCAPES)


def cut(text: str, first: int) -> list[str]:
    """Cut an escaped text into a field of `first` bytes and parts of 200; `first` 0: parts alone.

    No piece ends inside an escape or, where one follows, in a space; one of nothing but spaces is
    closed by an escape that stands for nothing.
    """
    pieces = []
    at = 0
    size = first or _PART
    while len(text) - at > size:
        end = at + size
        behind = end
        while behind > at and text[behind - 1] == "\\":
            behind -= 1
        if (end - behind) % 2:
            end -= 1
        piece = text[at:end].rstrip(" ")
        at += len(piece) or size - 2
        pieces.append(piece or " " * (size - 2) + "\\e")
        size = _PART
    pieces.append(text[at:])
    return pieces


def header(envelope: "Envelope", records: int, *, test: bool = False) -> bytes:
    """Write the first record; `records` counts all between it and the trailer."""
    created = envelope.created
    return _line(
        f"00000001{'':36}{envelope.sender:<8}{envelope.receiver:<8}"
        f"{created[:10].replace('-', '')}{created[11:19].replace(':', '')}"
        f"{envelope.sequence:06}0700{records:07}{'T' if test else 'P'}"
    )


def trailer(totals: list[int]) -> bytes:
    """Write the last record and the end of the file, from the totals that `encode` counted."""
    records, plans, filled = totals
    number = (records + 2) % 1_000_000
    return _line(f"99{number:06}{'':36}{records:07}{plans:07}{filled:015}") + b"\x1a"


def _line(text: str) -> bytes:
    return text.ljust(300).encode("cp1252") + b"\r\n"


def write_file(plans: Iterable[Plan], envelope: "Envelope", *, test: bool = False) -> bytes:
    """Write a whole file; plans with findings are left out."""
    out: list[bytes] = []
    totals = [0, 0, 0]
    for plan in plans:
        encode(plan, out, totals)
    return header(envelope, totals[0], test=test) + b"".join(out) + trailer(totals)


def encode(
    plan: Plan,
    out: list[bytes],
    totals: list[int] | None = None,
    values: dict[str, Any] | None = None,
) -> tuple[list[Finding], list[Loss]]:
    """Append the plan's records to `out`, or nothing where there are findings.

    `totals` are added to: records, plans, bytes that are no spaces; record numbers go on from
    them. `values` takes what comes back at the path of each `generalised` and `defaulted` loss. A
    plan that is held has no losses.
    """
    totals = [0, 0, 0] if totals is None else totals
    comes_back: dict[str, Any] = {} if values is None else values
    findings: list[Finding] = []
    fault = findings.append
    losses: list[Loss] = []
    lose = losses.append
    records: list[str] = []
    add = records.append
    more: list[tuple[str, list[str]]] = []
    before = totals[0] + 1
    ref = plan.plan_id.ljust(36)
    derived: set[str] = set()

    def put(kind: str, body: str) -> None:
        """Add a record, and after it the `80` records of what did not fit into it."""
        number = (before + len(records) + 1) % 1_000_000
        add(f"{kind}{number:06}{ref}{body}".ljust(300))
        if more:
            owner = number
            for field, pieces in more:
                for part, piece in enumerate(pieces, 1):
                    number = (before + len(records) + 1) % 1_000_000
                    add(f"80{number:06}{ref}{owner:06}{field:<20}{part:03}{piece}".ljust(300))
            more.clear()

    def prepared(text: str, path: str) -> str:
        """Convert and escape, telling what changed or has no form; empty where it has none."""
        turned = converted(text)
        if turned is None:
            fault(("FMT-CHARSET", path, ""))
            return ""
        if turned != text and path not in derived:
            lose((path, "generalised"))
        if turned != text:
            comes_back[path] = turned
        return escaped(turned)

    def parts(field: str, pieces: list[str], path: str) -> None:
        if len(pieces) > 999:
            fault(("FMT-LENGTH", path, f"{len(pieces)} > 999"))
        elif pieces:
            more.append((field, pieces))

    def short(text: str | None, size: int, path: str, field: str) -> str:
        """Write an `A`: at most `size` bytes, spaces at its edges counted."""
        if text is None:
            return " " * size
        if len(text) <= size and _plain(text):
            return text.ljust(size)
        text = prepared(text, path)
        if len(text) > size:
            fault(("FMT-LENGTH", path, f"{len(text)} > {size}"))
        elif text[:1] == " " or text[-1:] == " ":
            parts(field, cut(text + "\\e", 0), path)
            return " " * size
        return text.ljust(size)

    def long(text: str | None, size: int, path: str, field: str) -> str:
        """Write a `T`; what does not fit waits in `more`. A `size` of 0: it has no field."""
        if text is None:
            return " " * size
        if len(text) <= size and _plain(text):
            return text.ljust(size)
        if not size and len(text) <= _PART and _plain(text):
            more.append((field, [text]))
            return ""
        text = prepared(text, path)
        if text[:1] == " " or text[-1:] == " ":
            parts(field, cut(text + "\\e", 0), path)
            return " " * size
        pieces = cut(text, size)
        if not size:
            if text:
                parts(field, pieces, path)
            return ""
        parts(field, pieces[1:], path)
        return pieces[0].ljust(size)

    def needed(value: object, path: str) -> None:
        if value is None:
            fault(("FMT-REQUIRED", path, ""))

    def counted(items: list[Any] | None, path: str, most: int = 999) -> None:
        if items is not None and len(items) > most:
            fault(("FMT-LENGTH", path, f"{len(items)} > {most}"))

    # The plan

    version = plan.version
    if version > 9999:
        fault(("FMT-LENGTH", "version", f"{len(str(version))} > 4"))
    person = plan.participant
    identifiers = person.identifiers or {}
    participant_id = identifiers.get("cwds")
    path = "participant.identifiers.cwds"
    if participant_id is None:
        fault(("FMT-ID", path, ""))
    elif len(escaped(converted(participant_id) or "")) > 10:
        fault(("FMT-ID", path, ""))
        participant_id = None
    for system in identifiers:
        if system != "cwds":
            lose((f"participant.identifiers.{system}", "dropped"))
    if plan.program == "tanf_mwa":
        lose(("program", "generalised"))
        comes_back["program"] = "tanf_cap"
    started_on, completed_on = plan.started_on, plan.completed_on
    body = (
        f"{version:04}{short(participant_id, 10, path, 'ParticipantId')}"
        f"{PROGRAM[plan.program]}{STATUS[plan.status]}"
        f"{_DAY[started_on]}{_DAY[completed_on]}{_DAY[plan.closed_on]}"
    )
    reason = None
    if (eligibility := plan.eligibility) is None:
        body += _NO_DAY * 3
    else:
        reason = eligibility.exit_reason
        body += (
            f"{_DAY[eligibility.determined_on]}{_DAY[eligibility.enrolled_on]}"
            f"{_DAY[eligibility.exited_on]}"
        )
    agency = plan.agency
    if agency is None or agency.state != "PA":
        lose(("agency.state", "defaulted"))
        comes_back["agency.state"] = "PA"
    if agency is None:
        body += " " * 71
    else:
        if agency.board is not None:
            lose(("agency.board", "dropped"))
        body += short(agency.board_code, 5, "agency.board_code", "LwdaCode")
        body += short(agency.office_code, 6, "agency.office_code", "Office")
        body += short(agency.provider, 60, "agency.provider", "Provider")
    manager = plan.case_manager
    if manager is None:
        body += " " * 80
    else:
        body += short(manager.staff_id, 10, "case_manager.staff_id", "StaffId")
        if (staff := manager.name) is None:
            body += " " * 70
        else:
            body += short(staff.last, 35, "case_manager.name.last", "StaffLast")
            body += short(staff.first, 35, "case_manager.name.first", "StaffFirst")
            if staff.middle is not None:
                lose(("case_manager.name.middle", "dropped"))
            if staff.suffix is not None:
                lose(("case_manager.name.suffix", "dropped"))
        if manager.employer is not None:
            lose(("case_manager.employer", "dropped"))
        if manager.phone is not None:
            lose(("case_manager.phone", "dropped"))
        if manager.email is not None:
            lose(("case_manager.email", "dropped"))
    if (development := plan.development) is not None:
        if development.mode is not None:
            body += MODE[development.mode]
        if development.participant_present is not None:
            lose(("development.participant_present", "dropped"))
        if development.telephone_reason is not None:
            lose(("development.telephone_reason", "dropped"))
    long(plan.comments, 0, "comments", "Comments")
    long(reason, 0, "eligibility.exit_reason", "ExitReason")
    event = _event(plan)
    empty = [name for name in SECTIONS if getattr(plan, name) == []]
    if event and "services" in empty:
        empty.remove("services")
    if empty:
        more.append(("NothingToRecord", cut(" ".join(empty), 0)))
    put("10", body)

    # The person

    name = person.name
    path = "participant.name."
    body = (
        short(name.last, 35, path + "last", "Last")
        + short(name.first, 25, path + "first", "First")
        + short(name.middle, 25, path + "middle", "Middle")
        + short(name.suffix, 5, path + "suffix", "Suffix")
    )
    body += " " * 9 if person.ssn is None else person.ssn.get_secret_value()
    if person.date_of_birth is None:
        fault(("FMT-REQUIRED", "participant.date_of_birth", ""))
    else:
        body += _DAY[person.date_of_birth.get_secret_value()]
    body += " " if person.sex is None else SEX[person.sex]
    body += " " * 10 if person.phone is None else person.phone.get_secret_value()
    county = " " * 30
    line2 = None
    if (address := person.address) is None:
        body += " " * 82
    else:
        path = "participant.address."
        text = None if address.line1 is None else address.line1.get_secret_value()
        body += long(text, 40, path + "line1", "Line1")
        text = None if address.city is None else address.city.get_secret_value()
        body += short(text, 30, path + "city", "City")
        body += address.state or "  "
        text = "" if address.zip is None else address.zip.get_secret_value()
        body += text.ljust(10)
        if address.county is not None:
            county = short(address.county.get_secret_value(), 30, path + "county", "County")
        if address.line2 is not None:
            line2 = address.line2.get_secret_value()
    body += "  " if person.education_level is None else EDUCATION[person.education_level]
    body += " " if person.employment_status is None else EMPLOYMENT[person.employment_status]
    if (veteran := person.veteran) is None:
        body += " "
    else:
        body += _FLAG[veteran.is_veteran]
        if veteran.branch is not None:
            lose(("participant.veteran.branch", "dropped"))
        if veteran.entered_on is not None:
            lose(("participant.veteran.entered_on", "dropped"))
        if veteran.separated_on is not None:
            lose(("participant.veteran.separated_on", "dropped"))
        if veteran.discharge is not None:
            lose(("participant.veteran.discharge", "dropped"))
    long(line2, 0, "participant.address.line2", "Line2")
    text = None if person.email is None else person.email.get_secret_value()
    long(text, 0, "participant.email", "Email")
    put("11", body + county)
    for place, former in enumerate(person.former_names or ()):
        _lose_name(lose, f"participant.former_names[{place}].name", former.name)
        if former.changed_on is not None:
            lose((f"participant.former_names[{place}].changed_on", "dropped"))
    if person.household is not None:
        if person.household.type is not None:
            lose(("participant.household.type", "dropped"))
        if person.household.since is not None:
            lose(("participant.household.since", "dropped"))
    for place in range(len(person.skills or ())):
        lose((f"participant.skills[{place}]", "dropped"))

    # Assessments

    counted(plan.assessments, "assessments")
    for place, assessment in enumerate(plan.assessments or ()):
        path = f"assessments[{place}]."
        scores = assessment.scores or []
        counted(scores, path + "scores", 99)
        put(
            "15",
            f"{place + 1:03}{INSTRUMENT[assessment.instrument]}"
            f"{short(assessment.name, 60, path + 'name', 'Name')}"
            f"{_DAY[assessment.taken_on]}{_DAY[assessment.reviewed_on]}{len(scores):02}",
        )
        for at, score in enumerate(scores):
            inner = f"{path}scores[{at}]."
            needed(score.scale, inner + "scale")
            put(
                "16",
                short(score.scale, 40, inner + "scale", "Scale")
                + _money(score.value, inner + "value", fault)
                + short(score.level, 20, inner + "level", "Level"),
            )

    # Goals, then the steps of all goals

    counted(plan.goals, "goals")
    for place, goal in enumerate(plan.goals or ()):
        path = f"goals[{place}]."
        needed(goal.title, path + "title")
        occupation = goal.occupation
        code = (occupation.code if occupation else None) or ""
        body = (
            f"{place + 1:03}{goal.goal_id:<36}{TERM[goal.term]}{KIND[goal.kind]}"
            f"{CATEGORY[goal.category] if goal.category else ' '}"
            f"{_DAY[goal.set_on]}{_DAY[goal.target_on]}{_DAY[goal.achieved_on]}"
            f"{GOAL_STATUS[goal.status] if goal.status else ' '}{code:<10}"
            f"{CLUSTER[goal.career_cluster] if goal.career_cluster else '00'}"
            f"{_FLAG[goal.nontraditional]}{long(goal.title, 150, path + 'title', 'Title')}"
        )
        if occupation:
            long(occupation.title, 0, path + "occupation.title", "OccTitle")
        long(goal.outcome, 0, path + "outcome", "Outcome")
        long(goal.measure, 0, path + "measure", "Measure")
        put("20", body)
    for place, goal in enumerate(plan.goals or ()):
        if not goal.actions:
            continue
        counted(goal.actions, f"goals[{place}].actions")
        for at, step in enumerate(goal.actions):
            path = f"goals[{place}].actions[{at}]."
            needed(step.description, path + "description")
            body = (
                f"{at + 1:03}{step.action_id:<36}{goal.goal_id:<36}"
                f"{RESPONSIBLE[step.responsible] if step.responsible else '  '}"
                f"{_DAY[step.set_on]}{_DAY[step.planned_end_on]}{_DAY[step.actual_end_on]}"
                f"{_FLAG[step.follow_up]}"
                f"{long(step.description, 150, path + 'description', 'Description')}"
            )
            long(step.measure, 0, path + "measure", "Measure")
            put("25", body)
            if step.barrier_id or step.service_id or step.responsible_name:
                put(
                    "26",
                    f"{step.action_id:<36}{step.barrier_id or '':<36}{step.service_id or '':<36}"
                    + long(step.responsible_name, 80, path + "responsible_name", "ResponsibleName"),
                )

    # Barriers

    counted(plan.barriers, "barriers")
    for place, barrier in enumerate(plan.barriers or ()):
        path = f"barriers[{place}]."
        text = None if barrier.description is None else barrier.description.get_secret_value()
        body = (
            f"{place + 1:03}{barrier.barrier_id:<36}{BARRIER[barrier.category]}"
            f"{_DAY[barrier.identified_on]}{_DAY[barrier.expected_resolution_on]}"
            f"{_DAY[barrier.resolved_on]}{barrier.goal_id or '':<36}"
            f"{long(text, 150, path + 'description', 'Description')}"
        )
        text = None if barrier.plan is None else barrier.plan.get_secret_value()
        long(text, 0, path + "plan", "Plan")
        put("40", body)

    # Services

    services = plan.services or []
    service_count = len(services) + (event is not None)
    if service_count > 999:
        fault(("FMT-LENGTH", "services", f"{service_count} > 999"))
    for place, service in enumerate(services):
        path = f"services[{place}]."
        body = (
            f"{place + 1:03}{service.service_id:<36}{SERVICE[service.category]}"
            f"{_DAY[service.planned_start_on]}{_DAY[service.planned_end_on]}"
            f"{_DAY[service.started_on]}{_DAY[service.ended_on]}"
            f"{OUTCOME[service.outcome] if service.outcome else ' '}{_FLAG[service.referral]}"
            f"{long(service.provider, 80, path + 'provider', 'Provider')}"
            f"{long(service.title, 95, path + 'title', 'Title')}"
        )
        long(service.justification, 0, path + "justification", "Justification")
        long(service.funding, 0, path + "funding", "Funding")
        put("30", body)
    if event:
        path = f"services[{len(services)}]."
        for field, value in event.items():
            lose((path + field, "defaulted"))
            comes_back[path + field] = value
        derived.add(path + "provider")
        put(
            "30",
            f"{service_count:03}{event['service_id']:<36}WIS02{_NO_DAY}{_NO_DAY}"
            f"{_DAY[event['started_on']]}{_DAY[completed_on]}"
            f"{'S' if completed_on else ' '} "
            f"{long(event.get('provider'), 80, path + 'provider', 'Provider')}",
        )

    # Case notes

    counted(plan.case_notes, "case_notes")
    for place, note in enumerate(plan.case_notes or ()):
        path = f"case_notes[{place}]."
        needed(note.dated_on, path + "dated_on")
        text = None if note.title is None else note.title.get_secret_value()
        body = (
            f"{place + 1:03}{note.note_id:<36}{ABOUT[note.about]}{_DAY[note.dated_on]}"
            f"{long(note.author, 70, path + 'author', 'Author')}"
            f"{long(text, 120, path + 'title', 'Title')}"
        )
        text = None if note.story is None else note.story.get_secret_value()
        long(text, 0, path + "story", "Story")
        put("50", body)
        note_ref = note.note_id.ljust(36)
        for at, metric in enumerate(note.metrics or ()):
            inner = f"{path}metrics[{at}]."
            label = None if metric.label is None else metric.label.get_secret_value()
            figure = None if metric.value is None else metric.value.get_secret_value()
            unit = None if metric.unit is None else metric.unit.get_secret_value()
            needed(label, inner + "label")
            put(
                "51",
                note_ref
                + long(label, 80, inner + "label", "Label")
                + long(figure, 60, inner + "value", "Value")
                + long(unit, 40, inner + "unit", "Unit"),
            )
        for at, following in enumerate(note.next_steps or ()):
            inner = f"{path}next_steps[{at}]."
            aim = None if following.goal is None else following.goal.get_secret_value()
            process = None if following.process is None else following.process.get_secret_value()
            needed(aim, inner + "goal")
            put(
                "52",
                note_ref
                + _DAY[following.deadline]
                + long(aim, 100, inner + "goal", "Goal")
                + long(process, 105, inner + "process", "Process"),
            )
        for day in note.follow_up_on or ():
            put("53", note_ref + _DAY[day])

    # Signatures, reviews, extras

    counted(plan.signatures, "signatures")
    for place, signature in enumerate(plan.signatures or ()):
        path = f"signatures[{place}]."
        needed(signature.signed_on, path + "signed_on")
        needed(signature.name, path + "name")
        signed = signature.plan_version or 0
        if signed > 9999:
            fault(("FMT-LENGTH", path + "plan_version", f"{len(str(signed))} > 4"))
        if signature.release_of_information is not None:
            lose((path + "release_of_information", "dropped"))
        put(
            "60",
            f"{place + 1:03}{ROLE[signature.role]}{_DAY[signature.signed_on]}"
            f"{METHOD[signature.method] if signature.method else ' '}{signed:04}"
            f"{_DAY[signature.copy_given_on]}{long(signature.name, 80, path + 'name', 'Name')}",
        )
    counted(plan.reviews, "reviews")
    for place, review in enumerate(plan.reviews or ()):
        path = f"reviews[{place}]."
        needed(review.reviewed_on, path + "reviewed_on")
        put(
            "70",
            f"{place + 1:03}{_DAY[review.reviewed_on]}{TRIGGER[review.trigger]}"
            f"{_FLAG[review.plan_changed]}"
            f"{long(review.progress, 200, path + 'progress', 'Progress')}",
        )
    for system, texts in (plan.extensions or {}).items():
        if system != "cwds":
            for key in texts:
                lose((f"extensions.{system}.{key}", "dropped"))
            continue
        for key, text in texts.items():
            path = f"extensions.cwds.{key}"
            if PAGE.issuperset(key):
                put("90", short(key, 60, path, "Name") + long(text, 190, path, "Value"))
            else:
                fault(("FMT-CHARSET", path, ""))

    _lose_sections(lose, plan)
    size = totals[0] + len(records)
    if size > _MOST or totals[1] + 1 > _MOST:
        fault(("FMT-LENGTH", "", f"{max(size, totals[1] + 1)} > {_MOST}"))
    if findings:
        return findings, []
    written = "\r\n".join(records) + "\r\n"
    out.append(written.encode("cp1252"))
    totals[0] += len(records)
    totals[1] += 1
    totals[2] += 300 * len(records) - written.count(" ")
    return findings, losses


def _money(value: Decimal | None, path: str, fault: Any) -> str:
    """Write an `M`: hundredths in nine digits; a further decimal or a sign would need more."""
    if value is None:
        return " " * 9
    hundredths = value.scaleb(2)
    whole = hundredths.to_integral_value()
    if whole == hundredths and 0 <= whole < 10**9:
        return f"{int(whole):09}"
    exponent = value.normalize().as_tuple().exponent
    further = max(-2 - int(exponent), 0)
    length = max(len(str(abs(int(whole)))), 9) + further + (value < 0)
    fault(("FMT-LENGTH", path, f"{length} > 9"))
    return ""


def _event(plan: Plan) -> dict[str, Any] | None:
    """Derive the IEP event (README 8) as `cwds.md` has it start, where the plan needs one."""
    first, last = plan.started_on, plan.completed_on
    if first is None:
        return None
    taken = set()
    for service in plan.services or ():
        taken.add(service.service_id)
        started = service.started_on
        if service.category != "iep_development" or started is None or started < first:
            continue
        if last is None or started <= last:
            return None
    earliest: dict[str, datetime.date] = {}
    for assessment in plan.assessments or ():
        day, instrument = assessment.reviewed_on, assessment.instrument
        if day is not None and instrument != "other":
            earliest[instrument] = min(day, earliest.get(instrument, day))
    started = first
    if len(earliest) == 4:
        reviewed = max(earliest.values())
        if first <= reviewed and (last is None or reviewed <= last):
            started = reviewed
    event_id = f"IEP-{plan.version}"
    number = 2
    while event_id in taken:
        event_id = f"IEP-{plan.version}-{number}"
        number += 1
    event: dict[str, Any] = {
        "service_id": event_id,
        "category": "iep_development",
        "started_on": started,
    }
    if last is not None:
        event |= {"ended_on": last, "outcome": "successful"}
    provider = plan.case_manager.employer if plan.case_manager else None
    if provider is None and plan.agency:
        provider = plan.agency.provider
    if provider is not None:
        event["provider"] = provider
    return event


def _lose_name(lose: Any, path: str, name: Any) -> None:
    lose((f"{path}.first", "dropped"))
    if name.middle is not None:
        lose((f"{path}.middle", "dropped"))
    lose((f"{path}.last", "dropped"))
    if name.suffix is not None:
        lose((f"{path}.suffix", "dropped"))


def _lose_sections(lose: Any, plan: Plan) -> None:
    """Tell every leaf of the sections that have no place."""
    for section in _WITHOUT_PLACE:
        items = getattr(plan, section)
        if items == []:
            lose((section, "dropped"))
        for place, item in enumerate(items or ()):
            if not _lose_fields(lose, f"{section}[{place}]", item):
                lose((f"{section}[{place}]", "dropped"))
    if plan.activities == []:
        lose(("activities", "dropped"))
    for place, activity in enumerate(plan.activities or ()):
        _lose_fields(lose, f"activities[{place}]", activity)
    if (hours := plan.participation_hours) is not None:
        _lose_fields(lose, "participation_hours", hours)


def _lose_fields(lose: Any, path: str, part: Any) -> bool:
    """Tell the leaves of a part with names and occupations inside; say whether there were any."""
    found = False
    for field, value in part.__dict__.items():
        if value is None:
            continue
        if field == "name":
            _lose_name(lose, f"{path}.name", value)
        elif field == "occupation":
            found |= _lose_fields(lose, f"{path}.occupation", value)
            continue
        else:
            lose((f"{path}.{field}", "dropped"))
        found = True
    return found
