"""The table of `cwds_places.txt`, and the crosswalks of the interface document, by hand."""

from pathlib import Path
from typing import Final, NamedTuple


class Place(NamedTuple):
    """One field: where it stands in its record (from 1; 0: in `80` records alone), and what as."""

    name: str
    position: int
    size: int
    kind: str
    required: bool
    path: str


def _places() -> dict[str, dict[str, Place]]:
    found: dict[str, dict[str, Place]] = {}
    for line in Path(__file__).with_name("cwds_places.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            kind_of_record, name, position, size, kind, path = line.split()
            place = Place(name, int(position), int(size), kind[0], kind.endswith("*"), path)
            found.setdefault(kind_of_record, {})[name] = place
    return found


PLACES: Final = _places()

_GOAL_CATEGORIES: Final = (
    "comprehensive_assessment", "career_planning", "training_services", "job_search_services",
)  # fmt: skip
_SUBJECTS: Final = (
    "iep_development", "iep_update", "career_exploration", "progress", "incentive", "other",
)  # fmt: skip
_LEVELS: Final = (
    "none", "grade_school", "some_high_school", "high_school", "ged", "some_college",
    "certificate", "associate", "bachelor", "graduate",
)  # fmt: skip
_CLUSTERS: Final = (
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
)
_BARRIERS: Final = (
    "assistive_technology", "basic_skills", "childcare", "criminal_record", "disability",
    "domestic_violence", "english_language", "financial", "health", "housing",
    "job_readiness_skills", "job_retention_skills", "job_search_skills", "legal",
    "occupational_skills", "substance_use", "transportation", "work_history", "other",
)  # fmt: skip


def _pairs(text: str) -> dict[str, str]:
    codes, values = text.split()[::2], text.split()[1::2]
    return dict(zip(codes, values, strict=True))


CODES: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("10", "Program"): _pairs(
        "WA wioa_adult WD wioa_dislocated_worker WY wioa_youth EA tanf_cap OT other"
    ),
    ("10", "Status"): _pairs("D draft A active C closed"),
    ("10", "Mode"): _pairs("P in_person T telephone V video"),
    ("11", "Sex"): _pairs("M male F female X not_disclosed"),
    ("11", "Education"): {f"{at:02}": level for at, level in enumerate(_LEVELS)},
    ("11", "Employment"): _pairs(
        "E employed U underemployed T notice_received N unemployed L not_in_labor_force"
    ),
    ("15", "Instrument"): _pairs("CSCP careerscope TORQ torq TABE tabe ONET onet OTHR other"),
    ("20", "Term"): _pairs("U overall L long_term S short_term I interim"),
    ("20", "Kind"): _pairs("E employment D education"),
    ("20", "Category"): dict(zip("APTJ", _GOAL_CATEGORIES, strict=True)),
    ("20", "Status"): _pairs("O open A achieved N not_achieved W withdrawn"),
    ("20", "Cluster"): {f"{at:02}": name for at, name in enumerate(_CLUSTERS, 1)},
    ("25", "Responsible"): _pairs(
        "CL participant CM staff PR program SP service_provider PT partner OT other"
    ),
    ("30", "ServiceCode"): _pairs(
        "WIS01 comprehensive_assessment WIS02 iep_development WIS03 career_planning "
        "WIS04 job_search WIS05 job_readiness WIS06 financial_literacy WIS07 english_language "
        "WIS08 work_experience WIS09 internship WTR01 occupational_training "
        "WTR02 on_the_job_training WTR03 apprenticeship WTR04 customized_training "
        "WTR05 adult_education WSS01 supportive_transportation WSS02 supportive_childcare "
        "WSS03 supportive_housing WSS04 supportive_work_expense WSS09 supportive_other "
        "WFU01 follow_up WOT99 other"
    ),
    ("30", "Outcome"): _pairs("S successful U unsuccessful"),
    ("40", "Category"): {f"{at:03}": name for at, name in enumerate(_BARRIERS, 1)},
    ("50", "About"): dict(zip(("ID", "IU", "CE", "PG", "IN", "OT"), _SUBJECTS, strict=True)),
    ("60", "Role"): _pairs("P participant C case_manager G guardian"),
    ("60", "Method"): _pairs("W wet E electronic T telephone"),
    ("70", "Trigger"): _pairs("S service_completed R scheduled C significant_change X exit"),
}
"""What each code of a field means."""
