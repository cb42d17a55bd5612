"""The table of `icc.md`, typed again from the page: what may stand in each cell."""

import datetime
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

Form = Callable[[str], bool]

CLUSTERS: Final = (
    "Agriculture, Food & Natural Resources", "Architecture & Construction",
    "Arts, A/V Technology & Communications", "Business Management & Administration",
    "Education & Training", "Finance", "Government & Public Administration", "Health Science",
    "Hospitality & Tourism", "Human Services", "Information Technology",
    "Law, Public Safety, Corrections & Security", "Manufacturing", "Marketing",
    "Science, Technology, Engineering & Mathematics",
    "Transportation, Distribution & Logistics",
)  # fmt: skip
SECTIONS: Final = ["goals", "barriers", "services", "assessments", "case_notes", "signatures"]
_SERVICES: Final = "203 202 125 215 300 311 219 214 222 323 304 F01 181 180 184 186 185 241 299"
_BARRIERS: Final = (
    "ASSISTIVE_TECHNOLOGY BASIC_SKILLS CHILDCARE CRIMINAL_RECORD DISABILITY DOMESTIC_VIOLENCE"
    " ENGLISH_LANGUAGE FINANCIAL HEALTH HOUSING JOB_READINESS_SKILLS JOB_RETENTION_SKILLS"
    " JOB_SEARCH_SKILLS LEGAL OCCUPATIONAL_SKILLS SUBSTANCE_USE TRANSPORTATION WORK_HISTORY OTHER"
)


def _text(size: int) -> Form:
    return lambda cell: len(cell) <= size


def _code(*codes: str) -> Form:
    return lambda cell: cell in codes


def _like(pattern: str) -> Form:
    matches = re.compile(pattern).fullmatch
    return lambda cell: matches(cell) is not None


def day(cell: str) -> datetime.date | None:
    """Read `MM/DD/YYYY`; None for what is none."""
    match = re.fullmatch("([0-9]{2})/([0-9]{2})/([0-9]{4})", cell)
    try:
        return datetime.date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


def _date(cell: str) -> bool:
    return day(cell) is not None


def _iso(value: Any) -> bool:
    try:
        return bool(value == datetime.date.fromisoformat(value).isoformat())
    except (TypeError, ValueError):
        return False


