"""Parts of plans for the examples of rules, each with an id of its own and what it must have."""

from itertools import count
from typing import Any

Part = dict[str, Any]

_NUMBERS = count(1)


def goal(term: str = "overall", kind: str = "employment", **fields: Any) -> Part:
    category = {"category": "career_planning"} if term == "interim" else {}
    return {"goal_id": _id("G"), "term": term, "kind": kind, **category, **fields}


def action(**fields: Any) -> Part:
    return {"action_id": _id("A"), **fields}


def service(category: str = "occupational_training", **fields: Any) -> Part:
    return {"service_id": _id("S"), "category": category, **fields}


def event(started_on: str | None = None, ended_on: str | None = None, **fields: Any) -> Part:
    return service("iep_development", started_on=started_on, ended_on=ended_on, **fields)


def note(about: str, dated_on: str | None = None, **fields: Any) -> Part:
    return {"note_id": _id("N"), "about": about, "dated_on": dated_on, **fields}


def review(reviewed_on: str | None = None, **fields: Any) -> Part:
    return {"trigger": "scheduled", "reviewed_on": reviewed_on, **fields}


def signature(role: str, plan_version: int | None = 1, **fields: Any) -> Part:
    """Make a signature, dated unless `signed_on` says otherwise."""
    return {"role": role, "signed_on": "2024-06-03", "plan_version": plan_version, **fields}


def both(plan_version: int | None = 1, role: str = "participant", **fields: Any) -> list[Part]:
    """Make the signatures of both sides, `role` being the participant's."""
    staff = signature("case_manager", plan_version)
    return [signature(role, plan_version, **fields), staff]


def _id(letter: str) -> str:
    return f"{letter}{next(_NUMBERS)}"
