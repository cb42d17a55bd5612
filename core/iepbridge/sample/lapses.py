"""What real plans lack of what policy asks: every system still takes the plan's file."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from iepbridge.sample.case import PlanPart
from iepbridge.sample.draw import Draw

Change = Callable[[Draw, PlanPart], None]

SECTIONS: Final = (
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
_OPTIONAL: Final = ("development", "eligibility", "participation_hours", "comments")
_UNHURRIED: Final = (
    "desired_positions",
    "work_history",
    "family_members",
    "activities",
    "comments",
    "reviews",
)
_REFERENCES: Final = {"barriers": "barrier_id", "services": "service_id"}


def lapse(draw: Draw, plan: PlanPart) -> None:
    """Let the plan fall short of policy in one way, and say little beyond what policy asks."""
    _hurried(draw, plan)
    draw.pick(_LAPSES)(draw, plan)


def blank(plan: PlanPart, section: str, *, discussed: bool) -> None:
    """Empty a section, or take it out where it was not discussed, and what refers to it."""
    if discussed:
        plan[section] = []
    else:
        plan.pop(section, None)
    if section == "goals":
        _forget(plan.get("barriers") or (), "goal_id")
    for action in _actions(plan) if section in _REFERENCES else ():
        action.pop(_REFERENCES[section], None)


def _forget(parts: Iterable[PlanPart], *fields: str) -> None:
    for part in parts:
        for field in fields:
            part.pop(field, None)


def _actions(plan: PlanPart) -> Iterator[PlanPart]:
    return (action for goal in plan.get("goals") or () for action in goal.get("actions") or ())


def draft(draw: Draw, plan: PlanPart) -> None:
    """Make a plan that is still being written: half its sections, nothing signed."""
    for section in SECTIONS[:-1]:
        roll = draw.roll()
        if roll < 0.62:
            blank(plan, section, discussed=roll < 0.28)
    for section in _OPTIONAL:
        if draw.chance(0.5):
            plan.pop(section, None)
    blank(plan, "signatures", discussed=draw.chance(0.4))
    _uncompleted(plan)
    plan["status"] = "draft"


def _uncompleted(plan: PlanPart) -> None:
    for field in ("completed_on", "closed_on"):
        plan.pop(field, None)
    _forget([plan.get("eligibility", {})], "exited_on", "exit_reason")


def _hurried(draw: Draw, plan: PlanPart) -> None:
    """Leave most of what policy does not insist on undiscussed."""
    for section in _UNHURRIED:
        if draw.chance(0.85):
            plan.pop(section, None)


def _in_progress(draw: Draw, plan: PlanPart) -> None:
    """Leave the plan active, neither completed nor signed."""
    _uncompleted(plan)
    plan["status"] = "active"
    blank(plan, "signatures", discussed=draw.chance(0.5))


def _blank_section(draw: Draw, plan: PlanPart) -> None:
    blank(plan, draw.pick(SECTIONS), discussed=draw.chance(0.5))


def _unsigned(draw: Draw, plan: PlanPart) -> None:
    plan["signatures"].pop(draw.between(0, len(plan["signatures"]) - 1))


def _signed_earlier(_: Draw, plan: PlanPart) -> None:
    """Leave only version 1 signed, without a copy and without the release."""
    for signature in plan["signatures"]:
        _forget([signature], "copy_given_on")
        if "release_of_information" in signature:
            signature["release_of_information"] = False
        signature["plan_version"] = 1


def _unjustified(_: Draw, plan: PlanPart) -> None:
    _forget(plan["services"], "justification")


def _unplanned_services(draw: Draw, plan: PlanPart) -> None:
    field = draw.pick(("provider", "planned_start_on", "planned_end_on"))
    _forget(plan["services"], field)


def _event_left_open(draw: Draw, plan: PlanPart) -> None:
    fields = draw.pick((("ended_on", "outcome"), ("outcome",)))
    for service in plan["services"]:
        if service["category"] == "iep_development":
            _forget([service], *fields)


def _unreviewed(draw: Draw, plan: PlanPart) -> None:
    _forget(plan["assessments"][draw.between(0, 3) :], "reviewed_on")


def _untested(draw: Draw, plan: PlanPart) -> None:
    assessments = plan["assessments"]
    del assessments[draw.between(1, 3) :]
    _forget(assessments[1:], "scores")


def _vague_goals(draw: Draw, plan: PlanPart) -> None:
    fields = draw.pick((("outcome", "measure"), ("target_on",), ("measure",), ("status",)))
    _forget(plan["goals"], *fields)


def _vague_actions(draw: Draw, plan: PlanPart) -> None:
    _forget(_actions(plan), draw.pick(("measure", "planned_end_on", "set_on")))


def _bare_goals(_: Draw, plan: PlanPart) -> None:
    _forget(plan["goals"], "actions")


def _no_occupation(_: Draw, plan: PlanPart) -> None:
    _forget(plan["goals"], "occupation")


def _no_interim_goals(_: Draw, plan: PlanPart) -> None:
    for goal in plan["goals"]:
        if goal["term"] == "interim":
            goal["term"] = "short_term"
            del goal["category"]


def _unplanned_barriers(_: Draw, plan: PlanPart) -> None:
    _forget(plan.get("barriers") or (), "plan", "expected_resolution_on")
    _forget(_actions(plan), "barrier_id")


def _without_participant(_: Draw, plan: PlanPart) -> None:
    plan["development"] = {"mode": "telephone", "participant_present": False}


def _active_early(_: Draw, plan: PlanPart) -> None:
    """Let an activity begin before the plan was agreed."""
    early = {"activity_id": "W1", "kind": "job_search_readiness"}
    plan["activities"] = [{**early, "started_on": plan["eligibility"]["determined_on"]}]


def _undiscussed_person(_: Draw, plan: PlanPart) -> None:
    _forget([plan["participant"]], "veteran", "ssn", "household")


def _eligibility_unknown(_: Draw, plan: PlanPart) -> None:
    _forget([plan["eligibility"]], "determined_on")
    if not plan["eligibility"]:
        del plan["eligibility"]


def _no_hours(draw: Draw, plan: PlanPart) -> None:
    fields = draw.pick((("per",), ("required",), ("required", "per")))
    _forget([plan["participation_hours"]], *fields)
    if not plan["participation_hours"]:
        del plan["participation_hours"]


def _thin_incentive(draw: Draw, plan: PlanPart) -> None:
    field = draw.pick(("next_steps", "follow_up_on", "metrics", "title"))
    for note in plan["case_notes"]:
        note["about"] = "incentive"
        _forget([note], field)


def _closed_early(_: Draw, plan: PlanPart) -> None:
    plan["status"] = "closed"
    plan["closed_on"] = plan.get("closed_on", plan["completed_on"])
    _forget([plan["eligibility"]], "exited_on", "exit_reason")


_LAPSES: Final[tuple[Change, ...]] = (
    *(draft,) * 5,
    *(_blank_section,) * 3,
    *(_without_participant, _signed_earlier) * 2,
    _in_progress,
    _unsigned,
    _unjustified,
    _unplanned_services,
    _event_left_open,
    _unreviewed,
    _untested,
    _vague_goals,
    _vague_actions,
    _bare_goals,
    _no_occupation,
    _no_interim_goals,
    _unplanned_barriers,
    _active_early,
    _undiscussed_person,
    _eligibility_unknown,
    _no_hours,
    _thin_incentive,
    _closed_early,
)
