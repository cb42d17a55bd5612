"""What Texas asks of the actions under the goals of a plan."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from iepbridge.policy import (
    KEPT,
    NOT_APPLICABLE,
    Break,
    Case,
    Result,
    Rule,
    broken_at,
)
from iepbridge_twist.rules_source import SOURCE

_STAFF_SIDE: Final = frozenset({"staff", "program", "service_provider"})

_Place: TypeAlias = tuple[int, int]
"""Where an action stands: the place of its goal, and its own."""


@dataclass(slots=True)
class _Actions:
    """What one look at the actions gives to the rules on them: places, and what they need."""

    parties: set[str | None] = field(default_factory=set)
    unnamed: list[tuple[_Place, str]] = field(default_factory=list)
    undated: list[tuple[_Place, str]] = field(default_factory=list)
    overdue: list[tuple[_Place, datetime.date]] = field(default_factory=list)
    of_achieved: list[tuple[_Place, datetime.date | None]] = field(default_factory=list)


def _look(case: Case) -> _Actions:
    found = _Actions()
    for goal_at, goal in enumerate(case.plan.goals or ()):
        achieved = goal.status == "achieved"
        for at, action in enumerate(goal.actions or ()):
            place = (goal_at, at)
            party, planned, actual = action.responsible, action.planned_end_on, action.actual_end_on
            found.parties.add(party)
            if party is None:
                found.unnamed.append((place, "responsible"))
            elif party == "other" and action.responsible_name is None:
                found.unnamed.append((place, "responsible_name"))
            if action.set_on is None:
                found.undated.append((place, "set_on"))
            if planned is None:
                found.undated.append((place, "planned_end_on"))
            elif actual is None and planned < case.today:
                found.overdue.append((place, planned))
            if achieved:
                found.of_achieved.append((place, actual))
    return found


def _actions_name_who_is_responsible(case: Case) -> Result:
    actions = case.once(_look)
    return _broken(actions.unnamed) if actions.parties else NOT_APPLICABLE


def _actions_are_shared(case: Case) -> Result:
    parties = case.once(_look).parties
    if not parties:
        return NOT_APPLICABLE
    shared = "participant" in parties and not parties.isdisjoint(_STAFF_SIDE)
    return KEPT if shared else (Break("goals"),)


def _actions_are_dated(case: Case) -> Result:
    actions = case.once(_look)
    return _broken(actions.undated) if actions.parties else NOT_APPLICABLE


def _overdue_actions_are_reviewed(case: Case) -> Result:
    overdue = case.once(_look).overdue
    if case.plan.status != "active" or not overdue:
        return NOT_APPLICABLE
    last = case.last_review
    late = [place for place, day in overdue if last is None or last < day]
    return _broken([(place, "planned_end_on") for place in late])


def _actions_end_with_their_goal(case: Case) -> Result:
    actions = case.once(_look).of_achieved
    if not actions:
        return NOT_APPLICABLE
    return _broken([(place, "actual_end_on") for place, end in actions if end is None])


def _broken(places: Sequence[tuple[_Place, str]]) -> Result:
    if not places:
        return KEPT
    return broken_at([_path(*place, name) for place, name in places])


@lru_cache(maxsize=10_000)
def _path(goal_at: int, at: int, name: str) -> str:
    """Give the path of a field of an action: mostly one that another plan has had already."""
    return f"goals[{goal_at}].actions[{at}].{name}"


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
