"""What both hand-written halves of ICC know of `icc.md`: members, columns, codes, dates."""

import datetime
import re
from typing import Any, Final

MANIFEST: Final = "MANIFEST.txt"
MANIFEST_COLUMNS: Final = ("Member", "Rows", "Sha256")
_COLUMNS: Final = {
    "PLAN": "PlanRef PlanVersion StateId Program Status StartDate CompletedDate ClosedDate"
    " DevelopmentMode LwdbCode LwdbName OfficeCode ProviderName StaffId StaffLast StaffFirst"
    " StaffEmployer StaffPhone StaffEmail EligibilityDate EnrollmentDate ExitDate ExitReason"
    " Comments NothingToRecord",
    "PERSON": "PlanRef StateId LastName FirstName MiddleName Suffix Ssn BirthDate Sex Phone Email"
    " Address1 Address2 City State Zip County Education Employment Veteran HouseholdType"
    " HouseholdSince",
    "GOAL": "PlanRef GoalRef Sort Kind Term Category Title OnetCode OnetTitle Cluster"
    " Nontraditional Outcome Measure SetDate TargetDate AchievedDate Status",
    "OBJECTIVE": "PlanRef GoalRef ObjectiveRef Sort Description Responsible ResponsibleName SetDate"
    " PlannedEndDate ActualEndDate Measure FollowUp BarrierRef ServiceRef",
    "BARRIER": "PlanRef BarrierRef Sort Category Description IdentifiedDate Plan ExpectedDate"
    " ResolvedDate GoalRef",
    "SERVICE": "PlanRef ServiceRef Sort ActivityCode Title Provider Referral Justification Funding"
    " ProjectedBegin ProjectedEnd ActualBegin ActualEnd CompletionCode",
    "ACTIVITY": "PlanRef PlanVersion StateId ActivityRef Sort ActivityCode ProviderName OfficeCode"
    " StaffId BeginDate EndDate CompletionCode Funding Title Referral Justification"
    " ProjectedBegin ProjectedEnd",
    "ASSESSMENT": "PlanRef Sort Instrument Name Date ReviewedDate Scores",
    "CASENOTE": "PlanRef NoteRef Sort ContactDate Subject Title Author Text Metrics NextSteps"
    " FollowUps",
    "SIGNATURE": "PlanRef Sort Role Name SignedDate Method PlanVersion CopyGivenDate",
    "EXTRA": "PlanRef Name Value",
}
COLUMNS: Final = {member: tuple(names.split()) for member, names in _COLUMNS.items()}
"""The columns of each member after the manifest, in the order of the members."""

SECTIONS: Final = ("goals", "barriers", "services", "assessments", "case_notes", "signatures")

