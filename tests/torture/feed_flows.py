"""The three directions of a feed, each with what must hold when its run was stopped, and ended.

A flow knows how a deployment stands before its run, what the other side may see at any moment, and
what must have come of it once a run went to its end.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import func, select
from tests.torture.feed_world import (
    PLAN_IDS,
    SYSTEMS,
    World,
    files,
    final,
    plans_in,
    put_answers,
)

from iepbridge.ledger.schema import held, plan_versions, received, received_names

Content: TypeAlias = Mapping[str, bytes]


@dataclass
class Receiver:
    """Who gets what `plans` sends; with `takes`, files are gone as soon as they are seen.

    With a `marker`, a file is seen once its marker stands there. `partial` says that what is not
    whole yet may stand under its final name (`upload = "direct"`); `untidy`, that a temporary name
    may stay beside the final one, for its removal failed.
    """

    folder: Path
    takes: bool = False
    partial: bool = False
    marker: str | None = None
    untidy: bool = False
    got: list[tuple[str, bytes]] = field(default_factory=list)

    def visit(self) -> None:
        """Look at what stands there: each file is whole, and no plan came twice."""
        found = self._seen()
        if self.takes:
            self.got += found.items()
            for name in found:
                (self.folder / name).unlink()
            found = {}
        if not self.partial:
            plans = Counter(self._plans([*self.got, *found.items()]))
            assert all(times == 1 for times in plans.values()), f"doubled: {plans}"

    def standing(self) -> list[str]:
        """Give the final names that stand there, or stood there when they were taken."""
        return [*(name for name, _ in self.got), *self._seen()]

    def has_everything(self, plans: int) -> None:
        """See that each plan came once, and nothing unfinished is left."""
        self.partial = False
        self.visit()
        came = self.came()
        assert sorted(came) == sorted(PLAN_IDS[:plans]), f"came: {came}"
        left = [path.name for path in files(self.folder) if path.suffix == ".part"]
        assert self.untidy or not left, f"left over: {left}"

    def came(self) -> list[str]:
        """Give the ids of the plans in whole files."""
        return self._plans([*self.got, *self._seen().items()])

    def _seen(self) -> dict[str, bytes]:
        found = final(self.folder)
        if self.marker is None:
            return found
        return {name: found[name] for name in found if f"{name}{self.marker}" in found}

    def _plans(self, found: list[tuple[str, bytes]]) -> list[str]:
        return [plan_id for _, content in found for plan_id in plans_in(SYSTEMS["out"], content)]


class Flow:
    """A direction; one object for each case.

    `codes` are those that a run to the end may have, `keys` what its endpoints are set to.
    """

    feed: str
    keys: tuple[tuple[str, Any], ...] = ()
    codes: frozenset[int] = frozenset({0})
    taken = False

    def __init__(self, world: World, reference: Content) -> None:
        self.world = world
        self.reference = reference

    @classmethod
    def prepare(cls, world: World) -> None:
        """Bring a deployment to where the run begins."""

    @classmethod
    def results(cls, world: World) -> Content:
        """Give what a run to the end has made, where that is the same each time."""
        return {}

    def counted(self, *columns: Any) -> Counter[Any]:
        """Count the rows of a table of the ledger by some of its columns."""
        return _counted(self.world, *columns)

    def seen(self) -> None:
        """See what must hold at any moment."""

    def ended(self) -> None:
        """See what must hold once a run went to its end."""


class Out(Flow):
    """Plans are sent."""

    feed = "plans"

    def __init__(self, world: World, reference: Content) -> None:
        super().__init__(world, reference)
        keys = dict(self.keys)
        partial, marker = keys.get("upload") == "direct", keys.get("marker")
        self.receiver = Receiver(world.there / "out", self.taken, partial, marker)

    @classmethod
    def prepare(cls, world: World) -> None:
        """Make the ledger: it is empty."""
        world.ledger().close()

    def seen(self) -> None:
        """See that nothing partial stands under a final name, and nothing came twice."""
        self.receiver.visit()

    def ended(self) -> None:
        """See that everything came once, and the ledger says so."""
        self.receiver.has_everything(self.world.plans)
        states = self.counted(plan_versions.c.state)
        allowed = {"delivered", "unknown"} if self.taken else {"delivered"}
        assert set(states) <= allowed, states
        assert sum(states.values()) == self.world.plans, states


class OutFresh(Out):
    """Plans are sent by the first run of all, which makes the ledger."""

    @classmethod
    def prepare(cls, world: World) -> None:
        """Leave everything to the run."""


class OutTaken(Out):
    """Plans are sent to somebody who takes files away as soon as they have their name."""

    taken = True
    codes = frozenset({0, 7})


class OutDirectly(Out):
    """Plans are sent under their final name at once: only their end tells that they are whole.

    A file that was begun and is not there may have been taken: it is unknown, and left to a person.
    """

    keys = (("upload", "direct"),)
    codes = frozenset({0, 7})

    def ended(self) -> None:
        """See that what the ledger calls delivered came once, and all else is unknown."""
        came = Counter(self.receiver.came())
        states = self.counted(plan_versions.c.plan_id, plan_versions.c.state)
        assert {plan_id for plan_id, _ in states} == set(PLAN_IDS[: self.world.plans])
        for plan_id, state in states:
            assert (state, came[plan_id]) in (("delivered", 1), ("unknown", 0)), f"{plan_id}"


class OutMarked(Out):
    """Plans are sent to somebody who waits for a marker."""

    keys = (("marker", ".done"),)


class Arrivals(Flow):
    """Files of plans are fetched, taken and archived."""

    feed = "arrivals"

    @classmethod
    def prepare(cls, world: World) -> None:
        """Let the other side send two files; our own ledger is empty."""
        theirs = replace(world, ledger_url="sqlite:///theirs.db")
        theirs.configure()
        assert theirs.run("theirs", -3).code == 0
        (world.folder / "theirs.db").unlink()
        world.configure()
        world.ledger().close()

    @classmethod
    def results(cls, world: World) -> Content:
        """Give the canonical files, and those that were archived."""
        return _named("received", world) | _named("read", world)

    def seen(self) -> None:
        """See that what stands in the destination is whole, and no file that came is gone."""
        whole = {name: self.reference[name] for name in _named("received", self.world)}
        assert whole == _named("received", self.world), "not whole"
        _nothing_gone(self.world, "arrivals", self.reference)

    def ended(self) -> None:
        """See that each file was read once: what came of it is the same as ever."""
        assert self.results(self.world) == self.reference
        assert files(self.world.there / "arrivals") == []
        assert [path.name for path in files(self.world.folder / "received")] == [
            name.removeprefix("received/") for name in self.reference if name[:5] == "recei"
        ]
        _all_read(self.world)


class Answers(Flow):
    """Acknowledgements are fetched, reconciled and archived: one plan rejected, the rest taken."""

    feed = "answers"
    codes = frozenset({0, 1})

    @classmethod
    def prepare(cls, world: World) -> None:
        """Send the plans, and let them be answered."""
        assert world.run("plans", -3).code == 0
        put_answers(world)

    @classmethod
    def results(cls, world: World) -> Content:
        """Give the files that were archived."""
        return _named("read", world)

    def seen(self) -> None:
        """See that no file that came is gone."""
        _nothing_gone(self.world, "answers", self.reference)

    def ended(self) -> None:
        """See that each plan has its answer, and the rejected one is held, once."""
        assert self.results(self.world) == self.reference
        assert files(self.world.there / "answers") == []
        _all_read(self.world)
        states = self.counted(plan_versions.c.state, plan_versions.c.answer)
        plans = self.world.plans
        expected = Counter({("held", "rejected"): 1, ("delivered", "accepted"): plans - 1})
        assert states == +expected, states
        assert self.counted(held.c.reason, held.c.ended_at) == {("rejected", None): 1}


def _named(folder: str, world: World) -> dict[str, bytes]:
    found = final(world.folder / folder)
    return {f"{folder}/{name}": content for name, content in found.items()}


def _nothing_gone(world: World, folder: str, reference: Content) -> None:
    """See that each file that came stands where it was, or in the archive, as it came."""
    there = final(world.there / folder) | final(world.folder / "read")
    came = {name[5:]: content for name, content in reference.items() if name[:5] == "read/"}
    assert there == came, f"gone: {set(came) - set(there)}"


def _all_read(world: World) -> None:
    states = _counted(world, received.c.state, received_names.c.disposed_at.is_not(None))
    assert set(states) == {("read", True)}, states


def _counted(world: World, *columns: Any) -> Counter[Any]:
    """Count the rows of a feed's tables by some columns; one column gives plain values."""
    table = columns[0].table
    query = select(*columns, func.count()).group_by(*columns)
    if table is received:
        query = query.select_from(received.join(received_names))
    if table is plan_versions:
        query = query.where(plan_versions.c.feed == "plans")
    with world.ledger() as ledger, ledger.reading() as connection:
        rows = connection.execute(query).all()
    return Counter({_key(row[:-1]): row[-1] for row in rows})


def _key(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else tuple(values)
