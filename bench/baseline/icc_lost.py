"""What ICC has no place for, by hand: the `dropped` lines of a plan's loss report."""

from collections.abc import Callable
from typing import Any, Final

from iepbridge.plan import Plan

from .reading import Loss  # noqa: TID252 - `bench.baseline` here, `baseline` there

_Lose = Callable[[str], None]
_UNPLACED: Final = (
    "credentials",
    "desired_positions",
    "work_history",
    "family_members",
    "activities",
    "reviews",
)


def lose_the_rest(plan: Plan, losses: list[Loss]) -> None:
    """Add a line for every leaf that has no column."""

    def lose(path: str) -> None:
        losses.append((path, "dropped"))

    _person(plan, lose)
    _frame(plan, lose)
    for section in _UNPLACED:
        _section(getattr(plan, section), section, lose)
    for at, signature in enumerate(plan.signatures or ()):
        if signature.release_of_information is not None:
            lose(f"signatures[{at}].release_of_information")
    for system, texts in (plan.extensions or {}).items():
        if system != "icc":
            for key in texts:
                lose(f"extensions.{system}.{key}")


def _person(plan: Plan, lose: _Lose) -> None:
    person = plan.participant
    for system in person.identifiers or ():
        if system != "icc":
            lose(f"participant.identifiers.{system}")
    for at, former in enumerate(person.former_names or ()):
        _part(former, f"participant.former_names[{at}]", lose)
    for at in range(len(person.skills or ())):
        lose(f"participant.skills[{at}]")
    if person.veteran is not None:
        for name, value in person.veteran.__dict__.items():
            if value is not None and name != "is_veteran":
                lose(f"participant.veteran.{name}")


def _frame(plan: Plan, lose: _Lose) -> None:
    if plan.development is not None:
        if plan.development.participant_present is not None:
            lose("development.participant_present")
        if plan.development.telephone_reason is not None:
            lose("development.telephone_reason")
    if plan.case_manager is not None and plan.case_manager.name is not None:
        if plan.case_manager.name.middle is not None:
            lose("case_manager.name.middle")
        if plan.case_manager.name.suffix is not None:
            lose("case_manager.name.suffix")
    if plan.participation_hours is not None:
        _part(plan.participation_hours, "participation_hours", lose)


def _section(parts: list[Any] | None, section: str, lose: _Lose) -> None:
    if parts is None:
        return
    if not parts:
        lose(section)
    for at, part in enumerate(parts):
        path = f"{section}[{at}]"
        if not _part(part, path, lose):
            lose(path)


def _part(part: Any, path: str, lose: _Lose) -> bool:
    """Add a line for each leaf of a part; say whether it has one."""
    found = False
    for name, value in part.__dict__.items():
        if value is not None:
            found = True
            if name in {"name", "occupation"}:
                _part(value, f"{path}.{name}", lose)
            else:
                lose(f"{path}.{name}")
    return found
