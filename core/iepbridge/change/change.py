"""A change: one difference between two versions of one plan, without its values."""

from typing import Literal, NamedTuple, TypeAlias

ChangeKind: TypeAlias = Literal[
    "goal", "barrier", "household", "name", "work_activity", "service", "record", "other"
]
Effect: TypeAlias = Literal["added", "removed", "changed"]


class Change(NamedTuple):
    """One difference, at a canonical path such as `goals[0].actions[1].planned_end_on`.

    Only a part with an id is `added` or `removed`; `path` is a place in the old version where it
    was removed, else in the new one.
    """

    kind: ChangeKind
    path: str
    effect: Effect = "changed"
