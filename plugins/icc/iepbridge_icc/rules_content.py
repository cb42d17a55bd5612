"""What Indiana asks a plan to contain: goals, barriers, services and actions."""

from typing import Final

from iepbridge.plan.codes import GoalKind
from iepbridge.policy import KEPT, Break, Case, Result, Rule, each_has
from iepbridge_icc.rules_source import SOURCE

_INITIAL: Final = frozenset({"short_term", "interim"})
_LONG_TERM: Final = frozenset({"long_term", "overall"})


def _has_goal(case: Case, kind: GoalKind) -> Result:
    found = any(goal.kind == kind for goal in case.plan.goals or ())
    return KEPT if found else (Break("goals"),)


def _has_employment_goal(case: Case) -> Result:
    return _has_goal(case, "employment")


def _has_educational_goal(case: Case) -> Result:
    return _has_goal(case, "education")


def _has_initial_and_long_term_goals(case: Case) -> Result:
    terms = {goal.term for goal in case.plan.goals or ()}
    lacks_one = terms.isdisjoint(_INITIAL) or terms.isdisjoint(_LONG_TERM)
    return (Break("goals"),) if lacks_one else KEPT


def _barriers_are_discussed(case: Case) -> Result:
    return (Break("barriers"),) if case.plan.barriers is None else KEPT


def _services_are_justified(case: Case) -> Result:
    return each_has("services[{}]".format, case.other_services, "justification")


def _actions_are_measurable(case: Case) -> Result:
    fields = ("measure", "planned_end_on", "responsible")
    return each_has(case.action_path, enumerate(case.actions), *fields)


def _employment_goal_has_action(case: Case) -> Result:
    goals = case.plan.goals or ()
    found = any(goal.kind == "employment" and goal.actions for goal in goals)
    return KEPT if found else (Break("goals"),)


def _has_other_service(case: Case) -> Result:
    return KEPT if case.other_services else (Break("services"),)


RULES: Final = (
    Rule(
        id="IN-01",
        severity="error",
        must="have an employment goal",
        path="goals",
        message="The plan has no employment goal; all its services are there to reach one.",
        remedy="Agree with the participant on an employment goal and add it.",
        clause="Content; A",
        source=SOURCE,
        check=_has_employment_goal,
    ),
    Rule(
        id="IN-02",
        severity="info",
        must="have an educational goal",
        path="goals",
        message="The plan has no educational goal; a plan names one beside the employment goal.",
        remedy="Add an educational goal if the participant needs training or education.",
        clause="Content",
        source=SOURCE,
        check=_has_educational_goal,
    ),
    Rule(
        id="IN-03",
        severity="warning",
        must="have both an initial goal (short-term or interim) and a long-term (or overall) goal",
        path="goals",
        message="The plan lacks an initial goal, such as part-time work or training, or a "
        "long-term one, the career; it should include both.",
        remedy="Add the goal that is missing: a short-term or interim one, or a long-term or "
        "overall one.",
        clause="A",
        source=SOURCE,
        check=_has_initial_and_long_term_goals,
    ),
    Rule(
        id="IN-04",
        severity="warning",
        must="have barriers discussed",
        path="barriers",
        message="The plan does not show that needs and barriers were discussed; they decide which "
        "services are appropriate.",
        remedy="Record the barriers that the assessment identified, or that there are none.",
        clause="A, needs and barriers",
        source=SOURCE,
        check=_barriers_are_discussed,
    ),
    Rule(
        id="IN-05",
        severity="error",
        must="justify every service other than the IEP event",
        path="services[i].justification",
        message="This service has no justification; each service provided is to be justified by "
        "the participant's needs and barriers.",
        remedy="Write which need or barrier the service answers, and why it is appropriate.",
        clause="A, needs and barriers",
        source=SOURCE,
        check=_services_are_justified,
    ),
    Rule(
        id="IN-06",
        severity="error",
        must="give every action a measure, a planned end and a responsible party",
        path="the missing field",
        message="This field of an action is missing: steps are to be measurable, with a timeline "
        "and with someone responsible for completing each.",
        remedy="Enter how completion of the action is measured, when it should end, or who is "
        "responsible for it.",
        clause="A, action plan",
        source=SOURCE,
        check=_actions_are_measurable,
    ),
    Rule(
        id="IN-16",
        severity="warning",
        must="have an action under an employment goal",
        path="goals",
        message="No employment goal has an action, so the plan does not outline the steps that "
        "complete one.",
        remedy="Add the participant's steps, such as job search or training, under the employment "
        "goal.",
        clause="A, action plan",
        source=SOURCE,
        check=_employment_goal_has_action,
    ),
    Rule(
        id="IN-17",
        severity="warning",
        must="have another service beside the IEP event",
        path="services",
        message="The plan names no service but the making of the plan itself; it should hold the "
        "services that are appropriate for the participant.",
        remedy="Add the services and referrals that lead to the participant's goals.",
        clause="Content",
        source=SOURCE,
        check=_has_other_service,
    ),
)
