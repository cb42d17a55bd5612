"""The crosswalks of `cwds.md`, and the characters of its code page."""

from typing import Any, Final, get_args

from iepbridge.plan import codes

PAGE: Final = frozenset(bytes(set(range(256)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}).decode("cp1252"))
"""Every character of windows-1252, control characters included."""

PROGRAM: Final = {
    "wioa_adult": "WA",
    "wioa_dislocated_worker": "WD",
    "wioa_youth": "WY",
    "tanf_cap": "EA",
    "tanf_mwa": "EA",
    "other": "OT",
}
STATUS: Final = {"draft": "D", "active": "A", "closed": "C"}
MODE: Final = {"in_person": "P", "telephone": "T", "video": "V"}
SEX: Final = {"male": "M", "female": "F", "not_disclosed": "X"}
TERM: Final = {"overall": "U", "long_term": "L", "short_term": "S", "interim": "I"}
KIND: Final = {"employment": "E", "education": "D"}
CATEGORY: Final = dict(zip(get_args(codes.GoalCategory), "APTJ", strict=True))
GOAL_STATUS: Final = {"open": "O", "achieved": "A", "not_achieved": "N", "withdrawn": "W"}
RESPONSIBLE: Final = {
    "participant": "CL",
    "staff": "CM",
    "program": "PR",
    "service_provider": "SP",
    "partner": "PT",
    "other": "OT",
}
OUTCOME: Final = {"successful": "S", "unsuccessful": "U"}
ROLE: Final = {"participant": "P", "case_manager": "C", "guardian": "G"}
METHOD: Final = {"wet": "W", "electronic": "E", "telephone": "T"}
TRIGGER: Final = {
    "service_completed": "S",
    "scheduled": "R",
    "significant_change": "C",
    "exit": "X",
}
ABOUT: Final = dict(
    zip(get_args(codes.NoteSubject), ("ID", "IU", "CE", "PG", "IN", "OT"), strict=True)
)
INSTRUMENT: Final = {
    "careerscope": "CSCP",
    "torq": "TORQ",
    "tabe": "TABE",
    "onet": "ONET",
    "other": "OTHR",
}
EDUCATION: Final = {level: f"{at:02}" for at, level in enumerate(get_args(codes.EducationLevel))}
EMPLOYMENT: Final = {
    "employed": "E",
    "underemployed": "U",
    "notice_received": "T",
    "unemployed": "N",
    "not_in_labor_force": "L",
}
CLUSTER: Final = {
    name: f"{at:02}" for at, name in enumerate(sorted(get_args(codes.CareerCluster)), 1)
}
BARRIER: Final = {name: f"{at:03}" for at, name in enumerate(get_args(codes.BarrierCategory), 1)}
SERVICE: Final = {
    "comprehensive_assessment": "WIS01",
    "iep_development": "WIS02",
    "career_planning": "WIS03",
    "job_search": "WIS04",
    "job_readiness": "WIS05",
    "financial_literacy": "WIS06",
    "english_language": "WIS07",
    "work_experience": "WIS08",
    "internship": "WIS09",
    "occupational_training": "WTR01",
    "on_the_job_training": "WTR02",
    "apprenticeship": "WTR03",
    "customized_training": "WTR04",
    "adult_education": "WTR05",
    "supportive_transportation": "WSS01",
    "supportive_childcare": "WSS02",
    "supportive_housing": "WSS03",
    "supportive_work_expense": "WSS04",
    "supportive_other": "WSS09",
    "follow_up": "WFU01",
    "other": "WOT99",
}
SECTIONS: Final = (
    "assessments",
    "goals",
    "barriers",
    "services",
    "case_notes",
    "signatures",
    "reviews",
)
"""The sections that `NothingToRecord` may name, in the document's order."""


def back(table: dict[Any, str]) -> dict[str, Any]:
    """Turn a crosswalk round; of joined values the first comes back."""
    turned: dict[str, Any] = {}
    for value, code in table.items():
        turned.setdefault(code, value)
    return turned
