"""Days of a county's feeds, with faults by seed, and what must hold at their end.

Each day every feed out gets new plans, some of those it had amended, and those that were rejected
put right; every feed in gets a file. Runs are cut, refused, killed; what a run did not read to its
end is there the next day. At the end nothing goes wrong any more, and the books are compared.
"""

import gc
import os
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from tests.fakes.endpoint import KILLED_AFTER, KILLED_BEFORE
from tests.machine.contents import Content, Data
from tests.machine.fate import FAULTS, Fault
from tests.soak.county import County, Way

from iepbridge.ledger.events import verify
from iepbridge.ledger.schema import answers, batches, plan_versions, received
from iepbridge.sample import sample_plans
from iepbridge.sandbox.book import KEPT, BookedFile

QUIET_DAYS: Final = 6
"""How many days without faults a soak may take to come to rest."""
_LATEST_CALL: Final = 40
_DRAWN: Final = 300


class Figures(NamedTuple):
    """What a process holds: resident bytes, descriptors, threads, files in its temporary folder."""

    resident: int
    descriptors: int
    threads: int
    temporary: int


class Made(NamedTuple):
    """A plan in few words: which of the drawn ones it is, its version, the day it was left."""

    place: int
    version: int
    day: int


@dataclass
class Soak:
    """A soak of a county; `a_day` is how many plans a feed gets each day.

    `ordered` counts the faults that runs were given, `struck` those that happened: a run may end
    before the call that was to fail.
    """

    county: County
    seed: int
    a_day: int
    faults: float = 0.25
    figures: list[Figures] = field(default_factory=list)
    codes: Counter[int | None] = field(default_factory=Counter)
    ordered: int = 0
    struck: int = 0
    _day: int = 0
    _latest: dict[Way, dict[int, Made]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._drawn = [one for one in sample_plans(_DRAWN, self.seed) if one["version"] == 1]
        self._numbers = count(1)

    def days(self, number: int) -> None:
        """Let days go by, with what goes wrong in them."""
        for _ in range(number):
            self._day += 1
            self._new_day()
            self._go_round(self.faults)
            self.figures.append(held_by_this_process(self.county.folder / "tmp"))

    def _new_day(self) -> None:
        self.county.clock.ahead += timedelta(days=1)
        for way in self.county.out:
            own = self._latest.setdefault(way, {})
            today = self._amended(way, own) | self._new()
            own.update(today)
            self.county.lay(way, self._day, [self._plan(*one) for one in today.items()])
        for way in self.county.arriving:
            plans = [self._plan(*one) for one in self._new().items()]
            self.county.offer(way, self._day, plans)

    def _new(self) -> dict[int, Made]:
        """Make plans of people who were never seen."""
        places = self._random.choices(range(len(self._drawn)), k=self.a_day)
        return {next(self._numbers): Made(place, 1, self._day) for place in places}

    def _amended(self, way: Way, own: dict[int, Made]) -> dict[int, Made]:
        """Give the next version of a tenth of what a feed had, and the mended of what came back."""
        some = self._random.sample(sorted(own), min(len(own), self.a_day // 10))
        changed = {one: Made(own[one].place, own[one].version + 1, self._day) for one in some}
        for plan_id in self._rejected(way):
            number = int(plan_id.removeprefix("P-"))
            changed.setdefault(number, own[number]._replace(day=self._day))
        return changed

    def _plan(self, number: int, made: Made) -> Data:
        """Give a plan as it was left on a day: the phone number says which."""
        plan = self._drawn[made.place]
        person = {**plan["participant"], "identifiers": _identifiers(number)}
        person["phone"] = f"713555{(made.day * 131) % 10_000:04}"
        about = {"plan_id": f"P-{number}", "version": made.version}
        return {**plan, **about, "participant": person}

    def _rejected(self, way: Way) -> list[str]:
        own = plan_versions.c
        query = select(own.plan_id).where(own.feed == f"{way.name}-plans", own.state == "held")
        with self.county.ledger.reading() as connection:
            found = connection.scalars(query.where(own.answer == "rejected")).all()
        return sorted(set(found))

    def _go_round(self, faults: float) -> None:
        for way in self.county.out:
            outcome = self._run(f"{way.name}-plans", faults)
            if outcome in (0, 1):
                self.county.clear(way)
        self.county.box.told("pickup")
        for way in self.county.out:
            self._run(f"{way.name}-acks", faults)
        for way in self.county.arriving:
            self._run(f"{way.name}-in", faults)

    def _run(self, feed: str, faults: float) -> int | None:
        """Run a feed, perhaps with something going wrong at one call of it, or from it on."""
        fault = None
        if self._random.random() < faults:
            what = self._random.choice(FAULTS)
            lasting = what not in (KILLED_BEFORE, KILLED_AFTER) and self._random.random() < 0.5
            fault = Fault(1 + self._random.randrange(_LATEST_CALL), what, lasting)
            self.ordered += 1
        outcome = self.county.run(feed, fault)
        self.struck += self.county.fate.struck
        if outcome is None:
            self.county.clock.ahead += timedelta(minutes=5)  # its lease ends
        code = None if outcome is None else outcome.code
        self.codes[code] += 1
        return code

    def come_to_rest(self) -> None:
        """Go on without faults of ours, until all is sent, answered and read."""
        self.county.accepting = "soak"  # that nothing is laid any more is meant
        for _ in range(QUIET_DAYS):
            self.county.clock.ahead += timedelta(days=1)
            self._go_round(0.0)
            self.county.box.told("settle")
        self._go_round(0.0)


def _identifiers(number: int) -> dict[str, str]:
    return {
        "twist": f"{number}",
        "icc": f"{1_000_000 + number}",
        "cwds": f"P{number:07}",
        "toolbox": f"{10_000_000 + number}",
    }


def held_by_this_process(temporary: Path) -> Figures:
    """Look at what this process holds, after what is not needed was let go."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Figures(
        pages * os.sysconf("SC_PAGE_SIZE"),
        len(list(Path("/proc/self/fd").iterdir())),
        threading.active_count(),
        len(list(temporary.iterdir())),
    )


def check_out(soak: Soak, way: Way) -> None:
    """See that a feed out sent, held or superseded each content, and the states' list agrees."""
    rows = _plans_of(soak, f"{way.name}-plans")
    entered: Counter[Content] = Counter((row.plan_id, row.version, row.digest) for row in rows)
    assert entered == Counter(soak.county.laid(way)), "what entered is not what was laid"
    states = Counter(row.state for row in rows)
    assert set(states) <= {"delivered", "held", "superseded"}, states
    sent = _batches_of(soak, f"{way.name}-plans")
    booked = _booked(soak, way)
    assert {(row.name, row.sha256.hex()) for row in sent} == {
        (file.name, file.sha256) for file in booked
    }
    assert all(row.state == "delivered" for row in sent), Counter(row.state for row in sent)
    assert [file.sequence for file in booked] == list(range(1, len(booked) + 1))
    batch = {row.id: row.name for row in sent}
    ours = Counter(
        (batch[row.batch_id], row.plan_id, row.version) for row in rows if row.batch_id is not None
    )
    theirs = Counter(
        (file.name, plan.plan_id, plan.version) for file in booked for plan in file.plans
    )
    assert ours == theirs, "the plans in its files are not those that the states found"
    _check_answers(rows, batch, booked)


def _check_answers(rows: list[Any], batch: dict[int, str], booked: list[BookedFile]) -> None:
    said = {
        (file.name, plan.plan_id, plan.version): plan.result == "rejected"
        for file in booked
        for plan in file.plans
    }
    for row in rows:
        if row.batch_id is not None:
            rejected = said[batch[row.batch_id], row.plan_id, row.version]
            assert row.answer is not None, "a plan was answered, and the ledger does not know"
            assert (row.answer == "rejected") == rejected, f"{row.plan_id} {row.answer}"


def check_in(soak: Soak, way: Way) -> None:
    """See that each plan that was offered is in the destination once."""
    offered = Counter(soak.county.offered(way))
    assert offered == Counter(soak.county.received(way)), "lost, or doubled"
    rows = _plans_of(soak, f"{way.name}-in")
    assert offered == Counter((row.plan_id, row.version) for row in rows)
    own = received.c
    with soak.county.ledger.reading() as connection:
        states = connection.execute(select(own.state).where(own.feed == f"{way.name}-in")).all()
    assert Counter(state for (state,) in states) == {"read": soak._day}


def check_faults(soak: Soak) -> None:
    """See that faults happened, one in twenty at least: most come after their run has ended."""
    assert soak.struck * 20 >= soak.ordered > 0, f"{soak.struck} of {soak.ordered} faults struck"


def check_chain(soak: Soak) -> None:
    """See that the ledger's chain of events holds, and every answer names what we sent.

    That is, its file one of our batches, and each row of it the plan version of that batch with its
    id and version. None is foreign: the states answer nobody else here.
    """
    own, entry = answers.c, plan_versions.c
    joined = answers.outerjoin(plan_versions, own.entry_id == entry.id)
    of_ours = (entry.plan_id, entry.version, entry.batch_id)
    query = select(own.place, own.batch_id, own.plan_id, own.version, *of_ours)
    with soak.county.ledger.reading() as connection:
        assert verify(connection).broken is None
        rows = connection.execute(query.select_from(joined)).all()
        sent = set(connection.scalars(select(batches.c.id).where(batches.c.direction == "out")))
        foreign = select(received.c.id).where(received.c.state == "foreign")
        assert connection.scalars(foreign).all() == []
    named = [row for row in rows if row[0] > 0]
    assert named, "no plan was answered"
    for _, batch_id, plan_id, version, *ours in named:
        assert [plan_id, version, batch_id] == ours, f"{plan_id} {version} is none of ours"
    assert {row[1] for row in rows} <= sent, "a file was answered that is none of ours"


def _plans_of(soak: Soak, feed: str) -> list[Any]:
    with soak.county.ledger.reading() as connection:
        own = select(plan_versions).where(plan_versions.c.feed == feed)
        return list(connection.execute(own))


def _batches_of(soak: Soak, feed: str) -> list[Any]:
    with soak.county.ledger.reading() as connection:
        own = select(batches).where(batches.c.feed == feed).order_by(batches.c.id)
        return list(connection.execute(own))


def _booked(soak: Soak, way: Way) -> list[BookedFile]:
    files = soak.county.box.book().files.values()
    own = [one for one in files if (one.sender, one.system) == (way.party, way.system)]
    assert all(one.result != KEPT for one in own), "out of sequence"
    return sorted(own, key=lambda one: one.sequence)


def in_the_middle_and_late(figures: list[Figures], what: str) -> tuple[float, float]:
    """Give the median of a figure in the second third of the days, and in the last."""
    assert len(figures) >= 3, "too few days to compare"
    values = [getattr(one, what) for one in figures]
    third = max(1, len(values) // 3)
    return median(values[third : 2 * third]), median(values[-third:])
