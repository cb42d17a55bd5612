"""TWIST (Texas) by hand: plans to `Customer` elements and back, from `twist.md` alone."""
# One long straight line on purpose: this is the code that a compiled mapping is compared with.
# ruff: noqa: C901, PLR0912, PLR0915

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from lxml import etree

from iepbridge.plan import Plan

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

_PROGRAM: Final = {
    "wioa_adult": "WA",
    "wioa_dislocated_worker": "WD",
    "wioa_youth": "WY",
    "other": "OT",
}
_STATUS: Final = {"draft": "D", "active": "A", "closed": "C"}
_SEX: Final = {"male": "M", "female": "F", "not_disclosed": "N"}
_EDUCATION: Final = {
    "none": "00",
    "grade_school": "08",
    "some_high_school": "11",
    "high_school": "12",
    "ged": "13",
    "some_college": "14",
    "certificate": "15",
    "associate": "16",
    "bachelor": "17",
    "graduate": "18",
}
_EMPLOYMENT: Final = {
    "employed": "E",
    "underemployed": "U",
    "notice_received": "N",
    "unemployed": "X",
    "not_in_labor_force": "L",
}
_INSTRUMENT: Final = {
    "careerscope": "CSC",
    "torq": "TRQ",
    "tabe": "TAB",
    "onet": "ONT",
    "other": "OTH",
}
_BARRIER: Final = {
    "assistive_technology": "AT",
    "basic_skills": "BS",
    "childcare": "CC",
    "criminal_record": "CR",
    "disability": "DI",
    "domestic_violence": "DV",
    "english_language": "EL",
    "financial": "FI",
    "health": "HE",
    "housing": "HO",
    "job_readiness_skills": "JR",
    "job_retention_skills": "JT",
    "job_search_skills": "JS",
    "legal": "LE",
    "occupational_skills": "OS",
    "substance_use": "SU",
    "transportation": "TR",
    "work_history": "WH",
    "other": "OT",
}
_KIND: Final = {"employment": "EM", "education": "ED"}
_GOAL_STATUS: Final = {"open": "O", "achieved": "M", "not_achieved": "N", "withdrawn": "W"}
_GOAL_CATEGORY: Final = {
    "comprehensive_assessment": "CA",
    "career_planning": "CP",
    "training_services": "TS",
    "job_search_services": "JS",
}
_CLUSTER: Final = {
    "Agriculture, Food & Natural Resources": "C01",
    "Architecture & Construction": "C02",
    "Arts, A/V Technology & Communications": "C03",
    "Business Management & Administration": "C04",
    "Education & Training": "C05",
    "Finance": "C06",
    "Government & Public Administration": "C07",
    "Health Science": "C08",
    "Hospitality & Tourism": "C09",
    "Human Services": "C10",
    "Information Technology": "C11",
    "Law, Public Safety, Corrections & Security": "C12",
    "Manufacturing": "C13",
    "Marketing": "C14",
    "Science, Technology, Engineering & Mathematics": "C15",
    "Transportation, Distribution & Logistics": "C16",
}
_RESPONSIBLE: Final = {
    "participant": "CL",
    "staff": "ST",
    "program": "WI",
    "service_provider": "SP",
    "partner": "PA",
    "other": "OT",
}
_ROLE: Final = {"participant": "CU", "case_manager": "ST", "guardian": "GU"}
_METHOD: Final = {"wet": "W", "electronic": "E", "telephone": "T"}
_SERVICE: Final = {
    "iep_development": ("2", "68"),
    "comprehensive_assessment": ("2", "901"),
    "career_planning": ("2", "902"),
    "job_search": ("3", "12"),
    "job_readiness": ("3", "38"),
    "occupational_training": ("4", "1"),
    "adult_education": ("4", "2"),
    "on_the_job_training": ("4", "3"),
    "english_language": ("4", "903"),
    "apprenticeship": ("4", "904"),
    "customized_training": ("4", "905"),
    "work_experience": ("4", "906"),
    "internship": ("4", "906"),
    "financial_literacy": ("3", "907"),
    "follow_up": ("5", "908"),
    "supportive_transportation": ("6", "909"),
    "supportive_childcare": ("6", "910"),
    "supportive_housing": ("6", "911"),
    "supportive_work_expense": ("6", "911"),
    "supportive_other": ("6", "911"),
    "other": ("9", "999"),
}
_JOINED: Final = {"internship", "supportive_housing", "supportive_work_expense"}
_OUTCOME: Final = {"successful": "20", "unsuccessful": "21"}
_FUND: Final = {
    "WIOA": "97",
    "TANF": "901",
    "Wagner-Peyser": "902",
    "SNAP E&T": "903",
    "State": "904",
    "Local": "905",
    "Other": "999",
}
_SUBJECT: Final = {
    "iep_development": "IEP DEVELOPED",
    "iep_update": "IEP UPDATED",
    "career_exploration": "CAREER EXPLORATION",
    "progress": "PROGRESS",
    "incentive": "INCENTIVE",
    "other": "GENERAL",
}
_YES_NO: Final = {True: "Y", False: "N"}


def _back(table: dict[Any, Any]) -> dict[Any, Any]:
    return {code: value for value, code in table.items()}


_PROGRAM_BACK: Final = _back(_PROGRAM)
_STATUS_BACK: Final = _back(_STATUS)
_SEX_BACK: Final = _back(_SEX)
_EDUCATION_BACK: Final = _back(_EDUCATION)
_EMPLOYMENT_BACK: Final = _back(_EMPLOYMENT)
_INSTRUMENT_BACK: Final = _back(_INSTRUMENT)
_BARRIER_BACK: Final = _back(_BARRIER)
_KIND_BACK: Final = _back(_KIND)
_GOAL_STATUS_BACK: Final = _back(_GOAL_STATUS)
_GOAL_CATEGORY_BACK: Final = _back(_GOAL_CATEGORY)
_CLUSTER_BACK: Final = _back(_CLUSTER)
_RESPONSIBLE_BACK: Final = _back(_RESPONSIBLE)
_ROLE_BACK: Final = _back(_ROLE)
_METHOD_BACK: Final = _back(_METHOD)
_SERVICE_BACK: Final = {
    codes: category for category, codes in _SERVICE.items() if category not in _JOINED
}
_OUTCOME_BACK: Final = _back(_OUTCOME)
_FUND_BACK: Final = _back(_FUND)
_SUBJECT_BACK: Final = _back(_SUBJECT)
_YES_NO_BACK: Final = _back(_YES_NO)

_TWIST_ID: Final = re.compile(r"[0-9]{1,9}").fullmatch
_SSN: Final = re.compile(r"[0-9]{9}").fullmatch
_PHONE: Final = re.compile(r"[0-9]{10}").fullmatch
_OCCUPATION: Final = re.compile(r"[0-9]{2}-[0-9]{4}(\.[0-9]{2})?").fullmatch
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_ATTRIBUTE_SPECIAL: Final = re.compile('[&<>"\r\n\t]').search
_NOTE: Final = 4000
_EXTRA: Final = 1_000_000
_KEPT: Final = 100_000


class _Texts(dict[datetime.date, str]):
    """Dates as ISO text, each made once."""

    def __missing__(self, day: datetime.date) -> str:
        text = day.isoformat()
        if len(self) < _KEPT:
            self[day] = text
        return text


class _Days(dict[str, datetime.date | None]):
    """ISO texts as dates, each read once; None for what is none."""

    def __missing__(self, text: str) -> datetime.date | None:
        try:
            day = datetime.date.fromisoformat(text) if _DATE(text) else None
        except ValueError:
            day = None
        if day is not None and len(self) < _KEPT:
            self[text] = day
        return day


_ISO: Final = _Texts()
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


def header(envelope: "Envelope") -> str:
    """Write what stands before the first plan."""
    day = envelope.created[:10].replace("-", "")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<TwistIepFile version="3.2">\n'
        "  <Header>\n"
        f"    <Sender>{envelope.sender}</Sender>\n"
        f"    <Receiver>{envelope.receiver}</Receiver>\n"
        f"    <FileId>TWIST_IEP_{envelope.sender}_{day}_{envelope.sequence:06}</FileId>\n"
        f"    <Sequence>{envelope.sequence:06}</Sequence>\n"
        f"    <Created>{envelope.created}</Created>\n"
        "  </Header>\n"
    )


def trailer(totals: list[int]) -> str:
    """Write what stands after the last plan, from the totals that `encode` counted."""
    return (
        "  <Trailer>\n"
        f"    <CustomerCount>{totals[0]}</CustomerCount>\n"
        f"    <InterimGoalCount>{totals[1]}</InterimGoalCount>\n"
        f"    <ActionCount>{totals[2]}</ActionCount>\n"
        f"    <ServiceTrackingCount>{totals[3]}</ServiceTrackingCount>\n"
        f"    <CounselorNoteCount>{totals[4]}</CounselorNoteCount>\n"
        "  </Trailer>\n"
        "</TwistIepFile>\n"
    )


def write_file(plans: Iterable[Plan], envelope: "Envelope") -> bytes:
    """Write a whole file; plans with findings are left out."""
    out = [header(envelope)]
    totals = [0, 0, 0, 0, 0]
    for plan in plans:
        encode(plan, out, totals)
    out.append(trailer(totals))
    return "".join(out).encode()


