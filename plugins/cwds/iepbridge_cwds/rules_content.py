"""Rules on what a plan holds: steps about barriers, services, the ultimate goal."""

from typing import Final

from iepbridge.policy import KEPT, NOT_APPLICABLE, Case, Result, Rule, broken_at, each_has
from iepbridge_cwds.rules_source import SOURCE


def _barriers_acted_on(case: Case) -> Result:
    if not case.open_barriers:
        return NOT_APPLICABLE
    goals = case.plan.goals or ()
    addressed = {action.barrier_id for goal in goals for action in goal.actions or ()}
    return broken_at(
        [
            f"barriers[{at}]"
            for at, barrier in case.open_barriers
            if barrier.barrier_id not in addressed
        ]
    )


def _services_planned(case: Case) -> Result:
    fields = ("provider", "planned_start_on", "planned_end_on")
    return each_has("services[{}]".format, case.other_services, *fields)


def _overall_goal(case: Case) -> Result:
    terms = [goal.term for goal in case.plan.goals or ()]
    return KEPT if "overall" in terms else broken_at(["goals"])


RULES: Final = (
    Rule(
        id="PA-05",
        severity="error",
        must="have an action for every barrier that is not resolved",
        path="barriers[i]",
        message="No action says what will be done about this barrier, and the plan must contain"
        " the steps that the participant will take to address barriers.",
        remedy="Add an action that refers to this barrier, or enter the day on which the barrier"
        " was resolved.",
        clause="I.D.1",
        source=SOURCE,
        check=_barriers_acted_on,
    ),
    Rule(
        id="PA-06",
        severity="error",
        must="give every service but WIS02 a provider and a planned start and end",
        path="the missing field",
        message="This service lacks its provider, or its planned start or end; the plan must say"
        " to whom the participant is referred, and from when to when.",
        remedy="Enter the provider and the planned start and end of the service.",
        clause="I.D.2",
        source=SOURCE,
        check=_services_planned,
    ),
    Rule(
        id="PA-14",
        severity="warning",
        must="have an overall goal",
        path="goals",
        message="The plan has no overall goal, the ultimate goal that its steps lead to.",
        remedy="Agree with the participant on an overall goal and enter it.",
        clause="I.D.1",
        source=SOURCE,
        check=_overall_goal,
    ),
)
