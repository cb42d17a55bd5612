"""The demo's accounts: every plan that entered stands in one place, and the states agree.

entered     the different contents that the source has held, counted line by line
accounted   what the ledger has, by state
the states  what came to them and what they answered, by their own list
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from iepbridge.cli.demo_stage import STATES, Stage, Taken, in_feed, out_feed
from iepbridge.ledger import Connection
from iepbridge.ledger.entries import Entry, entries_of
from iepbridge.ledger.instants import instant
from iepbridge.ledger.schema import STATES as PLACES
from iepbridge.ledger.views import feed_state
from iepbridge.sandbox import KEPT, System

_AT_ONCE: Final = 500
_Answered: TypeAlias = tuple[str, int | None, str | None]
"""A plan's id, version and answer."""


class Account(NamedTuple):
    """One feed: what entered, where it is, and what the other side has of it.

    `exchanged` counts contents in files sent, or read; `theirs` those in the other side's own list;
    `agrees` says that both name the same plans with the same answers.
    """

    feed: str
    entered: int
    places: Mapping[str, int]
    exchanged: int
    theirs: int
    agrees: bool

    @property
    def accounted(self) -> int:
        """How many plans the ledger has, each in one state."""
        return sum(self.places[one] for one in PLACES)

    @property
    def is_right(self) -> bool:
        """Say whether the three lists are at one."""
        return self.entered == self.accounted and self.exchanged == self.theirs and self.agrees


def accounts(stage: Stage, taken: Taken) -> Iterator[Account]:
    """Draw up the account of each feed that carried plans."""
    with stage.place.ledger.reading() as connection:
        for system in STATES:
            yield _account_out(stage, connection, system)
        yield _account_in(stage, connection, taken)


def _account_out(stage: Stage, connection: Connection, system: System) -> Account:
    feed = out_feed(system)
    state = feed_state(connection, feed, instant(stage.place.clock()))
    theirs = _theirs(stage, system)
    ours = Counter(_sent(connection, feed, sorted({plan_id for plan_id, _, _ in theirs})))
    entered = len(stage.contents)
    return Account(feed, entered, state.states, state.sent, theirs.total(), ours == theirs)


def _theirs(stage: Stage, system: System) -> Counter[_Answered]:
    """Count the plans of the other side's list."""
    files = (one for one in stage.box.book() if one.system == system.name and one.result != KEPT)
    return Counter((one.plan_id, one.version, one.result) for file in files for one in file.plans)


def _sent(connection: Connection, feed: str, plan_ids: Sequence[str]) -> Iterator[_Answered]:
    """Give what the ledger has sent of some plans."""
    for at in range(0, len(plan_ids), _AT_ONCE):
        for known in entries_of(connection, feed, plan_ids[at : at + _AT_ONCE]).values():
            yield from (_answered(one) for one in known if one.batch_id is not None)


def _answered(entry: Entry) -> _Answered:
    return entry.plan_id, entry.version, entry.answer


def _account_in(stage: Stage, connection: Connection, taken: Taken) -> Account:
    state = feed_state(connection, in_feed(), instant(stage.place.clock()))
    return Account(in_feed(), taken.given, state.states, taken.taken, taken.given, agrees=True)