def encode(
    plan: Plan, out: list[str], totals: list[int] | None = None
) -> tuple[list[Finding], list[Loss]]:
    """Append the plan's `Customer` to `out`, or nothing where there are findings.

    `totals` are added to: customers, interim goals, actions, services, notes. A plan that is held
    has no losses.
    """
    findings: list[Finding] = []
    fault = findings.append
    losses: list[Loss] = []
    lose = losses.append
    parts: list[str] = []
    add = parts.append
    interim_count = action_count = note_count = 0

    person = plan.participant
    identifiers = person.identifiers or {}
    twist_id = identifiers.get("twist")
    if twist_id is None or not _TWIST_ID(twist_id):
        fault(("FMT-ID", "participant.identifiers.twist", ""))
    for system in identifiers:
        if system != "twist":
            lose((f"participant.identifiers.{system}", "dropped"))
    add(
        f'  <Customer twistId="{twist_id}" planRef="{plan.plan_id}" planVersion="{plan.version}">\n'
        "    <Person>\n"
    )
    name = person.name
    text = name.last
    if len(text) > 35:
        fault(("FMT-LENGTH", "participant.name.last", f"{len(text)} > 35"))
    add(f"      <LastName>{_text(text)}</LastName>\n")
    text = name.first
    if len(text) > 35:
        fault(("FMT-LENGTH", "participant.name.first", f"{len(text)} > 35"))
    add(f"      <FirstName>{_text(text)}</FirstName>\n")
    if (middle := name.middle) is not None:
        if len(middle) > 35:
            fault(("FMT-LENGTH", "participant.name.middle", f"{len(middle)} > 35"))
        add(f"      <MiddleName>{_text(middle)}</MiddleName>\n")
    if (suffix := name.suffix) is not None:
        if len(suffix) > 5:
            fault(("FMT-LENGTH", "participant.name.suffix", f"{len(suffix)} > 5"))
        add(f"      <Suffix>{_text(suffix)}</Suffix>\n")
    if person.ssn is not None:
        add(f"      <Ssn>{person.ssn.get_secret_value()}</Ssn>\n")
    if person.date_of_birth is None:
        fault(("FMT-REQUIRED", "participant.date_of_birth", ""))
    else:
        add(f"      <BirthDate>{_ISO[person.date_of_birth.get_secret_value()]}</BirthDate>\n")
    if person.sex is not None:
        add(f"      <Sex>{_SEX[person.sex]}</Sex>\n")
    if person.phone is not None:
        add(f"      <Phone>{person.phone.get_secret_value()}</Phone>\n")
    if person.email is not None:
        text = person.email.get_secret_value()
        if len(text) > 100:
            fault(("FMT-LENGTH", "participant.email", f"{len(text)} > 100"))
        add(f"      <Email>{_text(text)}</Email>\n")
    address = person.address
    if address is not None:
        line1, line2, city = address.line1, address.line2, address.city
        state, zip_code, county = address.state, address.zip, address.county
        if line1 or line2 or city or state or zip_code or county:
            add("      <Address>\n")
            if line1 is not None:
                text = line1.get_secret_value()
                if len(text) > 60:
                    fault(("FMT-LENGTH", "participant.address.line1", f"{len(text)} > 60"))
                add(f"        <Line1>{_text(text)}</Line1>\n")
            if line2 is not None:
                text = line2.get_secret_value()
                if len(text) > 60:
                    fault(("FMT-LENGTH", "participant.address.line2", f"{len(text)} > 60"))
                add(f"        <Line2>{_text(text)}</Line2>\n")
            if city is not None:
                text = city.get_secret_value()
                if len(text) > 40:
                    fault(("FMT-LENGTH", "participant.address.city", f"{len(text)} > 40"))
                add(f"        <City>{_text(text)}</City>\n")
            if state is not None:
                add(f"        <State>{state}</State>\n")
            if zip_code is not None:
                add(f"        <Zip>{zip_code.get_secret_value()}</Zip>\n")
            if county is not None:
                text = county.get_secret_value()
                if len(text) > 40:
                    fault(("FMT-LENGTH", "participant.address.county", f"{len(text)} > 40"))
                add(f"        <County>{_text(text)}</County>\n")
            add("      </Address>\n")
    if person.education_level is not None:
        add(f"      <Education>{_EDUCATION[person.education_level]}</Education>\n")
    if person.employment_status is not None:
        add(f"      <EmploymentStatus>{_EMPLOYMENT[person.employment_status]}</EmploymentStatus>\n")
    veteran = person.veteran
    if veteran is not None:
        add(f"      <Veteran>{'Y' if veteran.is_veteran else 'N'}</Veteran>\n")
        if veteran.branch is not None:
            lose(("participant.veteran.branch", "dropped"))
        if veteran.entered_on is not None:
            lose(("participant.veteran.entered_on", "dropped"))
        if veteran.separated_on is not None:
            lose(("participant.veteran.separated_on", "dropped"))
        if veteran.discharge is not None:
            lose(("participant.veteran.discharge", "dropped"))
    add("    </Person>\n")
    if person.former_names:
        for place, former in enumerate(person.former_names):
            _lose_name(lose, f"participant.former_names[{place}].name", former.name)
            if former.changed_on is not None:
                lose((f"participant.former_names[{place}].changed_on", "dropped"))
    if person.household is not None:
        if person.household.type is not None:
            lose(("participant.household.type", "dropped"))
        if person.household.since is not None:
            lose(("participant.household.since", "dropped"))
    if person.skills:
        for place in range(len(person.skills)):
            lose((f"participant.skills[{place}]", "dropped"))

    if plan.assessments is not None:
        if not plan.assessments:
            lose(("assessments", "dropped"))
        for place, assessment in enumerate(plan.assessments):
            if assessment.reviewed_on is not None:
                lose((f"assessments[{place}].reviewed_on", "dropped"))
            add(f'    <Assessment instrument="{_INSTRUMENT[assessment.instrument]}"')
            if not (assessment.name or assessment.taken_on or assessment.scores):
                add("/>\n")
                continue
            add(">\n")
            if assessment.name is not None:
                text = assessment.name
                if len(text) > 60:
                    fault(("FMT-LENGTH", f"assessments[{place}].name", f"{len(text)} > 60"))
                add(f"      <Name>{_text(text)}</Name>\n")
            if assessment.taken_on is not None:
                add(f"      <Date>{_ISO[assessment.taken_on]}</Date>\n")
            for number, score in enumerate(assessment.scores or ()):
                add("      <Score")
                if (scale := score.scale) is not None:
                    if len(scale) > 40:
                        path = f"assessments[{place}].scores[{number}].scale"
                        fault(("FMT-LENGTH", path, f"{len(scale)} > 40"))
                    add(f' scale="{_attribute(scale)}"')
                if score.value is not None:
                    add(f' value="{score.value:f}"')
                if (level := score.level) is not None:
                    if len(level) > 20:
                        path = f"assessments[{place}].scores[{number}].level"
                        fault(("FMT-LENGTH", path, f"{len(level)} > 20"))
                    add(f' level="{_attribute(level)}"')
                add("/>\n")
            add("    </Assessment>\n")

    if plan.barriers is not None:
        if not plan.barriers:
            lose(("barriers", "dropped"))
        for place, barrier in enumerate(plan.barriers):
            if barrier.plan is not None:
                lose((f"barriers[{place}].plan", "dropped"))
            if barrier.expected_resolution_on is not None:
                lose((f"barriers[{place}].expected_resolution_on", "dropped"))
            if barrier.goal_id is not None:
                lose((f"barriers[{place}].goal_id", "dropped"))
            add(f'    <Barrier ref="{barrier.barrier_id}" code="{_BARRIER[barrier.category]}"')
            description, identified = barrier.description, barrier.identified_on
            if description is None and identified is None and barrier.resolved_on is None:
                add("/>\n")
                continue
            add(">\n")
            if description is not None:
                text = description.get_secret_value()
                if len(text) > 500:
                    fault(("FMT-LENGTH", f"barriers[{place}].description", f"{len(text)} > 500"))
                add(f"      <Description>{_text(text)}</Description>\n")
            if identified is not None:
                add(f"      <Identified>{_ISO[identified]}</Identified>\n")
            if barrier.resolved_on is not None:
                add(f"      <Resolved>{_ISO[barrier.resolved_on]}</Resolved>\n")
            add("    </Barrier>\n")

    program = _PROGRAM.get(plan.program)
    if program is None:
        fault(("FMT-CODE", "program", ""))
    add(
        f"    <ServicePlan>\n      <Program>{program}</Program>\n"
        f"      <Status>{_STATUS[plan.status]}</Status>\n"
    )
    started_on, completed_on = plan.started_on, plan.completed_on
    if started_on is not None:
        add(f"      <Started>{_ISO[started_on]}</Started>\n")
    if completed_on is not None:
        add(f"      <Completed>{_ISO[completed_on]}</Completed>\n")
    if plan.closed_on is not None:
        add(f"      <Closed>{_ISO[plan.closed_on]}</Closed>\n")
    agency = plan.agency
    if agency is None:
        lose(("agency.state", "defaulted"))
    else:
        if agency.state != "TX":
            lose(("agency.state", "defaulted"))
        if agency.board is not None:
            lose(("agency.board", "dropped"))
        if agency.provider is not None:
            lose(("agency.provider", "dropped"))
        if (board := agency.board_code) is not None:
            if len(board) > 10:
                fault(("FMT-LENGTH", "agency.board_code", f"{len(board)} > 10"))
            add(f"      <Board>{_text(board)}</Board>\n")
        if (office := agency.office_code) is not None:
            if len(office) > 10:
                fault(("FMT-LENGTH", "agency.office_code", f"{len(office)} > 10"))
            add(f"      <Office>{_text(office)}</Office>\n")
    manager = plan.case_manager
    if manager is not None:
        staff_id, staff = manager.staff_id, manager.name
        if staff_id is not None or staff is not None:
            add("      <Staff>\n")
            if staff_id is not None:
                if len(staff_id) > 12:
                    fault(("FMT-LENGTH", "case_manager.staff_id", f"{len(staff_id)} > 12"))
                add(f"        <Id>{_text(staff_id)}</Id>\n")
            if staff is not None:
                text = staff.last
                if len(text) > 35:
                    fault(("FMT-LENGTH", "case_manager.name.last", f"{len(text)} > 35"))
                add(f"        <LastName>{_text(text)}</LastName>\n")
                text = staff.first
                if len(text) > 35:
                    fault(("FMT-LENGTH", "case_manager.name.first", f"{len(text)} > 35"))
                add(f"        <FirstName>{_text(text)}</FirstName>\n")
                if staff.middle is not None:
                    lose(("case_manager.name.middle", "dropped"))
                if staff.suffix is not None:
                    lose(("case_manager.name.suffix", "dropped"))
            add("      </Staff>\n")
        if manager.employer is not None:
            lose(("case_manager.employer", "dropped"))
        if manager.phone is not None:
            lose(("case_manager.phone", "dropped"))
        if manager.email is not None:
            lose(("case_manager.email", "dropped"))

    if plan.goals is not None:
        if not plan.goals:
            lose(("goals", "dropped"))
        interim: list[str] = []
        put = interim.append
        for place, goal in enumerate(plan.goals):
            if goal.nontraditional is not None:
                lose((f"goals[{place}].nontraditional", "dropped"))
            if goal.term == "interim":
                interim_count += 1
                if goal.occupation is not None:
                    if goal.occupation.code is not None:
                        lose((f"goals[{place}].occupation.code", "dropped"))
                    if goal.occupation.title is not None:
                        lose((f"goals[{place}].occupation.title", "dropped"))
                if goal.career_cluster is not None:
                    lose((f"goals[{place}].career_cluster", "dropped"))
                put(
                    f'      <InterimGoal ref="{goal.goal_id}" number="{interim_count}"'
                    f' kind="{_KIND[goal.kind]}" title="{_GOAL_CATEGORY[goal.category]}">\n'  # type: ignore[index]
                )
                if (title := goal.title) is not None:
                    if len(title) > 120:
                        fault(("FMT-LENGTH", f"goals[{place}].title", f"{len(title)} > 120"))
                    put(f"        <Title>{_text(title)}</Title>\n")
                if goal.set_on is None:
                    fault(("FMT-REQUIRED", f"goals[{place}].set_on", ""))
                else:
                    put(f"        <SetDate>{_ISO[goal.set_on]}</SetDate>\n")
                if goal.target_on is not None:
                    put(f"        <TargetDate>{_ISO[goal.target_on]}</TargetDate>\n")
                if goal.achieved_on is not None:
                    put(f"        <AchievedDate>{_ISO[goal.achieved_on]}</AchievedDate>\n")
                if (outcome := goal.outcome) is not None:
                    if len(outcome) > 500:
                        fault(("FMT-LENGTH", f"goals[{place}].outcome", f"{len(outcome)} > 500"))
                    put(f"        <Outcome>{_text(outcome)}</Outcome>\n")
                if (measure := goal.measure) is not None:
                    if len(measure) > 500:
                        fault(("FMT-LENGTH", f"goals[{place}].measure", f"{len(measure)} > 500"))
                    put(f"        <Measure>{_text(measure)}</Measure>\n")
                if goal.status is not None:
                    put(f"        <Status>{_GOAL_STATUS[goal.status]}</Status>\n")
                for number, action in enumerate(goal.actions or ()):
                    action_count += 1
                    put(f'        <Action ref="{action.action_id}" number="{number + 1}"')
                    if action.barrier_id is not None:
                        put(f' barrierRef="{action.barrier_id}"')
                    if action.service_id is not None:
                        put(f' serviceRef="{action.service_id}"')
                    put(">\n")
                    if (task := action.description) is None:
                        path = f"goals[{place}].actions[{number}].description"
                        fault(("FMT-REQUIRED", path, ""))
                    else:
                        if len(task) > 500:
                            path = f"goals[{place}].actions[{number}].description"
                            fault(("FMT-LENGTH", path, f"{len(task)} > 500"))
                        put(f"          <Description>{_text(task)}</Description>\n")
                    if action.responsible is None:
                        path = f"goals[{place}].actions[{number}].responsible"
                        fault(("FMT-REQUIRED", path, ""))
                    else:
                        code = _RESPONSIBLE[action.responsible]
                        put(f"          <Responsibility>{code}</Responsibility>\n")
                    if (by := action.responsible_name) is not None:
                        if len(by) > 60:
                            path = f"goals[{place}].actions[{number}].responsible_name"
                            fault(("FMT-LENGTH", path, f"{len(by)} > 60"))
                        put(f"          <ResponsibleName>{_text(by)}</ResponsibleName>\n")
                    if action.set_on is not None:
                        put(f"          <SetDate>{_ISO[action.set_on]}</SetDate>\n")
                    if action.planned_end_on is not None:
                        day = _ISO[action.planned_end_on]
                        put(f"          <PlannedEndDate>{day}</PlannedEndDate>\n")
                    if action.actual_end_on is not None:
                        day = _ISO[action.actual_end_on]
                        put(f"          <ActualEndDate>{day}</ActualEndDate>\n")
                    if action.measure is not None:
                        lose((f"goals[{place}].actions[{number}].measure", "dropped"))
                    if action.follow_up is not None:
                        code = "Y" if action.follow_up else "N"
                        put(f"          <FollowUp>{code}</FollowUp>\n")
                    put("        </Action>\n")
                put("      </InterimGoal>\n")
                continue
            if goal.outcome is not None:
                lose((f"goals[{place}].outcome", "dropped"))
            if goal.measure is not None:
                lose((f"goals[{place}].measure", "dropped"))
            for number, action in enumerate(goal.actions or ()):
                _lose_action(lose, f"goals[{place}].actions[{number}]", action)
            if goal.term != "overall":
                lose((f"goals[{place}].goal_id", "dropped"))
                lose((f"goals[{place}].term", "dropped"))
                lose((f"goals[{place}].kind", "dropped"))
                if goal.title is not None:
                    lose((f"goals[{place}].title", "dropped"))
                if goal.occupation is not None:
                    if goal.occupation.code is not None:
                        lose((f"goals[{place}].occupation.code", "dropped"))
                    if goal.occupation.title is not None:
                        lose((f"goals[{place}].occupation.title", "dropped"))
                if goal.career_cluster is not None:
                    lose((f"goals[{place}].career_cluster", "dropped"))
                if goal.set_on is not None:
                    lose((f"goals[{place}].set_on", "dropped"))
                if goal.target_on is not None:
                    lose((f"goals[{place}].target_on", "dropped"))
                if goal.achieved_on is not None:
                    lose((f"goals[{place}].achieved_on", "dropped"))
                if goal.status is not None:
                    lose((f"goals[{place}].status", "dropped"))
                continue
            add(f'      <OverallGoal ref="{goal.goal_id}" kind="{_KIND[goal.kind]}"')
            if goal.set_on is not None:
                add(f' setDate="{_ISO[goal.set_on]}"')
            if goal.status is not None:
                add(f' status="{_GOAL_STATUS[goal.status]}"')
            occupation = goal.occupation
            occupation_code = occupation.code if occupation is not None else None
            occupation_title = occupation.title if occupation is not None else None
            if not (
                goal.title
                or occupation_code
                or occupation_title
                or goal.career_cluster
                or goal.target_on
                or goal.achieved_on
            ):
                add("/>\n")
                continue
            add(">\n")
            if (title := goal.title) is not None:
                if len(title) > 120:
                    fault(("FMT-LENGTH", f"goals[{place}].title", f"{len(title)} > 120"))
                add(f"        <Title>{_text(title)}</Title>\n")
            if occupation_code is not None or occupation_title is not None:
                add("        <Occupation")
                if occupation_code is not None:
                    add(f' code="{occupation_code}"')
                if occupation_title is None:
                    add("/>\n")
                else:
                    if len(occupation_title) > 120:
                        path = f"goals[{place}].occupation.title"
                        fault(("FMT-LENGTH", path, f"{len(occupation_title)} > 120"))
                    add(f">{_text(occupation_title)}</Occupation>\n")
            if goal.career_cluster is not None:
                add(f"        <CareerCluster>{_CLUSTER[goal.career_cluster]}</CareerCluster>\n")
            if goal.target_on is not None:
                add(f"        <TargetDate>{_ISO[goal.target_on]}</TargetDate>\n")
            if goal.achieved_on is not None:
                add(f"        <AchievedDate>{_ISO[goal.achieved_on]}</AchievedDate>\n")
            add("      </OverallGoal>\n")
        parts += interim

    if plan.signatures is not None:
        if not plan.signatures:
            lose(("signatures", "dropped"))
        for place, signature in enumerate(plan.signatures):
            add(f'      <Signature role="{_ROLE[signature.role]}">\n')
            if (signer := signature.name) is None:
                fault(("FMT-REQUIRED", f"signatures[{place}].name", ""))
            else:
                if len(signer) > 70:
                    fault(("FMT-LENGTH", f"signatures[{place}].name", f"{len(signer)} > 70"))
                add(f"        <Name>{_text(signer)}</Name>\n")
            if signature.signed_on is None:
                fault(("FMT-REQUIRED", f"signatures[{place}].signed_on", ""))
            else:
                add(f"        <Date>{_ISO[signature.signed_on]}</Date>\n")
            if signature.method is not None:
                add(f"        <Method>{_METHOD[signature.method]}</Method>\n")
            if signature.plan_version is not None:
                add(f"        <PlanVersion>{signature.plan_version}</PlanVersion>\n")
            if signature.copy_given_on is not None:
                add(f"        <CopyGiven>{_ISO[signature.copy_given_on]}</CopyGiven>\n")
            add("      </Signature>\n")
            if signature.release_of_information is not None:
                lose((f"signatures[{place}].release_of_information", "dropped"))
    add("    </ServicePlan>\n")

    services = plan.services or ()
    service_count = len(services)
    has_event = started_on is None
    for place, service in enumerate(services):
        category = service.category
        if service.referral is not None:
            lose((f"services[{place}].referral", "dropped"))
        if service.justification is not None:
            lose((f"services[{place}].justification", "dropped"))
        if category in _JOINED:
            lose((f"services[{place}].category", "generalised"))
        component, code = _SERVICE[category]
        add(f'    <ServiceTracking ref="{service.service_id}"')
        add(f' component="{component}" service="{code}"')
        title, provider = service.title, service.provider
        planned_start, planned_end = service.planned_start_on, service.planned_end_on
        started, ended = service.started_on, service.ended_on
        fund = None
        if (funding := service.funding) is not None:
            fund = _FUND.get(funding)
            if fund is None:
                fund = "999"
                lose((f"services[{place}].funding", "generalised"))
        elif category == "iep_development":
            fund = "97"
            lose((f"services[{place}].funding", "defaulted"))
        if (
            category == "iep_development"
            and not has_event
            and started is not None
            and started_on <= started  # type: ignore[operator]
            and (completed_on is None or started <= completed_on)
        ):
            has_event = True
        if not (
            fund
            or title
            or provider
            or planned_start
            or planned_end
            or started
            or ended
            or service.outcome
        ):
            add("/>\n")
            continue
        add(">\n")
        if title is not None:
            if len(title) > 120:
                fault(("FMT-LENGTH", f"services[{place}].title", f"{len(title)} > 120"))
            add(f"      <Title>{_text(title)}</Title>\n")
        if provider is not None:
            if len(provider) > 80:
                fault(("FMT-LENGTH", f"services[{place}].provider", f"{len(provider)} > 80"))
            add(f"      <Provider>{_text(provider)}</Provider>\n")
        if planned_start is not None:
            add(f"      <PlannedStartDate>{_ISO[planned_start]}</PlannedStartDate>\n")
        if started is not None:
            add(f"      <StartDate>{_ISO[started]}</StartDate>\n")
        if planned_end is not None:
            add(f"      <PlannedEndDate>{_ISO[planned_end]}</PlannedEndDate>\n")
        if ended is not None:
            add(f"      <ActualEndDate>{_ISO[ended]}</ActualEndDate>\n")
        if service.outcome is not None:
            code = _OUTCOME[service.outcome]
            add(f"      <CompletionReason>{code}</CompletionReason>\n")
        if fund is not None:
            if started is None and ended is None:
                add(f'      <FundDetail fund="{fund}"/>\n')
            else:
                add(f'      <FundDetail fund="{fund}">\n')
                if started is not None:
                    add(f"        <StartDate>{_ISO[started]}</StartDate>\n")
                if ended is not None:
                    add(f"        <EndDate>{_ISO[ended]}</EndDate>\n")
                add("      </FundDetail>\n")
        add("    </ServiceTracking>\n")
    if not has_event:
        place = service_count
        service_count += 1
        taken = {service.service_id for service in services}
        event_id = f"IEP-{plan.version}"
        number = 2
        while event_id in taken:
            event_id = f"IEP-{plan.version}-{number}"
            number += 1
        provider = manager.employer if manager is not None else None
        if provider is None and agency is not None:
            provider = agency.provider
        start = _ISO[started_on]  # type: ignore[index]
        add(f'    <ServiceTracking ref="{event_id}" component="2" service="68">\n')
        lose((f"services[{place}].service_id", "defaulted"))
        lose((f"services[{place}].category", "defaulted"))
        lose((f"services[{place}].funding", "defaulted"))
        lose((f"services[{place}].started_on", "defaulted"))
        if provider is not None:
            if len(provider) > 80:
                fault(("FMT-LENGTH", f"services[{place}].provider", f"{len(provider)} > 80"))
            add(f"      <Provider>{_text(provider)}</Provider>\n")
            lose((f"services[{place}].provider", "defaulted"))
        add(f"      <StartDate>{start}</StartDate>\n")
        if completed_on is not None:
            end = _ISO[completed_on]
            lose((f"services[{place}].ended_on", "defaulted"))
            lose((f"services[{place}].outcome", "defaulted"))
            add(
                f"      <ActualEndDate>{end}</ActualEndDate>\n"
                "      <CompletionReason>20</CompletionReason>\n"
                '      <FundDetail fund="97">\n'
                f"        <StartDate>{start}</StartDate>\n"
                f"        <EndDate>{end}</EndDate>\n"
            )
        else:
            add(f'      <FundDetail fund="97">\n        <StartDate>{start}</StartDate>\n')
        add("      </FundDetail>\n    </ServiceTracking>\n")
    elif plan.services is not None and not services:
        lose(("services", "dropped"))

    if plan.case_notes is not None:
        if not plan.case_notes:
            lose(("case_notes", "dropped"))
        for place, note in enumerate(plan.case_notes):
            fields = ""
            if note.dated_on is None:
                fault(("FMT-REQUIRED", f"case_notes[{place}].dated_on", ""))
            else:
                fields = f"      <Date>{_ISO[note.dated_on]}</Date>\n"
            if (author := note.author) is not None:
                if len(author) > 70:
                    fault(("FMT-LENGTH", f"case_notes[{place}].author", f"{len(author)} > 70"))
                fields += f"      <Author>{_text(author)}</Author>\n"
            fields += f"      <Subject>{_SUBJECT[note.about]}</Subject>\n"
            if note.title is not None:
                text = note.title.get_secret_value()
                if len(text) > 80:
                    fault(("FMT-LENGTH", f"case_notes[{place}].title", f"{len(text)} > 80"))
                fields += f"      <Title>{_text(text)}</Title>\n"
            text = "" if note.story is None else note.story.get_secret_value()
            if note.metrics or note.next_steps or note.follow_up_on:
                lines = _flattened(lose, f"case_notes[{place}]", note)
                text = f"{text}\n\n{lines}" if text and lines else text + lines
            count = -(-len(text) // _NOTE) or 1
            note_count += count
            if count == 1:
                add(f'    <CounselorNote ref="{note.note_id}" part="1" parts="1">\n')
                add(fields)
                if text:
                    add(f"      <Text>{_text(text)}</Text>\n")
                add("    </CounselorNote>\n")
            else:
                for number in range(count):
                    piece = text[number * _NOTE : (number + 1) * _NOTE]
                    add(
                        f'    <CounselorNote ref="{note.note_id}"'
                        f' part="{number + 1}" parts="{count}">\n'
                    )
                    add(fields)
                    add(f"      <Text>{_text(piece)}</Text>\n    </CounselorNote>\n")

    if plan.extensions is not None:
        for system, texts in plan.extensions.items():
            if system == "twist":
                for key, text in texts.items():
                    if len(text) > _EXTRA:
                        path = f"extensions.twist.{key}"
                        fault(("FMT-LENGTH", path, f"{len(text)} > {_EXTRA}"))
                    add(f'    <Extra name="{_attribute(key)}">{_text(text)}</Extra>\n')
            else:
                for key in texts:
                    lose((f"extensions.{system}.{key}", "dropped"))
    add("  </Customer>\n")

    development = plan.development
    if development is not None:
        if development.mode is not None:
            lose(("development.mode", "dropped"))
        if development.participant_present is not None:
            lose(("development.participant_present", "dropped"))
        if development.telephone_reason is not None:
            lose(("development.telephone_reason", "dropped"))
    eligibility = plan.eligibility
    if eligibility is not None:
        if eligibility.determined_on is not None:
            lose(("eligibility.determined_on", "dropped"))
        if eligibility.enrolled_on is not None:
            lose(("eligibility.enrolled_on", "dropped"))
        if eligibility.exited_on is not None:
            lose(("eligibility.exited_on", "dropped"))
        if eligibility.exit_reason is not None:
            lose(("eligibility.exit_reason", "dropped"))
    if plan.credentials is not None:
        if not plan.credentials:
            lose(("credentials", "dropped"))
        for place, credential in enumerate(plan.credentials):
            before = len(losses)
            if credential.kind is not None:
                lose((f"credentials[{place}].kind", "dropped"))
            if credential.title is not None:
                lose((f"credentials[{place}].title", "dropped"))
            if credential.issuer is not None:
                lose((f"credentials[{place}].issuer", "dropped"))
            if credential.earned_on is not None:
                lose((f"credentials[{place}].earned_on", "dropped"))
            if credential.expires_on is not None:
                lose((f"credentials[{place}].expires_on", "dropped"))
            if len(losses) == before:
                lose((f"credentials[{place}]", "dropped"))
    if plan.desired_positions is not None:
        if not plan.desired_positions:
            lose(("desired_positions", "dropped"))
        for place, position in enumerate(plan.desired_positions):
            before = len(losses)
            if position.title is not None:
                lose((f"desired_positions[{place}].title", "dropped"))
            if position.occupation is not None:
                if position.occupation.code is not None:
                    lose((f"desired_positions[{place}].occupation.code", "dropped"))
                if position.occupation.title is not None:
                    lose((f"desired_positions[{place}].occupation.title", "dropped"))
            if position.minimum_wage is not None:
                lose((f"desired_positions[{place}].minimum_wage", "dropped"))
            if position.weekly_hours is not None:
                lose((f"desired_positions[{place}].weekly_hours", "dropped"))
            if len(losses) == before:
                lose((f"desired_positions[{place}]", "dropped"))
    if plan.work_history is not None:
        if not plan.work_history:
            lose(("work_history", "dropped"))
        for place, job in enumerate(plan.work_history):
            before = len(losses)
            if job.employer is not None:
                lose((f"work_history[{place}].employer", "dropped"))
            if job.title is not None:
                lose((f"work_history[{place}].title", "dropped"))
            if job.occupation is not None:
                if job.occupation.code is not None:
                    lose((f"work_history[{place}].occupation.code", "dropped"))
                if job.occupation.title is not None:
                    lose((f"work_history[{place}].occupation.title", "dropped"))
            if job.started_on is not None:
                lose((f"work_history[{place}].started_on", "dropped"))
            if job.ended_on is not None:
                lose((f"work_history[{place}].ended_on", "dropped"))
            if job.weekly_hours is not None:
                lose((f"work_history[{place}].weekly_hours", "dropped"))
            if job.hourly_wage is not None:
                lose((f"work_history[{place}].hourly_wage", "dropped"))
            if job.volunteer is not None:
                lose((f"work_history[{place}].volunteer", "dropped"))
            if job.reason_for_leaving is not None:
                lose((f"work_history[{place}].reason_for_leaving", "dropped"))
            if job.note is not None:
                lose((f"work_history[{place}].note", "dropped"))
            if len(losses) == before:
                lose((f"work_history[{place}]", "dropped"))
    if plan.family_members is not None:
        if not plan.family_members:
            lose(("family_members", "dropped"))
        for place, member in enumerate(plan.family_members):
            before = len(losses)
            if member.name is not None:
                _lose_name(lose, f"family_members[{place}].name", member.name)
            if member.relation is not None:
                lose((f"family_members[{place}].relation", "dropped"))
            if member.date_of_birth is not None:
                lose((f"family_members[{place}].date_of_birth", "dropped"))
            if member.on_assistance_case is not None:
                lose((f"family_members[{place}].on_assistance_case", "dropped"))
            if len(losses) == before:
                lose((f"family_members[{place}]", "dropped"))
    if plan.activities is not None:
        if not plan.activities:
            lose(("activities", "dropped"))
        for place, activity in enumerate(plan.activities):
            lose((f"activities[{place}].activity_id", "dropped"))
            lose((f"activities[{place}].kind", "dropped"))
            if activity.title is not None:
                lose((f"activities[{place}].title", "dropped"))
            if activity.started_on is not None:
                lose((f"activities[{place}].started_on", "dropped"))
            if activity.ends_on is not None:
                lose((f"activities[{place}].ends_on", "dropped"))
            if activity.ended_on is not None:
                lose((f"activities[{place}].ended_on", "dropped"))
            if activity.weekly_hours is not None:
                lose((f"activities[{place}].weekly_hours", "dropped"))
    hours = plan.participation_hours
    if hours is not None:
        if hours.required is not None:
            lose(("participation_hours.required", "dropped"))
        if hours.per is not None:
            lose(("participation_hours.per", "dropped"))
    if plan.comments is not None:
        lose(("comments", "dropped"))
    if plan.reviews is not None:
        if not plan.reviews:
            lose(("reviews", "dropped"))
        for place, review in enumerate(plan.reviews):
            lose((f"reviews[{place}].trigger", "dropped"))
            if review.reviewed_on is not None:
                lose((f"reviews[{place}].reviewed_on", "dropped"))
            if review.progress is not None:
                lose((f"reviews[{place}].progress", "dropped"))
            if review.plan_changed is not None:
                lose((f"reviews[{place}].plan_changed", "dropped"))

    if findings:
        return findings, []
    out.append("".join(parts))
    if totals is not None:
        totals[0] += 1
        totals[1] += interim_count
        totals[2] += action_count
        totals[3] += service_count
        totals[4] += note_count
    return findings, losses


def _lose_name(lose: Any, path: str, name: Any) -> None:
    lose((f"{path}.first", "dropped"))
    if name.middle is not None:
        lose((f"{path}.middle", "dropped"))
    lose((f"{path}.last", "dropped"))
    if name.suffix is not None:
        lose((f"{path}.suffix", "dropped"))


def _lose_action(lose: Any, path: str, action: Any) -> None:
    lose((f"{path}.action_id", "dropped"))
    if action.description is not None:
        lose((f"{path}.description", "dropped"))
    if action.responsible is not None:
        lose((f"{path}.responsible", "dropped"))
    if action.responsible_name is not None:
        lose((f"{path}.responsible_name", "dropped"))
    if action.set_on is not None:
        lose((f"{path}.set_on", "dropped"))
    if action.planned_end_on is not None:
        lose((f"{path}.planned_end_on", "dropped"))
    if action.actual_end_on is not None:
        lose((f"{path}.actual_end_on", "dropped"))
    if action.measure is not None:
        lose((f"{path}.measure", "dropped"))
    if action.follow_up is not None:
        lose((f"{path}.follow_up", "dropped"))
    if action.barrier_id is not None:
        lose((f"{path}.barrier_id", "dropped"))
    if action.service_id is not None:
        lose((f"{path}.service_id", "dropped"))


def _flattened(lose: Any, path: str, note: Any) -> str:
    lines = []
    for place, metric in enumerate(note.metrics or ()):
        label, value, unit = metric.label, metric.value, metric.unit
        figure = ""
        if value is not None:
            lose((f"{path}.metrics[{place}].value", "flattened"))
            figure = value.get_secret_value()
        if unit is not None:
            lose((f"{path}.metrics[{place}].unit", "flattened"))
            unit_text = unit.get_secret_value()
            figure = f"{figure} {unit_text}" if figure else unit_text
        if label is not None:
            lose((f"{path}.metrics[{place}].label", "flattened"))
            label_text = label.get_secret_value()
            figure = f"{label_text}: {figure}" if figure else label_text
        if figure:
            lines.append(f"Metric: {figure}")
        else:
            lose((f"{path}.metrics[{place}]", "dropped"))
    for place, step in enumerate(note.next_steps or ()):
        pieces = []
        if step.goal is not None:
            lose((f"{path}.next_steps[{place}].goal", "flattened"))
            pieces.append(step.goal.get_secret_value())
        if step.process is not None:
            lose((f"{path}.next_steps[{place}].process", "flattened"))
            pieces.append(step.process.get_secret_value())
        if step.deadline is not None:
            lose((f"{path}.next_steps[{place}].deadline", "flattened"))
            pieces.append(f"by {_ISO[step.deadline]}")
        if pieces:
            lines.append("Next step: " + "; ".join(pieces))
        else:
            lose((f"{path}.next_steps[{place}]", "dropped"))
    for place, day in enumerate(note.follow_up_on or ()):
        lose((f"{path}.follow_up_on[{place}]", "flattened"))
        lines.append(f"Follow-up: {_ISO[day]}")
    return "\n".join(lines)


_CUSTOMER_PARTS: Final = frozenset(
    {"Person", "Assessment", "Barrier", "ServicePlan", "ServiceTracking", "CounselorNote", "Extra"}
)
_PERSON_LEAVES: Final = {
    "LastName": "name.last",
    "FirstName": "name.first",
    "MiddleName": "name.middle",
    "Suffix": "name.suffix",
    "Ssn": "ssn",
    "BirthDate": "date_of_birth",
    "Sex": "sex",
    "Phone": "phone",
    "Email": "email",
    "Education": "education_level",
    "EmploymentStatus": "employment_status",
    "Veteran": "veteran.is_veteran",
}
_PERSON_PARTS: Final = frozenset({"Address"})
_ADDRESS_LEAVES: Final = {
    "Line1": "line1",
    "Line2": "line2",
    "City": "city",
    "State": "state",
    "Zip": "zip",
    "County": "county",
}
_ASSESSMENT_LEAVES: Final = {"Name": "name", "Date": "taken_on"}
_ASSESSMENT_PARTS: Final = frozenset({"Score"})
_BARRIER_LEAVES: Final = {
    "Description": "description",
    "Identified": "identified_on",
    "Resolved": "resolved_on",
}
_PLAN_LEAVES: Final = {
    "Program": "program",
    "Status": "status",
    "Started": "started_on",
    "Completed": "completed_on",
    "Closed": "closed_on",
    "Board": "agency.board_code",
    "Office": "agency.office_code",
}
_PLAN_PARTS: Final = frozenset({"Staff", "OverallGoal", "InterimGoal", "Signature"})
_STAFF_LEAVES: Final = {"Id": "staff_id", "LastName": "name.last", "FirstName": "name.first"}
_OVERALL_LEAVES: Final = {
    "Title": "title",
    "CareerCluster": "career_cluster",
    "TargetDate": "target_on",
    "AchievedDate": "achieved_on",
}
_OVERALL_PARTS: Final = frozenset({"Occupation"})
_INTERIM_LEAVES: Final = {
    "Title": "title",
    "SetDate": "set_on",
    "TargetDate": "target_on",
    "AchievedDate": "achieved_on",
    "Outcome": "outcome",
    "Measure": "measure",
    "Status": "status",
}
_INTERIM_PARTS: Final = frozenset({"Action"})
_ACTION_LEAVES: Final = {
    "Description": "description",
    "Responsibility": "responsible",
    "ResponsibleName": "responsible_name",
    "SetDate": "set_on",
    "PlannedEndDate": "planned_end_on",
    "ActualEndDate": "actual_end_on",
    "FollowUp": "follow_up",
}
_SIGNATURE_LEAVES: Final = {
    "Name": "name",
    "Date": "signed_on",
    "Method": "method",
    "PlanVersion": "plan_version",
    "CopyGiven": "copy_given_on",
}
_SERVICE_LEAVES: Final = {
    "Title": "title",
    "Provider": "provider",
    "PlannedStartDate": "planned_start_on",
    "StartDate": "started_on",
    "PlannedEndDate": "planned_end_on",
    "ActualEndDate": "ended_on",
    "CompletionReason": "outcome",
}
_SERVICE_PARTS: Final = frozenset({"FundDetail"})
_FUND_LEAVES: Final = {"StartDate": "", "EndDate": ""}
_NOTE_LEAVES: Final = {
    "Date": "dated_on",
    "Author": "author",
    "Subject": "about",
    "Title": "title",
    "Text": "story",
}
_NONE: Final[frozenset[str]] = frozenset()


def decode(element: Any) -> Decoded:
    """Read one `Customer`; its parser must have removed comments and processing instructions."""
    reading = Reading(element, "twist")
    fault = reading.fault
    data: dict[str, Any] = {"schema": "iep/1", "agency": {"state": "TX"}}

    attributes = dict(element.items())
    twist_id = attributes.pop("twistId", None)
    if not twist_id or not _TWIST_ID(twist_id):
        fault("FMT-ID", "participant.identifiers.twist")
    participant: dict[str, Any] = {"identifiers": {"twist": twist_id}}
    data["participant"] = participant
    if text := attributes.pop("planRef", None):
        data["plan_id"] = text
    else:
        fault("FMT-REQUIRED", "plan_id")
    if text := attributes.pop("planVersion", None):
        if is_whole(text):
            data["version"] = whole(text)
        else:
            fault("FMT-VALUE", "version")
    else:
        fault("FMT-REQUIRED", "version")
    if attributes:
        reading.attributes(element, attributes)
    _, sections = children(reading, element, _NONE, _CUSTOMER_PARTS)

    persons = sections.get("Person", ())
    for repeated in persons[1:]:
        fault("FMT-VALUE", reading.path(repeated))
    texts: dict[str, str | None] = {}
    found: dict[str, list[Any]] = {}
    if persons:
        person = persons[0]
        if attributes := dict(person.items()):
            reading.attributes(person, attributes)
        texts, found = children(reading, person, _PERSON_LEAVES, _PERSON_PARTS)
        if reading.twice:
            reading.repeated("participant.")
    name: dict[str, str] = {}
    participant["name"] = name
    if text := texts.get("LastName"):
        name["last"] = text
    else:
        fault("FMT-REQUIRED", "participant.name.last")
    if text := texts.get("FirstName"):
        name["first"] = text
    else:
        fault("FMT-REQUIRED", "participant.name.first")
    if text := texts.get("MiddleName"):
        name["middle"] = text
    if text := texts.get("Suffix"):
        name["suffix"] = text
    if text := texts.get("Ssn"):
        participant["ssn"] = text
        if not _SSN(text):
            fault("FMT-VALUE", "participant.ssn")
    if text := texts.get("BirthDate"):
        participant["date_of_birth"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "participant.date_of_birth")
    else:
        fault("FMT-REQUIRED", "participant.date_of_birth")
    if text := texts.get("Sex"):
        participant["sex"] = code = _SEX_BACK.get(text)
        if code is None:
            fault("FMT-CODE", "participant.sex")
    if text := texts.get("Phone"):
        participant["phone"] = text
        if not _PHONE(text):
            fault("FMT-VALUE", "participant.phone")
    if text := texts.get("Email"):
        participant["email"] = text
    if text := texts.get("Education"):
        participant["education_level"] = code = _EDUCATION_BACK.get(text)
        if code is None:
            fault("FMT-CODE", "participant.education_level")
    if text := texts.get("EmploymentStatus"):
        participant["employment_status"] = code = _EMPLOYMENT_BACK.get(text)
        if code is None:
            fault("FMT-CODE", "participant.employment_status")
    if text := texts.get("Veteran"):
        flag = _YES_NO_BACK.get(text)
        participant["veteran"] = {"is_veteran": flag}
        if flag is None:
            fault("FMT-VALUE", "participant.veteran.is_veteran")
    if addresses := found.get("Address"):
        for repeated in addresses[1:]:
            fault("FMT-VALUE", reading.path(repeated))
        place = addresses[0]
        if attributes := dict(place.items()):
            reading.attributes(place, attributes)
        texts, _ = children(reading, place, _ADDRESS_LEAVES, _NONE)
        if reading.twice:
            reading.repeated("participant.address.")
        address: dict[str, str] = {}
        if text := texts.get("Line1"):
            address["line1"] = text
        if text := texts.get("Line2"):
            address["line2"] = text
        if text := texts.get("City"):
            address["city"] = text
        if text := texts.get("State"):
            address["state"] = text
        if text := texts.get("Zip"):
            address["zip"] = text
        if text := texts.get("County"):
            address["county"] = text
        if address:
            participant["address"] = address

    if elements := sections.get("Assessment"):
        data["assessments"] = assessments = []
        for at, part in enumerate(elements):
            assessment: dict[str, Any] = {}
            assessments.append(assessment)
            attributes = dict(part.items())
            if text := attributes.pop("instrument", None):
                assessment["instrument"] = code = _INSTRUMENT_BACK.get(text)
                if code is None:
                    fault("FMT-CODE", f"assessments[{at}].instrument")
            else:
                fault("FMT-REQUIRED", f"assessments[{at}].instrument")
            if attributes:
                reading.attributes(part, attributes)
            texts, found = children(reading, part, _ASSESSMENT_LEAVES, _ASSESSMENT_PARTS)
            if reading.twice:
                reading.repeated(f"assessments[{at}].")
            if text := texts.get("Name"):
                assessment["name"] = text
            if text := texts.get("Date"):
                assessment["taken_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"assessments[{at}].taken_on")
            if found:
                scores: list[dict[str, Any]] = []
                assessment["scores"] = scores
                for inner in found["Score"]:
                    score: dict[str, Any] = {}
                    attributes = dict(inner.items())
                    if text := attributes.pop("scale", None):
                        score["scale"] = text
                    if text := attributes.pop("value", None):
                        if _NUMBER(text):
                            score["value"] = Decimal(text)
                        else:
                            fault("FMT-VALUE", f"assessments[{at}].scores[{len(scores)}].value")
                    if text := attributes.pop("level", None):
                        score["level"] = text
                    if attributes:
                        reading.attributes(inner, attributes)
                    if len(inner) or inner.text:
                        children(reading, inner, _NONE, _NONE)
                    scores.append(score)

    if elements := sections.get("Barrier"):
        data["barriers"] = barriers = []
        for at, part in enumerate(elements):
            barrier: dict[str, Any] = {}
            barriers.append(barrier)
            attributes = dict(part.items())
            if text := attributes.pop("ref", None):
                barrier["barrier_id"] = text
            else:
                fault("FMT-REQUIRED", f"barriers[{at}].barrier_id")
            if text := attributes.pop("code", None):
                barrier["category"] = code = _BARRIER_BACK.get(text)
                if code is None:
                    fault("FMT-CODE", f"barriers[{at}].category")
            else:
                fault("FMT-REQUIRED", f"barriers[{at}].category")
            if attributes:
                reading.attributes(part, attributes)
            texts, _ = children(reading, part, _BARRIER_LEAVES, _NONE)
            if reading.twice:
                reading.repeated(f"barriers[{at}].")
            if text := texts.get("Description"):
                barrier["description"] = text
            if text := texts.get("Identified"):
                barrier["identified_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"barriers[{at}].identified_on")
            if text := texts.get("Resolved"):
                barrier["resolved_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"barriers[{at}].resolved_on")

    plans = sections.get("ServicePlan", ())
    for repeated in plans[1:]:
        fault("FMT-VALUE", reading.path(repeated))
    texts, found = {}, {}
    if plans:
        if attributes := dict(plans[0].items()):
            reading.attributes(plans[0], attributes)
        texts, found = children(reading, plans[0], _PLAN_LEAVES, _PLAN_PARTS)
        if reading.twice:
            reading.repeated("")
    if text := texts.get("Program"):
        data["program"] = code = _PROGRAM_BACK.get(text)
        if code is None:
            fault("FMT-CODE", "program")
    else:
        fault("FMT-REQUIRED", "program")
    if text := texts.get("Status"):
        data["status"] = code = _STATUS_BACK.get(text)
        if code is None:
            fault("FMT-CODE", "status")
    else:
        fault("FMT-REQUIRED", "status")
    if text := texts.get("Started"):
        data["started_on"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "started_on")
    if text := texts.get("Completed"):
        data["completed_on"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "completed_on")
    if text := texts.get("Closed"):
        data["closed_on"] = day = _DAY[text]
        if day is None:
            fault("FMT-VALUE", "closed_on")
    if text := texts.get("Board"):
        data["agency"]["board_code"] = text
    if text := texts.get("Office"):
        data["agency"]["office_code"] = text
    if staff := found.get("Staff"):
        for repeated in staff[1:]:
            fault("FMT-VALUE", reading.path(repeated))
        if attributes := dict(staff[0].items()):
            reading.attributes(staff[0], attributes)
        texts, _ = children(reading, staff[0], _STAFF_LEAVES, _NONE)
        if reading.twice:
            reading.repeated("case_manager.")
        manager: dict[str, Any] = {}
        if text := texts.get("Id"):
            manager["staff_id"] = text
        last, first = texts.get("LastName"), texts.get("FirstName")
        if last or first:
            manager["name"] = {"first": first, "last": last}
            if not last:
                fault("FMT-REQUIRED", "case_manager.name.last")
            if not first:
                fault("FMT-REQUIRED", "case_manager.name.first")
        if manager:
            data["case_manager"] = manager

    overall = found.get("OverallGoal", ())
    interims = found.get("InterimGoal", ())
    goals: list[dict[str, Any]] = []
    if overall or interims:
        data["goals"] = goals
    for repeated in overall[1:]:
        fault("FMT-VALUE", reading.path(repeated))
    for part in overall[:1]:
        goal: dict[str, Any] = {"term": "overall"}
        goals.append(goal)
        attributes = dict(part.items())
        if text := attributes.pop("ref", None):
            goal["goal_id"] = text
        else:
            fault("FMT-REQUIRED", "goals[0].goal_id")
        if text := attributes.pop("kind", None):
            goal["kind"] = code = _KIND_BACK.get(text)
            if code is None:
                fault("FMT-CODE", "goals[0].kind")
        else:
            fault("FMT-REQUIRED", "goals[0].kind")
        if text := attributes.pop("setDate", None):
            goal["set_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "goals[0].set_on")
        if text := attributes.pop("status", None):
            goal["status"] = code = _GOAL_STATUS_BACK.get(text)
            if code is None:
                fault("FMT-CODE", "goals[0].status")
        if attributes:
            reading.attributes(part, attributes)
        texts, inners = children(reading, part, _OVERALL_LEAVES, _OVERALL_PARTS)
        if reading.twice:
            reading.repeated("goals[0].")
        if text := texts.get("Title"):
            goal["title"] = text
        if occupations := inners.get("Occupation"):
            if len(occupations) > 1:
                fault("FMT-VALUE", "goals[0].occupation.title")
            occupation: dict[str, str] = {}
            attributes = dict(occupations[0].items())
            if text := attributes.pop("code", None):
                occupation["code"] = text
                if not _OCCUPATION(text):
                    fault("FMT-VALUE", "goals[0].occupation.code")
            if text := reading.leaf(occupations[0], attributes):
                occupation["title"] = text
            if occupation:
                goal["occupation"] = occupation
        if text := texts.get("CareerCluster"):
            goal["career_cluster"] = code = _CLUSTER_BACK.get(text)
            if code is None:
                fault("FMT-CODE", "goals[0].career_cluster")
        if text := texts.get("TargetDate"):
            goal["target_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "goals[0].target_on")
        if text := texts.get("AchievedDate"):
            goal["achieved_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", "goals[0].achieved_on")
    for position, part in enumerate(interims, 1):
        at = len(goals)
        goal = {"term": "interim"}
        goals.append(goal)
        attributes = dict(part.items())
        if text := attributes.pop("ref", None):
            goal["goal_id"] = text
        else:
            fault("FMT-REQUIRED", f"goals[{at}].goal_id")
        if text := attributes.pop("number", None):
            if not is_whole(text) or whole(text) != position:
                fault("FMT-VALUE", f"{reading.path(part)}/@number")
        else:
            fault("FMT-REQUIRED", f"{reading.path(part)}/@number")
        if text := attributes.pop("kind", None):
            goal["kind"] = code = _KIND_BACK.get(text)
            if code is None:
                fault("FMT-CODE", f"goals[{at}].kind")
        else:
            fault("FMT-REQUIRED", f"goals[{at}].kind")
        if text := attributes.pop("title", None):
            goal["category"] = code = _GOAL_CATEGORY_BACK.get(text)
            if code is None:
                fault("FMT-CODE", f"goals[{at}].category")
        else:
            fault("FMT-REQUIRED", f"goals[{at}].category")
        if attributes:
            reading.attributes(part, attributes)
        texts, inners = children(reading, part, _INTERIM_LEAVES, _INTERIM_PARTS)
        if reading.twice:
            reading.repeated(f"goals[{at}].")
        if text := texts.get("Title"):
            goal["title"] = text
        if text := texts.get("SetDate"):
            goal["set_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", f"goals[{at}].set_on")
        else:
            fault("FMT-REQUIRED", f"goals[{at}].set_on")
        if text := texts.get("TargetDate"):
            goal["target_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", f"goals[{at}].target_on")
        if text := texts.get("AchievedDate"):
            goal["achieved_on"] = day = _DAY[text]
            if day is None:
                fault("FMT-VALUE", f"goals[{at}].achieved_on")
        if text := texts.get("Outcome"):
            goal["outcome"] = text
        if text := texts.get("Measure"):
            goal["measure"] = text
        if text := texts.get("Status"):
            goal["status"] = code = _GOAL_STATUS_BACK.get(text)
            if code is None:
                fault("FMT-CODE", f"goals[{at}].status")
        if inners:
            goal["actions"] = actions = []
            for number, inner in enumerate(inners["Action"]):
                action: dict[str, Any] = {}
                actions.append(action)
                attributes = dict(inner.items())
                if text := attributes.pop("ref", None):
                    action["action_id"] = text
                else:
                    fault("FMT-REQUIRED", f"goals[{at}].actions[{number}].action_id")
                if text := attributes.pop("number", None):
                    if not is_whole(text) or whole(text) != number + 1:
                        fault("FMT-VALUE", f"{reading.path(inner)}/@number")
                else:
                    fault("FMT-REQUIRED", f"{reading.path(inner)}/@number")
                if text := attributes.pop("barrierRef", None):
                    action["barrier_id"] = text
                if text := attributes.pop("serviceRef", None):
                    action["service_id"] = text
                if attributes:
                    reading.attributes(inner, attributes)
                texts, _ = children(reading, inner, _ACTION_LEAVES, _NONE)
                if reading.twice:
                    reading.repeated(f"goals[{at}].actions[{number}].")
                if text := texts.get("Description"):
                    action["description"] = text
                else:
                    fault("FMT-REQUIRED", f"goals[{at}].actions[{number}].description")
                if text := texts.get("Responsibility"):
                    action["responsible"] = code = _RESPONSIBLE_BACK.get(text)
                    if code is None:
                        fault("FMT-CODE", f"goals[{at}].actions[{number}].responsible")
                else:
                    fault("FMT-REQUIRED", f"goals[{at}].actions[{number}].responsible")
                if text := texts.get("ResponsibleName"):
                    action["responsible_name"] = text
                if text := texts.get("SetDate"):
                    action["set_on"] = day = _DAY[text]
                    if day is None:
                        fault("FMT-VALUE", f"goals[{at}].actions[{number}].set_on")
                if text := texts.get("PlannedEndDate"):
                    action["planned_end_on"] = day = _DAY[text]
                    if day is None:
                        fault("FMT-VALUE", f"goals[{at}].actions[{number}].planned_end_on")
                if text := texts.get("ActualEndDate"):
                    action["actual_end_on"] = day = _DAY[text]
                    if day is None:
                        fault("FMT-VALUE", f"goals[{at}].actions[{number}].actual_end_on")
                if text := texts.get("FollowUp"):
                    action["follow_up"] = flag = _YES_NO_BACK.get(text)
                    if flag is None:
                        fault("FMT-VALUE", f"goals[{at}].actions[{number}].follow_up")

    if elements := found.get("Signature"):
        data["signatures"] = signatures = []
        for at, part in enumerate(elements):
            signature: dict[str, Any] = {}
            signatures.append(signature)
            attributes = dict(part.items())
            if text := attributes.pop("role", None):
                signature["role"] = code = _ROLE_BACK.get(text)
                if code is None:
                    fault("FMT-CODE", f"signatures[{at}].role")
            else:
                fault("FMT-REQUIRED", f"signatures[{at}].role")
            if attributes:
                reading.attributes(part, attributes)
            texts, _ = children(reading, part, _SIGNATURE_LEAVES, _NONE)
            if reading.twice:
                reading.repeated(f"signatures[{at}].")
            if text := texts.get("Name"):
                signature["name"] = text
            else:
                fault("FMT-REQUIRED", f"signatures[{at}].name")
            if text := texts.get("Date"):
                signature["signed_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"signatures[{at}].signed_on")
            else:
                fault("FMT-REQUIRED", f"signatures[{at}].signed_on")
            if text := texts.get("Method"):
                signature["method"] = code = _METHOD_BACK.get(text)
                if code is None:
                    fault("FMT-CODE", f"signatures[{at}].method")
            if text := texts.get("PlanVersion"):
                if is_whole(text):
                    signature["plan_version"] = whole(text)
                else:
                    fault("FMT-VALUE", f"signatures[{at}].plan_version")
            if text := texts.get("CopyGiven"):
                signature["copy_given_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"signatures[{at}].copy_given_on")

    if elements := sections.get("ServiceTracking"):
        data["services"] = services = []
        for at, part in enumerate(elements):
            service: dict[str, Any] = {}
            services.append(service)
            attributes = dict(part.items())
            if text := attributes.pop("ref", None):
                service["service_id"] = text
            else:
                fault("FMT-REQUIRED", f"services[{at}].service_id")
            component, text = attributes.pop("component", None), attributes.pop("service", None)
            if component and text:
                service["category"] = code = _SERVICE_BACK.get((component, text))
                if code is None:
                    fault("FMT-CODE", f"services[{at}].category")
            else:
                fault("FMT-REQUIRED", f"services[{at}].category")
            if attributes:
                reading.attributes(part, attributes)
            texts, found = children(reading, part, _SERVICE_LEAVES, _SERVICE_PARTS)
            if reading.twice:
                reading.repeated(f"services[{at}].")
            if text := texts.get("Title"):
                service["title"] = text
            if text := texts.get("Provider"):
                service["provider"] = text
            if text := texts.get("PlannedStartDate"):
                service["planned_start_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].planned_start_on")
            if text := texts.get("StartDate"):
                service["started_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].started_on")
            if text := texts.get("PlannedEndDate"):
                service["planned_end_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].planned_end_on")
            if text := texts.get("ActualEndDate"):
                service["ended_on"] = day = _DAY[text]
                if day is None:
                    fault("FMT-VALUE", f"services[{at}].ended_on")
            if text := texts.get("CompletionReason"):
                service["outcome"] = code = _OUTCOME_BACK.get(text)
                if code is None:
                    fault("FMT-CODE", f"services[{at}].outcome")
            if found:
                funds = found["FundDetail"]
                attributes = dict(funds[0].items())
                if text := attributes.pop("fund", None):
                    service["funding"] = code = _FUND_BACK.get(text)
                    if code is None:
                        fault("FMT-CODE", f"services[{at}].funding")
                if attributes:
                    reading.attributes(funds[0], attributes)
                children(reading, funds[0], _FUND_LEAVES, _NONE)
                reading.twice.clear()
                for inner in funds[1:]:
                    reading.unknown(inner)

    if elements := sections.get("CounselorNote"):
        notes: list[dict[str, Any]] = []
        data["case_notes"] = notes
        known: dict[str, tuple[int, str, dict[str, str | None], dict[int, str]]] = {}
        for part in elements:
            attributes = dict(part.items())
            ref = attributes.pop("ref", None)
            number_text = attributes.pop("part", None)
            count_text = attributes.pop("parts", None)
            if attributes:
                reading.attributes(part, attributes)
            texts, _ = children(reading, part, _NOTE_LEAVES, _NONE)
            if number_text and is_whole(number_text):
                number = whole(number_text)
            else:
                rule = "FMT-VALUE" if number_text else "FMT-REQUIRED"
                fault(rule, f"{reading.path(part)}/@part")
                number = 0
            if not count_text or not is_whole(count_text):
                rule = "FMT-VALUE" if count_text else "FMT-REQUIRED"
                fault(rule, f"{reading.path(part)}/@parts")
                count_text = ""
            numbered = number_text and is_whole(number_text)
            if numbered and count_text and not 1 <= number <= whole(count_text):
                fault("FMT-VALUE", f"{reading.path(part)}/@part")
            text = texts.pop("Text", None) or ""
            if ref and ref in known:
                at, first_count, earlier, pieces = known[ref]
                if reading.twice:
                    reading.repeated(f"case_notes[{at}].")
                if count_text and whole(count_text) != whole(first_count or count_text):
                    fault("FMT-VALUE", f"{reading.path(part)}/@parts")
                for field in ("Date", "Author", "Subject", "Title"):
                    if (texts.get(field) or None) != (earlier.get(field) or None):
                        fault("FMT-VALUE", f"case_notes[{at}].{_NOTE_LEAVES[field]}")
                if number in pieces:
                    if number:
                        fault("FMT-VALUE", f"{reading.path(part)}/@part")
                else:
                    pieces[number] = text
                continue
            at = len(notes)
            if reading.twice:
                reading.repeated(f"case_notes[{at}].")
            note: dict[str, Any] = {}
            notes.append(note)
            if ref:
                note["note_id"] = ref
                known[ref] = (at, count_text, texts, {number: text})
            else:
                fault("FMT-REQUIRED", f"case_notes[{at}].note_id")
            if day_text := texts.get("Date"):
                note["dated_on"] = day = _DAY[day_text]
                if day is None:
                    fault("FMT-VALUE", f"case_notes[{at}].dated_on")
            else:
                fault("FMT-REQUIRED", f"case_notes[{at}].dated_on")
            if author := texts.get("Author"):
                note["author"] = author
            if subject := texts.get("Subject"):
                note["about"] = code = _SUBJECT_BACK.get(subject)
                if code is None:
                    fault("FMT-CODE", f"case_notes[{at}].about")
            else:
                fault("FMT-REQUIRED", f"case_notes[{at}].about")
            if title := texts.get("Title"):
                note["title"] = title
            if text and number == 1:
                note["story"] = text
        for at, count_text, _, pieces in known.values():
            if count_text == "1" and len(pieces) == 1:
                continue
            if not count_text or 0 in pieces:
                continue
            if len(pieces) < whole(count_text):
                fault("FMT-VALUE", f"case_notes[{at}].story")
                continue
            notes[at]["story"] = "".join(pieces[number] for number in sorted(pieces)) or None

    if elements := sections.get("Extra"):
        for part in elements:
            attributes = dict(part.items())
            key = attributes.pop("name", None)
            if not key:
                fault("FMT-REQUIRED", f"{reading.path(part)}/@name")
            text = reading.leaf(part, attributes)
            if key and text:
                reading.extra(key, text)
    if reading.kept:
        data["extensions"] = {"twist": reading.kept}
    return data, reading.findings, reading.unmapped


_COUNTED: Final = {
    "CustomerCount": "Customer",
    "InterimGoalCount": "Customer/ServicePlan/InterimGoal",
    "ActionCount": "Customer/ServicePlan/InterimGoal/Action",
    "ServiceTrackingCount": "Customer/ServiceTracking",
    "CounselorNoteCount": "Customer/CounselorNote",
}
_TOO_DEEP: Final = etree.XPath("boolean(/*" + "/*" * 100 + ")")


def read_file(content: bytes) -> list[Decoded]:
    """Read a whole file, or raise `FileRefused`."""
    root = xml_tree(content, ("utf-8",))
    if root.tag != "TwistIepFile" or root.get("version") != "3.2":
        raise FileRefused("another release or root")
    if _TOO_DEEP(root):
        raise FileRefused("too deep")
    known = [child for child in root if child.tag in {"Header", "Customer", "Trailer"}]
    names = [child.tag for child in known]
    if names != ["Header", *["Customer"] * (len(known) - 2), "Trailer"]:
        raise FileRefused("Header first, then each Customer, Trailer last, once each")
    _check_header(known[0])
    _check_trailer(known[-1], {name: len(root.findall(at)) for name, at in _COUNTED.items()})
    customers = known[1:-1]
    refuse_repeated(customer.get("planRef") for customer in customers)
    return [decode(customer) for customer in customers]


def _single(parent: Any, name: str) -> str:
    """Give the text of a field of Header or Trailer, which must stand once."""
    found = parent.findall(name)
    if len(found) != 1 or not found[0].text:
        raise FileRefused(f"{name}")
    return found[0].text  # type: ignore[no-any-return]


def _check_header(element: Any) -> None:
    sender, sequence = _single(element, "Sender"), _single(element, "Sequence")
    day = check_envelope(
        sender, _single(element, "Receiver"), sequence, _single(element, "Created")
    )
    if _single(element, "FileId") != f"TWIST_IEP_{sender}_{day}_{sequence}":
        raise FileRefused("FileId")


def _check_trailer(element: Any, counts: dict[str, int]) -> None:
    for name, count in counts.items():
        stated = _single(element, name)
        if not is_whole(stated) or whole(stated) != count:
            raise FileRefused(name)


def stream(source: BinaryIO) -> Iterator[Decoded]:
    """Read plan after plan in flat memory, for the benchmark; header and trailer are checked.

    What only `read_file` checks: the encoding, the order of Header and Trailer, depth.
    """
    events = etree.iterparse(
        source,
        tag=("Header", "Customer", "Trailer"),
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
        huge_tree=True,
    )
    counts = dict.fromkeys(_COUNTED, 0)
    seen: set[str | None] = set()
    for _, element in events:
        if element.tag == "Customer":
            plan_id = element.get("planRef")
            if plan_id in seen:
                raise FileRefused("a plan twice")
            seen.add(plan_id)
            decoded = decode(element)
            data = decoded[0]
            counts["CustomerCount"] += 1
            counts["ServiceTrackingCount"] += len(data.get("services", ()))
            counts["CounselorNoteCount"] += len(element.findall("CounselorNote"))
            for goal in data.get("goals", ()):
                if goal["term"] == "interim":
                    counts["InterimGoalCount"] += 1
                    counts["ActionCount"] += len(goal.get("actions", ()))
            yield decoded
        elif element.tag == "Header":
            _check_header(element)
        else:
            _check_trailer(element, counts)
        element.clear()
        parent = element.getparent()
        while element.getprevious() is not None:
            del parent[0]