def _said(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _exact(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _items(size: int, **fields: Callable[[Any], bool]) -> Form:
    """Give the form of a JSON cell whose items are objects with these fields, in this order."""
    order = list(fields)

    def item(one: Any) -> bool:
        if not isinstance(one, dict) or not set(one) <= set(order):
            return False
        inside = all(fields[name](value) for name, value in one.items())
        return inside and list(one) == [name for name in order if name in one]

    return _json(size, item)


def _json(size: int, item: Callable[[Any], bool]) -> Form:
    def form(cell: str) -> bool:
        try:
            items = json.loads(cell, parse_float=Decimal, parse_int=Decimal)
        except ValueError:
            return False
        whole = isinstance(items, list) and items != [] and all(item(one) for one in items)
        return whole and len(cell) <= size and _compact(cell) == cell

    return form


_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def _compact(cell: str) -> str:
    """Write JSON again without space or escapes; numbers keep how they are written."""

    def kept(number: str) -> str:
        return f"\ue000{number}\ue000" if _NUMBER.fullmatch(number) else "no plain number"

    value = json.loads(cell, parse_float=kept, parse_int=kept)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace('"\ue000', "").replace('\ue000"', "")


REF: Final = _like("[A-Za-z0-9_-]{1,36}")
INTEGER: Final = _like("[1-9][0-9]*")
STATE_ID: Final = _like("[0-9]{1,12}")
YES_NO: Final = _code("Y", "N")
COMPLETION: Final = _code("S", "U")
_VERSION: Final = _like("[1-9][0-9]{0,8}")

TABLE: Final[dict[str, dict[str, Form]]] = {
    "PLAN": {
        "PlanRef*": REF,
        "PlanVersion*": _VERSION,
        "StateId*": STATE_ID,
        "Program*": _code("A", "D", "Y", "X"),
        "Status*": _code("DRAFT", "OPEN", "CLOSED"),
        "StartDate": _date,
        "CompletedDate": _date,
        "ClosedDate": _date,
        "DevelopmentMode": _code("F", "T", "V"),
        "LwdbCode": _text(5),
        "LwdbName": _text(60),
        "OfficeCode": _text(10),
        "ProviderName": _text(80),
        "StaffId": _text(12),
        "StaffLast": _text(40),
        "StaffFirst": _text(40),
        "StaffEmployer": _text(80),
        "StaffPhone": _like("[0-9]{10}"),
        "StaffEmail": _text(100),
        "EligibilityDate": _date,
        "EnrollmentDate": _date,
        "ExitDate": _date,
        "ExitReason": _text(200),
        "Comments": _text(2000),
        "NothingToRecord": _text(200),
    },
    "PERSON": {
        "PlanRef*": REF,
        "StateId*": STATE_ID,
        "LastName*": _text(40),
        "FirstName*": _text(40),
        "MiddleName": _text(40),
        "Suffix": _text(10),
        "Ssn": _like("[0-9]{9}"),
        "BirthDate*": _date,
        "Sex": _code("1", "2", "9"),
        "Phone": _like("[0-9]{10}"),
        "Email": _text(100),
        "Address1": _text(60),
        "Address2": _text(60),
        "City": _text(40),
        "State": _like("[A-Z]{2}"),
        "Zip": _like("[0-9]{5}(-[0-9]{4})?"),
        "County": _text(40),
        "Education": _like("[0-9]"),
        "Employment": _like("[0-3]"),
        "Veteran": YES_NO,
        "HouseholdType": _code("SP", "TP", "ND"),
        "HouseholdSince": _date,
    },
    "GOAL": {
        "PlanRef*": REF,
        "GoalRef*": REF,
        "Sort*": INTEGER,
        "Kind*": _code("EMP", "EDU"),
        "Term*": _code("OVR", "LNG", "SHT", "INT"),
        "Category": _code("ASM", "PLN", "TRN", "SRC"),
        "Title*": _text(200),
        "OnetCode": _like(r"[0-9]{2}-[0-9]{4}(\.[0-9]{2})?"),
        "OnetTitle": _text(150),
        "Cluster": _code(*CLUSTERS),
        "Nontraditional": YES_NO,
        "Outcome": _text(1000),
        "Measure": _text(1000),
        "SetDate": _date,
        "TargetDate": _date,
        "AchievedDate": _date,
        "Status": _code("OPEN", "ATTAINED", "NOTATTAINED", "CANCELLED"),
    },
    "OBJECTIVE": {
        "PlanRef*": REF,
        "GoalRef*": REF,
        "ObjectiveRef*": REF,
        "Sort*": INTEGER,
        "Description*": _text(1000),
        "Responsible": _code("CUST", "STAFF", "WIOA", "PROV", "PART", "OTH"),
        "ResponsibleName": _text(80),
        "SetDate": _date,
        "PlannedEndDate": _date,
        "ActualEndDate": _date,
        "Measure": _text(500),
        "FollowUp": YES_NO,
        "BarrierRef": REF,
        "ServiceRef": REF,
    },
    "BARRIER": {
        "PlanRef*": REF,
        "BarrierRef*": REF,
        "Sort*": INTEGER,
        "Category*": _code(*_BARRIERS.split()),
        "Description": _text(1000),
        "IdentifiedDate": _date,
        "Plan": _text(1000),
        "ExpectedDate": _date,
        "ResolvedDate": _date,
        "GoalRef": REF,
    },
    "SERVICE": {
        "PlanRef*": REF,
        "ServiceRef*": REF,
        "Sort*": INTEGER,
        "ActivityCode*": _code(*_SERVICES.split()),
        "Title": _text(120),
        "Provider": _text(80),
        "Referral": YES_NO,
        "Justification": _text(1000),
        "Funding": _text(40),
        "ProjectedBegin": _date,
        "ProjectedEnd": _date,
        "ActualBegin": _date,
        "ActualEnd": _date,
        "CompletionCode": COMPLETION,
    },
    "ACTIVITY": {
        "PlanRef*": REF,
        "PlanVersion*": _VERSION,
        "StateId*": STATE_ID,
        "ActivityRef*": REF,
        "Sort*": INTEGER,
        "ActivityCode*": _code("205"),
        "ProviderName*": _text(80),
        "OfficeCode": _text(10),
        "StaffId": _text(12),
        "BeginDate*": _date,
        "EndDate": _date,
        "CompletionCode": COMPLETION,
        "Funding": _text(40),
        "Title": _text(120),
        "Referral": YES_NO,
        "Justification": _text(1000),
        "ProjectedBegin": _date,
        "ProjectedEnd": _date,
    },
    "ASSESSMENT": {
        "PlanRef*": REF,
        "Sort*": INTEGER,
        "Instrument*": _code("CAREERSCOPE", "TORQ", "TABE", "ONET", "OTHER"),
        "Name": _text(60),
        "Date": _date,
        "ReviewedDate": _date,
        "Scores": _items(2000, scale=_said, value=_exact, level=_said),
    },
    "CASENOTE": {
        "PlanRef*": REF,
        "NoteRef*": REF,
        "Sort*": INTEGER,
        "ContactDate*": _date,
        "Subject*": _code("IEP", "IEPUPD", "CAREER", "PROG", "INCENT", "OTHER"),
        "Title": _text(120),
        "Author": _text(80),
        "Text": _text(8000),
        "Metrics": _items(2000, label=_said, value=_said, unit=_said),
        "NextSteps": _items(4000, goal=_said, process=_said, deadline=_iso),
        "FollowUps": _json(500, _iso),
    },
    "SIGNATURE": {
        "PlanRef*": REF,
        "Sort*": INTEGER,
        "Role*": _code("CUST", "STAFF", "GUARD"),
        "Name*": _text(80),
        "SignedDate*": _date,
        "Method": _code("W", "E", "T"),
        "PlanVersion": _VERSION,
        "CopyGivenDate": _date,
    },
    "EXTRA": {"PlanRef*": REF, "Name*": _text(60), "Value": _text(2000)},
}


def columns(member: str) -> list[str]:
    """Give the names of a member's columns."""
    return [name.rstrip("*") for name in TABLE[member]]


def faults(member: str, cells: list[str]) -> Iterator[str]:
    """Name the cells of a row that are not of their form, or missing."""
    for (name, form), cell in zip(TABLE[member].items(), cells, strict=True):
        if not cell:
            if name.endswith("*"):
                yield f"{name.rstrip('*')} is missing"
        elif not form(cell):
            yield f"{name.rstrip('*')} is not of its form, size or codes"
