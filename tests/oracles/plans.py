"""Plans for the oracles: one with every leaf, and ones that chance made out of it."""

import copy
import random
from decimal import Decimal
from typing import Any, Final, get_args

from iepbridge.plan import Plan, PlanRefused, codes, read_plan

_LISTS: Final = (
    "credentials",
    "desired_positions",
    "work_history",
    "family_members",
    "assessments",
    "goals",
    "barriers",
    "services",
    "activities",
    "case_notes",
    "reviews",
    "signatures",
)
_CODED: Final = (
    ("assessments", "instrument", codes.Instrument),
    ("barriers", "category", codes.BarrierCategory),
    ("services", "category", codes.ServiceCategory),
    ("services", "outcome", codes.ServiceOutcome),
    ("goals", "kind", codes.GoalKind),
    ("goals", "career_cluster", codes.CareerCluster),
    ("activities", "kind", codes.ActivityKind),
    ("case_notes", "about", codes.NoteSubject),
    ("reviews", "trigger", codes.ReviewTrigger),
    ("signatures", "role", codes.SignatureRole),
    ("signatures", "method", codes.SignatureMethod),
    ("credentials", "kind", codes.CredentialKind),
    ("family_members", "relation", codes.Relation),
    ("work_history", "reason_for_leaving", codes.ReasonForLeaving),
)
_TEXTS: Final = (
    "plain",
    " spaces  around ",
    "<tag a=\"b\" c='d'>&amp; ]]> \\n",
    "Zoë\N{RIGHT SINGLE QUOTATION MARK}s €20 — 𝄞 \u00a0\u2028\u0085",
    "tab\tand\nline\r\nand\rreturn",
    " ",
    "\n",
    "-",
)
_KEYS: Final = ("Barrier[2]/@severity", "Person/Pet", 'a "key" <&>\t\n', "x", "text()")


