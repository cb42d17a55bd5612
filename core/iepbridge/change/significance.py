"""For whom a change is significant: a goal's and a barrier's for all, others as a system says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from iepbridge.change.change import Change, ChangeKind
from iepbridge.plan import Plan
from iepbridge.plan.codes import Program

_ALWAYS: Final = frozenset({"goal", "barrier"})


@dataclass(frozen=True, slots=True)
class Significance:
    """The kinds of changes that are significant for one system, beside `goal` and `barrier`.

    `kinds` are those that always are; `in_programs` gives for further kinds the programs of the
    new version in which they are. What is named nowhere is not significant.
    """

    kinds: tuple[ChangeKind, ...] = ()
    in_programs: Mapping[ChangeKind, tuple[Program, ...]] = field(default_factory=dict)

    def counts(self, change: Change, new: Plan) -> bool:
        """Say whether a change that leads to the new version is significant."""
        kind = change.kind
        if kind in _ALWAYS or kind in self.kinds:
            return True
        return new.program in self.in_programs.get(kind, ())


def is_significant(changes: Iterable[Change], significance: Significance, new: Plan) -> bool:
    """Say whether any of the changes is significant for a system."""
    return any(significance.counts(change, new) for change in changes)
