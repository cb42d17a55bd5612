"""ICC (Indiana) by hand, outwards: plans to the rows of the members, and those to a file."""

import datetime
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from iepbridge.plan import Plan
from iepbridge.plan.parts import CaseNote, Service

from . import icc_tables as tables  # noqa: TID252 - `bench.baseline` here, `baseline` there
from .icc_lost import lose_the_rest  # noqa: TID252
from .icc_tables import CELL  # noqa: TID252
from .reading import Finding, Loss  # noqa: TID252

if TYPE_CHECKING:
    from iepbridge.exchange import Envelope

Rows: TypeAlias = Sequence[str]
"""What one plan puts into each member after the manifest: whole rows as text."""

_MODE: Final = tables.with_null(tables.MODE)
_SEX: Final = tables.with_null(tables.SEX)
_EDUCATION: Final = tables.with_null(tables.EDUCATION)
_EMPLOYMENT: Final = tables.with_null(tables.EMPLOYMENT)
_HOUSEHOLD: Final = tables.with_null(tables.HOUSEHOLD)
_CATEGORY: Final = tables.with_null(tables.CATEGORY)
_GOAL_STATUS: Final = tables.with_null(tables.GOAL_STATUS)
_RESPONSIBLE: Final = tables.with_null(tables.RESPONSIBLE)
_COMPLETION: Final = tables.with_null(tables.COMPLETION)
_METHOD: Final = tables.with_null(tables.METHOD)
_FLAG: Final = tables.with_null(tables.FLAG)
_NEEDS_QUOTES: Final = re.compile('[|"\r\n]').search
_JSON_TEXT: Final = json.JSONEncoder(ensure_ascii=False).encode
_MARK: Final = "\N{BYTE ORDER MARK}"


class _Told:
    """What writing one plan found: faults, losses, and what some of them come back as."""

    __slots__ = ("findings", "losses", "values")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.losses: list[Loss] = []
        self.values: dict[str, str] = {}

    def missing(self, path: str) -> str:
        self.findings.append(("FMT-REQUIRED", path, ""))
        return ""

    def changed(self, path: str, kind: str, value: object) -> None:
        self.losses.append((path, kind))
        self.values[path] = str(value)

    def text(self, text: str | None, limit: int, path: str, *place: object) -> str:
        """Give a cell; `{}` in the path stand for what `place` gives."""
        if text is None:
            return ""
        if len(text) > limit:
            self.findings.append(
                ("FMT-LENGTH", path.format(*place), f"{len(text)} > {limit}"),
            )
        return quoted(text)

    def hidden(self, text: Any, limit: int, path: str, *place: object) -> str:
        """Give the cell of a text that masks itself."""
        return "" if text is None else self.text(text.get_secret_value(), limit, path, *place)

    def needed(self, text: str | None, limit: int, path: str, *place: object) -> str:
        """Give the cell of a required text."""
        if text is None:
            return self.missing(path.format(*place))
        return self.text(text, limit, path, *place)

    def day(self, day: datetime.date | None, path: str, *place: object) -> str:
        """Give the cell of a required date."""
        return self.missing(path.format(*place)) if day is None else CELL[day]


