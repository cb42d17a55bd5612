"""The refusals 2 to 5: what no single field can see.

Every plan passes here, so nothing is written out, paths least of all, until something is wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

from iepbridge.plan.part import Part
from iepbridge.plan.parts import Action
from iepbridge.plan.plan import Plan
from iepbridge.plan.refusals import Problem

_Dates: TypeAlias = Callable[[Any], tuple[date | None, date | None]]


class _Pair:
    """Two dates that must not go back, unless `between` stands: then its own pairs count."""

    def __init__(self, earlier: str, later: str, between: str | None = None) -> None:
        self.earlier = earlier
        self.later = later
        self.dates: _Dates = attrgetter(earlier, later)
        self._between = between

    def is_bridged(self, part: object) -> bool:
        return self._between is not None and getattr(part, self._between) is not None


class _Step(NamedTuple):
    """An action and its place: `goals[goal].actions[place]`."""

    goal: int
    place: int
    action: Action

    def path(self, field: str) -> str:
        return f"goals[{self.goal}].actions[{self.place}].{field}"


_PLAN: Final = (
    _Pair("started_on", "completed_on"),
    _Pair("completed_on", "closed_on"),
    _Pair("started_on", "closed_on", "completed_on"),
)
_ELIGIBILITY: Final = (
    _Pair("determined_on", "enrolled_on"),
    _Pair("enrolled_on", "exited_on"),
    _Pair("determined_on", "exited_on", "enrolled_on"),
)
_VETERAN: Final = (_Pair("entered_on", "separated_on"),)
_ACTION: Final = (_Pair("set_on", "planned_end_on"), _Pair("set_on", "actual_end_on"))
_SECTIONS: Final = {
    "credentials": (_Pair("earned_on", "expires_on"),),
    "work_history": (_Pair("started_on", "ended_on"),),
    "assessments": (_Pair("taken_on", "reviewed_on"),),
    "goals": (_Pair("set_on", "target_on"), _Pair("set_on", "achieved_on")),
    "barriers": (
        _Pair("identified_on", "expected_resolution_on"),
        _Pair("identified_on", "resolved_on"),
    ),
    "services": (_Pair("planned_start_on", "planned_end_on"), _Pair("started_on", "ended_on")),
    "activities": (_Pair("started_on", "ends_on"), _Pair("started_on", "ended_on")),
    "signatures": (_Pair("signed_on", "copy_given_on"),),
}
_IDS: Final = {
    "goals": "goal_id",
    "barriers": "barrier_id",
    "services": "service_id",
    "activities": "activity_id",
    "case_notes": "note_id",
}


def inconsistencies(plan: Plan) -> list[Problem]:
    """List every refusal of kinds 2 to 5 in a plan whose fields are valid one by one."""
    steps = [
        _Step(index, place, action)
        for index, goal in enumerate(plan.goals or ())
        for place, action in enumerate(goal.actions or ())
    ]
    return [
        *_ids(plan, steps),
        *_references(plan, steps),
        *_goals(plan),
        *_dates(plan, steps),
        *_closing(plan),
    ]


def _ids(plan: Plan, steps: Sequence[_Step]) -> Iterator[Problem]:
    for section, field in _IDS.items():
        parts = getattr(plan, section)
        if parts and len(parts) > 1:
            for index in _repeated([getattr(part, field) for part in parts]):
                yield _repeated_id(f"{section}[{index}].{field}")
    for place in _repeated([step.action.action_id for step in steps]):
        yield _repeated_id(steps[place].path("action_id"))


def _repeated(ids: Sequence[str]) -> Iterator[int]:
    if len(set(ids)) == len(ids):
        return
    seen: set[str] = set()
    for index, own in enumerate(ids):
        if own in seen:
            yield index
        seen.add(own)


def _repeated_id(path: str) -> Problem:
    return Problem(2, path, "an id that no other part of its list has")


def _references(plan: Plan, steps: Sequence[_Step]) -> Iterator[Problem]:
    barriers = {None, *(barrier.barrier_id for barrier in plan.barriers or ())}
    services = {None, *(service.service_id for service in plan.services or ())}
    for step in steps:
        if step.action.barrier_id not in barriers:
            yield _dangling(step.path("barrier_id"), "a barrier")
        if step.action.service_id not in services:
            yield _dangling(step.path("service_id"), "a service")
    goals = {None, *(goal.goal_id for goal in plan.goals or ())}
    for index, barrier in enumerate(plan.barriers or ()):
        if barrier.goal_id not in goals:
            yield _dangling(f"barriers[{index}].goal_id", "a goal")


def _dangling(path: str, what: str) -> Problem:
    return Problem(2, path, f"the id of {what} of this plan")


def _goals(plan: Plan) -> Iterator[Problem]:
    overall = 0
    for index, goal in enumerate(plan.goals or ()):
        if goal.term == "overall":
            overall += 1
            if overall > 1:
                yield Problem(3, f"goals[{index}].term", "no second overall goal")
        if goal.term == "interim" and goal.category is None:
            yield Problem(3, f"goals[{index}].category", "the category of an interim goal")
        if goal.term != "interim" and goal.category is not None:
            yield Problem(3, f"goals[{index}].category", "no category but on interim goals")


def _dates(plan: Plan, steps: Sequence[_Step]) -> Iterator[Problem]:
    for pair, _ in _going_back((plan,), _PLAN):
        yield _too_early(pair, pair.later)
    for pair, _ in _going_back(_those(plan.eligibility), _ELIGIBILITY):
        yield _too_early(pair, f"eligibility.{pair.later}")
    for pair, _ in _going_back(_those(plan.participant.veteran), _VETERAN):
        yield _too_early(pair, f"participant.veteran.{pair.later}")
    for section, pairs in _SECTIONS.items():
        for pair, index in _going_back(getattr(plan, section) or (), pairs):
            yield _too_early(pair, f"{section}[{index}].{pair.later}")
    for pair, index in _going_back([step.action for step in steps], _ACTION):
        yield _too_early(pair, steps[index].path(pair.later))


def _those(part: Part | None) -> Sequence[Part]:
    return () if part is None else (part,)


def _going_back(parts: Sequence[Any], pairs: Sequence[_Pair]) -> Iterator[tuple[_Pair, int]]:
    for index, part in enumerate(parts):
        for pair in pairs:
            start, end = pair.dates(part)
            if start and end and end < start and not pair.is_bridged(part):
                yield pair, index


def _too_early(pair: _Pair, path: str) -> Problem:
    return Problem(4, path, f"a date not before {pair.earlier}")


def _closing(plan: Plan) -> Iterator[Problem]:
    if plan.status == "closed" and plan.closed_on is None:
        yield Problem(5, "closed_on", "the date on which a closed plan was closed")
    for index, signature in enumerate(plan.signatures or ()):
        if signature.plan_version is not None and signature.plan_version > plan.version:
            path = f"signatures[{index}].plan_version"
            yield Problem(5, path, "a version not above the plan's own")
