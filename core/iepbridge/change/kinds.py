"""The kind of a change by its place: the table of `canonical.md`, "Significant change".

A place is written as `iepbridge.plan.shape` writes it. `goals[]` is a goal as a whole, added or
removed. What stands under a field of the table is of the field's kind, too.
"""

from collections.abc import Mapping
from typing import Final

from iepbridge.change.change import ChangeKind
from iepbridge.plan import Plan

OTHER: Final[ChangeKind] = "other"

_PLACES: Final[dict[ChangeKind, tuple[str, ...]]] = {
    "goal": (
        "goals[]",
        "goals[].title",
        "goals[].occupation",
        "goals[].career_cluster",
        "goals[].term",
        "goals[].target_on",
        "goals[].status",
    ),
    "barrier": (
        "barriers[]",
        "barriers[].resolved_on",
        "barriers[].category",
        "barriers[].description",
        "barriers[].plan",
    ),
    "household": ("participant.household.type",),
    "name": ("participant.name",),
    "work_activity": (
        "activities[]",
        "activities[].kind",
        "activities[].weekly_hours",
        "activities[].ends_on",
        "activities[].ended_on",
    ),
    "service": (
        "services[]",
        "services[].provider",
        "services[].planned_start_on",
        "services[].planned_end_on",
        "services[].started_on",
        "services[].ended_on",
        "services[].outcome",
        "goals[].actions[]",
        "goals[].actions[].set_on",
        "goals[].actions[].planned_end_on",
        "goals[].actions[].actual_end_on",
    ),
    "record": ("case_notes", "reviews", "signatures", "extensions"),
}
_CLOSING: Final = ("status", "closed_on", "eligibility.exited_on", "eligibility.exit_reason")
_KINDS: Final[Mapping[str, ChangeKind]] = {
    place: kind for kind, places in _PLACES.items() for place in places
}
_KINDS_OF_CLOSED: Final[Mapping[str, ChangeKind]] = {**_KINDS, **dict.fromkeys(_CLOSING, "record")}


def kinds_for(new: Plan) -> Mapping[str, ChangeKind]:
    """Give the kinds of the places that have one, for changes that lead to this version."""
    return _KINDS_OF_CLOSED if new.status == "closed" else _KINDS
