"""Runs of feeds killed at every call that changes something, and what the next run makes of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.servers import openssh
from tests.torture.claims import Trial, claim
from tests.torture.databases import Databases, databases
from tests.torture.feed_flows import (
    Answers,
    Arrivals,
    Content,
    Flow,
    Out,
    OutDirectly,
    OutFresh,
    OutMarked,
    OutTaken,
)
from tests.torture.feed_world import CONFIGURATION, World, workplace_folder
from tests.torture.kill_points import Point, hindrance, sample
from tests.torture.warm import Warm, warm

KILLED = -9
SOME = 150


@dataclass(frozen=True)
class Stage:
    """Where a flow is tried: how its deployment stands before each run, and what starts it."""

    flow: type[Flow]
    base: Path
    before: World
    program: Warm
    bases: Databases | None = None
    reference: Content = field(default_factory=dict)

    def set(self) -> "Stage":
        """Prepare the deployment, and see once what an undisturbed run makes of it."""
        self.before.folder.mkdir()
        plain = replace(self.before, server=None)
        plain.configure()
        self.flow.prepare(plain)
        whole = self.begin()
        assert whole.world.run(self.flow.feed).code in self.flow.codes
        return replace(self, reference=self.flow.results(whole.world))

    def begin(self) -> Flow:
        """Give a case of its own."""
        world = self.before
        if self.bases is not None:
            world = replace(world, ledger_url=self.bases.copy(world.ledger_url))
        return self.flow(world.copied(self.base / "case"), self.reference)

    def points(self) -> list[Point]:
        """Give every call of an undisturbed run that changes something."""
        case = self.begin()
        return self.program.survey(["run", case.feed], case.world.folder, CONFIGURATION).points

    def kill(self, point: Point) -> None:
        """Kill a run, then let others go to the end: nothing is lost, and nothing doubled."""
        case = self.begin()
        code = self.program.run_with_kill(["run", case.feed], case.world.folder, point)
        assert code == KILLED, f"the point was not reached: {code}"
        goes_on(case)


def goes_on(case: Flow, runs: int = 2) -> None:
    """Run after a run was stopped: once to mend what is to be mended, once more for nothing."""
    case.seen()
    for hours in range(1, runs + 1):
        outcome = case.world.run(case.feed, hours)
        assert outcome.code in case.codes, outcome
        case.seen()
        case.ended()
        case.world.assert_sound(taken=case.taken)


@contextmanager
def stage(
    flow: type[Flow], program: Warm | None = None, *, sftp: bool = False, postgres: bool = False
) -> Iterator[Stage]:
    """Set a stage in a folder of its own, for as long as the block lasts."""
    with ExitStack() as stack:
        base = stack.enter_context(workplace_folder())
        server = stack.enter_context(openssh(base)) if sftp else None
        bases = stack.enter_context(databases()) if postgres else None
        world = World(base / "before", server, keys=flow.keys)
        if bases is not None:
            world = replace(world, ledger_url=bases.new())
        program = program or stack.enter_context(warm())
        yield Stage(flow, base, world, program, bases).set()


def killed(trial: Trial, flow: type[Flow], most: int | None = None, **where: bool) -> None:
    """Try a claim on a flow, at `most` so many points."""
    assert hindrance() is None, hindrance()
    with stage(flow, **where) as first:
        found = first.points()
    counts = [count for count in (most, trial.most) if count is not None]
    chosen = sample(found, min(counts), trial.seed) if counts else found

    @contextmanager
    def workshop() -> Iterator[Callable[[Point], None]]:
        with stage(flow, **where) as own:
            yield own.kill

    trial.spread(chosen, workshop)


@claim("A run out to a folder, the first of all, killed at any call, loses and doubles nothing")
def out_to_a_folder(trial: Trial) -> None:
    """Kill it while it makes the ledger, too."""
    killed(trial, OutFresh)


@claim("A run out over SFTP, killed at any call, loses and doubles nothing")
def out_over_sftp(trial: Trial) -> None:
    """Kill it anywhere, with a receiver that leaves files where they are."""
    killed(trial, Out, sftp=True)


@claim("A run out over SFTP to who takes files at once, killed at a call, doubles nothing")
def out_to_a_taker(trial: Trial) -> None:
    """Kill it at a sample of calls, with a receiver that takes all before the next run."""
    killed(trial, OutTaken, SOME, sftp=True)


@claim("A run out whose files are told by markers, killed at a call, loses and doubles nothing")
def out_with_markers(trial: Trial) -> None:
    """Kill it at a sample of calls: the steps but one are those of other runs."""
    killed(trial, OutMarked, SOME, sftp=True)


@claim("A run out straight under final names, killed at a call, loses and doubles nothing")
def out_directly(trial: Trial) -> None:
    """Kill it at a sample of calls; what is not whole yet does stand there."""
    killed(trial, OutDirectly, SOME, sftp=True)


@claim("A run in from a folder, killed at any call, loses and doubles nothing")
def in_from_a_folder(trial: Trial) -> None:
    """Kill it anywhere."""
    killed(trial, Arrivals)


@claim("A run in over SFTP, killed at any call, loses and doubles nothing")
def in_over_sftp(trial: Trial) -> None:
    """Kill it anywhere."""
    killed(trial, Arrivals, sftp=True)


@claim("A run of acknowledgements from a folder, killed at any call, applies each answer once")
def answers_from_a_folder(trial: Trial) -> None:
    """Kill it anywhere."""
    killed(trial, Answers)


@claim("A run of acknowledgements over SFTP, killed at any call, applies each answer once")
def answers_over_sftp(trial: Trial) -> None:
    """Kill it anywhere."""
    killed(trial, Answers, sftp=True)


@claim("A run out with its ledger in PostgreSQL, killed at a call, loses and doubles nothing")
def out_of_postgres(trial: Trial) -> None:
    """Kill it at a sample of calls; the server goes on."""
    killed(trial, Out, SOME, postgres=True)


@claim("A run in with its ledger in PostgreSQL, killed at a call, loses and doubles nothing")
def in_to_postgres(trial: Trial) -> None:
    """Kill it at a sample of calls; the server goes on."""
    killed(trial, Arrivals, SOME, postgres=True)


@claim("A run of acknowledgements with its ledger in PostgreSQL, killed, applies each answer once")
def answers_to_postgres(trial: Trial) -> None:
    """Kill it at a sample of calls; the server goes on."""
    killed(trial, Answers, SOME, postgres=True)
