"""What holds after every step: each content is in one state, and the states' own list agrees."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from tests.machine.contents import Content
from tests.machine.world import OUT, World

from iepbridge.ledger.events import verify
from iepbridge.ledger.figures import figures
from iepbridge.ledger.schema import (
    STATES,
    attempts,
    batches,
    held,
    plan_versions,
    sequences,
)
from iepbridge.sandbox import KEPT


class Rows(NamedTuple):
    """The ledger's tables, each by its key."""

    plans: list[Any]
    batches: list[Any]
    attempts: list[Any]
    holds: list[Any]

    def of(self, feed: str) -> list[Any]:
        """Give the contents of a feed."""
        return [one for one in self.plans if one.feed == feed]


@dataclass
class Memory:
    """What was seen before, and may not change: contents that entered, and what went in batches."""

    entered: dict[str, set[Content]] = field(default_factory=lambda: defaultdict(set))
    batched: dict[int, frozenset[Content]] = field(default_factory=dict)
    tried: dict[tuple[str, str], frozenset[Content]] = field(default_factory=dict)
    """What is in each file that may have left, by feed and name; no restored ledger changes it."""

    def copy(self) -> "Memory":
        """Give what is known now; a file that has left stays so, whatever becomes of the ledger."""
        entered = {feed: set(own) for feed, own in self.entered.items()}
        return Memory(defaultdict(set, entered), dict(self.batched), self.tried)


def content(row: Any) -> Content:
    """Say which content a row is."""
    return row.plan_id, row.version, row.digest


def rows_of(world: World) -> Rows:
    """Read the ledger at one moment."""
    with world.ledger.reading() as connection:
        return _rows(connection)


def _rows(connection: Connection) -> Rows:
    tables = (plan_versions, batches, attempts, held)
    return Rows(*(_all(connection, one) for one in tables))


def _all(connection: Connection, table: Any) -> list[Any]:
    return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


def is_sound(world: World) -> None:
    """Assert what is slow to find: that the chain of events holds, and that the figures add up."""
    with world.ledger.reading() as connection:
        assert verify(connection).broken is None
        _adds_up(connection, _rows(connection))


def agrees(world: World, memory: Memory) -> None:
    """Assert all that is to hold after every step."""
    with world.ledger.reading() as connection:
        rows = _rows(connection)
        _numbers_follow(connection, rows)
    _each_in_one_state(rows)
    _nothing_vanishes(rows, memory)
    _batches_agree(rows, memory)
    for feed, system in OUT.items():
        _other_side_agrees(world, rows, feed, system)
        _arrived_once(world, memory, feed, system)
        _answers_agree(world, rows, feed, system)
    _taken_once(world)
    assert set(world.arrivals.values()) <= {1}, "a file got its name twice"


def _adds_up(connection: Connection, rows: Rows) -> None:
    """What is told of each feed is what entered: the sum over its states."""
    found = figures(connection)
    told: Counter[str] = Counter()
    for row in found.plans:
        assert row.state in STATES
        told[row.feed] += row.number
    assert told == Counter(one.feed for one in rows.plans)


def _each_in_one_state(rows: Rows) -> None:
    once = Counter((one.feed, content(one)) for one in rows.plans)
    assert set(once.values()) <= {1}
    by_hold = {one.held_id for one in rows.plans if one.state == "held"}
    assert by_hold == {one.id for one in rows.holds if one.ended_at is None and one.plan_id}
    states = {one.id: one.state for one in rows.batches}
    for one in rows.plans:
        if one.batch_id is not None:
            own = states[one.batch_id]
            answered = {"held", "superseded"} if own == "delivered" else set()
            assert one.state in {own, *answered}, (one.plan_id, one.state, own)
        else:
            assert one.state in ("waiting", "held", "superseded")
    for (_, plan_id), own in _by_plan(rows.plans).items():
        waiting = [one for one in own if one.state == "waiting" and one.batch_id is None]
        assert len(waiting) <= 1, plan_id


