"""The deeds of the demo: the states' side, the feeds that are run against it, a plan mended.

sample --> four feeds out --> the states answer --> acknowledgements --> one plan mended, all again
a state's own file --> one feed in
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from iepbridge.cli.demo_folder import note_made
from iepbridge.cli.demo_mending import find_plan, mended, replace_plan
from iepbridge.cli.offering import offer
from iepbridge.errors import FirstProblem
from iepbridge.ledger.answers import named_entries
from iepbridge.ledger.entries import entries_of, entries_of_batch
from iepbridge.ledger.holds import Hold, open_holds
from iepbridge.ledger.plan_history import HistoryRow, history
from iepbridge.ledger.transaction import open_ledger
from iepbridge.ledger.views import ANSWERS, batch_named
from iepbridge.output import Outputs
from iepbridge.registry import load_registry
from iepbridge.runs.dry import Preview
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.sample import write_samples
from iepbridge.sandbox import SYSTEMS, Sandbox, System
from iepbridge.settings import load_settings

STATES: Final = tuple(SYSTEMS.values())
OFFERING: Final = SYSTEMS["toolbox"]
"""The system whose state gives a file of its own."""

_SEED: Final = 1
_OFFERED: Final = 10
_OFFERED_SEED: Final = 2
_REJECTED: Final = "rejected"
_DONE: Final = (0, 1)


class DemoFailed(FirstProblem):
    """A run of the demo ended as none should; what was done until then is in the folder."""


@dataclass(frozen=True, slots=True)
class Stage:
    """All that the demo plays with; `contents` are the digests of all that its source ever held."""

    folder: Path
    box: Sandbox
    place: Workplace
    contents: set[bytes] = field(default_factory=set)

    @property
    def source(self) -> Path:
        """The file that the four feeds take plans from."""
        return self.folder / "plans" / "plans.jsonl"


@contextmanager
def opened_stage(folder: Path) -> Iterator[Stage]:
    """Open the states' side, and the ledger of the configuration that comes with it."""
    registry = load_registry()
    with Sandbox(folder.absolute(), seed=_SEED) as box:
        note_made(folder)
        settings = load_settings(str(box.configuration), {}, folder)
        with open_ledger(settings.ledger) as ledger:
            yield Stage(folder, box, Workplace(settings, registry, ledger))


def make_plans(stage: Stage, count: int) -> None:
    """Make plans up, the same ones each time."""
    with Outputs() as outputs:
        output = outputs.open(str(stage.source), "--folder")
        write_samples(output.stream, count, _SEED)
        outputs.publish(output)
    note_made(stage.folder)


def run(stage: Stage, feed: str) -> Outcome:
    """Run a feed; raise `DemoFailed` where the run was not done."""
    outcome = run_feed(stage.place, feed)
    if outcome.code not in _DONE:
        why = " ".join(outcome.problems) or f"It ended with exit code {outcome.code}."
        raise DemoFailed(f"demo: {feed}: {why}")
    return outcome


def out_feed(system: System) -> str:
    """Name the feed that sends to a system's state."""
    return f"{system.state}-plans"


class Sent(NamedTuple):
    """What a feed out did; `reasons` says why plans are held, and how many."""

    system: System
    found: int
    sent: int
    reasons: Counter[str]


def send(stage: Stage) -> Iterator[Sent]:
    """Run the four feeds out, and tell what each did."""
    with stage.source.open("rb") as lines:
        stage.contents.update(sha256(line).digest() for line in lines)
    for system in STATES:
        counts = run(stage, out_feed(system)).counts
        reasons = Counter(hold.reason for hold in _holds(stage, system))
        yield Sent(system, counts.get("plans_found", 0), counts.get("plans_sent", 0), reasons)


def _holds(stage: Stage, system: System) -> Iterator[Hold]:
    return open_holds(stage.place.ledger, out_feed(system))


class Heard(NamedTuple):
    """What a state answered, by plans; `unnamed` are those of the accepted that it did not name."""

    system: System
    accepted: int
    warnings: int
    rejected: int
    unnamed: int