def full_plan() -> dict[str, Any]:
    """Give a plan, as plain data, in which every leaf of the model has a value."""
    return {
        "schema": "iep/1",
        "plan_id": "PLAN_1-a",
        "version": 3,
        "program": "wioa_adult",
        "status": "closed",
        "started_on": "2024-01-02",
        "completed_on": "2024-02-29",
        "closed_on": "2024-12-31",
        "development": {
            "mode": "telephone",
            "participant_present": True,
            "telephone_reason": "No bus",
        },
        "agency": {
            "state": "TX",
            "board": "Gulf Coast",
            "board_code": "28",
            "office_code": "0412",
            "provider": "Goodwill",
        },
        "case_manager": {
            "staff_id": "S1",
            "name": _name("Joe"),
            "employer": "JobWorks",
            "phone": "5550001111",
            "email": "joe@example.gov",
        },
        "participant": {
            "identifiers": {"twist": "000104512", "toolbox": "01234567", "icc": "7", "cwds": "A1"},
            "ssn": "912345678",
            "name": _name("Ana"),
            "former_names": [
                {"name": {"first": "Ana", "last": "Diaz"}, "changed_on": "2001-03-04"},
                {"name": _name("Ana")},
            ],
            "date_of_birth": "1980-02-29",
            "address": {
                "line1": "1 Main St",
                "line2": "Apt 2",
                "city": "Houston",
                "state": "TX",
                "zip": "77001-0001",
                "county": "Harris",
            },
            "phone": "7135550100",
            "email": "ana@example.net",
            "sex": "not_disclosed",
            "household": {"type": "single_parent", "since": "2020-05-06"},
            "veteran": {
                "is_veteran": True,
                "branch": "Army",
                "entered_on": "1999-01-01",
                "separated_on": "2003-01-01",
                "discharge": "Honorable",
            },
            "education_level": "some_college",
            "employment_status": "notice_received",
            "skills": ["Forklift", "Spanish"],
        },
        "eligibility": {
            "determined_on": "2023-12-01",
            "enrolled_on": "2023-12-02",
            "exited_on": "2024-12-30",
            "exit_reason": "Found work",
        },
        "credentials": [
            {
                "kind": "license",
                "title": "CNA",
                "issuer": "State",
                "earned_on": "2010-01-01",
                "expires_on": "2030-01-01",
            },
            {"title": "GED"},
        ],
        "desired_positions": [
            {
                "title": "Nurse",
                "occupation": _occupation(),
                "minimum_wage": Decimal("15.750"),
                "weekly_hours": Decimal(40),
            },
            {"occupation": {"title": "Driver"}},
        ],
        "work_history": [
            {
                "employer": "Wal-Mart",
                "title": "Cashier",
                "occupation": _occupation(),
                "started_on": "2015-01-01",
                "ended_on": "2016-01-01",
                "weekly_hours": Decimal("37.5"),
                "hourly_wage": Decimal("9.25"),
                "volunteer": False,
                "reason_for_leaving": "laid_off",
                "note": "Store closed",
            },
            {"employer": "Self"},
        ],
        "family_members": [
            {
                "name": _name("Ana"),
                "relation": "child",
                "date_of_birth": "2012-07-08",
                "on_assistance_case": True,
            },
            {"relation": "other_relative"},
        ],
        "assessments": [
            {
                "instrument": "tabe",
                "name": "TABE 11/12",
                "taken_on": "2023-12-05",
                "reviewed_on": "2023-12-06",
                "scores": [
                    {"scale": "Reading", "value": Decimal("-1.50"), "level": "NRS 4"},
                    {"value": Decimal("123456789012.123456")},
                    {},
                ],
            },
            {"instrument": "careerscope"},
        ],
        "goals": [
            {
                "goal_id": "G1",
                "term": "interim",
                "kind": "education",
                "category": "training_services",
                "title": "Finish training",
                "occupation": _occupation(),
                "career_cluster": "Health Science",
                "nontraditional": False,
                "outcome": "A licence",
                "measure": "A copy of it",
                "set_on": "2024-01-03",
                "target_on": "2024-06-01",
                "achieved_on": "2024-05-01",
                "status": "achieved",
                "actions": [
                    {
                        "action_id": "A1",
                        "description": "Enrol",
                        "responsible": "service_provider",
                        "responsible_name": "Ms. Lee",
                        "set_on": "2024-01-03",
                        "planned_end_on": "2024-01-10",
                        "actual_end_on": "2024-01-09",
                        "measure": "Receipt",
                        "follow_up": True,
                        "barrier_id": "B1",
                        "service_id": "S2",
                    },
                    {"action_id": "A2", "description": "Attend", "responsible": "participant"},
                ],
            },
            {
                "goal_id": "G2",
                "term": "short_term",
                "kind": "employment",
                "title": "Temporary work",
                "occupation": _occupation(),
                "career_cluster": "Finance",
                "nontraditional": True,
                "outcome": "Income",
                "measure": "Pay stub",
                "set_on": "2024-01-03",
                "target_on": "2024-06-01",
                "achieved_on": "2024-05-01",
                "status": "withdrawn",
                "actions": [
                    {
                        "action_id": "A3",
                        "description": "Apply",
                        "responsible": "program",
                        "responsible_name": "Desk",
                        "set_on": "2024-01-03",
                        "planned_end_on": "2024-01-10",
                        "actual_end_on": "2024-01-09",
                        "measure": "List",
                        "follow_up": False,
                        "barrier_id": "B2",
                        "service_id": "S1",
                    }
                ],
            },
            {
                "goal_id": "G3",
                "term": "overall",
                "kind": "employment",
                "title": "Nurse",
                "occupation": _occupation(),
                "career_cluster": "Law, Public Safety, Corrections & Security",
                "nontraditional": True,
                "outcome": "A job",
                "measure": "90 days",
                "set_on": "2024-01-02",
                "target_on": "2024-11-01",
                "achieved_on": "2024-11-02",
                "status": "not_achieved",
                "actions": [{"action_id": "A4", "description": "Search"}],
            },
            {
                "goal_id": "G4",
                "term": "interim",
                "kind": "employment",
                "category": "career_planning",
                "set_on": "2024-02-01",
            },
            {"goal_id": "G5", "term": "long_term", "kind": "education"},
        ],
        "barriers": [
            {
                "barrier_id": "B1",
                "category": "transportation",
                "description": "No car",
                "identified_on": "2024-01-02",
                "plan": "Bus pass",
                "expected_resolution_on": "2024-03-01",
                "resolved_on": "2024-02-01",
                "goal_id": "G1",
            },
            {"barrier_id": "B2", "category": "other"},
        ],
        "services": [
            {
                "service_id": "S1",
                "category": "iep_development",
                "title": "Plan meeting",
                "provider": "Goodwill",
                "referral": False,
                "justification": "Required",
                "funding": "TANF",
                "planned_start_on": "2024-01-01",
                "planned_end_on": "2024-01-05",
                "started_on": "2024-01-02",
                "ended_on": "2024-01-04",
                "outcome": "successful",
            },
            {
                "service_id": "S2",
                "category": "internship",
                "title": "Hospital",
                "funding": "A grant",
                "started_on": "2024-03-02",
            },
            {"service_id": "S3", "category": "supportive_other", "funding": "Other"},
            {"service_id": "S4", "category": "iep_development"},
        ],
        "activities": [
            {
                "activity_id": "T1",
                "kind": "community_service",
                "title": "Food bank",
                "started_on": "2024-04-01",
                "ends_on": "2024-04-30",
                "ended_on": "2024-04-29",
                "weekly_hours": Decimal("20.25"),
            },
            {"activity_id": "T2", "kind": "other"},
        ],
        "participation_hours": {"required": Decimal("30.5"), "per": "week"},
        "comments": "First line\nsecond line",
        "case_notes": [
            {
                "note_id": "N1",
                "about": "iep_update",
                "title": "Update",
                "dated_on": "2024-03-03",
                "author": "J. Doe",
                "story": "The story.",
                "metrics": [
                    {"label": "Hours", "value": "12.50", "unit": "a week"},
                    {"value": "3", "unit": "visits"},
                    {"label": "Mood"},
                    {},
                ],
                "next_steps": [
                    {"goal": "Call", "process": "by phone", "deadline": "2024-03-10"},
                    {"process": "Write"},
                    {},
                ],
                "follow_up_on": ["2024-03-20", "2024-04-20"],
            },
            {"note_id": "N2", "about": "other", "dated_on": "2024-03-04", "follow_up_on": []},
        ],
        "reviews": [
            {
                "reviewed_on": "2024-06-01",
                "trigger": "significant_change",
                "progress": "Good",
                "plan_changed": True,
            },
            {"trigger": "exit"},
        ],
        "signatures": [
            {
                "role": "guardian",
                "name": "P. Núñez",
                "signed_on": "2024-02-29",
                "method": "telephone",
                "plan_version": 3,
                "release_of_information": True,
                "copy_given_on": "2024-03-01",
            },
            {"role": "case_manager", "name": "Joe Núñez", "signed_on": "2024-02-29"},
        ],
        "extensions": {
            "twist": {"Person/Pet": "Rex", "memo": "a\r\nb"},
            "toolbox": {"Personal/@source": "CAP"},
            "icc": {"Deep/Path": "x", "y": "z"},
        },
    }