def _by_plan(plans: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    found = defaultdict(list)
    for one in plans:
        found[one.feed, one.plan_id].append(one)
    return found


def _nothing_vanishes(rows: Rows, memory: Memory) -> None:
    for feed in {one.feed for one in rows.plans} | set(memory.entered):
        now = {content(one) for one in rows.of(feed)}
        assert memory.entered[feed] <= now
        memory.entered[feed] = now


def _batches_agree(rows: Rows, memory: Memory) -> None:
    """Each batch has the contents that it was made with, and no content is in two."""
    own = defaultdict(set)
    for one in rows.plans:
        if one.batch_id is not None:
            own[one.batch_id].add(content(one))
    tried = {one.batch_id for one in rows.attempts}
    for batch in rows.batches:
        now = frozenset(own[batch.id])
        assert len(now) == batch.plans
        assert memory.batched.setdefault(batch.id, now) == now
        if batch.direction == "out" and batch.id in tried:
            assert memory.tried.setdefault((batch.feed, batch.name), now) == now
    settled = {one.id for one in rows.batches if one.state == "delivered"}
    assert all(one.outcome for one in rows.attempts if one.batch_id in settled)


def _numbers_follow(connection: Connection, rows: Rows) -> None:
    """Each number was given once, none left out."""
    given = defaultdict(list)
    for batch in rows.batches:
        if batch.direction == "out":
            given[batch.system].append(batch.sequence)
    last = {one.system: one.last for one in _all(connection, sequences) if one.direction == "out"}
    for system, numbers in given.items():
        assert numbers == list(range(1, len(numbers) + 1))
        assert last[system] == numbers[-1]


def _other_side_agrees(world: World, rows: Rows, feed: str, system: str) -> None:
    saw = world.saw(system)
    own = {(one.name, one.sha256.hex()): one for one in rows.batches if one.feed == feed}
    tried = {one.batch_id for one in rows.attempts if one.phase == "naming"}
    delivered = {key for key, one in own.items() if one.state == "delivered"}
    possible = {key for key, one in own.items() if one.state != "waiting" or one.id in tried}
    assert delivered <= set(saw), "delivered, and never seen there"
    assert set(saw) <= possible or world.forgets(feed), "seen there, and never sent"
    _applied_once(world, system)
    _never_goes_back(rows, feed)


def _arrived_once(world: World, memory: Memory, feed: str, system: str) -> None:
    """No content is in two files that have arrived."""
    names = [memory.tried.get((feed, name), frozenset()) for name, _ in world.saw(system)]
    found = Counter(one for own in names for one in own)
    assert set(found.values()) <= {1}, "a content went twice"


def _applied_once(world: World, system: str) -> None:
    """The states' list: every file is sound, each number is there once, each plan of it too."""
    files = [one for one in world.office.book.files.values() if one.system == system]
    assert not [one for one in files if one.result != KEPT and one.why]
    assert set(Counter(one.sequence for one in files).values()) <= {1}
    assert not [one.why for one in files if one.why.startswith("a repeat")]


def _never_goes_back(rows: Rows, feed: str) -> None:
    last: Counter[str] = Counter()
    plans = sorted((one for one in rows.of(feed) if one.batch_id), key=lambda one: one.batch_id)
    for one in plans:
        assert one.version >= last[one.plan_id], one.plan_id
        last[one.plan_id] = one.version


def answers_given(world: World, system: str) -> dict[tuple[str, str, str, int | None], str]:
    """Give what the states have answered: by file's name and digest, plan and version."""
    return {
        (*file.key[1:], plan.plan_id, plan.version): plan.result
        for file in world.office.book.files.values()
        if file.system == system and file.result != KEPT
        for plan in file.plans
    }


def _answers_agree(world: World, rows: Rows, feed: str, system: str) -> None:
    given = answers_given(world, system)
    files = {one.id: (one.name, one.sha256.hex()) for one in rows.batches}
    for one in rows.of(feed):
        if one.answer is None:
            continue
        said = given.get((*files[one.batch_id], one.plan_id, one.version))
        assert said == one.answer, (one.plan_id, one.version, said, one.answer)
        assert (one.answer == "rejected") == (one.state != "delivered"), one.plan_id


def _taken_once(world: World) -> None:
    """Of what a state sent, each plan version is written out once, and nothing else is."""
    offered = {plan for one in world.offers for plan in one.plans}
    found = Counter(world.taken_in())
    assert set(found.values()) <= {1}
    assert set(found) <= offered