def quoted(text: str) -> str:
    """Write a text as a cell, in quotes only where it needs them."""
    if _NEEDS_QUOTES(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def encode(
    plan: Plan,
    out: list[Rows],
    totals: list[int] | None = None,
    values: dict[str, str] | None = None,
) -> tuple[list[Finding], list[Loss]]:
    """Append the plan's rows to `out`, or nothing where there are findings.

    `totals` are added to: the rows of each of the eleven members. `values` are added to: by path,
    what a `defaulted` or `generalised` leaf comes back as. A plan that is held has no losses.
    """
    told = _Told()
    services = _with_event(plan, told)
    rows = [
        [_plan(plan, services, told)],
        [_person(plan, told)],
        _goals(plan, told),
        _objectives(plan, told),
        _barriers(plan, told),
        *_services(plan, services, told),
        _assessments(plan, told),
        _notes(plan, told),
        _signatures(plan, told),
        _extras(plan, told),
    ]
    if told.findings:
        return _each_once(told.findings), []
    lose_the_rest(plan, told.losses)
    out.append(["".join(member) for member in rows])
    if totals is not None:
        totals[:] = [total + len(member) for total, member in zip(totals, rows, strict=True)]
    if values is not None:
        values.update(told.values)
    return [], told.losses


def _each_once(findings: list[Finding]) -> list[Finding]:
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        first.setdefault(finding[:2], finding)
    return list(first.values())


def _state_id(plan: Plan) -> str:
    return (plan.participant.identifiers or {}).get("icc", "")


def _plan(plan: Plan, services: Sequence[Service], told: _Told) -> str:
    if not tables.STATE_ID(_state_id(plan)):
        told.findings.append(("FMT-ID", "participant.identifiers.icc", ""))
    program = tables.PROGRAM.get(plan.program)
    if program is None:
        told.findings.append(("FMT-CODE", "program", ""))
    mode = "" if plan.development is None else _MODE[plan.development.mode]
    return (
        f"{plan.plan_id}|{plan.version}|{_state_id(plan)}|{program}|{tables.STATUS[plan.status]}"
        f"|{CELL[plan.started_on]}|{CELL[plan.completed_on]}|{CELL[plan.closed_on]}|{mode}"
        f"|{_agency(plan, told)}|{_staff(plan, told)}|{_eligibility(plan, told)}"
        f"|{told.text(plan.comments, 2000, 'comments')}|{_nothing(plan, services)}\r\n"
    )


def _agency(plan: Plan, told: _Told) -> str:
    agency = plan.agency
    if agency is None or agency.state != "IN":
        told.changed("agency.state", "defaulted", "IN")
    if agency is None:
        return "|||"
    text = told.text
    return (
        f"{text(agency.board_code, 5, 'agency.board_code')}"
        f"|{text(agency.board, 60, 'agency.board')}"
        f"|{text(agency.office_code, 10, 'agency.office_code')}"
        f"|{text(agency.provider, 80, 'agency.provider')}"
    )


def _staff(plan: Plan, told: _Told) -> str:
    staff = plan.case_manager
    if staff is None:
        return "|||||"
    text, name = told.text, "|"
    if staff.name is not None:
        last = text(staff.name.last, 40, "case_manager.name.last")
        name = f"{last}|{text(staff.name.first, 40, 'case_manager.name.first')}"
    return (
        f"{text(staff.staff_id, 12, 'case_manager.staff_id')}|{name}"
        f"|{text(staff.employer, 80, 'case_manager.employer')}|{staff.phone or ''}"
        f"|{text(staff.email, 100, 'case_manager.email')}"
    )


def _eligibility(plan: Plan, told: _Told) -> str:
    one = plan.eligibility
    if one is None:
        return "|||"
    reason = told.text(one.exit_reason, 200, "eligibility.exit_reason")
    return f"{CELL[one.determined_on]}|{CELL[one.enrolled_on]}|{CELL[one.exited_on]}|{reason}"


def _nothing(plan: Plan, services: Sequence[Service]) -> str:
    empty = [name for name in tables.SECTIONS if getattr(plan, name) == []]
    return " ".join(name for name in empty if name != "services" or not services)


def _person(plan: Plan, told: _Told) -> str:
    person, text, hidden = plan.participant, told.text, told.hidden
    name, household = person.name, person.household
    born = person.date_of_birth
    birth = told.day(None if born is None else born.get_secret_value(), "participant.date_of_birth")
    if person.employment_status == "underemployed":
        told.changed("participant.employment_status", "generalised", "employed")
    return (
        f"{plan.plan_id}|{_state_id(plan)}|{text(name.last, 40, 'participant.name.last')}"
        f"|{text(name.first, 40, 'participant.name.first')}"
        f"|{text(name.middle, 40, 'participant.name.middle')}"
        f"|{text(name.suffix, 10, 'participant.name.suffix')}"
        f"|{hidden(person.ssn, 9, 'participant.ssn')}|{birth}|{_SEX[person.sex]}"
        f"|{hidden(person.phone, 10, 'participant.phone')}"
        f"|{hidden(person.email, 100, 'participant.email')}|{_address(plan, told)}"
        f"|{_EDUCATION[person.education_level]}|{_EMPLOYMENT[person.employment_status]}"
        f"|{_FLAG[person.veteran and person.veteran.is_veteran]}"
        f"|{_HOUSEHOLD[household and household.type]}"
        f"|{CELL[None if household is None else household.since]}\r\n"
    )


def _address(plan: Plan, told: _Told) -> str:
    address, hidden = plan.participant.address, told.hidden
    if address is None:
        return "|||||"
    return (
        f"{hidden(address.line1, 60, 'participant.address.line1')}"
        f"|{hidden(address.line2, 60, 'participant.address.line2')}"
        f"|{hidden(address.city, 40, 'participant.address.city')}|{address.state or ''}"
        f"|{hidden(address.zip, 10, 'participant.address.zip')}"
        f"|{hidden(address.county, 40, 'participant.address.county')}"
    )


def _goals(plan: Plan, told: _Told) -> list[str]:
    rows, text = [], told.text
    for at, goal in enumerate(plan.goals or ()):
        code = title = None
        if goal.occupation is not None:
            code, title = goal.occupation.code, goal.occupation.title
        rows.append(
            f"{plan.plan_id}|{goal.goal_id}|{at + 1}|{tables.KIND[goal.kind]}"
            f"|{tables.TERM[goal.term]}|{_CATEGORY[goal.category]}"
            f"|{told.needed(goal.title, 200, 'goals[{}].title', at)}|{code or ''}"
            f"|{text(title, 150, 'goals[{}].occupation.title', at)}"
            f"|{goal.career_cluster or ''}|{_FLAG[goal.nontraditional]}"
            f"|{text(goal.outcome, 1000, 'goals[{}].outcome', at)}"
            f"|{text(goal.measure, 1000, 'goals[{}].measure', at)}"
            f"|{CELL[goal.set_on]}|{CELL[goal.target_on]}|{CELL[goal.achieved_on]}"
            f"|{_GOAL_STATUS[goal.status]}\r\n"
        )
    return rows


def _objectives(plan: Plan, told: _Told) -> list[str]:
    rows: list[str] = []
    text, needed = told.text, told.needed
    for at, goal in enumerate(plan.goals or ()):
        for number, action in enumerate(goal.actions or ()):
            path = "goals[{}].actions[{}]."
            rows.append(
                f"{plan.plan_id}|{goal.goal_id}|{action.action_id}|{len(rows) + 1}"
                f"|{needed(action.description, 1000, path + 'description', at, number)}"
                f"|{_RESPONSIBLE[action.responsible]}"
                f"|{text(action.responsible_name, 80, path + 'responsible_name', at, number)}"
                f"|{CELL[action.set_on]}|{CELL[action.planned_end_on]}|{CELL[action.actual_end_on]}"
                f"|{text(action.measure, 500, path + 'measure', at, number)}"
                f"|{_FLAG[action.follow_up]}|{action.barrier_id or ''}"
                f"|{action.service_id or ''}\r\n"
            )
    return rows


def _barriers(plan: Plan, told: _Told) -> list[str]:
    hidden = told.hidden
    return [
        f"{plan.plan_id}|{barrier.barrier_id}|{at + 1}|{tables.BARRIER[barrier.category]}"
        f"|{hidden(barrier.description, 1000, 'barriers[{}].description', at)}"
        f"|{CELL[barrier.identified_on]}|{hidden(barrier.plan, 1000, 'barriers[{}].plan', at)}"
        f"|{CELL[barrier.expected_resolution_on]}|{CELL[barrier.resolved_on]}"
        f"|{barrier.goal_id or ''}\r\n"
        for at, barrier in enumerate(plan.barriers or ())
    ]


def _with_event(plan: Plan, told: _Told) -> Sequence[Service]:
    """Give the services, with the derived IEP event of a completed plan that has none."""
    services: Sequence[Service] = plan.services or ()
    started, completed = plan.started_on, plan.completed_on
    if started is None or completed is None:
        return services
    for service in services:
        begun = service.started_on
        if service.category == "iep_development" and begun and started <= begun <= completed:
            return services
    event = Service(
        service_id=_free_id(plan.version, services),
        category="iep_development",
        provider=_provider(plan),
        started_on=completed,
        ended_on=completed,
        outcome="successful",
    )
    for name, value in event.__dict__.items():
        if value is not None:
            told.changed(f"services[{len(services)}].{name}", "defaulted", value)
    return [*services, event]


def _free_id(version: int, services: Sequence[Service]) -> str:
    taken = {service.service_id for service in services}
    name, number = f"IEP-{version}", 2
    while name in taken:
        name, number = f"IEP-{version}-{number}", number + 1
    return name


def _provider(plan: Plan) -> str | None:
    if plan.case_manager is not None and plan.case_manager.employer is not None:
        return plan.case_manager.employer
    return None if plan.agency is None else plan.agency.provider


def _services(plan: Plan, services: Sequence[Service], told: _Told) -> tuple[list[str], list[str]]:
    """Give the rows of SERVICE and of ACTIVITY, which share their `Sort`."""
    served: list[str] = []
    made: list[str] = []
    for at, service in enumerate(services):
        if service.category == "iep_development":
            made.append(_activity(plan, service, at, told))
        else:
            served.append(_service(plan, service, at, told))
    return served, made


def _service(plan: Plan, service: Service, at: int, told: _Told) -> str:
    text = told.text
    if service.category == "internship":
        told.changed(f"services[{at}].category", "generalised", "work_experience")
    return (
        f"{plan.plan_id}|{service.service_id}|{at + 1}|{tables.SERVICE[service.category]}"
        f"|{text(service.title, 120, 'services[{}].title', at)}"
        f"|{text(service.provider, 80, 'services[{}].provider', at)}|{_FLAG[service.referral]}"
        f"|{text(service.justification, 1000, 'services[{}].justification', at)}"
        f"|{text(service.funding, 40, 'services[{}].funding', at)}"
        f"|{CELL[service.planned_start_on]}|{CELL[service.planned_end_on]}"
        f"|{CELL[service.started_on]}|{CELL[service.ended_on]}|{_COMPLETION[service.outcome]}\r\n"
    )


def _activity(plan: Plan, service: Service, at: int, told: _Told) -> str:
    text, provider = told.text, service.provider
    if provider is None:
        provider = _provider(plan)
        if provider is not None:
            told.changed(f"services[{at}].provider", "defaulted", provider)
    office = plan.agency and plan.agency.office_code
    staff = plan.case_manager and plan.case_manager.staff_id
    return (
        f"{plan.plan_id}|{plan.version}|{_state_id(plan)}|{service.service_id}|{at + 1}|205"
        f"|{told.needed(provider, 80, 'services[{}].provider', at)}"
        f"|{quoted(office or '')}|{quoted(staff or '')}"
        f"|{told.day(service.started_on, 'services[{}].started_on', at)}"
        f"|{CELL[service.ended_on]}|{_COMPLETION[service.outcome]}"
        f"|{text(service.funding, 40, 'services[{}].funding', at)}"
        f"|{text(service.title, 120, 'services[{}].title', at)}|{_FLAG[service.referral]}"
        f"|{text(service.justification, 1000, 'services[{}].justification', at)}"
        f"|{CELL[service.planned_start_on]}|{CELL[service.planned_end_on]}\r\n"
    )


def _assessments(plan: Plan, told: _Told) -> list[str]:
    return [
        f"{plan.plan_id}|{at + 1}|{tables.INSTRUMENT[assessment.instrument]}"
        f"|{told.text(assessment.name, 60, 'assessments[{}].name', at)}"
        f"|{CELL[assessment.taken_on]}|{CELL[assessment.reviewed_on]}"
        f"|{told.text(_scores(assessment.scores), 2000, 'assessments[{}].scores', at)}\r\n"
        for at, assessment in enumerate(plan.assessments or ())
    ]


def _scores(scores: Any) -> str | None:
    if not scores:
        return None
    return _array(
        _object(
            scale=score.scale and _JSON_TEXT(score.scale),
            value=None if score.value is None else _number(score.value),
            level=score.level and _JSON_TEXT(score.level),
        )
        for score in scores
    )


def _array(items: Iterable[str]) -> str:
    return f"[{','.join(items)}]"


def _object(**fields: str | None) -> str:
    """Write an object from JSON texts; None leaves a field out."""
    inside = ",".join(f'"{name}":{text}' for name, text in fields.items() if text)
    return f"{{{inside}}}"


def _number(number: Decimal) -> str:
    """Write a number in its shortest plain form."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _secret(text: Any) -> str | None:
    return None if text is None else _JSON_TEXT(text.get_secret_value())


def _notes(plan: Plan, told: _Told) -> list[str]:
    text, hidden = told.text, told.hidden
    return [
        f"{plan.plan_id}|{note.note_id}|{at + 1}"
        f"|{told.day(note.dated_on, 'case_notes[{}].dated_on', at)}|{tables.SUBJECT[note.about]}"
        f"|{hidden(note.title, 120, 'case_notes[{}].title', at)}"
        f"|{text(note.author, 80, 'case_notes[{}].author', at)}"
        f"|{hidden(note.story, 8000, 'case_notes[{}].story', at)}"
        f"|{text(_metrics(note), 2000, 'case_notes[{}].metrics', at)}"
        f"|{text(_steps(note), 4000, 'case_notes[{}].next_steps', at)}"
        f"|{text(_follow_ups(note), 500, 'case_notes[{}].follow_up_on', at)}\r\n"
        for at, note in enumerate(plan.case_notes or ())
    ]


def _metrics(note: CaseNote) -> str | None:
    if not note.metrics:
        return None
    return _array(
        _object(label=_secret(one.label), value=_secret(one.value), unit=_secret(one.unit))
        for one in note.metrics
    )


def _steps(note: CaseNote) -> str | None:
    if not note.next_steps:
        return None
    return _array(
        _object(
            goal=_secret(step.goal),
            process=_secret(step.process),
            deadline=None if step.deadline is None else f'"{step.deadline.isoformat()}"',
        )
        for step in note.next_steps
    )


def _follow_ups(note: CaseNote) -> str | None:
    days = note.follow_up_on
    return _array(f'"{day.isoformat()}"' for day in days) if days else None


def _signatures(plan: Plan, told: _Told) -> list[str]:
    return [
        f"{plan.plan_id}|{at + 1}|{tables.ROLE[signature.role]}"
        f"|{told.needed(signature.name, 80, 'signatures[{}].name', at)}"
        f"|{told.day(signature.signed_on, 'signatures[{}].signed_on', at)}"
        f"|{_METHOD[signature.method]}|{signature.plan_version or ''}"
        f"|{CELL[signature.copy_given_on]}\r\n"
        for at, signature in enumerate(plan.signatures or ())
    ]


def _extras(plan: Plan, told: _Told) -> list[str]:
    text = told.text
    return [
        f"{plan.plan_id}|{text(name, 60, 'extensions.icc.{}', name)}"
        f"|{text(value, 2000, 'extensions.icc.{}', name)}\r\n"
        for name, value in (plan.extensions or {}).get("icc", {}).items()
    ]


def write_file(plans: Iterable[Plan], envelope: "Envelope") -> bytes:
    """Write a whole file; plans with findings are left out."""
    out: list[Rows] = []
    totals = [0] * len(tables.COLUMNS)
    for plan in plans:
        encode(plan, out, totals)
    return packed(out, totals, envelope)


def packed(out: Sequence[Rows], totals: Sequence[int], envelope: "Envelope") -> bytes:
    """Write the file of the plans that `encode` appended, with the totals that it counted."""
    lines = ["|".join(tables.MANIFEST_COLUMNS)]
    members: dict[str, bytes] = {}
    for place, (member, columns) in enumerate(tables.COLUMNS.items()):
        rows = (plan[place] for plan in out)
        content = "".join(chain((_MARK, "|".join(columns), "\r\n"), rows)).encode()
        members[f"{member}.txt"] = content
        digest = hashlib.sha256(content).hexdigest()
        lines.append(f"{member}.txt|{totals[place]}|{digest}")
    lines += [f"BATCH|{envelope.sequence:06}|", f"SENDER|{envelope.sender}|"]
    lines += [f"RECEIVER|{envelope.receiver}|", f"CREATED|{envelope.created}|", ""]
    manifest = (_MARK + "\r\n".join(lines)).encode()
    return _zipped({tables.MANIFEST: manifest, **members}, envelope.created)


def _zipped(members: dict[str, bytes], created: str) -> bytes:
    """Pack the members; each bears the created time, so that the same plans give the same bytes."""
    year, *rest = (int(number) for number in re.findall(r"[0-9]+", created)[:6])
    moment: Any = (min(max(year, 1980), 2107), *rest)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, moment)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return target.getvalue()
