"""A plan with every field, the smallest plan, and how to change one place of them."""

import re
from copy import deepcopy
from decimal import Decimal
from typing import Any

from iepbridge.plan import PlanRefused, read_plan

Data = dict[str, Any]

SMALLEST: Data = {
    "schema": "iep/1",
    "plan_id": "P-1",
    "version": 1,
    "program": "wioa_adult",
    "status": "draft",
    "participant": {"name": {"first": "Ann", "last": "Example"}},
}

_OCCUPATION = {"code": "53-3032.00", "title": "Heavy and Tractor-Trailer Truck Drivers"}
_NAME = {"first": "Ann", "middle": "B.", "last": "Example", "suffix": "III"}

FULL: Data = {
    "schema": "iep/1",
    "plan_id": "PLAN_full-1",
    "version": 3,
    "program": "tanf_mwa",
    "status": "closed",
    "started_on": "2024-01-02",
    "completed_on": "2024-01-09",
    "closed_on": "2024-11-30",
    "development": {
        "mode": "telephone",
        "participant_present": True,
        "telephone_reason": "No bus that day",
    },
    "agency": {
        "state": "TX",
        "board": "Gulf Coast",
        "board_code": "28",
        "office_code": "0047",
        "provider": "JobWorks",
    },
    "case_manager": {
        "staff_id": "S17",
        "name": {**_NAME},
        "employer": "JobWorks",
        "phone": "5125550100",
        "email": "cm@example.org",
    },
    "participant": {
        "identifiers": {"twist": "104512377", "icc": "988"},
        "ssn": "900123456",
        "name": {**_NAME},
        "former_names": [{"name": {**_NAME}, "changed_on": "2020-05-05"}],
        "date_of_birth": "1980-02-29",
        "address": {
            "line1": "1 Élan Rd",
            "line2": "Lot #12",
            "city": "Houston",
            "state": "TX",
            "zip": "77002-0001",
            "county": "Harris",
        },
        "phone": "7135550111",
        "email": "ann@example.org",
        "sex": "female",
        "household": {"type": "single_parent", "since": "2023-01-01"},
        "veteran": {
            "is_veteran": True,
            "branch": "Navy",
            "entered_on": "1999-01-01",
            "separated_on": "2003-01-01",
            "discharge": "Honorable",
        },
        "education_level": "high_school",
        "employment_status": "unemployed",
        "skills": ["Welding", "Spanish"],
    },
    "eligibility": {
        "determined_on": "2023-12-01",
        "enrolled_on": "2023-12-15",
        "exited_on": "2024-11-30",
        "exit_reason": "Employed",
    },
    "credentials": [
        {
            "kind": "license",
            "title": "CDL A",
            "issuer": "DPS",
            "earned_on": "2020-01-01",
            "expires_on": "2026-01-01",
        }
    ],
    "desired_positions": [
        {
            "title": "Driver",
            "occupation": {**_OCCUPATION},
            "minimum_wage": Decimal("18.50"),
            "weekly_hours": 40,
        }
    ],
    "work_history": [
        {
            "employer": "Wal-Mart #1234",
            "title": "Cashier",
            "occupation": {**_OCCUPATION},
            "started_on": "2019-03-25",
            "ended_on": "2021-03-25",
            "weekly_hours": Decimal("37.5"),
            "hourly_wage": Decimal("12.25"),
            "volunteer": False,
            "reason_for_leaving": "laid_off",
            "note": "Store closed",
        },
        {},
    ],
    "family_members": [
        {
            "name": {**_NAME},
            "relation": "child",
            "date_of_birth": "2015-06-06",
            "on_assistance_case": True,
        }
    ],
    "assessments": [
        {
            "instrument": "tabe",
            "name": "TABE 11/12",
            "taken_on": "2024-01-03",
            "reviewed_on": "2024-01-04",
            "scores": [{"scale": "Reading", "value": Decimal("550.22"), "level": "NRS 4"}],
        }
    ],
    "goals": [
        {
            "goal_id": "G1",
            "term": "overall",
            "kind": "employment",
            "title": "Drive a truck",
            "occupation": {**_OCCUPATION},
            "career_cluster": "Transportation, Distribution & Logistics",
            "nontraditional": True,
            "outcome": "Hold a job",
            "measure": "Pay stub",
            "set_on": "2024-01-02",
            "target_on": "2024-09-01",
            "achieved_on": "2024-08-01",
            "status": "achieved",
            "actions": [
                {
                    "action_id": "A1",
                    "description": "Pass the test",
                    "responsible": "participant",
                    "responsible_name": "Ann",
                    "set_on": "2024-01-02",
                    "planned_end_on": "2024-02-01",
                    "actual_end_on": "2024-02-02",
                    "measure": "Licence",
                    "follow_up": False,
                    "barrier_id": "B1",
                    "service_id": "S1",
                },
                {"action_id": "A2"},
            ],
        },
        {"goal_id": "G2", "term": "interim", "kind": "education", "category": "career_planning"},
    ],
    "barriers": [
        {
            "barrier_id": "B1",
            "category": "transportation",
            "description": "No car",
            "identified_on": "2024-01-02",
            "plan": "Bus pass",
            "expected_resolution_on": "2024-02-01",
            "resolved_on": "2024-03-01",
            "goal_id": "G1",
        },
        {"barrier_id": "B2", "category": "other"},
    ],
    "services": [
        {
            "service_id": "S1",
            "category": "occupational_training",
            "title": "CDL school",
            "provider": "College",
            "referral": True,
            "justification": "In demand",
            "funding": "WIOA",
            "planned_start_on": "2024-01-10",
            "planned_end_on": "2024-03-10",
            "started_on": "2024-01-11",
            "ended_on": "2024-03-11",
            "outcome": "successful",
        },
        {"service_id": "S2", "category": "iep_development"},
    ],
    "activities": [
        {
            "activity_id": "AC1",
            "kind": "work_experience",
            "title": "Yard",
            "started_on": "2024-01-10",
            "ends_on": "2024-02-10",
            "ended_on": "2024-02-11",
            "weekly_hours": Decimal("22.25"),
        },
        {"activity_id": "AC2", "kind": "other"},
    ],
    "participation_hours": {"required": 30, "per": "week"},
    "comments": "All went well.\nSee notes.",
    "case_notes": [
        {
            "note_id": "N1",
            "about": "progress",
            "title": "Week 1",
            "dated_on": "2024-01-12",
            "author": "C. M.",
            "story": "She came.",
            "metrics": [{"label": "Jobs applied for", "value": "7", "unit": "jobs"}],
            "next_steps": [{"goal": "Pass", "process": "Study", "deadline": "2024-02-01"}],
            "follow_up_on": ["2024-01-19", "2024-01-26"],
        },
        {"note_id": "N2", "about": "other"},
    ],
    "reviews": [
        {
            "reviewed_on": "2024-03-12",
            "trigger": "service_completed",
            "progress": "Good",
            "plan_changed": False,
        }
    ],
    "signatures": [
        {
            "role": "participant",
            "name": "Ann Example",
            "signed_on": "2024-01-09",
            "method": "electronic",
            "plan_version": 3,
            "release_of_information": True,
            "copy_given_on": "2024-01-09",
        }
    ],
    "extensions": {"twist": {"Extra": "kept"}, "other": {"Note/@by": "too"}},
}

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

DROP = object()
"""As a value for `changed`: take the field away."""


def changed(data: Data, path: str, value: object) -> Data:
    """Copy a plan with one place changed, or taken away."""
    copy = deepcopy(data)
    *outer, last = [name or int(index) for name, index in _STEP.findall(path)]
    place: Any = copy
    for step in outer:
        place = place[step]
    if value is DROP:
        del place[last]
    else:
        place[last] = value
    return copy


def refusals(data: Data) -> list[tuple[int, str]]:
    """List what the model refuses in a plan: number and path."""
    try:
        read_plan(data)
    except PlanRefused as refusal:
        return [(problem.number, problem.path) for problem in refusal.problems]
    return []


def pattern(path: str) -> str:
    """Write a leaf's path without its indexes and without the keys of maps."""
    path = re.sub(r"^(participant\.identifiers|extensions\.[^.]+)\..+", r"\1.{}", path)
    path = re.sub(r"^extensions\.[^.]+", "extensions.{}", path)
    return re.sub(r"\[\d+\]", "[]", path)