def hear(stage: Stage) -> Iterator[Heard]:
    """Let the states answer all they have, read it, and tell what each said."""
    stage.box.settle()
    for system in STATES:
        counts = run(stage, f"{system.state}-acks").counts
        told = {one: counts.get(f"plans_{one}", 0) for one in ANSWERS}
        yield Heard(system, **told, unnamed=_unnamed(stage, system))


def _unnamed(stage: Stage, system: System) -> int:
    """Count the plans of a state's last file that it accepted without naming them."""
    files = [file for file in stage.box.book() if file.system == system.name]
    if not files:
        return 0
    with stage.place.ledger.reading() as connection:
        batch = batch_named(connection, files[-1].name).id
        named = named_entries(connection, batch)
        entries = entries_of_batch(connection, batch)
    return sum(one.answer == "accepted" and one.id not in named for one in entries)


class Mended(NamedTuple):
    """A plan that was rejected, with the code and place of it, and its new version."""

    system: System
    plan_id: str
    version: int
    code: str
    place: str


def mend(stage: Stage) -> Mended | None:
    """Mend one rejected plan in the source, one that the feed will send; None if there is none."""
    for system in STATES:
        for hold in _holds(stage, system):
            if hold.reason == _REJECTED and (done := _try_to_mend(stage, system, hold)):
                return done
    return None


def _try_to_mend(stage: Stage, system: System, hold: Hold) -> Mended | None:
    assert hold.plan_id is not None
    plan = find_plan(stage.source, hold.plan_id)
    better = mended(plan, system.name)
    if better is None:
        return None
    replace_plan(stage.source, better)
    if not _would_go(stage, system, hold.plan_id):
        replace_plan(stage.source, plan)
        return None
    note_made(stage.folder)
    code, place = (str(hold.findings[0].get(name) or "") for name in ("rule", "path"))
    return Mended(system, hold.plan_id, better["version"], code, place)


def _would_go(stage: Stage, system: System, plan_id: str) -> bool:
    rows = list(Preview(stage.place, out_feed(system)))
    return any(row["do"] == "send" and row.get("plan_id") == plan_id for row in rows)


class Fate(NamedTuple):
    """What became of a plan at a state; `reason` is why it is held, `named` that it was named."""

    system: System
    answer: str | None
    reason: str | None
    named: bool


def fates(stage: Stage, plan: Mended) -> Iterator[Fate]:
    """Give what became of a mended plan at each state."""
    with stage.place.ledger.reading() as connection:
        for system in STATES:
            known = entries_of(connection, out_feed(system), [plan.plan_id])[plan.plan_id]
            entry = next(one for one in known if one.version == plan.version)
            named = entry.batch_id is not None and entry.id in named_entries(
                connection, entry.batch_id
            )
            yield Fate(system, entry.answer, entry.reason, named)


def life(stage: Stage, plan: Mended) -> list[HistoryRow]:
    """Give the history of a mended plan at the state that had rejected it."""
    feeds = (out_feed(plan.system), f"{plan.system.state}-acks")
    with stage.place.ledger.reading() as connection:
        return [row for row in history(connection, plan.plan_id) if row.get("feed") in feeds]


class Taken(NamedTuple):
    """What the feed in did: the file that a state gave, and the plans that were read from it."""

    system: System
    file: str
    given: int
    taken: int
    received: Path


def take_in(stage: Stage) -> Taken:
    """Let a state give a file of its own, and run the feed in."""
    name = offer(stage.box, OFFERING.name, stage.place.registry, _OFFERED, _OFFERED_SEED)
    with (stage.box.grounds.outbound(OFFERING.name) / name).open("rb") as file:
        given = OFFERING.read(file).records
    outcome = run(stage, in_feed())
    received = max((stage.folder / "received").iterdir())
    return Taken(OFFERING, name, given, outcome.counts.get("plans_taken", 0), received)


def in_feed() -> str:
    """Name the feed that reads what a state gives."""
    return f"{OFFERING.state}-in"
