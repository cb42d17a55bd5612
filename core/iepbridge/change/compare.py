"""Two versions of one plan, part by part: parts match by id, values by what they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from iepbridge.change.change import Change, ChangeKind
from iepbridge.change.kinds import OTHER, kinds_for
from iepbridge.plan import Plan
from iepbridge.plan.part import Part
from iepbridge.plan.paths import leaves

_Parts: TypeAlias = Mapping[str, tuple[int, Part]]
"""The parts of a list by id, each with its index."""

_NEVER: Final = frozenset({"form", "plan_id", "version"})
_IDS: Final = {
    "goals": "goal_id",
    "actions": "action_id",
    "barriers": "barrier_id",
    "services": "service_id",
    "activities": "activity_id",
    "case_notes": "note_id",
}


def changes(old: Plan, new: Plan) -> list[Change]:
    """List what differs, in the order of the new version; what is masked stays masked."""
    kinds = kinds_for(new)
    return [
        change
        for name, before, after in _differing(old, new)
        if name not in _NEVER
        for change in _changes(before, after, _section(name, kinds))
    ]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where two values stand: their field, and their path in the table of kinds and either plan.

    `kind` is that of a change here, and of those below that have none of their own.
    """

    kinds: Mapping[str, ChangeKind]
    kind: ChangeKind
    name: str
    pattern: str
    in_old: str
    in_new: str

    @property
    def kind_of_part(self) -> ChangeKind:
        return self.kinds.get(f"{self.pattern}[]", self.kind)

    @property
    def is_section(self) -> bool:
        return self.pattern == self.name

    def field(self, name: str) -> "_Place":
        pattern = f"{self.pattern}.{name}"
        kind = self.kinds.get(pattern, self.kind)
        return _Place(
            self.kinds, kind, name, pattern, f"{self.in_old}.{name}", f"{self.in_new}.{name}"
        )

    def part(self, old: int, new: int) -> "_Place":
        pattern = f"{self.pattern}[]"
        in_old, in_new = f"{self.in_old}[{old}]", f"{self.in_new}[{new}]"
        return _Place(self.kinds, self.kind, self.name, pattern, in_old, in_new)


def _section(name: str, kinds: Mapping[str, ChangeKind]) -> _Place:
    return _Place(kinds, kinds.get(name, OTHER), name, name, name, name)


def _differing(before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Give the fields of two objects that are not plainly equal, absence as None."""
    old, new = _entries(before), _entries(after)
    for name in {**new, **old}:
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _entries(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Part):
        return value.__dict__
    return value or {}


def _changes(before: Any, after: Any, place: _Place) -> Iterator[Change]:
    either = after if before is None else before
    if isinstance(either, (Part, dict)):
        yield from _in_fields(before, after, place)
    elif not isinstance(either, list):
        yield Change(place.kind, place.in_new)
    elif not before and not after:
        if place.is_section:  # elsewhere an empty list is none
            yield Change(place.kind, place.in_new)
    elif place.name in _IDS:
        yield from _in_parts(before, after, place)
    elif _leaves(before) != _leaves(after):
        yield Change(place.kind, place.in_new)


def _in_fields(before: Any, after: Any, place: _Place) -> Iterator[Change]:
    for name, old, new in _differing(before, after):
        yield from _changes(old, new, place.field(name))


def _leaves(value: list[Any] | None) -> list[tuple[str, Any]]:
    return list(leaves({"": value})) if value else []


def _in_parts(before: Any, after: Any, place: _Place) -> Iterator[Change]:
    old, new = _by_id(before, place.name), _by_id(after, place.name)
    for own, (at, part) in new.items():
        if own in old:
            was_at, was = old[own]
            yield from _in_fields(was, part, place.part(was_at, at))
        else:
            yield Change(place.kind_of_part, f"{place.in_new}[{at}]", "added")
    for own, (at, _) in old.items():
        if own not in new:
            yield Change(place.kind_of_part, f"{place.in_old}[{at}]", "removed")
    if _kept(old, new) != _kept(new, old):
        yield Change(place.kind, place.in_new)


def _by_id(parts: list[Part] | None, name: str) -> _Parts:
    own = _IDS[name]
    return {getattr(part, own): (at, part) for at, part in enumerate(parts or ())}


def _kept(parts: _Parts, others: _Parts) -> list[str]:
    """Give the ids that stand in both lists, in the order of the first."""
    return [own for own in parts if own in others]