def _name(first: str) -> dict[str, str]:
    return {"first": first, "middle": "M.", "last": "Núñez", "suffix": "Jr."}


def _occupation() -> dict[str, str]:
    return {"code": "31-1131.00", "title": "Nursing Assistants"}


def file_plans() -> list[Plan]:
    """Give the plans of `full_twist.xml` and `full_toolbox.xml`: one full, one of empty lists."""
    full = full_plan()
    long = {"note_id": "N3", "about": "progress", "dated_on": "2024-03-05", "title": "Long"}
    full["case_notes"].append({**long, "author": "J. Doe", "story": "x" * 4000 + "end"})
    empty = {
        "schema": "iep/1",
        "plan_id": "P2",
        "version": 1,
        "program": "other",
        "status": "draft",
        "started_on": "2024-05-05",
        "participant": {
            "name": {"first": "A", "last": "B"},
            "date_of_birth": "2000-01-01",
            "identifiers": {"twist": "1", "toolbox": "00000001"},
            "veteran": {"is_veteran": False},
        },
        **{section: [] for section in _LISTS},
    }
    return [read_plan(full), read_plan(empty)]


def chance_plan(seed: int) -> Plan:
    """Give a valid plan that the seed made out of the full one; it may lack what a system needs."""
    chance = random.Random(seed)
    while True:
        data = copy.deepcopy(full_plan())
        _shake(data, chance)
        try:
            return read_plan(data)
        except PlanRefused:
            continue


