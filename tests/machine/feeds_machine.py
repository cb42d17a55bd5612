"""A machine that does to feeds, in any order, what happens to them in years, and sees what holds.

Runs that are cut or killed anywhere, plans amended and contradicting themselves, answers late and
twice, files of a state out of order and once more, people who resolve and release, clocks that
jump: after every step `agrees`, and in the end everything has come to where it belongs.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select
from tests.machine import contents
from tests.machine.agreement import Memory, agrees, answers_given, content, is_sound, rows_of
from tests.machine.contents import PLANS, content_of
from tests.machine.fate import CALLS, FAULTS, Fault
from tests.machine.world import ACKS, INTO, OUT, Character, World

from iepbridge.ledger.batches import NOT_DELIVERED, batch_of, locked_state, open_batches, settle
from iepbridge.ledger.holds import release
from iepbridge.ledger.schema import DELIVERED, UNKNOWN, held
from iepbridge.runs.remembering import forget

feeds = st.sampled_from(sorted(OUT))
plans = st.integers(0, PLANS - 1)
whats = st.sampled_from(FAULTS)
late = st.integers(0, 6)
anywhere = st.builds(Fault, st.integers(1, 24), whats, st.booleans(), late, st.none())
at_a_call = st.builds(Fault, st.integers(1, 3), whats, st.booleans(), late, st.sampled_from(CALLS))
faults = anywhere | st.none() | at_a_call
deeds = st.sampled_from(["amend", "change", "amend", "change", "nothing", "spoil"])
several = st.lists(plans, min_size=1, max_size=4, unique=True)
characters = st.builds(Character, st.integers(0, 9), st.booleans(), st.booleans(), st.booleans())

_MEMORY = Path("/dev/shm")
ROOM = _MEMORY if _MEMORY.is_dir() else None
"""Where worlds are made: in memory, where that is a folder; no step is about disks."""


class FeedsMachine(RuleBasedStateMachine):
    """The machine; `new_ledger` gives the URL of a new ledger, in the folder that it is given."""

    new_ledger: ClassVar[Callable[[Path], str]]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="iep-machine-", dir=ROOM))
        self.memory = Memory()
        self.copy: tuple[str, Memory] | None = None
        self.number = 0

    @initialize(character=characters)
    def begin(self, character: Character) -> None:
        url = type(self).new_ledger(self.folder)
        self.world = World(self.folder, url, character)

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.quieten()
                self.world.close()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @invariant()
    def all_agrees(self) -> None:
        type(self).steps += 1
        agrees(self.world, self.memory)

    def _next(self) -> int:
        self.number += 1
        return self.number

    # -- what the county does to its plans

    def _newest(self, at: int) -> contents.Data | None:
        own = self.world.source.get(contents.new(at)["plan_id"])
        return own[-1] if own else None

    def _lay(self, *found: contents.Data) -> None:
        self.world.lay(found[-1]["plan_id"], *found)

    @rule(picks=several)
    def write(self, picks: list[int]) -> None:
        """Plans in their first versions; what was withdrawn, anew."""
        for at in picks:
            if self._newest(at) is None:
                self._lay(contents.put_right(contents.new(at), self._next()))

    @rule(at=plans, significant=st.booleans(), beside=st.booleans())
    def amend(self, at: int, significant: bool, beside: bool) -> None:
        """A new version, in place of the one before or beside it."""
        before = self._newest(at)
        if before is not None:
            after = contents.amended(before, self._next(), significant=significant)
            self._lay(*((before, after) if beside else (after,)))

    @rule(at=plans, sign=st.booleans())
    def change(self, at: int, sign: bool) -> None:
        """The same version with other content: put right, or signed too."""
        before = self._newest(at)
        if before is not None:
            changed = contents.signed_too if sign else contents.put_right
            self._lay(changed(before, self._next()))

    @rule(at=plans)
    def contradict(self, at: int) -> None:
        """The same version twice, both new."""
        before = self._newest(at)
        if before is not None:
            self._lay(*(contents.put_right(before, self._next()) for _ in range(2)))

    @rule(at=plans)
    def spoil(self, at: int) -> None:
        """A new version that policy holds."""
        before = self._newest(at)
        if before is not None and before["goals"]:
            after = contents.amended(before, self._next(), significant=False)
            self._lay(contents.bad(after))

    @rule(at=plans)
    def withdraw(self, at: int) -> None:
        """A plan leaves the source."""
        self.world.lay(contents.new(at)["plan_id"])

    # -- runs

    def _run(self, feed: str, fault: Fault | None, answers_at: int = 0) -> int | None:
        code = self.world.run(feed, fault, answers_at)
        if code is not None and not self.world.fate.struck:
            allowed = {0, 1, 3, 7} | ({5} if self.world.leases_live else set())
            assert code in allowed, code
        return code

    @rule(feed=feeds, fault=faults)
    def run_out(self, feed: str, fault: Fault | None, answers_at: int = 0) -> None:
        code = self._run(feed, fault, answers_at)
        if code in (0, 1, 7) and not self.world.fate.struck:
            own = {content(one) for one in rows_of(self.world).of(feed)}
            assert self.world.in_source() <= own, "read, and not written down"

    @rule(feed=feeds, picks=several, deed=deeds, fault=faults)
    def send(self, feed: str, picks: list[int], deed: str, fault: Fault | None) -> None:
        """Something is done to plans, and they are sent, whatever goes wrong."""
        for at in picks:
            self._do(deed, at)
        self.run_out(feed, fault)

    @rule(feed=feeds, picks=several, deed=deeds, fault=faults, answers_at=st.integers(1, 12))
    def send_while_answers_come(
        self, feed: str, picks: list[int], deed: str, fault: Fault | None, answers_at: int
    ) -> None:
        """The states take in what is there in the middle of a run, and their answers are heard."""
        for at in picks:
            self._do(deed, at)
        self.run_out(feed, fault, answers_at)

    def _do(self, deed: str, at: int) -> None:
        if self._newest(at) is None:
            self.write([at])
        elif deed == "amend":
            self.amend(at, significant=at % 2 == 0, beside=False)
        elif deed == "change":
            self.change(at, sign=at % 2 == 0)
        elif deed == "spoil":
            self.spoil(at)

    @rule(feed=feeds, fault=faults)
    def hear(self, feed: str, fault: Fault | None) -> None:
        """The states take in what came, and their answers are heard."""
        self.pickup()
        self.run_acks(feed, fault)

    @rule(picks=several, withheld=st.booleans(), fault=faults)
    def bring(self, picks: list[int], withheld: bool, fault: Fault | None) -> None:
        """Missouri makes a file, and it is fetched."""
        self.offer(picks, withheld)
        self.run_in(fault)

    @rule(feed=feeds, fault=faults)
    def go_on(self, feed: str, fault: Fault | None) -> None:
        """After a kill or a cut: the leases end, and the feed runs again."""
        self.world.end_leases()
        self.run_out(feed, fault)

    @rule(feed=feeds, fault=faults)
    def run_acks(self, feed: str, fault: Fault | None) -> None:
        self._run(ACKS[feed], fault)

    @rule(fault=faults)
    def run_in(self, fault: Fault | None) -> None:
        self._run(INTO, fault)

    # -- what the states do

    @rule()
    def pickup(self) -> None:
        self.world.pickup()

    @rule()
    def take_away(self) -> None:
        self.world.take_away()

    @rule(pick=st.integers(0, 20))
    def keep_aside(self, pick: int) -> None:
        """An answer comes later than others."""
        if found := self.world.answers():
            path = found[pick % len(found)]
            self.world.aside[path] = path.read_bytes()
            path.unlink()

    @precondition(lambda self: self.world.aside)
    @rule(pick=st.integers(0, 20))
    def bring_back(self, pick: int) -> None:
        """An answer that was kept aside comes after all."""
        path = sorted(self.world.aside)[pick % len(self.world.aside)]
        path.write_bytes(self.world.aside.pop(path))

    @rule(pick=st.integers(0, 20))
    def answer_again(self, pick: int) -> None:
        """An answer that was read lies there once more."""
        if found := self.world.archived():
            path = found[pick % len(found)]
            name = path.name
            (path.parent.parent / "outbound" / name).write_bytes(path.read_bytes())

    @rule(picks=several, withheld=st.booleans())
    def offer(self, picks: list[int], withheld: bool) -> None:
        """Missouri makes a file of plans; one that is withheld is put out later."""
        own = [self._offered(one) for one in picks]
        made = self.world.make_offer(*own)
        if withheld and self.world.offers:  # the first file fixes where numbers begin
            self.world.withheld.append(made)
        else:
            self.world.offers.append(made)
            self.world.put_out(made.name, made.content)

    def _offered(self, at: int) -> contents.Data:
        plan = contents.new(PLANS + at)
        made = [*self.world.offers, *self.world.withheld]
        versions = [v for one in made for plan_id, v in one.plans if plan_id == plan["plan_id"]]
        for _ in range(max(versions, default=0)):
            plan = contents.amended(plan, self._next(), significant=False)
        return plan

    @precondition(lambda self: self.world.withheld)
    @rule(pick=st.integers(0, 20))
    def put_out(self, pick: int) -> None:
        own = self.world.withheld.pop(pick % len(self.world.withheld))
        self.world.offers.append(own)
        self.world.put_out(own.name, own.content)

    @precondition(lambda self: self.world.offers)
    @rule(pick=st.integers(0, 20), other=st.booleans())
    def offer_again(self, pick: int, other: bool) -> None:
        """A file lies there once more, under its name or another."""
        own = self.world.offers[pick % len(self.world.offers)]
        name = own.name.replace(".xml", "-copy.xml") if other else own.name
        self.world.put_out(name, own.content)

    # -- people, and time

    @rule()
    def resolve(self) -> None:
        """A person asks the states, and tells the truth."""
        self.world.fate.settle()
        for feed, system in OUT.items():
            saw = self.world.saw(system)
            with self.world.ledger.writing() as tx:
                for batch in open_batches(tx.connection, feed):
                    if batch.state == UNKNOWN:
                        locked_state(tx, batch.id)
                        there = (batch.name, batch.sha256.hex()) in saw
                        outcome = DELIVERED if there else NOT_DELIVERED
                        if not there:
                            forget(self.world.settings.ledger, batch)
                        settle(tx, None, batch_of(tx.connection, batch.id), outcome, "a person")

    @rule(pick=st.integers(0, 20))
    def let_go(self, pick: int) -> None:
        """A person lets go a plan that contradicts itself, or a file before its turn."""
        own = held.c
        wanted = select(own.id).where(
            own.ended_at.is_(None), own.released_at.is_(None), own.reason == "contradiction"
        )
        with self.world.ledger.writing() as tx:
            if found := tx.connection.scalars(wanted.order_by(own.id)).all():
                release(tx, found[pick % len(found)], "seen", "a tester")

    @rule()
    def back_up(self) -> None:
        """The ledger is copied, as it stands."""
        self.copy = self.world.back_up(), self.memory.copy()

    @precondition(lambda self: self.copy)
    @rule()
    def restore(self) -> None:
        """The ledger is lost, and the backup put in its place; the journal is not lost.

        Of a file that was noted, and never left, its receiver would have to be asked.
        """
        if self.copy is not None and self.world.all_arrived():
            url, memory = self.copy
            self.world.restore(url)
            self.memory = memory.copy()

    @rule(feed=feeds, picks=several, deed=deeds, heard=st.booleans())
    def send_and_restore(self, feed: str, picks: list[int], deed: str, heard: bool) -> None:
        """What was sent, and perhaps answered, since the backup is forgotten."""
        self.back_up()
        self.send(feed, picks, deed, None)
        if heard:
            self.hear(feed, None)
        self.restore()

    @rule(hours=st.sampled_from([1, 26, 24 * 6]))
    def time_goes_by(self, hours: int) -> None:
        self.world.clock.go_on(hours=hours)

    @rule(minutes=st.sampled_from([1, 90]))
    def clock_is_set_back(self, minutes: int) -> None:
        self.world.clock.go_on(minutes=-minutes)

    @precondition(lambda self: self.world.leases_live)
    @rule()
    def leases_end(self) -> None:
        self.world.end_leases()

    # -- the end

    def quieten(self) -> None:
        """Let all that is under way come to its end: everything is where it belongs."""
        world = self.world
        world.end_leases()
        while world.withheld:
            self.put_out(0)
        while world.aside:
            self.bring_back(0)
        self._run_all()
        agrees(world, self.memory)
        is_sound(world)
        rows = rows_of(world)
        unclear = {one.plan_id for one in rows.holds if one.reason == "contradiction"}
        left = [one for one in rows.plans if one.state in ("waiting", "unknown")]
        assert {(one.state, one.batch_id) for one in left} <= {("waiting", None)}
        assert {one.plan_id for one in left} <= unclear, "it waits, and nobody is asked"
        for feed, system in OUT.items():
            self._went(rows.of(feed), feed, system)
        assert sorted(world.taken_in()) == sorted(p for one in world.offers for p in one.plans)

    def _run_all(self) -> None:
        world = self.world
        for feed in OUT:
            self._run(feed, None)
        self.resolve()
        for feed in OUT:
            assert self._run(feed, None) in (0, 1)
        world.pickup()
        while world.office.owes:
            for feed in OUT:
                self._run(ACKS[feed], None)
            world.pickup()
        for feed in (*ACKS.values(), INTO):
            self._run(feed, None)

    def _went(self, own: list, feed: str, system: str) -> None:
        """All answers were heard; of each plan of the source, what is newest went, or is held."""
        world = self.world
        files = {one.id: (one.name, one.sha256.hex()) for one in rows_of(world).batches}
        given = answers_given(world, system)
        for one in own:
            if one.batch_id is not None:
                assert one.answer == given[(*files[one.batch_id], one.plan_id, one.version)]
        assert all(one.result != "kept" for one in world.office.book.files.values())
        states = {content(one): one for one in own}
        for plan in world.source.values():
            top = max(one["version"] for one in plan)
            if any(one.plan_id == plan[0]["plan_id"] and one.version > top for one in own):
                continue  # set back after it was withdrawn: what counts is what came before
            newest = [states[content_of(one)] for one in plan if one["version"] == top]
            found = [(one.plan_id, one.version, one.state) for one in newest]
            assert any(state in ("delivered", "held") for *_, state in found), found
