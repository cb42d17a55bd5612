"""Toolbox (Missouri) by hand: plans to `IEP` elements and back, from `toolbox.md` alone."""
# One long straight line on purpose: this is the code that a compiled mapping is compared with.
# ruff: noqa: C901, PLR0912, PLR0915

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO, Final, get_args

from lxml import etree

from iepbridge.plan import Plan, codes

from .reading import (  # noqa: TID252 - `bench.baseline` here, `baseline` there
    Decoded,
    FileRefused,
    Finding,
    Loss,
    Reading,
    check_envelope,
    children,
    is_whole,
    refuse_repeated,
    whole,
    xml_tree,
)

if TYPE_CHECKING:
    from iepbridge.exchange import Envelope

NAMESPACE: Final = "urn:iepbridge:toolbox:iep:2"
_NS: Final = "{" + NAMESPACE + "}"
_IGNORED: Final = (
    "{http://www.w3.org/XML/1998/namespace}",
    "{http://www.w3.org/2001/XMLSchema-instance}",
)
_PROGRAM: Final = {
    "tanf_mwa": "MWA",
    "tanf_cap": "CAP",
    "wioa_adult": "WIOA-A",
    "wioa_dislocated_worker": "WIOA-D",
    "wioa_youth": "WIOA-Y",
    "other": "OTHER",
}
_PROGRAM_BACK: Final = {code: program for program, code in _PROGRAM.items()}
_YES_NO: Final = {"Yes": True, "No": False}


class _Codes(dict[str, str]):
    """Canonical codes in upper case with hyphens, each made once."""

    def __missing__(self, code: str) -> str:
        self[code] = text = code.upper().replace("_", "-")
        return text


_CODE: Final = _Codes()


def _back(values: Any) -> dict[str, str]:
    return {_CODE[code]: code for code in get_args(values)}


_STATUS: Final = _back(codes.PlanStatus)
_SEX: Final = _back(codes.Sex)
_HOUSEHOLD: Final = _back(codes.HouseholdType)
_EDUCATION: Final = _back(codes.EducationLevel)
_EMPLOYMENT: Final = _back(codes.EmploymentStatus)
_MODE: Final = _back(codes.DevelopmentMode)
_CREDENTIAL: Final = _back(codes.CredentialKind)
_LEAVING: Final = _back(codes.ReasonForLeaving)
_RELATION: Final = _back(codes.Relation)
_INSTRUMENT: Final = _back(codes.Instrument)
_TERM: Final = _back(codes.GoalTerm)
_GOAL_KIND: Final = _back(codes.GoalKind)
_GOAL_CATEGORY: Final = _back(codes.GoalCategory)
_CLUSTER: Final = frozenset(get_args(codes.CareerCluster))
_GOAL_STATUS: Final = _back(codes.GoalStatus)
_RESPONSIBLE: Final = _back(codes.Responsible)
_BARRIER: Final = _back(codes.BarrierCategory)
_SERVICE: Final = _back(codes.ServiceCategory)
_OUTCOME: Final = _back(codes.ServiceOutcome)
_PER: Final = _back(codes.HoursPer)
_ABOUT: Final = _back(codes.NoteSubject)
_TRIGGER: Final = _back(codes.ReviewTrigger)
_ACTIVITY: Final = _back(codes.ActivityKind)
_ROLE: Final = _back(codes.SignatureRole)
_METHOD: Final = _back(codes.SignatureMethod)

_TOOLBOX_ID: Final = re.compile(r"[0-9]{8}").fullmatch
_SSN: Final = re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}").fullmatch
_PHONE: Final = re.compile(r"[0-9]{10}").fullmatch
_STATE: Final = re.compile(r"[A-Za-z]{2}").fullmatch
_ZIP: Final = re.compile(r"[0-9]{5}(-[0-9]{4})?").fullmatch
_OCCUPATION: Final = re.compile(r"[0-9]{2}-[0-9]{4}(\.[0-9]{2})?").fullmatch
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch
_DATE: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})").fullmatch
_ATTRIBUTE_SPECIAL: Final = re.compile('[&<>"\r\n\t]').search
_TEXT: Final = 200
_NAME: Final = 40
_LONG: Final = 1_000_000
_KEPT: Final = 100_000


class _Texts(dict[datetime.date, str]):
    """Dates as `MM/DD/YYYY`, each made once."""

    def __missing__(self, day: datetime.date) -> str:
        text = f"{day.month:02}/{day.day:02}/{day.year:04}"
        if len(self) < _KEPT:
            self[day] = text
        return text


class _Days(dict[str, datetime.date | None]):
    """`MM/DD/YYYY` as dates, each read once; None for what is none."""

    def __missing__(self, text: str) -> datetime.date | None:
        match = _DATE(text)
        try:
            day = match and datetime.date(int(match[3]), int(match[1]), int(match[2]))
        except ValueError:
            day = None
        if day is not None and len(self) < _KEPT:
            self[text] = day
        return day


_US: Final = _Texts()
_DAY: Final = _Days()