def _shake(data: dict[str, Any], chance: random.Random) -> None:
    _drop(data, chance, chance.choice((0, 0.02, 0.1, 0.3)), top=True)
    _retext(data, chance, chance.choice((0, 0.1, 0.4)))
    _recode(data, chance)
    for section in _LISTS:
        if chance.random() < 0.06:
            data[section] = []
        elif section in data and chance.random() < 0.1 and section != "goals":
            chance.shuffle(data[section])
    if data.get("goals") and chance.random() < 0.5:
        chance.shuffle(data["goals"])
    if chance.random() < 0.3:
        # what a derived event must avoid, and what it must not
        data.setdefault("services", []).append(
            {"service_id": f"IEP-{data['version']}", "category": "other"}
        )
    if chance.random() < 0.2 and data.get("case_notes"):
        data["case_notes"][0]["story"] = "s" * chance.choice((3999, 4000, 4001, 8000, 12345))
    if chance.random() < 0.3:
        data["extensions"] = {
            system: {chance.choice(_KEYS): chance.choice(_TEXTS) for _ in range(3)}
            for system in ("twist", "toolbox", "cwds")
        }


def _drop(value: Any, chance: random.Random, share: float, *, top: bool = False) -> None:
    kept = {"schema", "plan_id", "version", "status", "participant", "name"} if top else {"name"}
    if isinstance(value, dict):
        for key in list(value):
            if chance.random() < share and key not in kept:
                del value[key]
            elif key != "follow_up_on":
                _drop(value[key], chance, share)
    elif isinstance(value, list):
        for item in value:
            _drop(item, chance, share)
        if chance.random() < share / 2:
            value.clear()


def _retext(value: Any, chance: random.Random, share: float) -> None:
    free = {
        "title", "story", "note", "progress", "plan", "outcome", "measure", "label", "unit",
        "goal", "process", "level", "scale", "first", "last", "board", "branch", "county",
    }  # fmt: skip
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "goal_id" or isinstance(inner, (dict, list)):
                _retext(inner, chance, share)
            elif key == "outcome" and "service_id" in value:
                continue
            elif key in free and isinstance(inner, str) and chance.random() < share:
                value[key] = chance.choice(_TEXTS)
    elif isinstance(value, list):
        for item in value:
            _retext(item, chance, share)


def _recode(data: dict[str, Any], chance: random.Random) -> None:
    for section, field, values in _CODED:
        for part in data.get(section, ()):
            if field in part:
                part[field] = chance.choice(get_args(values))
    for goal in data.get("goals", ()):
        for action in goal.get("actions", ()):
            if "responsible" in action:
                action["responsible"] = chance.choice(get_args(codes.Responsible))
    participant = data["participant"]
    participant["education_level"] = chance.choice(get_args(codes.EducationLevel))
    participant["employment_status"] = chance.choice(get_args(codes.EmploymentStatus))
    participant["sex"] = chance.choice(get_args(codes.Sex))
    if chance.random() < 0.5:
        data["program"] = chance.choice(get_args(codes.Program))
