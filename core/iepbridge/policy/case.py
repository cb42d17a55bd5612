"""What a rule looks at: one plan on one day, with what rules ask of it again and again.

`policy.md`, "How rules run". Rules run for each plan of millions: places are kept as numbers, and
their paths, which take longer than most looks, are only made where a rule is broken.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeAlias, TypeVar

from iepbridge.iep_event import IEP_DEVELOPMENT
from iepbridge.plan import Plan
from iepbridge.plan.codes import NoteSubject
from iepbridge.plan.parts import Action, Barrier, CaseNote, Service, Signature

_PARTICIPANT_SIDE: Final = ("participant", "guardian")


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that a deployment may set."""

    iep_activity_days: int = 5


_Value = TypeVar("_Value")
_Part = TypeVar("_Part")
_Placed: TypeAlias = list[tuple[int, _Part]]
"""Parts, each with its place in its list."""


class _Once(Generic[_Value]):
    """A property worked out once; that of `functools` takes a lock before Python 3.12."""

    def __init__(self, find: Callable[["Case"], _Value]) -> None:
        self._find = find
        self._name = find.__name__
        self.__doc__ = find.__doc__

    def __get__(self, case: "Case", _: object = None) -> _Value:
        # Found under its own name in the instance from now on, before any descriptor is asked.
        value = case.__dict__[self._name] = self._find(case)
        return value


def _once(find: Callable[["Case"], _Value]) -> _Once[_Value]:
    return _Once(find)


@dataclass(slots=True)
class _Signed:
    """The signatures for one version: who has dated one, and those of the participant's side."""

    roles: set[str]
    of_participant: _Placed[Signature]


_NOBODY: Final = _Signed(set(), [])


@dataclass(eq=False)  # never changed; but there is one for each plan, and a frozen one takes longer
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
    _looks: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, look: Callable[["Case"], _Value]) -> _Value:
        """Give what a look at this case finds; several rules may share it, and it is taken once."""
        found: _Value | None = self._looks.get(look)
        if found is None:
            found = self._looks[look] = look(self)
        return found

    @_once
    def events(self) -> _Placed[Service]:
        """The IEP events, each with its place among the services."""
        services = enumerate(self.plan.services or ())
        return [(at, one) for at, one in services if one.category == IEP_DEVELOPMENT]

    @_once
    def other_services(self) -> _Placed[Service]:
        """All services but IEP events, each with its place."""
        services = enumerate(self.plan.services or ())
        return [(at, one) for at, one in services if one.category != IEP_DEVELOPMENT]

    @_once
    def open_barriers(self) -> _Placed[Barrier]:
        """The barriers that are not resolved, each with its place."""
        barriers = enumerate(self.plan.barriers or ())
        return [(at, one) for at, one in barriers if one.resolved_on is None]

    def reviewed_since(self, day: datetime.date) -> bool:
        """Say whether the plan has a review on that day or after it."""
        return self.last_review is not None and self.last_review >= day

    @_once
    def last_review(self) -> datetime.date | None:
        """The day of the last review, None where there is none with a day."""
        reviews = self.plan.reviews
        if not reviews:
            return None
        return max([day for one in reviews if (day := one.reviewed_on) is not None], default=None)

    @_once
    def actions(self) -> list[Action]:
        """The actions of all goals, in their order."""
        return [one for goal in self.plan.goals or () for one in goal.actions or ()]

    def action_path(self, number: int) -> str:
        """Give the path of an action by its place among those of all goals."""
        for goal_at, goal in enumerate(self.plan.goals or ()):
            count = len(goal.actions or ())
            if number < count:
                return f"goals[{goal_at}].actions[{number}]"
            number -= count
        raise IndexError(number)

    def notes_about(self, subject: NoteSubject) -> _Placed[CaseNote]:
        """Give the case notes about a subject, each with its place."""
        return self._notes.get(subject, [])

    @_once
    def _notes(self) -> dict[NoteSubject, _Placed[CaseNote]]:
        found: dict[NoteSubject, _Placed[CaseNote]] = {}
        for at, one in enumerate(self.plan.case_notes or ()):
            found.setdefault(one.about, []).append((at, one))
        return found

    def signed_by_both(self, version: int) -> bool:
        """Say whether participant or guardian, and case manager, have signed for a version."""
        roles = self._signed.get(version, _NOBODY).roles
        return "case_manager" in roles and ("participant" in roles or "guardian" in roles)

    def of_participant(self, version: int) -> _Placed[Signature]:
        """Give the participant's and guardians' signatures for a version, dated or not."""
        return self._signed.get(version, _NOBODY).of_participant

    @_once
    def newest_signed(self) -> int | None:
        """The newest version that anybody has signed, with a date; None where nobody has."""
        return max([one for one, signed in self._signed.items() if signed.roles], default=None)

    @_once
    def _signed(self) -> dict[int, _Signed]:
        found: dict[int, _Signed] = {}
        for at, one in enumerate(self.plan.signatures or ()):
            version, role = one.plan_version, one.role
            if version is None:
                continue
            signed = found.get(version) or found.setdefault(version, _Signed(set(), []))
            if one.signed_on is not None:
                signed.roles.add(role)
            if role in _PARTICIPANT_SIDE:
                signed.of_participant.append((at, one))
        return found

    def lacks_copy(self, version: int) -> str | None:
        """Give the path at which a copy for the participant is missing; None where one was given.

        Where several signatures lack it, that is the last of role participant, else the last;
        without any it is their list.
        """
        signatures = self.of_participant(version)
        for _, one in signatures:
            if one.copy_given_on is not None:
                return None
        at = last_of_participant(signatures)
        return "signatures" if at is None else f"signatures[{at}].copy_given_on"


def last_of_participant(signatures: _Placed[Signature]) -> int | None:
    """Give the place of the last signature of role participant, else the last, None of none."""
    own = [at for at, one in signatures if one.role == "participant"]
    places = own or [at for at, _ in signatures]
    return places[-1] if places else None