PROGRAM: Final = {
    "wioa_adult": "A",
    "wioa_dislocated_worker": "D",
    "wioa_youth": "Y",
    "other": "X",
}
STATUS: Final = {"draft": "DRAFT", "active": "OPEN", "closed": "CLOSED"}
MODE: Final = {"in_person": "F", "telephone": "T", "video": "V"}
SEX: Final = {"male": "1", "female": "2", "not_disclosed": "9"}
EDUCATION: Final = {
    "none": "0",
    "grade_school": "1",
    "some_high_school": "2",
    "high_school": "3",
    "ged": "4",
    "some_college": "5",
    "certificate": "6",
    "associate": "7",
    "bachelor": "8",
    "graduate": "9",
}
EMPLOYMENT: Final = {
    "employed": "1",
    "notice_received": "2",
    "not_in_labor_force": "3",
    "unemployed": "0",
    "underemployed": "1",
}
HOUSEHOLD: Final = {"single_parent": "SP", "two_parent": "TP", "no_dependents": "ND"}
KIND: Final = {"employment": "EMP", "education": "EDU"}
TERM: Final = {"overall": "OVR", "long_term": "LNG", "short_term": "SHT", "interim": "INT"}
CATEGORY: Final = {
    "comprehensive_assessment": "ASM",
    "career_planning": "PLN",
    "training_services": "TRN",
    "job_search_services": "SRC",
}
GOAL_STATUS: Final = {
    "open": "OPEN",
    "achieved": "ATTAINED",
    "not_achieved": "NOTATTAINED",
    "withdrawn": "CANCELLED",
}
CLUSTERS: Final = frozenset(
    {
        "Agriculture, Food & Natural Resources",
        "Architecture & Construction",
        "Arts, A/V Technology & Communications",
        "Business Management & Administration",
        "Education & Training",
        "Finance",
        "Government & Public Administration",
        "Health Science",
        "Hospitality & Tourism",
        "Human Services",
        "Information Technology",
        "Law, Public Safety, Corrections & Security",
        "Manufacturing",
        "Marketing",
        "Science, Technology, Engineering & Mathematics",
        "Transportation, Distribution & Logistics",
    }
)
RESPONSIBLE: Final = {
    "participant": "CUST",
    "staff": "STAFF",
    "program": "WIOA",
    "service_provider": "PROV",
    "partner": "PART",
    "other": "OTH",
}
BARRIERS: Final = (
    "assistive_technology basic_skills childcare criminal_record disability domestic_violence"
    " english_language financial health housing job_readiness_skills job_retention_skills"
    " job_search_skills legal occupational_skills substance_use transportation work_history other"
)
BARRIER: Final = {name: name.upper() for name in BARRIERS.split()}
IEP: Final = "205"
SERVICE: Final = {
    "iep_development": IEP,
    "comprehensive_assessment": "203",
    "career_planning": "202",
    "job_search": "125",
    "job_readiness": "215",
    "occupational_training": "300",
    "on_the_job_training": "311",
    "work_experience": "219",
    "internship": "219",
    "adult_education": "214",
    "english_language": "222",
    "apprenticeship": "323",
    "customized_training": "304",
    "follow_up": "F01",
    "supportive_transportation": "181",
    "supportive_childcare": "180",
    "supportive_housing": "184",
    "supportive_work_expense": "186",
    "supportive_other": "185",
    "financial_literacy": "241",
    "other": "299",
}
COMPLETION: Final = {"successful": "S", "unsuccessful": "U"}
INSTRUMENT: Final = {
    "careerscope": "CAREERSCOPE",
    "torq": "TORQ",
    "tabe": "TABE",
    "onet": "ONET",
    "other": "OTHER",
}
SUBJECT: Final = {
    "iep_development": "IEP",
    "iep_update": "IEPUPD",
    "career_exploration": "CAREER",
    "progress": "PROG",
    "incentive": "INCENT",
    "other": "OTHER",
}
ROLE: Final = {"participant": "CUST", "case_manager": "STAFF", "guardian": "GUARD"}
METHOD: Final = {"wet": "W", "electronic": "E", "telephone": "T"}
FLAG: Final = {True: "Y", False: "N"}

STATE_ID: Final = re.compile(r"[0-9]{1,12}").fullmatch
_DATE: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})").fullmatch
_KEPT: Final = 100_000


def back(table: dict[Any, str]) -> dict[str, Any]:
    """Turn a table round; of codes that join, the first named is what comes back."""
    return {code: value for value, code in reversed(table.items())}


def with_null(table: dict[Any, str]) -> dict[Any, str]:
    """Let null be an empty cell."""
    return {None: "", **table}


class CellsOfDays(dict[datetime.date | None, str]):
    """Dates as `MM/DD/YYYY`, each made once."""

    def __missing__(self, day: datetime.date) -> str:
        text = f"{day.month:02}/{day.day:02}/{day.year:04}"
        if len(self) < _KEPT:
            self[day] = text
        return text


class DaysOfCells(dict[str, datetime.date | None]):
    """Cells as dates, each read once; None for what is none."""

    def __missing__(self, text: str) -> datetime.date | None:
        match = _DATE(text)
        try:
            day = datetime.date(int(match[3]), int(match[1]), int(match[2])) if match else None
        except ValueError:
            day = None
        if day is not None and len(self) < _KEPT:
            self[text] = day
        return day


CELL: Final = CellsOfDays({None: ""})
DAY: Final = DaysOfCells()
