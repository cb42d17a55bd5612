"""What a rule looks at: one plan on one day, with what rules ask of it again and again.

`policy.md`, "How rules run".
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from iepbridge.iep_event import IEP_DEVELOPMENT
from iepbridge.plan import Plan
from iepbridge.plan.codes import NoteSubject
from iepbridge.plan.parts import Action, Barrier, CaseNote, Goal, Service, Signature

_PARTICIPANT_SIDE = ("participant", "guardian")


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that a deployment may set."""

    iep_activity_days: int = 5


_Value = TypeVar("_Value")


class _Once(Generic[_Value]):
    """A property worked out once; that of `functools` takes a lock before Python 3.12."""

    def __init__(self, find: Callable[["Case"], _Value]) -> None:
        self._find = find
        self.__doc__ = find.__doc__

    def __get__(self, case: "Case", _: object = None) -> _Value:
        # Found under its own name in the instance from now on, before any descriptor is asked.
        value = case.__dict__[self._find.__name__] = self._find(case)
        return value


def _once(find: Callable[["Case"], _Value]) -> _Once[_Value]:
    return _Once(find)


@dataclass(frozen=True)
class Case:
    """A plan, with its derived IEP event, as rules see it.

    `previous` is the version before, None where it is not known; `significant` says whether the
    change against it is significant for the system, and is None without it.
    """

    plan: Plan
    today: datetime.date
    figures: Figures = Figures()
    previous: Plan | None = None
    significant: bool | None = None

    @_once
    def events(self) -> list[tuple[int, Service]]:
        """The IEP events, each with its place among the services."""
        return [(at, one) for at, one in self._services() if one.category == IEP_DEVELOPMENT]

    @_once
    def other_services(self) -> list[tuple[int, Service]]:
        """All services but IEP events, each with its place."""
        return [(at, one) for at, one in self._services() if one.category != IEP_DEVELOPMENT]

    @_once
    def interim_goals(self) -> list[tuple[int, Goal]]:
        """The interim goals, each with its place."""
        goals = enumerate(self.plan.goals or ())
        return [(at, one) for at, one in goals if one.term == "interim"]

    @_once
    def open_barriers(self) -> list[tuple[int, Barrier]]:
        """The barriers that are not resolved, each with its place."""
        barriers = enumerate(self.plan.barriers or ())
        return [(at, one) for at, one in barriers if one.resolved_on is None]

    def reviewed_since(self, day: datetime.date) -> bool:
        """Say whether the plan has a review on that day or after it."""
        return self.last_review is not None and self.last_review >= day

    @_once
    def last_review(self) -> datetime.date | None:
        """The day of the last review, None where there is none with a day."""
        dates = [one.reviewed_on for one in self.plan.reviews or () if one.reviewed_on is not None]
        return max(dates, default=None)

    def _services(self) -> Iterator[tuple[int, Service]]:
        return enumerate(self.plan.services or ())

    @_once
    def actions(self) -> list[tuple[str, Action]]:
        """The actions of all goals, each with its path."""
        found = []
        for goal_at, goal in enumerate(self.plan.goals or ()):
            if goal.actions:
                start = f"goals[{goal_at}].actions["
                found += [(f"{start}{at}]", one) for at, one in enumerate(goal.actions)]
        return found

    def notes_about(self, subject: NoteSubject) -> list[tuple[int, CaseNote]]:
        """Give the case notes about a subject, each with its place."""
        notes = enumerate(self.plan.case_notes or ())
        return [(at, one) for at, one in notes if one.about == subject]

    def signed_by_both(self, version: int) -> bool:
        """Say whether participant or guardian, and case manager, have signed for a version."""
        signatures = self.signatures_for(version)
        roles = [one.role for _, one in signatures if one.signed_on is not None]
        return "case_manager" in roles and ("participant" in roles or "guardian" in roles)

    def signatures_for(self, version: int) -> list[tuple[int, Signature]]:
        """Give the signatures with a version, each with its place, dated or not."""
        found = self._signatures.get(version)
        if found is None:
            signatures = enumerate(self.plan.signatures or ())
            found = [(at, one) for at, one in signatures if one.plan_version == version]
            self._signatures[version] = found
        return found

    @_once
    def _signatures(self) -> dict[int, list[tuple[int, Signature]]]:
        return {}

    def of_participant(self, version: int) -> list[tuple[int, Signature]]:
        """Give the participant's and guardians' signatures for a version, each with its place."""
        return [
            (at, one) for at, one in self.signatures_for(version) if one.role in _PARTICIPANT_SIDE
        ]

    def lacks_copy(self, version: int) -> str | None:
        """Give the path at which a copy for the participant is missing; None where one was given.

        Where several signatures lack it, that is the last of role participant, else the last;
        without any it is their list.
        """
        signatures = self.of_participant(version)
        if any(one.copy_given_on is not None for _, one in signatures):
            return None
        at = last_of_participant(signatures)
        return "signatures" if at is None else f"signatures[{at}].copy_given_on"


def last_of_participant(signatures: list[tuple[int, Signature]]) -> int | None:
    """Give the place of the last signature of role participant, else the last, None of none."""
    own = [at for at, one in signatures if one.role == "participant"]
    places = own or [at for at, _ in signatures]
    return places[-1] if places else None