def _text(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


def _attribute(text: str) -> str:
    if _ATTRIBUTE_SPECIAL(text) is None:
        return text
    text = _text(text).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;")


def header(envelope: "Envelope", count: int) -> str:
    """Write what stands before the first plan of a file of `count` plans."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<IEPBatch xmlns="{NAMESPACE}" release="2" sender="{envelope.sender}"'
        f' receiver="{envelope.receiver}" sequence="{envelope.sequence:06}"'
        f' created="{envelope.created}" count="{count}">\n'
    )


def trailer() -> str:
    """Write what stands after the last plan."""
    return "</IEPBatch>\n"


def write_file(plans: Iterable[Plan], envelope: "Envelope") -> bytes:
    """Write a whole file; plans with findings are left out."""
    out: list[str] = []
    for plan in plans:
        encode(plan, out)
    return "".join([header(envelope, len(out)), *out, trailer()]).encode()


def encode(plan: Plan, out: list[str]) -> tuple[list[Finding], list[Loss]]:
    """Append the plan's `IEP` to `out`, or nothing (and no losses) where there are findings."""
    findings: list[Finding] = []
    fault = findings.append
    parts: list[str] = []
    add = parts.append

    add(f'  <IEP planRef="{plan.plan_id}" version="{plan.version}"')
    add(f' program="{_PROGRAM[plan.program]}" status="{_CODE[plan.status]}"')
    if plan.started_on is not None:
        add(f' started="{_US[plan.started_on]}"')
    if plan.completed_on is not None:
        add(f' completed="{_US[plan.completed_on]}"')
    if plan.closed_on is not None:
        add(f' closed="{_US[plan.closed_on]}"')

    person = plan.participant
    identifiers = person.identifiers or {}
    toolbox_id = identifiers.get("toolbox")
    if toolbox_id is None or not _TOOLBOX_ID(toolbox_id):
        fault(("FMT-ID", "participant.identifiers.toolbox", ""))
    add(f'>\n    <Personal id="{toolbox_id}"')
    name = person.name
    text = name.first
    if len(text) > _NAME:
        fault(("FMT-LENGTH", "participant.name.first", f"{len(text)} > 40"))
    add(f' first="{_attribute(text)}"')
    if (middle := name.middle) is not None:
        if len(middle) > _NAME:
            fault(("FMT-LENGTH", "participant.name.middle", f"{len(middle)} > 40"))
        add(f' middle="{_attribute(middle)}"')
    text = name.last
    if len(text) > _NAME:
        fault(("FMT-LENGTH", "participant.name.last", f"{len(text)} > 40"))
    add(f' last="{_attribute(text)}"')
    if (suffix := name.suffix) is not None:
        if len(suffix) > _NAME:
            fault(("FMT-LENGTH", "participant.name.suffix", f"{len(suffix)} > 40"))
        add(f' suffix="{_attribute(suffix)}"')
    if person.ssn is not None:
        ssn = person.ssn.get_secret_value()
        add(f' ssn="{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}"')
    if person.date_of_birth is not None:
        add(f' birthDate="{_US[person.date_of_birth.get_secret_value()]}"')
    if person.sex is not None:
        add(f' sex="{_CODE[person.sex]}"')
    if person.phone is not None:
        add(f' phone="{person.phone.get_secret_value()}"')
    if person.email is not None:
        text = person.email.get_secret_value()
        if len(text) > _TEXT:
            fault(("FMT-LENGTH", "participant.email", f"{len(text)} > 200"))
        add(f' email="{_attribute(text)}"')
    inside = len(parts)
    add(">\n")
    for system, text in identifiers.items():
        if system != "toolbox":
            if len(system) > _TEXT:
                fault(("FMT-LENGTH", f"participant.identifiers.{system}", f"{len(system)} > 200"))
            if len(text) > _TEXT:
                fault(("FMT-LENGTH", f"participant.identifiers.{system}", f"{len(text)} > 200"))
            add(f'      <OtherId system="{_attribute(system)}" value="{_attribute(text)}"/>\n')
    if (address := person.address) is not None:
        line = ""
        if address.line1 is not None:
            text = address.line1.get_secret_value()
            if len(text) > _TEXT:
                fault(("FMT-LENGTH", "participant.address.line1", f"{len(text)} > 200"))
            line += f' line1="{_attribute(text)}"'
        if address.line2 is not None:
            text = address.line2.get_secret_value()
            if len(text) > _TEXT:
                fault(("FMT-LENGTH", "participant.address.line2", f"{len(text)} > 200"))
            line += f' line2="{_attribute(text)}"'
        if address.city is not None:
            text = address.city.get_secret_value()
            if len(text) > _TEXT:
                fault(("FMT-LENGTH", "participant.address.city", f"{len(text)} > 200"))
            line += f' city="{_attribute(text)}"'
        if address.state is not None:
            line += f' state="{address.state}"'
        if address.zip is not None:
            line += f' zip="{address.zip.get_secret_value()}"'
        if address.county is not None:
            text = address.county.get_secret_value()
            if len(text) > _TEXT:
                fault(("FMT-LENGTH", "participant.address.county", f"{len(text)} > 200"))
            line += f' county="{_attribute(text)}"'
        if line:
            add(f"      <Address{line}/>\n")
    for place, former in enumerate(person.former_names or ()):
        name = former.name
        text = name.first
        if len(text) > _NAME:
            path = f"participant.former_names[{place}].name.first"
            fault(("FMT-LENGTH", path, f"{len(text)} > 40"))
        add(f'      <FormerName first="{_attribute(text)}"')
        if (middle := name.middle) is not None:
            if len(middle) > _NAME:
                path = f"participant.former_names[{place}].name.middle"
                fault(("FMT-LENGTH", path, f"{len(middle)} > 40"))
            add(f' middle="{_attribute(middle)}"')
        text = name.last
        if len(text) > _NAME:
            path = f"participant.former_names[{place}].name.last"
            fault(("FMT-LENGTH", path, f"{len(text)} > 40"))
        add(f' last="{_attribute(text)}"')
        if (suffix := name.suffix) is not None:
            if len(suffix) > _NAME:
                path = f"participant.former_names[{place}].name.suffix"
                fault(("FMT-LENGTH", path, f"{len(suffix)} > 40"))
            add(f' suffix="{_attribute(suffix)}"')
        if former.changed_on is not None:
            add(f' changed="{_US[former.changed_on]}"')
        add("/>\n")
    if (household := person.household) is not None:
        line = ""
        if household.type is not None:
            line = f' type="{_CODE[household.type]}"'
        if household.since is not None:
            line += f' since="{_US[household.since]}"'
        if line:
            add(f"      <Household{line}/>\n")
    if person.education_level is not None:
        add(f'      <Education code="{_CODE[person.education_level]}"/>\n')
    if person.employment_status is not None:
        add(f'      <Employment code="{_CODE[person.employment_status]}"/>\n')
    for place, skill in enumerate(person.skills or ()):
        if len(skill) > _TEXT:
            fault(("FMT-LENGTH", f"participant.skills[{place}]", f"{len(skill)} > 200"))
        add(f'      <Skill text="{_attribute(skill)}"/>\n')
    if (agency := plan.agency) is not None:
        line = ""
        if (board := agency.board) is not None:
            if len(board) > _TEXT:
                fault(("FMT-LENGTH", "agency.board", f"{len(board)} > 200"))
            line = f' name="{_attribute(board)}"'
        if (code := agency.board_code) is not None:
            if len(code) > _TEXT:
                fault(("FMT-LENGTH", "agency.board_code", f"{len(code)} > 200"))
            line += f' code="{_attribute(code)}"'
        if (office := agency.office_code) is not None:
            if len(office) > _TEXT:
                fault(("FMT-LENGTH", "agency.office_code", f"{len(office)} > 200"))
            line += f' office="{_attribute(office)}"'
        if line:
            add(f"      <Region{line}/>\n")
    if (manager := plan.case_manager) is not None:
        line = ""
        if (staff_id := manager.staff_id) is not None:
            if len(staff_id) > _TEXT:
                fault(("FMT-LENGTH", "case_manager.staff_id", f"{len(staff_id)} > 200"))
            line = f' id="{_attribute(staff_id)}"'
        if (staff := manager.name) is not None:
            text = staff.first
            if len(text) > _NAME:
                fault(("FMT-LENGTH", "case_manager.name.first", f"{len(text)} > 40"))
            line += f' first="{_attribute(text)}"'
            if (middle := staff.middle) is not None:
                if len(middle) > _NAME:
                    fault(("FMT-LENGTH", "case_manager.name.middle", f"{len(middle)} > 40"))
                line += f' middle="{_attribute(middle)}"'
            text = staff.last
            if len(text) > _NAME:
                fault(("FMT-LENGTH", "case_manager.name.last", f"{len(text)} > 40"))
            line += f' last="{_attribute(text)}"'
            if (suffix := staff.suffix) is not None:
                if len(suffix) > _NAME:
                    fault(("FMT-LENGTH", "case_manager.name.suffix", f"{len(suffix)} > 40"))
                line += f' suffix="{_attribute(suffix)}"'
        if (employer := manager.employer) is not None:
            if len(employer) > _TEXT:
                fault(("FMT-LENGTH", "case_manager.employer", f"{len(employer)} > 200"))
            line += f' employer="{_attribute(employer)}"'
        if manager.phone is not None:
            line += f' phone="{manager.phone}"'
        if (email := manager.email) is not None:
            if len(email) > _TEXT:
                fault(("FMT-LENGTH", "case_manager.email", f"{len(email)} > 200"))
            line += f' email="{_attribute(email)}"'
        if line:
            add(f"      <CaseManager{line}/>\n")
    if agency is not None:
        line = ""
        if agency.state is not None:
            line = f' state="{agency.state}"'
        if (provider := agency.provider) is not None:
            if len(provider) > _TEXT:
                fault(("FMT-LENGTH", "agency.provider", f"{len(provider)} > 200"))
            line += f' provider="{_attribute(provider)}"'
        if line:
            add(f"      <Agency{line}/>\n")
    if (eligibility := plan.eligibility) is not None:
        line = ""
        if eligibility.determined_on is not None:
            line = f' determined="{_US[eligibility.determined_on]}"'
        if eligibility.enrolled_on is not None:
            line += f' enrolled="{_US[eligibility.enrolled_on]}"'
        if eligibility.exited_on is not None:
            line += f' exited="{_US[eligibility.exited_on]}"'
        if (reason := eligibility.exit_reason) is not None:
            if len(reason) > _TEXT:
                fault(("FMT-LENGTH", "eligibility.exit_reason", f"{len(reason)} > 200"))
            line += f' reason="{_attribute(reason)}"'
        if line:
            add(f"      <Eligibility{line}/>\n")
    if (development := plan.development) is not None:
        line = ""
        if development.mode is not None:
            line = f' mode="{_CODE[development.mode]}"'
        if development.participant_present is not None:
            line += ' present="Yes"' if development.participant_present else ' present="No"'
        if (reason := development.telephone_reason) is not None:
            if len(reason) > _TEXT:
                fault(("FMT-LENGTH", "development.telephone_reason", f"{len(reason)} > 200"))
            line += f' reason="{_attribute(reason)}"'
        if line:
            add(f"      <Development{line}/>\n")
    if len(parts) == inside + 1:
        parts[inside] = "/>\n"
    else:
        add("    </Personal>\n")

    if (credentials := plan.credentials) is not None:
        if not credentials:
            add('    <Credentials NA="Yes"/>\n')
        else:
            add("    <Credentials>\n")
            for place, credential in enumerate(credentials):
                add("      <Credential")
                if credential.kind is not None:
                    add(f' kind="{_CODE[credential.kind]}"')
                if (title := credential.title) is not None:
                    if len(title) > _TEXT:
                        path = f"credentials[{place}].title"
                        fault(("FMT-LENGTH", path, f"{len(title)} > 200"))
                    add(f' title="{_attribute(title)}"')
                if (issuer := credential.issuer) is not None:
                    if len(issuer) > _TEXT:
                        path = f"credentials[{place}].issuer"
                        fault(("FMT-LENGTH", path, f"{len(issuer)} > 200"))
                    add(f' issuer="{_attribute(issuer)}"')
                if credential.earned_on is not None:
                    add(f' earned="{_US[credential.earned_on]}"')
                if credential.expires_on is not None:
                    add(f' expires="{_US[credential.expires_on]}"')
                add("/>\n")
            add("    </Credentials>\n")
    if (veteran := person.veteran) is not None:
        line = ""
        if (branch := veteran.branch) is not None:
            if len(branch) > _TEXT:
                fault(("FMT-LENGTH", "participant.veteran.branch", f"{len(branch)} > 200"))
            line = f' branch="{_attribute(branch)}"'
        if veteran.entered_on is not None:
            line += f' entered="{_US[veteran.entered_on]}"'
        if veteran.separated_on is not None:
            line += f' separated="{_US[veteran.separated_on]}"'
        if (discharge := veteran.discharge) is not None:
            if len(discharge) > _TEXT:
                fault(("FMT-LENGTH", "participant.veteran.discharge", f"{len(discharge)} > 200"))
            line += f' discharge="{_attribute(discharge)}"'
        if veteran.is_veteran:
            add(f'    <Veteran status="Yes"{line}/>\n')
        elif line:
            add(f'    <Veteran status="No"{line}/>\n')
        else:
            add('    <Veteran NA="Yes"/>\n')
    if (positions := plan.desired_positions) is not None:
        if not positions:
            add('    <DesiredPositions NA="Yes"/>\n')
        else:
            add("    <DesiredPositions>\n")
            for place, position in enumerate(positions):
                add("      <Position")
                if (title := position.title) is not None:
                    if len(title) > _TEXT:
                        path = f"desired_positions[{place}].title"
                        fault(("FMT-LENGTH", path, f"{len(title)} > 200"))
                    add(f' title="{_attribute(title)}"')
                if (occupation := position.occupation) is not None:
                    if occupation.code is not None:
                        add(f' onet="{occupation.code}"')
                    if (title := occupation.title) is not None:
                        if len(title) > _TEXT:
                            path = f"desired_positions[{place}].occupation.title"
                            fault(("FMT-LENGTH", path, f"{len(title)} > 200"))
                        add(f' onetTitle="{_attribute(title)}"')
                if position.minimum_wage is not None:
                    add(f' minimumWage="{position.minimum_wage:f}"')
                if position.weekly_hours is not None:
                    add(f' weeklyHours="{position.weekly_hours:f}"')
                add("/>\n")
            add("    </DesiredPositions>\n")
    if (jobs := plan.work_history) is not None:
        if not jobs:
            add('    <WorkHistory NA="Yes"/>\n')
        else:
            add("    <WorkHistory>\n")
            for place, job in enumerate(jobs):
                add("      <Job")
                if (employer := job.employer) is not None:
                    if len(employer) > _TEXT:
                        path = f"work_history[{place}].employer"
                        fault(("FMT-LENGTH", path, f"{len(employer)} > 200"))
                    add(f' employer="{_attribute(employer)}"')
                if (title := job.title) is not None:
                    if len(title) > _TEXT:
                        path = f"work_history[{place}].title"
                        fault(("FMT-LENGTH", path, f"{len(title)} > 200"))
                    add(f' title="{_attribute(title)}"')
                if (occupation := job.occupation) is not None:
                    if occupation.code is not None:
                        add(f' onet="{occupation.code}"')
                    if (title := occupation.title) is not None:
                        if len(title) > _TEXT:
                            path = f"work_history[{place}].occupation.title"
                            fault(("FMT-LENGTH", path, f"{len(title)} > 200"))
                        add(f' onetTitle="{_attribute(title)}"')
                if job.started_on is not None:
                    add(f' started="{_US[job.started_on]}"')
                if job.ended_on is not None:
                    add(f' ended="{_US[job.ended_on]}"')
                if job.weekly_hours is not None:
                    add(f' weeklyHours="{job.weekly_hours:f}"')
                if job.hourly_wage is not None:
                    add(f' hourlyWage="{job.hourly_wage:f}"')
                if job.volunteer is not None:
                    add(' volunteer="Yes"' if job.volunteer else ' volunteer="No"')
                if job.reason_for_leaving is not None:
                    add(f' leaving="{_CODE[job.reason_for_leaving]}"')
                if (note := job.note) is not None:
                    if len(note) > _LONG:
                        path = f"work_history[{place}].note"
                        fault(("FMT-LENGTH", path, f"{len(note)} > {_LONG}"))
                    add(f">{_text(note)}</Job>\n")
                else:
                    add("/>\n")
            add("    </WorkHistory>\n")
    if (members := plan.family_members) is not None:
        if not members:
            add('    <FamilyMembers NA="Yes"/>\n')
        else:
            add("    <FamilyMembers>\n")
            for place, member in enumerate(members):
                add("      <Member")
                if (own := member.name) is not None:
                    text = own.first
                    if len(text) > _NAME:
                        path = f"family_members[{place}].name.first"
                        fault(("FMT-LENGTH", path, f"{len(text)} > 40"))
                    add(f' first="{_attribute(text)}"')
                    if (middle := own.middle) is not None:
                        if len(middle) > _NAME:
                            path = f"family_members[{place}].name.middle"
                            fault(("FMT-LENGTH", path, f"{len(middle)} > 40"))
                        add(f' middle="{_attribute(middle)}"')
                    text = own.last
                    if len(text) > _NAME:
                        path = f"family_members[{place}].name.last"
                        fault(("FMT-LENGTH", path, f"{len(text)} > 40"))
                    add(f' last="{_attribute(text)}"')
                    if (suffix := own.suffix) is not None:
                        if len(suffix) > _NAME:
                            path = f"family_members[{place}].name.suffix"
                            fault(("FMT-LENGTH", path, f"{len(suffix)} > 40"))
                        add(f' suffix="{_attribute(suffix)}"')
                if member.relation is not None:
                    add(f' relation="{_CODE[member.relation]}"')
                if member.date_of_birth is not None:
                    add(f' birthDate="{_US[member.date_of_birth.get_secret_value()]}"')
                if member.on_assistance_case is not None:
                    add(' onCase="Yes"' if member.on_assistance_case else ' onCase="No"')
                add("/>\n")
            add("    </FamilyMembers>\n")

    assessments, goals, barriers = plan.assessments, plan.goals, plan.barriers
    services = plan.services
    if not (assessments is None and goals is None and barriers is None and services is None):
        add("    <GoalsAndBarriers>\n")
        if assessments is not None and not assessments:
            add("      <NoAssessments/>\n")
        for place, assessment in enumerate(assessments or ()):
            add(f'      <Assessment instrument="{_CODE[assessment.instrument]}"')
            if (title := assessment.name) is not None:
                if len(title) > _TEXT:
                    fault(("FMT-LENGTH", f"assessments[{place}].name", f"{len(title)} > 200"))
                add(f' name="{_attribute(title)}"')
            if assessment.taken_on is not None:
                add(f' taken="{_US[assessment.taken_on]}"')
            if assessment.reviewed_on is not None:
                add(f' reviewed="{_US[assessment.reviewed_on]}"')
            if not assessment.scores:
                add("/>\n")
                continue
            add(">\n")
            for number, score in enumerate(assessment.scores):
                add("        <Score")
                if (scale := score.scale) is not None:
                    if len(scale) > _TEXT:
                        path = f"assessments[{place}].scores[{number}].scale"
                        fault(("FMT-LENGTH", path, f"{len(scale)} > 200"))
                    add(f' scale="{_attribute(scale)}"')
                if score.value is not None:
                    add(f' value="{score.value:f}"')
                if (level := score.level) is not None:
                    if len(level) > _TEXT:
                        path = f"assessments[{place}].scores[{number}].level"
                        fault(("FMT-LENGTH", path, f"{len(level)} > 200"))
                    add(f' level="{_attribute(level)}"')
                add("/>\n")
            add("      </Assessment>\n")
        if goals is not None and not goals:
            add("      <NoGoals/>\n")
        for place, goal in enumerate(goals or ()):
            add(
                f'      <Goal ref="{goal.goal_id}" term="{_CODE[goal.term]}"'
                f' kind="{_CODE[goal.kind]}"'
            )
            if goal.category is not None:
                add(f' category="{_CODE[goal.category]}"')
            if (title := goal.title) is not None:
                if len(title) > _TEXT:
                    fault(("FMT-LENGTH", f"goals[{place}].title", f"{len(title)} > 200"))
                add(f' title="{_attribute(title)}"')
            if (occupation := goal.occupation) is not None:
                if occupation.code is not None:
                    add(f' onet="{occupation.code}"')
                if (title := occupation.title) is not None:
                    if len(title) > _TEXT:
                        path = f"goals[{place}].occupation.title"
                        fault(("FMT-LENGTH", path, f"{len(title)} > 200"))
                    add(f' onetTitle="{_attribute(title)}"')
            if goal.career_cluster is not None:
                add(f' cluster="{_attribute(goal.career_cluster)}"')
            if goal.nontraditional is not None:
                add(' nontraditional="Yes"' if goal.nontraditional else ' nontraditional="No"')
            if goal.set_on is not None:
                add(f' set="{_US[goal.set_on]}"')
            if goal.target_on is not None:
                add(f' target="{_US[goal.target_on]}"')
            if goal.achieved_on is not None:
                add(f' achieved="{_US[goal.achieved_on]}"')
            if goal.status is not None:
                add(f' status="{_CODE[goal.status]}"')
            outcome, measure = goal.outcome, goal.measure
            if outcome is None and measure is None and not goal.actions:
                add("/>\n")
                continue
            add(">\n")
            if outcome is not None:
                if len(outcome) > _LONG:
                    fault(("FMT-LENGTH", f"goals[{place}].outcome", f"{len(outcome)} > {_LONG}"))
                add(f"        <Outcome>{_text(outcome)}</Outcome>\n")
            if measure is not None:
                if len(measure) > _LONG:
                    fault(("FMT-LENGTH", f"goals[{place}].measure", f"{len(measure)} > {_LONG}"))
                add(f"        <Measure>{_text(measure)}</Measure>\n")
            for number, action in enumerate(goal.actions or ()):
                add(f'        <Step ref="{action.action_id}"')
                if action.responsible is not None:
                    add(f' responsible="{_CODE[action.responsible]}"')
                if (by := action.responsible_name) is not None:
                    if len(by) > _TEXT:
                        path = f"goals[{place}].actions[{number}].responsible_name"
                        fault(("FMT-LENGTH", path, f"{len(by)} > 200"))
                    add(f' by="{_attribute(by)}"')
                if action.set_on is not None:
                    add(f' set="{_US[action.set_on]}"')
                if action.planned_end_on is not None:
                    add(f' planned="{_US[action.planned_end_on]}"')
                if action.actual_end_on is not None:
                    add(f' actual="{_US[action.actual_end_on]}"')
                if action.follow_up is not None:
                    add(' followUp="Yes"' if action.follow_up else ' followUp="No"')
                if action.barrier_id is not None:
                    add(f' barrier="{action.barrier_id}"')
                if action.service_id is not None:
                    add(f' service="{action.service_id}"')
                description, measure = action.description, action.measure
                if description is None and measure is None:
                    add("/>\n")
                    continue
                add(">\n")
                if description is not None:
                    if len(description) > _LONG:
                        path = f"goals[{place}].actions[{number}].description"
                        fault(("FMT-LENGTH", path, f"{len(description)} > {_LONG}"))
                    add(f"          <Text>{_text(description)}</Text>\n")
                if measure is not None:
                    if len(measure) > _LONG:
                        path = f"goals[{place}].actions[{number}].measure"
                        fault(("FMT-LENGTH", path, f"{len(measure)} > {_LONG}"))
                    add(f"          <Measure>{_text(measure)}</Measure>\n")
                add("        </Step>\n")
            add("      </Goal>\n")
        if barriers is not None and not barriers:
            add("      <NoBarriers/>\n")
        for place, barrier in enumerate(barriers or ()):
            add(f'      <Barrier ref="{barrier.barrier_id}" category="{_CODE[barrier.category]}"')
            if barrier.identified_on is not None:
                add(f' identified="{_US[barrier.identified_on]}"')
            if barrier.expected_resolution_on is not None:
                add(f' expected="{_US[barrier.expected_resolution_on]}"')
            if barrier.resolved_on is not None:
                add(f' resolved="{_US[barrier.resolved_on]}"')
            if barrier.goal_id is not None:
                add(f' goal="{barrier.goal_id}"')
            if barrier.description is None and barrier.plan is None:
                add("/>\n")
                continue
            add(">\n")
            if barrier.description is not None:
                text = barrier.description.get_secret_value()
                if len(text) > _LONG:
                    path = f"barriers[{place}].description"
                    fault(("FMT-LENGTH", path, f"{len(text)} > {_LONG}"))
                add(f"        <Description>{_text(text)}</Description>\n")
            if barrier.plan is not None:
                text = barrier.plan.get_secret_value()
                if len(text) > _LONG:
                    fault(("FMT-LENGTH", f"barriers[{place}].plan", f"{len(text)} > {_LONG}"))
                add(f"        <Plan>{_text(text)}</Plan>\n")
            add("      </Barrier>\n")
        if services is not None and not services:
            add("      <NoServices/>\n")
        for place, service in enumerate(services or ()):
            add(f'      <Service ref="{service.service_id}" category="{_CODE[service.category]}"')
            if (title := service.title) is not None:
                if len(title) > _TEXT:
                    fault(("FMT-LENGTH", f"services[{place}].title", f"{len(title)} > 200"))
                add(f' title="{_attribute(title)}"')
            if (provider := service.provider) is not None:
                if len(provider) > _TEXT:
                    fault(("FMT-LENGTH", f"services[{place}].provider", f"{len(provider)} > 200"))
                add(f' provider="{_attribute(provider)}"')
            if service.referral is not None:
                add(' referral="Yes"' if service.referral else ' referral="No"')
            if (funding := service.funding) is not None:
                if len(funding) > _TEXT:
                    fault(("FMT-LENGTH", f"services[{place}].funding", f"{len(funding)} > 200"))
                add(f' funding="{_attribute(funding)}"')
            if service.planned_start_on is not None:
                add(f' plannedStart="{_US[service.planned_start_on]}"')
            if service.planned_end_on is not None:
                add(f' plannedEnd="{_US[service.planned_end_on]}"')
            if service.started_on is not None:
                add(f' started="{_US[service.started_on]}"')
            if service.ended_on is not None:
                add(f' ended="{_US[service.ended_on]}"')
            if service.outcome is not None:
                add(f' outcome="{_CODE[service.outcome]}"')
            if (justification := service.justification) is None:
                add("/>\n")
                continue
            if len(justification) > _LONG:
                path = f"services[{place}].justification"
                fault(("FMT-LENGTH", path, f"{len(justification)} > {_LONG}"))
            add(
                f">\n        <Justification>{_text(justification)}</Justification>\n"
                "      </Service>\n"
            )
        add("    </GoalsAndBarriers>\n")

    line = ""
    if (hours := plan.participation_hours) is not None:
        if hours.required is not None:
            line = f' hours="{hours.required:f}"'
        if hours.per is not None:
            line += f' per="{_CODE[hours.per]}"'
    comments, notes, reviews = plan.comments, plan.case_notes, plan.reviews
    if comments is None and notes is None and reviews is None:
        if line:
            add(f"    <AdditionalComments{line}/>\n")
    else:
        add(f"    <AdditionalComments{line}>\n")
        if comments is not None:
            if len(comments) > _LONG:
                fault(("FMT-LENGTH", "comments", f"{len(comments)} > {_LONG}"))
            add(f"      <Comments>{_text(comments)}</Comments>\n")
        if notes is not None and not notes:
            add("      <NoNotes/>\n")
        for place, entry in enumerate(notes or ()):
            add(f'      <Note ref="{entry.note_id}" about="{_CODE[entry.about]}"')
            if entry.title is not None:
                text = entry.title.get_secret_value()
                if len(text) > _TEXT:
                    fault(("FMT-LENGTH", f"case_notes[{place}].title", f"{len(text)} > 200"))
                add(f' title="{_attribute(text)}"')
            if entry.dated_on is not None:
                add(f' dated="{_US[entry.dated_on]}"')
            if (author := entry.author) is not None:
                if len(author) > _TEXT:
                    fault(("FMT-LENGTH", f"case_notes[{place}].author", f"{len(author)} > 200"))
                add(f' author="{_attribute(author)}"')
            if not (entry.story or entry.metrics or entry.next_steps or entry.follow_up_on):
                add("/>\n")
                continue
            add(">\n")
            if entry.story is not None:
                text = entry.story.get_secret_value()
                if len(text) > _LONG:
                    fault(("FMT-LENGTH", f"case_notes[{place}].story", f"{len(text)} > {_LONG}"))
                add(f"        <Story>{_text(text)}</Story>\n")
            for number, metric in enumerate(entry.metrics or ()):
                add("        <Metric")
                if metric.label is not None:
                    text = metric.label.get_secret_value()
                    if len(text) > _TEXT:
                        path = f"case_notes[{place}].metrics[{number}].label"
                        fault(("FMT-LENGTH", path, f"{len(text)} > 200"))
                    add(f' label="{_attribute(text)}"')
                if metric.value is not None:
                    text = metric.value.get_secret_value()
                    if len(text) > _TEXT:
                        path = f"case_notes[{place}].metrics[{number}].value"
                        fault(("FMT-LENGTH", path, f"{len(text)} > 200"))
                    add(f' value="{_attribute(text)}"')
                if metric.unit is not None:
                    text = metric.unit.get_secret_value()
                    if len(text) > _TEXT:
                        path = f"case_notes[{place}].metrics[{number}].unit"
                        fault(("FMT-LENGTH", path, f"{len(text)} > 200"))
                    add(f' unit="{_attribute(text)}"')
                add("/>\n")
            for number, step in enumerate(entry.next_steps or ()):
                add("        <NextStep")
                if step.deadline is not None:
                    add(f' deadline="{_US[step.deadline]}"')
                if step.goal is None and step.process is None:
                    add("/>\n")
                    continue
                add(">\n")
                if step.goal is not None:
                    text = step.goal.get_secret_value()
                    if len(text) > _LONG:
                        path = f"case_notes[{place}].next_steps[{number}].goal"
                        fault(("FMT-LENGTH", path, f"{len(text)} > {_LONG}"))
                    add(f"          <Goal>{_text(text)}</Goal>\n")
                if step.process is not None:
                    text = step.process.get_secret_value()
                    if len(text) > _LONG:
                        path = f"case_notes[{place}].next_steps[{number}].process"
                        fault(("FMT-LENGTH", path, f"{len(text)} > {_LONG}"))
                    add(f"          <Process>{_text(text)}</Process>\n")
                add("        </NextStep>\n")
            for day in entry.follow_up_on or ():
                add(f'        <FollowUp date="{_US[day]}"/>\n')
            add("      </Note>\n")
        if reviews is not None and not reviews:
            add("      <NoReviews/>\n")
        for place, review in enumerate(reviews or ()):
            add("      <Review")
            if review.reviewed_on is not None:
                add(f' on="{_US[review.reviewed_on]}"')
            add(f' trigger="{_CODE[review.trigger]}"')
            if review.plan_changed is not None:
                add(' changed="Yes"' if review.plan_changed else ' changed="No"')
            if (progress := review.progress) is not None:
                if len(progress) > _LONG:
                    path = f"reviews[{place}].progress"
                    fault(("FMT-LENGTH", path, f"{len(progress)} > {_LONG}"))
                add(f">{_text(progress)}</Review>\n")
            else:
                add("/>\n")
        add("    </AdditionalComments>\n")

    if (activities := plan.activities) is not None:
        if not activities:
            add("    <ActivityPlan/>\n")
        else:
            add("    <ActivityPlan>\n")
            for place, activity in enumerate(activities):
                add(f'      <Activity ref="{activity.activity_id}" kind="{_CODE[activity.kind]}"')
                if (title := activity.title) is not None:
                    if len(title) > _TEXT:
                        fault(("FMT-LENGTH", f"activities[{place}].title", f"{len(title)} > 200"))
                    add(f' title="{_attribute(title)}"')
                if activity.started_on is not None:
                    add(f' started="{_US[activity.started_on]}"')
                if activity.ends_on is not None:
                    add(f' ends="{_US[activity.ends_on]}"')
                if activity.ended_on is not None:
                    add(f' ended="{_US[activity.ended_on]}"')
                if activity.weekly_hours is not None:
                    add(f' weeklyHours="{activity.weekly_hours:f}"')
                add("/>\n")
            add("    </ActivityPlan>\n")
    if (signatures := plan.signatures) is not None:
        if not signatures:
            add("    <SignatureBlock/>\n")
        else:
            add("    <SignatureBlock>\n")
            for place, signature in enumerate(signatures):
                add(f'      <Signature role="{_CODE[signature.role]}"')
                if (signer := signature.name) is not None:
                    if len(signer) > _TEXT:
                        fault(("FMT-LENGTH", f"signatures[{place}].name", f"{len(signer)} > 200"))
                    add(f' name="{_attribute(signer)}"')
                if signature.signed_on is not None:
                    add(f' signed="{_US[signature.signed_on]}"')
                if signature.method is not None:
                    add(f' method="{_CODE[signature.method]}"')
                if signature.plan_version is not None:
                    add(f' version="{signature.plan_version}"')
                if signature.release_of_information is not None:
                    code = "Yes" if signature.release_of_information else "No"
                    add(f' release="{code}"')
                if signature.copy_given_on is not None:
                    add(f' copyGiven="{_US[signature.copy_given_on]}"')
                add("/>\n")
            add("    </SignatureBlock>\n")

    losses: list[Loss] = []
    for system, texts in (plan.extensions or {}).items():
        if system == "toolbox":
            for key, text in texts.items():
                if len(key) > _TEXT:
                    fault(("FMT-LENGTH", f"extensions.toolbox.{key}", f"{len(key)} > 200"))
                if len(text) > _LONG:
                    fault(("FMT-LENGTH", f"extensions.toolbox.{key}", f"{len(text)} > {_LONG}"))
                add(f'    <Extra name="{_attribute(key)}">{_text(text)}</Extra>\n')
        else:
            losses.extend((f"extensions.{system}.{key}", "dropped") for key in texts)
    add("  </IEP>\n")

    if findings:
        return findings, []
    out.append("".join(parts))
    return findings, losses


_IEP_PARTS: Final = frozenset(
    _NS + name
    for name in (
        "Personal",
        "Credentials",
        "Veteran",
        "DesiredPositions",
        "WorkHistory",
        "FamilyMembers",
        "GoalsAndBarriers",
        "AdditionalComments",
        "ActivityPlan",
        "SignatureBlock",
        "Extra",
    )
)
_PERSONAL_PARTS: Final = frozenset(
    _NS + name
    for name in (
        "OtherId",
        "Address",
        "FormerName",
        "Household",
        "Education",
        "Employment",
        "Skill",
        "Region",
        "CaseManager",
        "Agency",
        "Eligibility",
        "Development",
    )
)
_PERSONAL_SINGLE: Final = tuple(
    _NS + name
    for name in (
        "Address",
        "Household",
        "Education",
        "Employment",
        "Region",
        "CaseManager",
        "Agency",
        "Eligibility",
        "Development",
    )
)
_GOALS_PARTS: Final = frozenset(
    _NS + name
    for name in (
        "NoAssessments",
        "Assessment",
        "NoGoals",
        "Goal",
        "NoBarriers",
        "Barrier",
        "NoServices",
        "Service",
    )
)
_COMMENTS_PARTS: Final = frozenset(
    _NS + name for name in ("NoNotes", "Note", "NoReviews", "Review")
)
_NOTE_PARTS: Final = frozenset(_NS + name for name in ("Metric", "NextStep", "FollowUp"))
_CREDENTIAL_PART: Final = frozenset({_NS + "Credential"})
_POSITION_PART: Final = frozenset({_NS + "Position"})
_JOB_PART: Final = frozenset({_NS + "Job"})
_MEMBER_PART: Final = frozenset({_NS + "Member"})
_SCORE_PART: Final = frozenset({_NS + "Score"})
_STEP_PART: Final = frozenset({_NS + "Step"})
_ACTIVITY_PART: Final = frozenset({_NS + "Activity"})
_SIGNATURE_PART: Final = frozenset({_NS + "Signature"})
_GOAL_LEAVES: Final = {_NS + "Outcome": "outcome", _NS + "Measure": "measure"}
_STEP_LEAVES: Final = {_NS + "Text": "description", _NS + "Measure": "measure"}
_BARRIER_LEAVES: Final = {_NS + "Description": "description", _NS + "Plan": "plan"}
_SERVICE_LEAVES: Final = {_NS + "Justification": "justification"}
_COMMENTS_LEAVES: Final = {_NS + "Comments": "comments"}
_NOTE_LEAVES: Final = {_NS + "Story": "story"}
_NEXT_LEAVES: Final = {_NS + "Goal": "goal", _NS + "Process": "process"}
_NONE: Final[frozenset[str]] = frozenset()


def decode(element: Any) -> Decoded:
    """Read one `IEP`; its parser must have removed comments and processing instructions."""
    reading = Reading(element, "toolbox", _NS, _IGNORED)
    fault = reading.fault
    data: dict[str, Any] = {"schema": "iep/1"}

    attributes = dict(element.items())
    pop = attributes.pop
    if text := pop("planRef", None):
        data["plan_id"] = text
    else:
        fault("FMT-REQUIRED", "plan_id")
    if text := pop("version", None):
        if is_whole(text) and whole(text):
            data["version"] = whole(text)
        else:
            fault("FMT-VALUE", "version")
    else:
        fault("FMT-REQUIRED", "version")
    if text := pop("program", None):
        data["program"] = code = _PROGRAM_BACK.get(text)
        if code is None:
            fault("FMT-CODE", "program")
    else:
        fault("FMT-REQUIRED", "program")
    if text := pop("status", None):
        data["status"] = code = _STATUS.get(text)
        if code is None:
            fault("FMT-CODE", "status")
    else:
        fault("FMT-REQUIRED", "status")
    if text := pop("started", None):
        data["started_on"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "started_on")
    if text := pop("completed", None):
        data["completed_on"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "completed_on")
    if text := pop("closed", None):
        data["closed_on"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "closed_on")
    if attributes:
        reading.attributes(element, attributes)
    _, sections = children(reading, element, _NONE, _IEP_PARTS)
    for tag, found in sections.items():
        if len(found) > 1 and tag != _NS + "Extra":
            for repeated in found[1:]:
                fault("FMT-VALUE", reading.path(repeated))

    participant: dict[str, Any] = {}
    data["participant"] = participant
    identifiers: dict[str, Any] = {}
    participant["identifiers"] = identifiers
    name: dict[str, Any] = {}
    participant["name"] = name
    attributes = {}
    inner: dict[str, list[Any]] = {}
    if found := sections.get(_NS + "Personal", []):
        attributes = dict(found[0].items())
        _, inner = children(reading, found[0], _NONE, _PERSONAL_PARTS)
    pop = attributes.pop
    text = pop("id", None)
    if text and _TOOLBOX_ID(text):
        identifiers["toolbox"] = text
    else:
        fault("FMT-ID", "participant.identifiers.toolbox")
    if text := pop("first", None):
        name["first"] = text
    else:
        fault("FMT-REQUIRED", "participant.name.first")
    if text := pop("middle", None):
        name["middle"] = text
    if text := pop("last", None):
        name["last"] = text
    else:
        fault("FMT-REQUIRED", "participant.name.last")
    if text := pop("suffix", None):
        name["suffix"] = text
    if text := pop("ssn", None):
        participant["ssn"] = text.replace("-", "")
        if not _SSN(text):
            fault("FMT-VALUE", "participant.ssn")
    if text := pop("birthDate", None):
        participant["date_of_birth"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "participant.date_of_birth")
    if text := pop("sex", None):
        participant["sex"] = code = _SEX.get(text)
        if code is None:
            fault("FMT-CODE", "participant.sex")
    if text := pop("phone", None):
        participant["phone"] = text
        if not _PHONE(text):
            fault("FMT-VALUE", "participant.phone")
    if text := pop("email", None):
        participant["email"] = text
    if attributes:
        reading.attributes(found[0], attributes)
    if inner:
        for tag in _PERSONAL_SINGLE:
            for repeated in inner.get(tag, ())[1:]:
                fault("FMT-VALUE", reading.path(repeated))
        _personal(reading, data, participant, inner)

    if found := sections.get(_NS + "Credentials", []):
        attributes = dict(found[0].items())
        not_any = _not_any(reading, "Credentials", attributes)
        if attributes:
            reading.attributes(found[0], attributes)
        _, inner = children(reading, found[0], _NONE, _CREDENTIAL_PART)
        if not_any and inner:
            fault("FMT-VALUE", "Credentials/@NA")
        data["credentials"] = credentials = []
        for at, part in enumerate(inner.get(_NS + "Credential", ())):
            credential: dict[str, Any] = {}
            credentials.append(credential)
            attributes = dict(part.items())
            pop = attributes.pop
            if text := pop("kind", None):
                credential["kind"] = code = _CREDENTIAL.get(text)
                if code is None:
                    fault("FMT-CODE", f"credentials[{at}].kind")
            if text := pop("title", None):
                credential["title"] = text
            if text := pop("issuer", None):
                credential["issuer"] = text
            if text := pop("earned", None):
                credential["earned_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"credentials[{at}].earned_on")
            if text := pop("expires", None):
                credential["expires_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"credentials[{at}].expires_on")
            _rest(reading, part, attributes)

    if found := sections.get(_NS + "Veteran", []):
        attributes = dict(found[0].items())
        pop = attributes.pop
        not_any = _not_any(reading, "Veteran", attributes)
        veteran: dict[str, Any] = {}
        participant["veteran"] = veteran
        status = pop("status", None)
        if status:
            veteran["is_veteran"] = flag = _YES_NO.get(status)
            if flag is None:
                fault("FMT-VALUE", "participant.veteran.is_veteran")
        if text := pop("branch", None):
            veteran["branch"] = text
        if text := pop("entered", None):
            veteran["entered_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "participant.veteran.entered_on")
        if text := pop("separated", None):
            veteran["separated_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "participant.veteran.separated_on")
        if text := pop("discharge", None):
            veteran["discharge"] = text
        if not veteran:
            veteran["is_veteran"] = False
        elif not_any:
            fault("FMT-VALUE", "Veteran/@NA")
        elif not status:
            fault("FMT-REQUIRED", "participant.veteran.is_veteran")
        _rest(reading, found[0], attributes)

    if found := sections.get(_NS + "DesiredPositions", []):
        attributes = dict(found[0].items())
        not_any = _not_any(reading, "DesiredPositions", attributes)
        if attributes:
            reading.attributes(found[0], attributes)
        _, inner = children(reading, found[0], _NONE, _POSITION_PART)
        if not_any and inner:
            fault("FMT-VALUE", "DesiredPositions/@NA")
        data["desired_positions"] = positions = []
        for at, part in enumerate(inner.get(_NS + "Position", ())):
            position: dict[str, Any] = {}
            positions.append(position)
            attributes = dict(part.items())
            pop = attributes.pop
            if text := pop("title", None):
                position["title"] = text
            occupation: dict[str, Any] = {}
            if text := pop("onet", None):
                occupation["code"] = text
                if not _OCCUPATION(text):
                    fault("FMT-VALUE", f"desired_positions[{at}].occupation.code")
            if text := pop("onetTitle", None):
                occupation["title"] = text
            if occupation:
                position["occupation"] = occupation
            if text := pop("minimumWage", None):
                if _NUMBER(text):
                    position["minimum_wage"] = Decimal(text)
                else:
                    fault("FMT-VALUE", f"desired_positions[{at}].minimum_wage")
            if text := pop("weeklyHours", None):
                if _NUMBER(text):
                    position["weekly_hours"] = Decimal(text)
                else:
                    fault("FMT-VALUE", f"desired_positions[{at}].weekly_hours")
            _rest(reading, part, attributes)

    if found := sections.get(_NS + "WorkHistory", []):
        attributes = dict(found[0].items())
        not_any = _not_any(reading, "WorkHistory", attributes)
        if attributes:
            reading.attributes(found[0], attributes)
        _, inner = children(reading, found[0], _NONE, _JOB_PART)
        if not_any and inner:
            fault("FMT-VALUE", "WorkHistory/@NA")
        data["work_history"] = jobs = []
        for at, part in enumerate(inner.get(_NS + "Job", ())):
            job: dict[str, Any] = {}
            jobs.append(job)
            attributes = dict(part.items())
            pop = attributes.pop
            if text := pop("employer", None):
                job["employer"] = text
            if text := pop("title", None):
                job["title"] = text
            occupation = {}
            if text := pop("onet", None):
                occupation["code"] = text
                if not _OCCUPATION(text):
                    fault("FMT-VALUE", f"work_history[{at}].occupation.code")
            if text := pop("onetTitle", None):
                occupation["title"] = text
            if occupation:
                job["occupation"] = occupation
            if text := pop("started", None):
                job["started_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"work_history[{at}].started_on")
            if text := pop("ended", None):
                job["ended_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"work_history[{at}].ended_on")
            if text := pop("weeklyHours", None):
                if _NUMBER(text):
                    job["weekly_hours"] = Decimal(text)
                else:
                    fault("FMT-VALUE", f"work_history[{at}].weekly_hours")
            if text := pop("hourlyWage", None):
                if _NUMBER(text):
                    job["hourly_wage"] = Decimal(text)
                else:
                    fault("FMT-VALUE", f"work_history[{at}].hourly_wage")
            if text := pop("volunteer", None):
                job["volunteer"] = flag = _YES_NO.get(text)
                if flag is None:
                    fault("FMT-VALUE", f"work_history[{at}].volunteer")
            if text := pop("leaving", None):
                job["reason_for_leaving"] = code = _LEAVING.get(text)
                if code is None:
                    fault("FMT-CODE", f"work_history[{at}].reason_for_leaving")
            if text := reading.leaf(part, attributes):
                job["note"] = text

    if found := sections.get(_NS + "FamilyMembers", []):
        attributes = dict(found[0].items())
        not_any = _not_any(reading, "FamilyMembers", attributes)
        if attributes:
            reading.attributes(found[0], attributes)
        _, inner = children(reading, found[0], _NONE, _MEMBER_PART)
        if not_any and inner:
            fault("FMT-VALUE", "FamilyMembers/@NA")
        data["family_members"] = members = []
        for at, part in enumerate(inner.get(_NS + "Member", ())):
            member: dict[str, Any] = {}
            members.append(member)
            attributes = dict(part.items())
            pop = attributes.pop
            if own := _name(reading, f"family_members[{at}].name.", attributes):
                member["name"] = own
            if text := pop("relation", None):
                member["relation"] = code = _RELATION.get(text)
                if code is None:
                    fault("FMT-CODE", f"family_members[{at}].relation")
            if text := pop("birthDate", None):
                member["date_of_birth"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"family_members[{at}].date_of_birth")
            if text := pop("onCase", None):
                member["on_assistance_case"] = flag = _YES_NO.get(text)
                if flag is None:
                    fault("FMT-VALUE", f"family_members[{at}].on_assistance_case")
            _rest(reading, part, attributes)

    if found := sections.get(_NS + "GoalsAndBarriers", []):
        attributes = dict(found[0].items())
        if attributes:
            reading.attributes(found[0], attributes)
        _, inner = children(reading, found[0], _NONE, _GOALS_PARTS)
        _none_or_some(reading, data, "assessments", inner, "NoAssessments", "Assessment")
        _none_or_some(reading, data, "goals", inner, "NoGoals", "Goal")
        _none_or_some(reading, data, "barriers", inner, "NoBarriers", "Barrier")
        _none_or_some(reading, data, "services", inner, "NoServices", "Service")
        for at, part in enumerate(inner.get(_NS + "Assessment", ())):
            assessment: dict[str, Any] = {}
            data["assessments"].append(assessment)
            attributes = dict(part.items())
            pop = attributes.pop
            if text := pop("instrument", None):
                assessment["instrument"] = code = _INSTRUMENT.get(text)
                if code is None:
                    fault("FMT-CODE", f"assessments[{at}].instrument")
            else:
                fault("FMT-REQUIRED", f"assessments[{at}].instrument")
            if text := pop("name", None):
                assessment["name"] = text
            if text := pop("taken", None):
                assessment["taken_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"assessments[{at}].taken_on")
            if text := pop("reviewed", None):
                assessment["reviewed_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"assessments[{at}].reviewed_on")
            if attributes:
                reading.attributes(part, attributes)
            if not len(part) and not part.text:
                continue
            _, within = children(reading, part, _NONE, _SCORE_PART)
            if within:
                assessment["scores"] = scores = []
                for number, item in enumerate(within[_NS + "Score"]):
                    score: dict[str, Any] = {}
                    scores.append(score)
                    attributes = dict(item.items())
                    pop = attributes.pop
                    if text := pop("scale", None):
                        score["scale"] = text
                    if text := pop("value", None):
                        if _NUMBER(text):
                            score["value"] = Decimal(text)
                        else:
                            fault("FMT-VALUE", f"assessments[{at}].scores[{number}].value")
                    if text := pop("level", None):
                        score["level"] = text
                    _rest(reading, item, attributes)
        for at, part in enumerate(inner.get(_NS + "Goal", ())):
            goal: dict[str, Any] = {}
            data["goals"].append(goal)
            attributes = dict(part.items())
            pop = attributes.pop
            goal["goal_id"] = pop("ref", None) or f"tbx-goal-{at + 1}"
            if text := pop("term", None):
                goal["term"] = code = _TERM.get(text)
                if code is None:
                    fault("FMT-CODE", f"goals[{at}].term")
            else:
                fault("FMT-REQUIRED", f"goals[{at}].term")
            if text := pop("kind", None):
                goal["kind"] = code = _GOAL_KIND.get(text)
                if code is None:
                    fault("FMT-CODE", f"goals[{at}].kind")
            else:
                fault("FMT-REQUIRED", f"goals[{at}].kind")
            if text := pop("category", None):
                goal["category"] = code = _GOAL_CATEGORY.get(text)
                if code is None:
                    fault("FMT-CODE", f"goals[{at}].category")
            if text := pop("title", None):
                goal["title"] = text
            occupation = {}
            if text := pop("onet", None):
                occupation["code"] = text
                if not _OCCUPATION(text):
                    fault("FMT-VALUE", f"goals[{at}].occupation.code")
            if text := pop("onetTitle", None):
                occupation["title"] = text
            if occupation:
                goal["occupation"] = occupation
            if text := pop("cluster", None):
                goal["career_cluster"] = text
                if text not in _CLUSTER:
                    fault("FMT-CODE", f"goals[{at}].career_cluster")
            if text := pop("nontraditional", None):
                goal["nontraditional"] = flag = _YES_NO.get(text)
                if flag is None:
                    fault("FMT-VALUE", f"goals[{at}].nontraditional")
            if text := pop("set", None):
                goal["set_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"goals[{at}].set_on")
            if text := pop("target", None):
                goal["target_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"goals[{at}].target_on")
            if text := pop("achieved", None):
                goal["achieved_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"goals[{at}].achieved_on")
            if text := pop("status", None):
                goal["status"] = code = _GOAL_STATUS.get(text)
                if code is None:
                    fault("FMT-CODE", f"goals[{at}].status")
            if attributes:
                reading.attributes(part, attributes)
            texts, within = children(reading, part, _GOAL_LEAVES, _STEP_PART)
            if reading.twice:
                reading.repeated(f"goals[{at}].")
            if text := texts.get(_NS + "Outcome"):
                goal["outcome"] = text
            if text := texts.get(_NS + "Measure"):
                goal["measure"] = text
            if within:
                goal["actions"] = actions = []
                for number, item in enumerate(within[_NS + "Step"]):
                    action: dict[str, Any] = {}
                    actions.append(action)
                    attributes = dict(item.items())
                    pop = attributes.pop
                    action["action_id"] = pop("ref", None) or f"tbx-goal-{at + 1}-step-{number + 1}"
                    if text := pop("responsible", None):
                        action["responsible"] = code = _RESPONSIBLE.get(text)
                        if code is None:
                            fault("FMT-CODE", f"goals[{at}].actions[{number}].responsible")
                    if text := pop("by", None):
                        action["responsible_name"] = text
                    if text := pop("set", None):
                        action["set_on"] = day = _DAY[text]
                        if day is None:
                            fault("FMT-VALUE", f"goals[{at}].actions[{number}].set_on")
                    if text := pop("planned", None):
                        action["planned_end_on"] = day = _DAY[text]
                        if day is None:
                            fault("FMT-VALUE", f"goals[{at}].actions[{number}].planned_end_on")
                    if text := pop("actual", None):
                        action["actual_end_on"] = day = _DAY[text]
                        if day is None:
                            fault("FMT-VALUE", f"goals[{at}].actions[{number}].actual_end_on")
                    if text := pop("followUp", None):
                        action["follow_up"] = flag = _YES_NO.get(text)
                        if flag is None:
                            fault("FMT-VALUE", f"goals[{at}].actions[{number}].follow_up")
                    if text := pop("barrier", None):
                        action["barrier_id"] = text
                    if text := pop("service", None):
                        action["service_id"] = text
                    if attributes:
                        reading.attributes(item, attributes)
                    texts, _ = children(reading, item, _STEP_LEAVES, _NONE)
                    if reading.twice:
                        reading.repeated(f"goals[{at}].actions[{number}].")
                    if text := texts.get(_NS + "Text"):
                        action["description"] = text
                    if text := texts.get(_NS + "Measure"):
                        action["measure"] = text
        for at, part in enumerate(inner.get(_NS + "Barrier", ())):
            barrier: dict[str, Any] = {}
            data["barriers"].append(barrier)
            attributes = dict(part.items())
            pop = attributes.pop
            barrier["barrier_id"] = pop("ref", None) or f"tbx-barrier-{at + 1}"
            if text := pop("category", None):
                barrier["category"] = code = _BARRIER.get(text)
                if code is None:
                    fault("FMT-CODE", f"barriers[{at}].category")
            else:
                fault("FMT-REQUIRED", f"barriers[{at}].category")
            if text := pop("identified", None):
                barrier["identified_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"barriers[{at}].identified_on")
            if text := pop("expected", None):
                barrier["expected_resolution_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"barriers[{at}].expected_resolution_on")
            if text := pop("resolved", None):
                barrier["resolved_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"barriers[{at}].resolved_on")
            if text := pop("goal", None):
                barrier["goal_id"] = text
            if attributes:
                reading.attributes(part, attributes)
            texts, _ = children(reading, part, _BARRIER_LEAVES, _NONE)
            if reading.twice:
                reading.repeated(f"barriers[{at}].")
            if text := texts.get(_NS + "Description"):
                barrier["description"] = text
            if text := texts.get(_NS + "Plan"):
                barrier["plan"] = text
        for at, part in enumerate(inner.get(_NS + "Service", ())):
            service: dict[str, Any] = {}
            data["services"].append(service)
            attributes = dict(part.items())
            pop = attributes.pop
            service["service_id"] = pop("ref", None) or f"tbx-service-{at + 1}"
            if text := pop("category", None):
                service["category"] = code = _SERVICE.get(text)
                if code is None:
                    fault("FMT-CODE", f"services[{at}].category")
            else:
                fault("FMT-REQUIRED", f"services[{at}].category")
            if text := pop("title", None):
                service["title"] = text
            if text := pop("provider", None):
                service["provider"] = text
            if text := pop("referral", None):
                service["referral"] = flag = _YES_NO.get(text)
                if flag is None:
                    fault("FMT-VALUE", f"services[{at}].referral")
            if text := pop("funding", None):
                service["funding"] = text
            if text := pop("plannedStart", None):
                service["planned_start_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].planned_start_on")
            if text := pop("plannedEnd", None):
                service["planned_end_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].planned_end_on")
            if text := pop("started", None):
                service["started_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].started_on")
            if text := pop("ended", None):
                service["ended_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].ended_on")
            if text := pop("outcome", None):
                service["outcome"] = code = _OUTCOME.get(text)
                if code is None:
                    fault("FMT-CODE", f"services[{at}].outcome")
            if attributes:
                reading.attributes(part, attributes)
            texts, _ = children(reading, part, _SERVICE_LEAVES, _NONE)
            if reading.twice:
                reading.repeated(f"services[{at}].")
            if text := texts.get(_NS + "Justification"):
                service["justification"] = text

    if found := sections.get(_NS + "AdditionalComments", []):
        attributes = dict(found[0].items())
        pop = attributes.pop
        hours: dict[str, Any] = {}
        if text := pop("hours", None):
            if _NUMBER(text):
                hours["required"] = Decimal(text)
            else:
                fault("FMT-VALUE", "participation_hours.required")
        if text := pop("per", None):
            hours["per"] = code = _PER.get(text)
            if code is None:
                fault("FMT-CODE", "participation_hours.per")
        if hours:
            data["participation_hours"] = hours
        if attributes:
            reading.attributes(found[0], attributes)
        texts, inner = children(reading, found[0], _COMMENTS_LEAVES, _COMMENTS_PARTS)
        if reading.twice:
            reading.repeated("")
        if text := texts.get(_NS + "Comments"):
            data["comments"] = text
        _none_or_some(reading, data, "case_notes", inner, "NoNotes", "Note")
        _none_or_some(reading, data, "reviews", inner, "NoReviews", "Review")
        for at, part in enumerate(inner.get(_NS + "Note", ())):
            note: dict[str, Any] = {}
            data["case_notes"].append(note)
            attributes = dict(part.items())
            pop = attributes.pop
            note["note_id"] = pop("ref", None) or f"tbx-note-{at + 1}"
            if text := pop("about", None):
                note["about"] = code = _ABOUT.get(text)
                if code is None:
                    fault("FMT-CODE", f"case_notes[{at}].about")
            else:
                fault("FMT-REQUIRED", f"case_notes[{at}].about")
            if text := pop("title", None):
                note["title"] = text
            if text := pop("dated", None):
                note["dated_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"case_notes[{at}].dated_on")
            if text := pop("author", None):
                note["author"] = text
            if attributes:
                reading.attributes(part, attributes)
            texts, within = children(reading, part, _NOTE_LEAVES, _NOTE_PARTS)
            if reading.twice:
                reading.repeated(f"case_notes[{at}].")
            if text := texts.get(_NS + "Story"):
                note["story"] = text
            if items := within.get(_NS + "Metric"):
                note["metrics"] = metrics = []
                for item in items:
                    metric: dict[str, Any] = {}
                    metrics.append(metric)
                    attributes = dict(item.items())
                    pop = attributes.pop
                    if text := pop("label", None):
                        metric["label"] = text
                    if text := pop("value", None):
                        metric["value"] = text
                    if text := pop("unit", None):
                        metric["unit"] = text
                    _rest(reading, item, attributes)
            if items := within.get(_NS + "NextStep"):
                note["next_steps"] = steps = []
                for number, item in enumerate(items):
                    step: dict[str, Any] = {}
                    steps.append(step)
                    attributes = dict(item.items())
                    if text := attributes.pop("deadline", None):
                        step["deadline"] = day = _DAY[text]
                        if day is None:
                            fault("FMT-VALUE", f"case_notes[{at}].next_steps[{number}].deadline")
                    if attributes:
                        reading.attributes(item, attributes)
                    texts, _ = children(reading, item, _NEXT_LEAVES, _NONE)
                    if reading.twice:
                        reading.repeated(f"case_notes[{at}].next_steps[{number}].")
                    if text := texts.get(_NS + "Goal"):
                        step["goal"] = text
                    if text := texts.get(_NS + "Process"):
                        step["process"] = text
            if items := within.get(_NS + "FollowUp"):
                note["follow_up_on"] = days = []
                for number, item in enumerate(items):
                    attributes = dict(item.items())
                    if text := attributes.pop("date", None):
                        day = _DAY[text]
                        if day is None:
                            fault("FMT-VALUE", f"case_notes[{at}].follow_up_on[{number}]")
                        days.append(day)
                    else:
                        fault("FMT-REQUIRED", f"case_notes[{at}].follow_up_on[{number}]")
                    _rest(reading, item, attributes)
        for at, part in enumerate(inner.get(_NS + "Review", ())):
            review: dict[str, Any] = {}
            data["reviews"].append(review)
            attributes = dict(part.items())
            pop = attributes.pop
            if text := pop("on", None):
                review["reviewed_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"reviews[{at}].reviewed_on")
            if text := pop("trigger", None):
                review["trigger"] = code = _TRIGGER.get(text)
                if code is None:
                    fault("FMT-CODE", f"reviews[{at}].trigger")
            else:
                fault("FMT-REQUIRED", f"reviews[{at}].trigger")
            if text := pop("changed", None):
                review["plan_changed"] = flag = _YES_NO.get(text)
                if flag is None:
                    fault("FMT-VALUE", f"reviews[{at}].plan_changed")
            if text := reading.leaf(part, attributes):
                review["progress"] = text

    if found := sections.get(_NS + "ActivityPlan", []):
        if attributes := dict(found[0].items()):
            reading.attributes(found[0], attributes)
        _, inner = children(reading, found[0], _NONE, _ACTIVITY_PART)
        data["activities"] = activities = []
        for at, part in enumerate(inner.get(_NS + "Activity", ())):
            activity: dict[str, Any] = {}
            activities.append(activity)
            attributes = dict(part.items())
            pop = attributes.pop
            activity["activity_id"] = pop("ref", None) or f"tbx-activity-{at + 1}"
            if text := pop("kind", None):
                activity["kind"] = code = _ACTIVITY.get(text)
                if code is None:
                    fault("FMT-CODE", f"activities[{at}].kind")
            else:
                fault("FMT-REQUIRED", f"activities[{at}].kind")
            if text := pop("title", None):
                activity["title"] = text
            if text := pop("started", None):
                activity["started_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"activities[{at}].started_on")
            if text := pop("ends", None):
                activity["ends_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"activities[{at}].ends_on")
            if text := pop("ended", None):
                activity["ended_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"activities[{at}].ended_on")
            if text := pop("weeklyHours", None):
                if _NUMBER(text):
                    activity["weekly_hours"] = Decimal(text)
                else:
                    fault("FMT-VALUE", f"activities[{at}].weekly_hours")
            _rest(reading, part, attributes)

    if found := sections.get(_NS + "SignatureBlock", []):
        if attributes := dict(found[0].items()):
            reading.attributes(found[0], attributes)
        _, inner = children(reading, found[0], _NONE, _SIGNATURE_PART)
        data["signatures"] = signatures = []
        for at, part in enumerate(inner.get(_NS + "Signature", ())):
            signature: dict[str, Any] = {}
            signatures.append(signature)
            attributes = dict(part.items())
            pop = attributes.pop
            if text := pop("role", None):
                signature["role"] = code = _ROLE.get(text)
                if code is None:
                    fault("FMT-CODE", f"signatures[{at}].role")
            else:
                fault("FMT-REQUIRED", f"signatures[{at}].role")
            if text := pop("name", None):
                signature["name"] = text
            if text := pop("signed", None):
                signature["signed_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"signatures[{at}].signed_on")
            if text := pop("method", None):
                signature["method"] = code = _METHOD.get(text)
                if code is None:
                    fault("FMT-CODE", f"signatures[{at}].method")
            if text := pop("version", None):
                if is_whole(text) and whole(text):
                    signature["plan_version"] = whole(text)
                else:
                    fault("FMT-VALUE", f"signatures[{at}].plan_version")
            if text := pop("release", None):
                signature["release_of_information"] = flag = _YES_NO.get(text)
                if flag is None:
                    fault("FMT-VALUE", f"signatures[{at}].release_of_information")
            if text := pop("copyGiven", None):
                signature["copy_given_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"signatures[{at}].copy_given_on")
            _rest(reading, part, attributes)

    for part in sections.get(_NS + "Extra", ()):
        attributes = dict(part.items())
        key = attributes.pop("name", None)
        if not key:
            fault("FMT-REQUIRED", f"{reading.path(part)}/@name")
        text = reading.leaf(part, attributes)
        if key and text:
            reading.extra(key, text)
    if reading.kept:
        data["extensions"] = {"toolbox": reading.kept}
    return data, reading.findings, reading.unmapped


def _personal(
    reading: Reading,
    data: dict[str, Any],
    participant: dict[str, Any],
    inner: dict[str, list[Any]],
) -> None:
    """Read what stands inside `Personal`."""
    fault = reading.fault
    identifiers = participant["identifiers"]
    for part in inner.get(_NS + "OtherId", ()):
        attributes = dict(part.items())
        system, text = attributes.pop("system", None), attributes.pop("value", None)
        if not system:
            fault("FMT-REQUIRED", f"{reading.path(part)}/@system")
        if not text:
            path = f"participant.identifiers.{system}"
            fault("FMT-REQUIRED", path if system else f"{reading.path(part)}/@value")
        elif system and (system == "toolbox" or system in identifiers):
            fault("FMT-VALUE", f"participant.identifiers.{system}")
        elif system:
            identifiers[system] = text
        _rest(reading, part, attributes)
    if found := inner.get(_NS + "Address"):
        attributes = dict(found[0].items())
        pop = attributes.pop
        address: dict[str, Any] = {}
        if text := pop("line1", None):
            address["line1"] = text
        if text := pop("line2", None):
            address["line2"] = text
        if text := pop("city", None):
            address["city"] = text
        if text := pop("state", None):
            address["state"] = text
            if not _STATE(text):
                fault("FMT-VALUE", "participant.address.state")
        if text := pop("zip", None):
            address["zip"] = text
            if not _ZIP(text):
                fault("FMT-VALUE", "participant.address.zip")
        if text := pop("county", None):
            address["county"] = text
        if address:
            participant["address"] = address
        _rest(reading, found[0], attributes)
    if found := inner.get(_NS + "FormerName"):
        participant["former_names"] = former_names = []
        for at, part in enumerate(found):
            former: dict[str, Any] = {}
            former_names.append(former)
            attributes = dict(part.items())
            place = f"participant.former_names[{at}].name."
            former["name"] = _name(reading, place, attributes, required=True)
            if text := attributes.pop("changed", None):
                former["changed_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"participant.former_names[{at}].changed_on")
            _rest(reading, part, attributes)
    if found := inner.get(_NS + "Household"):
        attributes = dict(found[0].items())
        household: dict[str, Any] = {}
        if text := attributes.pop("type", None):
            household["type"] = code = _HOUSEHOLD.get(text)
            if code is None:
                fault("FMT-CODE", "participant.household.type")
        if text := attributes.pop("since", None):
            household["since"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "participant.household.since")
        if household:
            participant["household"] = household
        _rest(reading, found[0], attributes)
    if found := inner.get(_NS + "Education"):
        attributes = dict(found[0].items())
        if text := attributes.pop("code", None):
            participant["education_level"] = code = _EDUCATION.get(text)
            if code is None:
                fault("FMT-CODE", "participant.education_level")
        _rest(reading, found[0], attributes)
    if found := inner.get(_NS + "Employment"):
        attributes = dict(found[0].items())
        if text := attributes.pop("code", None):
            participant["employment_status"] = code = _EMPLOYMENT.get(text)
            if code is None:
                fault("FMT-CODE", "participant.employment_status")
        _rest(reading, found[0], attributes)
    if found := inner.get(_NS + "Skill"):
        participant["skills"] = skills = []
        for at, part in enumerate(found):
            attributes = dict(part.items())
            if text := attributes.pop("text", None):
                skills.append(text)
            else:
                fault("FMT-REQUIRED", f"participant.skills[{at}]")
            _rest(reading, part, attributes)
    agency: dict[str, Any] = {}
    if found := inner.get(_NS + "Region"):
        attributes = dict(found[0].items())
        if text := attributes.pop("name", None):
            agency["board"] = text
        if text := attributes.pop("code", None):
            agency["board_code"] = text
        if text := attributes.pop("office", None):
            agency["office_code"] = text
        _rest(reading, found[0], attributes)
    if found := inner.get(_NS + "CaseManager"):
        attributes = dict(found[0].items())
        pop = attributes.pop
        manager: dict[str, Any] = {}
        if text := pop("id", None):
            manager["staff_id"] = text
        if name := _name(reading, "case_manager.name.", attributes):
            manager["name"] = name
        if text := pop("employer", None):
            manager["employer"] = text
        if text := pop("phone", None):
            manager["phone"] = text
            if not _PHONE(text):
                fault("FMT-VALUE", "case_manager.phone")
        if text := pop("email", None):
            manager["email"] = text
        if manager:
            data["case_manager"] = manager
        _rest(reading, found[0], attributes)
    if found := inner.get(_NS + "Agency"):
        attributes = dict(found[0].items())
        if text := attributes.pop("state", None):
            agency["state"] = text
            if not _STATE(text):
                fault("FMT-VALUE", "agency.state")
        if text := attributes.pop("provider", None):
            agency["provider"] = text
        _rest(reading, found[0], attributes)
    if agency:
        data["agency"] = agency
    if found := inner.get(_NS + "Eligibility"):
        attributes = dict(found[0].items())
        pop = attributes.pop
        eligibility: dict[str, Any] = {}
        if text := pop("determined", None):
            eligibility["determined_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "eligibility.determined_on")
        if text := pop("enrolled", None):
            eligibility["enrolled_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "eligibility.enrolled_on")
        if text := pop("exited", None):
            eligibility["exited_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "eligibility.exited_on")
        if text := pop("reason", None):
            eligibility["exit_reason"] = text
        if eligibility:
            data["eligibility"] = eligibility
        _rest(reading, found[0], attributes)
    if found := inner.get(_NS + "Development"):
        attributes = dict(found[0].items())
        pop = attributes.pop
        development: dict[str, Any] = {}
        if text := pop("mode", None):
            development["mode"] = code = _MODE.get(text)
            if code is None:
                fault("FMT-CODE", "development.mode")
        if text := pop("present", None):
            development["participant_present"] = flag = _YES_NO.get(text)
            if flag is None:
                fault("FMT-VALUE", "development.participant_present")
        if text := pop("reason", None):
            development["telephone_reason"] = text
        if development:
            data["development"] = development
        _rest(reading, found[0], attributes)


def _rest(reading: Reading, element: Any, attributes: dict[str, str]) -> None:
    """Keep what stands in an element without text and known children."""
    if attributes:
        reading.attributes(element, attributes)
    if element.text or len(element):
        children(reading, element, _NONE, _NONE)


def _name(
    reading: Reading, place: str, attributes: dict[str, str], *, required: bool = False
) -> dict[str, str]:
    """Read a name, whole or absent."""
    name: dict[str, str] = {}
    for field in ("first", "middle", "last", "suffix"):
        if text := attributes.pop(field, None):
            name[field] = text
    if name or required:
        for field in ("first", "last"):
            if field not in name:
                reading.fault("FMT-REQUIRED", place + field)
    return name


def _not_any(reading: Reading, section: str, attributes: dict[str, str]) -> bool:
    """Read a section's `NA`."""
    text = attributes.pop("NA", None)
    if not text:
        return False
    flag = _YES_NO.get(text)
    if flag is None:
        reading.fault("FMT-VALUE", f"{section}/@NA")
    return flag is True


def _none_or_some(
    reading: Reading,
    data: dict[str, Any],
    field: str,
    inner: dict[str, list[Any]],
    none: str,
    some: str,
) -> None:
    """Make the list that `No...` or items ask for; both together hold the plan."""
    nones = inner.get(_NS + none, ())
    if nones or _NS + some in inner:
        data[field] = []
    for number, element in enumerate(nones):
        if number or _NS + some in inner:
            reading.fault("FMT-VALUE", reading.path(element))
        _rest(reading, element, dict(element.items()))


def _check_root(root: Any) -> str:
    """Check the root's attributes; give the count that it states."""
    if root.tag != _NS + "IEPBatch" or root.get("release") != "2":
        raise FileRefused("another release, namespace or root")
    check_envelope(
        root.get("sender"), root.get("receiver"), root.get("sequence"), root.get("created")
    )
    count = root.get("count") or ""
    if not is_whole(count):
        raise FileRefused("count")
    return str(count)


def _check_plan(element: Any) -> str:
    """Check that a plan says which it is; give its id."""
    plan_id = element.get("planRef")
    if not plan_id or not element.get("version"):
        raise FileRefused("a plan without planRef or version")
    return str(plan_id)


def read_file(content: bytes) -> list[Decoded]:
    """Read a whole file, or raise `FileRefused`."""
    root = xml_tree(content, ("utf-8", "utf-16"))
    count = _check_root(root)
    plans = root.findall(_NS + "IEP")
    if whole(count) != len(plans):
        raise FileRefused("count")
    refuse_repeated(_check_plan(element) for element in plans)
    return [decode(element) for element in plans]


def stream(source: BinaryIO) -> Iterator[Decoded]:
    """Read plan after plan in flat memory, for the benchmark; the root is checked at the end.

    What only `read_file` checks: the encoding.
    """
    events = etree.iterparse(
        source,
        tag=_NS + "IEP",
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        huge_tree=True,
    )
    seen: set[str] = set()
    for _, element in events:
        plan_id = _check_plan(element)
        if plan_id in seen:
            raise FileRefused("a plan twice")
        seen.add(plan_id)
        yield decode(element)
        element.clear()
        parent = element.getparent()
        while element.getprevious() is not None:
            del parent[0]
    if whole(_check_root(events.root)) != len(seen):
        raise FileRefused("count")
