"""What Texas asks of the goals of a plan."""

import datetime
from dataclasses import dataclass, field
from typing import Final

from iepbridge.plan.parts import Goal
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
from iepbridge_twist.rules_participating import mentions_participating, only_participates
from iepbridge_twist.rules_source import SOURCE


@dataclass(slots=True)
class _Goals:
    """What one look at the goals gives to the rules on them: parts and days with their places."""

    overall: tuple[int, Goal] | None = None
    interim: list[tuple[int, Goal]] = field(default_factory=list)
    achieved: list[tuple[int, datetime.date]] = field(default_factory=list)


def _look(case: Case) -> _Goals:
    found = _Goals()
    for at, goal in enumerate(case.plan.goals or ()):
        term, achieved_on = goal.term, goal.achieved_on
        if term == "interim":
            found.interim.append((at, goal))
        elif term == "overall":  # of which the model takes one at most
            found.overall = (at, goal)
        if achieved_on is not None:
            found.achieved.append((at, achieved_on))
    return found


def _has_employment_goal(case: Case) -> Result:
    overall = case.once(_look).overall
    if overall is None:
        return (Break("goals"),)
    at, goal = overall
    return KEPT if goal.kind == "employment" else (Break(f"goals[{at}].kind"),)


def _names_occupation(case: Case) -> Result:
    overall = case.once(_look).overall
    if overall is None or overall[1].kind != "employment":
        return NOT_APPLICABLE
    at, goal = overall
    occupation = goal.occupation
    if occupation and occupation.code and occupation.title:
        return KEPT
    if goal.career_cluster is None:
        return (Break(f"goals[{at}].occupation"),)
    return KEPT if case.notes_about("career_exploration") else (Break("case_notes"),)


def _has_interim_goal(case: Case) -> Result:
    return KEPT if case.once(_look).interim else (Break("goals"),)


def _interim_goals_are_complete(case: Case) -> Result:
    fields = ("set_on", "target_on", "outcome", "measure")
    return each_has("goals[{}]".format, case.once(_look).interim, *fields)


def _texts_say_what_is_achieved(case: Case) -> Result:
    goals = case.once(_look).interim
    texts = [text for _, goal in goals for text in (goal.outcome, goal.measure) if text is not None]
    if not texts:
        return NOT_APPLICABLE
    if not mentions_participating("\n".join(texts)):
        return KEPT  # as most plans, which need no closer look
    return broken_at(
        [
            f"goals[{at}].{field}"
            for at, goal in goals
            for field, text in (("outcome", goal.outcome), ("measure", goal.measure))
            if text is not None and only_participates(text)
        ]
    )


def _first_is_set_with_the_event(case: Case) -> Result:
    """Compare with what is there: what is missing altogether breaks TX-04, TX-11 or TX-12."""
    goals = case.once(_look).interim
    if not goals:
        return NOT_APPLICABLE
    at, goal = goals[0]
    day = goal.set_on
    starts = [one.started_on for _, one in case.events]
    dates = [one.dated_on for _, one in case.notes_about("iep_development")]
    if day is None or not (starts or dates):
        return NOT_APPLICABLE
    kept = (not starts or day in starts) and (not dates or day in dates)
    return KEPT if kept else (Break(f"goals[{at}].set_on"),)


def _last_has_follow_up(case: Case) -> Result:
    goals = case.once(_look).interim
    if not goals:
        return NOT_APPLICABLE
    at, goal = goals[-1]
    for action in goal.actions or ():
        if action.follow_up:
            return KEPT
    return (Break(f"goals[{at}].actions"),)


def _interim_goals_have_actions(case: Case) -> Result:
    goals = case.once(_look).interim
    if not goals:
        return NOT_APPLICABLE
    return broken_at([f"goals[{at}].actions" for at, goal in goals if not goal.actions])


def _achievements_are_reviewed(case: Case) -> Result:
    days = case.once(_look).achieved
    if not days:
        return NOT_APPLICABLE
    return broken_at(
        [f"goals[{at}].achieved_on" for at, day in days if not case.reviewed_since(day)]
    )


