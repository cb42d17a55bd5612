"""The refusals 2 to 5: what no single field can see."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Final

from iepbridge.plan.part import Part
from iepbridge.plan.participant import Participant
from iepbridge.plan.plan import Plan
from iepbridge.plan.refusals import Problem

_Dates = tuple[datetime.date | None, ...]


class _Order:
    """Dates that must not go back: each chain's fields in their order."""

    def __init__(self, *chains: tuple[str, ...]) -> None:
        self._chains = [(fields, self._getter(fields)) for fields in chains]

    @staticmethod
    def _getter(fields: tuple[str, ...]) -> Callable[[object], _Dates]:
        return attrgetter(*fields)

    def check(self, part: object, path: str) -> Iterator[Problem]:
        for fields, dates_of in self._chains:
            dates = dates_of(part)
            latest: datetime.date | None = None
            for index, day in enumerate(dates):
                if day is None:
                    continue
                if latest is not None and day < latest:
                    expected = f"a date not before {_before(fields, dates, index)}"
                    yield Problem(4, f"{path}{fields[index]}", expected)
                else:
                    latest = day


def _before(fields: tuple[str, ...], dates: _Dates, index: int) -> str:
    return next(
        name
        for name, day in zip(fields[:index][::-1], dates[:index][::-1], strict=True)
        if day is not None
    )


_PLAN: Final = _Order(("started_on", "completed_on", "closed_on"))
_ELIGIBILITY: Final = _Order(("determined_on", "enrolled_on", "exited_on"))
_VETERAN: Final = _Order(("entered_on", "separated_on"))
_ACTION: Final = _Order(("set_on", "planned_end_on"), ("set_on", "actual_end_on"))
_LISTS: Final = {
    "credentials": _Order(("earned_on", "expires_on")),
    "work_history": _Order(("started_on", "ended_on")),
    "assessments": _Order(("taken_on", "reviewed_on")),
    "goals": _Order(("set_on", "target_on"), ("set_on", "achieved_on")),
    "barriers": _Order(
        ("identified_on", "expected_resolution_on"), ("identified_on", "resolved_on")
    ),
    "services": _Order(("planned_start_on", "planned_end_on"), ("started_on", "ended_on")),
    "activities": _Order(("started_on", "ends_on"), ("started_on", "ended_on")),
    "signatures": _Order(("signed_on", "copy_given_on")),
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
    return [*_ids(plan), *_references(plan), *_goals(plan), *_dates(plan), *_closing(plan)]


def _ids(plan: Plan) -> Iterator[Problem]:
    for section, field in _IDS.items():
        parts = getattr(plan, section)
        if parts:
            places = ((part, f"{section}[{index}].") for index, part in enumerate(parts))
            yield from _repeated(places, field)
    yield from _repeated(_actions(plan), "action_id")


def _repeated(places: Iterable[tuple[Part, str]], field: str) -> Iterator[Problem]:
    seen = set()
    for part, path in places:
        own = getattr(part, field)
        if own in seen:
            yield Problem(2, f"{path}{field}", "an id that no other part of its list has")
        seen.add(own)


def _actions(plan: Plan) -> Iterator[tuple[Any, str]]:
    for index, goal in enumerate(plan.goals or ()):
        for place, action in enumerate(goal.actions or ()):
            yield action, f"goals[{index}].actions[{place}]."


def _references(plan: Plan) -> Iterator[Problem]:
    barriers = {barrier.barrier_id for barrier in plan.barriers or ()}
    services = {service.service_id for service in plan.services or ()}
    goals = {goal.goal_id for goal in plan.goals or ()}
    for action, path in _actions(plan):
        yield from _dangling(action.barrier_id, barriers, f"{path}barrier_id", "a barrier")
        yield from _dangling(action.service_id, services, f"{path}service_id", "a service")
    for index, barrier in enumerate(plan.barriers or ()):
        yield from _dangling(barrier.goal_id, goals, f"barriers[{index}].goal_id", "a goal")


def _dangling(own: str | None, known: set[str], path: str, what: str) -> Iterator[Problem]:
    if own is not None and own not in known:
        yield Problem(2, path, f"the id of {what} of this plan")


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


def _dates(plan: Plan) -> Iterator[Problem]:
    yield from _PLAN.check(plan, "")
    if plan.eligibility is not None:
        yield from _ELIGIBILITY.check(plan.eligibility, "eligibility.")
    yield from _service_dates(plan.participant)
    for section, order in _LISTS.items():
        yield from _in_order(getattr(plan, section), section, order)
    for action, path in _actions(plan):
        yield from _ACTION.check(action, path)


def _service_dates(participant: Participant) -> Iterator[Problem]:
    if participant.veteran is not None:
        yield from _VETERAN.check(participant.veteran, "participant.veteran.")


def _in_order(parts: Sequence[Part] | None, section: str, order: _Order) -> Iterator[Problem]:
    for index, part in enumerate(parts or ()):
        yield from order.check(part, f"{section}[{index}].")


def _closing(plan: Plan) -> Iterator[Problem]:
    if plan.status == "closed" and plan.closed_on is None:
        yield Problem(5, "closed_on", "the date on which a closed plan was closed")
    for index, signature in enumerate(plan.signatures or ()):
        if signature.plan_version is not None and signature.plan_version > plan.version:
            path = f"signatures[{index}].plan_version"
            yield Problem(5, path, "a version not above the plan's own")
