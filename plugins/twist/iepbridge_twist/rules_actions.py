"""What Texas asks of the actions under the goals of a plan."""

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
)
from iepbridge_twist.rules_source import SOURCE

_STAFF_SIDE: Final = frozenset({"staff", "program", "service_provider"})


def _actions_name_who_is_responsible(case: Case) -> Result:
    if not case.actions:
        return NOT_APPLICABLE
    return broken_at(
        [
            f"{place}.responsible" if action.responsible is None else f"{place}.responsible_name"
            for place, action in case.actions
            if action.responsible is None
            or (action.responsible == "other" and action.responsible_name is None)
        ]
    )


def _actions_are_shared(case: Case) -> Result:
    if not case.actions:
        return NOT_APPLICABLE
    parties = {action.responsible for _, action in case.actions}
    shared = "participant" in parties and not parties.isdisjoint(_STAFF_SIDE)
    return KEPT if shared else (Break("goals"),)


def _actions_are_dated(case: Case) -> Result:
    return each_has(case.actions, "set_on", "planned_end_on")


def _overdue_actions_are_reviewed(case: Case) -> Result:
    if case.plan.status != "active":
        return NOT_APPLICABLE
    overdue = [
        (place, day)
        for place, action in case.actions
        if action.actual_end_on is None
        and (day := action.planned_end_on) is not None
        and day < case.today
    ]
    if not overdue:
        return NOT_APPLICABLE
    last = case.last_review
    return broken_at(
        f"{place}.planned_end_on" for place, day in overdue if last is None or last < day
    )


def _actions_end_with_their_goal(case: Case) -> Result:
    actions = [
        (f"goals[{goal_at}].actions[{at}]", action)
        for goal_at, goal in enumerate(case.plan.goals or ())
        if goal.status == "achieved"
        for at, action in enumerate(goal.actions or ())
    ]
    return each_has(actions, "actual_end_on")


RULES: Final = (
    Rule(
        id="TX-07",
        severity="error",
        must="name who is responsible for every action, by name where that is another party",
        path="the missing field",
        message="This action does not say who is responsible for it, so nobody answers for its "
        "being done.",
        remedy="Enter the party that is responsible for the action; for another party than those "
        "in the list, enter the name as well.",
        clause="Actions",
        source=SOURCE,
        check=_actions_name_who_is_responsible,
    ),
    Rule(
        id="TX-08",
        severity="warning",
        must="share the actions: at least one by the participant and one by staff, program or "
        "service provider",
        path="goals",
        message="The actions are not shared between the customer and staff: one side has none to "
        "answer for.",
        remedy="Make the customer responsible for at least one action, and staff, the program or a "
        "service provider for at least one other.",
        clause="Actions",
        source=SOURCE,
        check=_actions_are_shared,
    ),
    Rule(
        id="TX-09",
        severity="error",
        must="give every action a set date and a planned end date",
        path="the missing field",
        message="This date of an action is missing, so the plan does not say when the action "
        "begins and when it should be done.",
        remedy="Enter the day the action was set, or the day it is estimated to end.",
        clause="Data entry, IEP",
        source=SOURCE,
        check=_actions_are_dated,
    ),
    Rule(
        id="TX-16",
        severity="warning",
        must="while active, have a review on or after the planned end of every action that has "
        "passed it without an actual end",
        path="the action's planned_end_on",
        message="This action has passed its planned end without an actual end, and the plan has "
        "not been reviewed since; it is to be reviewed when an activity takes longer than planned.",
        remedy="Enter the actual end if the action is done; else review the plan with the "
        "customer, record the review, and set a new planned end.",
        clause="Expectations",
        source=SOURCE,
        check=_overdue_actions_are_reviewed,
    ),
    Rule(
        id="TX-20",
        severity="warning",
        must="have no action without actual end under a goal that is achieved",
        path="the action's actual_end_on",
        message="The goal is achieved, but this action under it has no actual end, so the plan "
        "still shows it as going on.",
        remedy="Enter the day on which the customer completed the action.",
        clause="Data entry, IEP",
        source=SOURCE,
        check=_actions_end_with_their_goal,
    ),
)
