"""Rules on what a plan holds: goals, barriers, hours, activities."""

from typing import Final

from iepbridge.policy import (
    KEPT,
    NOT_APPLICABLE,
    Break,
    Case,
    Result,
    Rule,
    broken_at,
    each_has,
    missing,
)
from iepbridge_toolbox.rules_sources import CAP


def _goals_set(case: Case) -> Result:
    return KEPT if case.plan.goals else broken_at(["goals"])


def _barriers_planned(case: Case) -> Result:
    return each_has("barriers[{}]".format, case.open_barriers, "plan", "expected_resolution_on")


def _hours_stated(case: Case) -> Result:
    hours = case.plan.participation_hours
    if hours is None:
        return broken_at(["participation_hours"])
    return broken_at(missing(hours, "participation_hours", "required", "per"))


def _activity_under_way(case: Case) -> Result:
    if case.plan.status != "active":
        return NOT_APPLICABLE
    for activity in case.plan.activities or ():
        if activity.ended_on is None or activity.ended_on > case.today:
            return KEPT
    return broken_at(["activities"])


def _barriers_discussed(case: Case) -> Result:
    if case.plan.barriers is not None:
        return KEPT
    return [Break("barriers", "error" if case.plan.program == "tanf_cap" else None)]


def _ends_recorded(case: Case) -> Result:
    activities = enumerate(case.plan.activities or ())
    past = [(at, one) for at, one in activities if one.ends_on and one.ends_on < case.today]
    if not past:
        return NOT_APPLICABLE
    return broken_at([f"activities[{at}].ends_on" for at, one in past if one.ended_on is None])


RULES: Final = (
    Rule(
        id="MO-09",
        severity="error",
        must="have at least one goal",
        path="goals",
        message="The plan has no goal, and goals and barriers form the essence of the plan.",
        remedy="Discuss goals with the participant and enter at least one.",
        clause="CAP, goals and barriers",
        source=CAP,
        check=_goals_set,
    ),
    Rule(
        id="MO-10",
        severity="error",
        must="have for every open barrier a plan and an expected date",
        path="the missing field",
        message="This barrier is open and lacks a plan to overcome it, or the date by which that"
        " is expected; a specific barrier needs both.",
        remedy="Enter the plan and the expected date, or the day on which the barrier was"
        " resolved.",
        clause="CAP, goals and barriers",
        source=CAP,
        check=_barriers_planned,
    ),
    Rule(
        id="MO-11",
        severity="error",
        must="state the participation hours required, and per what",
        path="participation_hours, or participation_hours.required, participation_hours.per",
        message="The plan does not state how many hours of participation are required, or not"
        " whether a week or a month; recording them is a requirement.",
        remedy="Enter the hours required of the participant, and whether they are a week or a"
        " month.",
        clause="CAP, additional comments",
        source=CAP,
        check=_hours_stated,
    ),
    Rule(
        id="MO-12",
        severity="warning",
        must="while active, have an activity that has not ended",
        path="activities",
        message="The plan is active and none of its activities is under way; the activities listed"
        " should be current.",
        remedy="Enter the activity that the participant is in or about to start, or close the"
        " plan.",
        clause="CAP, activity plan",
        source=CAP,
        check=_activity_under_way,
    ),
    Rule(
        id="MO-15",
        severity="warning",
        otherwise="error",
        must="have barriers discussed (N/A is an answer)",
        path="barriers",
        message="The plan does not show that barriers were discussed, and goals and barriers form"
        " its essence.",
        remedy="Discuss barriers with the participant and enter them, or N/A where there are none.",
        clause="CAP, goals and barriers",
        source=CAP,
        check=_barriers_discussed,
    ),
    Rule(
        id="MO-16",
        severity="warning",
        must="have no activity past its end date without the day on which it ended",
        path="activities[i].ends_on",
        message="The end date of this activity has passed, and no actual end is recorded; the"
        " activities listed should be current.",
        remedy="Enter the day on which the activity ended, or its new end date.",
        clause="CAP, activity plan",
        source=CAP,
        check=_ends_recorded,
    ),
)
