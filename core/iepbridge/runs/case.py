"""One content of a plan while a run out has it at hand."""

from collections.abc import Sequence
from typing import NamedTuple

from iepbridge.codecs.json_text import Parsed
from iepbridge.ledger.entering import Passing, pack
from iepbridge.ledger.entries import Entry
from iepbridge.ledger.schema import HELD, WAITING
from iepbridge.runs.decide import NO_VERSION, Content


class Case(NamedTuple):
    """One content at hand: the plan's line, its own entry, and all that is known of the plan."""

    content: Content
    plan_id: str
    line: bytes
    parsed: Parsed
    entry: Entry | None
    known: Sequence[Entry]

    def passing(self, state: str, reason: str | None = None) -> Passing:
        """Give what is to be written down."""
        return Passing(self.plan_id, *self.content, state, pack(self.line), self.entry, reason)

    @property
    def has_version(self) -> bool:
        """Say whether the content has a version that can be read."""
        return self.content.version != NO_VERSION

    @property
    def older(self) -> tuple[Entry, ...]:
        """The entries that give way once this content is the one that counts."""
        return self._giving_way(self.content.version)

    @property
    def of_versions_before(self) -> tuple[Entry, ...]:
        """The entries that give way to this version, whichever content of it will count."""
        return self._giving_way(self.content.version - 1)

    def _giving_way(self, version: int) -> tuple[Entry, ...]:
        return tuple(
            one
            for one in self.known
            if one != self.entry
            and one.version <= version
            and (waits(one) or (one.state == HELD and not self._came_since(one)))
        )

    def _came_since(self, other: Entry) -> bool:
        """Say whether another content came after this one was held, which a person has released.

        That person's word says nothing of it.
        """
        own = self.entry
        if own is None or not own.released or own.held_in is None or other.held_in is None:
            return False
        return other.version == own.version and other.held_in > own.held_in


def waits(entry: Entry) -> bool:
    """Say whether an entry waits for a batch."""
    return entry.state == WAITING and entry.batch_id is None