RULES: Final = (
    Rule(
        id="TX-01",
        severity="error",
        must="have an overall goal of kind employment",
        path="goals, or goals[i].kind",
        message="The plan has no overall goal of kind employment, so it does not say which job "
        "its steps lead to.",
        remedy="Agree with the customer on an overall employment goal and enter it; if the overall "
        "goal is entered as an educational one, correct its kind.",
        clause="Employment goal",
        source=SOURCE,
        check=_has_employment_goal,
    ),
    Rule(
        id="TX-02",
        severity="error",
        must="name in the overall goal a specific occupation, by code and title; or, until one is "
        "agreed, a career cluster, with a case note about career exploration",
        path="goals[i].occupation, or case_notes where a cluster stands",
        message="The overall goal names no specific occupation by code and title; until one is "
        "agreed, only a career cluster together with a case note about career exploration may "
        "stand in its place.",
        remedy="Enter the code and title of the occupation. If none is agreed yet, enter a career "
        "cluster and write a case note about how careers are being explored.",
        clause="Employment goal",
        source=SOURCE,
        check=_names_occupation,
    ),
    Rule(
        id="TX-03",
        severity="error",
        must="have at least one interim goal",
        path="goals",
        message="The plan has no interim goal, so nothing in it can be reached within a short "
        "time and give the customer a sense of accomplishment.",
        remedy="Add at least one interim goal.",
        clause="Interim goals",
        source=SOURCE,
        check=_has_interim_goal,
    ),
    Rule(
        id="TX-04",
        severity="error",
        must="give every interim goal a set date, a target date, an outcome and a measure",
        path="the missing field",
        message="This field of an interim goal is missing: without its time frame, its outcome "
        "and its measure nobody can tell whether the goal was reached.",
        remedy="Enter the missing date or text.",
        clause="Interim goals",
        source=SOURCE,
        check=_interim_goals_are_complete,
    ),
    Rule(
        id="TX-05",
        severity="warning",
        must="not have an interim goal whose outcome or measure only says that the customer "
        "participates, attends or enrols",
        path="the text",
        message="This text only says that the customer takes part in something; that alone is no "
        "adequate goal, since it does not say what is to be attained.",
        remedy="Write what the customer will have attained, and by what that is measured, such as "
        "a certificate, a score or a number of applications.",
        clause="Interim goals",
        source=SOURCE,
        check=_texts_say_what_is_achieved,
    ),
    Rule(
        id="TX-06",
        severity="error",
        must="have the first interim goal set on the day that an IEP event (service 68) starts and "
        "a case note about the development of the plan is dated",
        path="goals[i].set_on",
        message="The set date of the first interim goal differs from the start of service 68, or "
        "from the date of the case note about the development of the plan; the three should "
        "match.",
        remedy="Correct whichever is wrong: the goal's set date, the start of service 68, or the "
        "date of the case note.",
        clause="Interim goals; Data entry, IEP",
        source=SOURCE,
        check=_first_is_set_with_the_event,
    ),
    Rule(
        id="TX-10",
        severity="warning",
        must="have a follow-up action under the last interim goal",
        path="goals[i].actions",
        message="The last interim goal has no follow-up action, so nothing is planned for the "
        "time after it.",
        remedy="Add an action under the last interim goal and mark it as follow-up.",
        clause="Interim goals, note",
        source=SOURCE,
        check=_last_has_follow_up,
    ),
    Rule(
        id="TX-17",
        severity="error",
        must="have an action under every interim goal",
        path="goals[i].actions",
        message="This interim goal has no action, so the plan does not say what will be done to "
        "reach it.",
        remedy="Add the steps and services, supportive ones included, that lead to this goal.",
        clause="Actions",
        source=SOURCE,
        check=_interim_goals_have_actions,
    ),
    Rule(
        id="TX-19",
        severity="warning",
        must="have a review on or after every day on which a goal was achieved",
        path="goals[i].achieved_on",
        message="A goal was achieved and the plan has not been reviewed since; it is to be "
        "reviewed when a goal is completed.",
        remedy="Review the plan with the customer and record the review with its date.",
        clause="Expectations",
        source=SOURCE,
        check=_achievements_are_reviewed,
    ),
)
