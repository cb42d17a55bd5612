"""Runs of feeds on disks with room for every number of KiB, ours and the other side's."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from unittest.mock import patch

import orjson
from tests.servers import openssh
from tests.torture.claims import Trial, claim
from tests.torture.feed_flows import (
    Answers,
    Arrivals,
    Content,
    Flow,
    Out,
    OutDirectly,
    OutFresh,
    OutMarked,
)
from tests.torture.feed_world import World, workplace_folder
from tests.torture.feeds_killed import goes_on
from tests.torture.feeds_on_bad_disks import TOLD
from tests.torture.small_disk import SmallDisk, no_disk, small_disk

from iepbridge.errors import IepbridgeError

IMPATIENT = (("retries", 0),)
ENDED = frozenset({0, 1})
MORE_KIB = 16
"""How far past the room that is enough disks are still tried."""
MOST_KIB = 512
STEP_KIB = 4
NEARLY_KIB = 8
"""With less than this short of enough, a run may go to its end: by the disk's own bookkeeping."""


@dataclass(frozen=True)
class Far(World):
    """A deployment that sends over SFTP to folders on a disk of their own."""

    disk: Path = Path()

    @property
    def there(self) -> Path:
        """The other side's folders, empty at first."""
        return self.disk / "there"

    def copied(self, folder: Path) -> World:
        """Give a copy, with nothing on the disk."""
        rmtree(self.there, ignore_errors=True)
        return super().copied(folder)

    def configure(self) -> None:
        """Write the configuration, and plans that say more than usual."""
        super().configure()
        plans = self.folder / "plans" / "plans.jsonl"
        plans.write_bytes(b"".join(_longer(line) for line in plans.read_bytes().splitlines()))


@dataclass(frozen=True)
class Tight:
    """Where a flow is tried on a disk without room; `base` is on that disk, or far from it.

    `enough` are the KiB with which a run goes to its end, and with `STEP_KIB` less does not: a case
    with `NEARLY_KIB` less has proved nothing where it went to its end, and fails.
    """

    flow: type[Flow]
    base: Path
    disk: SmallDisk
    before: World
    enough: int = 0
    reference: Content = field(default_factory=dict)

    def set(self) -> "Tight":
        """Prepare the deployment, and see once what an undisturbed run makes of it."""
        self.before.folder.mkdir()
        plain = World(self.before.folder, keys=self.before.keys)
        plain.configure()
        self.flow.prepare(plain)
        whole = self._begin()
        assert whole.world.run(self.flow.feed).code in self.flow.codes
        own = replace(self, reference=self.flow.results(whole.world))
        return own if self.enough else replace(own, enough=own.found_enough())

    def _begin(self) -> Flow:
        return self.flow(self.before.copied(self.base / "case"), self.reference)

    def found_enough(self) -> int:
        """Try how much room is enough: with none at all there is too little, with much enough."""
        low, high = 0, MOST_KIB // STEP_KIB
        while high - low > 1:
            middle = (low + high) // 2
            enough = self._run(self._begin(), middle * STEP_KIB) in ENDED
            low, high = (low, middle) if enough else (middle, high)
        assert low > 0, "a run ends without room: nothing takes it away"
        assert high * STEP_KIB < MOST_KIB, "no run ends: the room is never given back"
        return high * STEP_KIB

    def fill(self, kib: int) -> None:
        """Run with so much room: what it says is true; with more room the next run goes on."""
        case = self._begin()
        code = self._run(case, kib)
        told = TOLD if kib < self.enough - NEARLY_KIB else (*case.codes, *TOLD)
        assert code in told, f"it ended with {code}, {self.enough} KiB are enough"
        case.seen()
        if code in ENDED:
            case.ended()
        goes_on(case)

    def _run(self, case: Flow, kib: int) -> int:
        self.disk.leave(kib)
        try:
            with patch.object(tempfile, "tempdir", str(self.base)):
                return case.world.run(case.feed, 0).code
        except IepbridgeError as error:
            return error.exit_code
        finally:
            self.disk.clear()


def _longer(line: bytes) -> bytes:
    """Give a plan with a long note: a file of it takes tens of KiB."""
    plan = orjson.loads(line)
    story = " ".join(f"made-up word {number}" for number in range(1500))
    note = {"note_id": "N-1", "about": "progress", "title": "Made up", "dated_on": "2025-03-12"}
    plan["case_notes"] = [{**note, "story": story}]
    return orjson.dumps(plan) + b"\n"


@contextmanager
def tight(flow: type[Flow], *, far: bool = False, enough: int = 0) -> Iterator[Tight]:
    """Set up a small disk: for all that is ours, or with `far` for what an sshd serves.

    How many KiB are `enough` is found out where it is not said.
    """
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk())
        keys = (*flow.keys, *IMPATIENT)
        if not far:
            base = disk.folder
            world = World(base / "before", keys=keys)
        else:
            base = stack.enter_context(workplace_folder())
            server = stack.enter_context(openssh(base))
            world = Far(base / "before", server, keys=keys, disk=disk.folder)
        yield Tight(flow, base, disk, world, enough).set()


def fill(trial: Trial, *flows: type[Flow], far: bool = False) -> None:
    """Try a claim on flows, with every KiB of room until there is enough."""
    assert no_disk() is None, no_disk()
    for flow in flows:
        with tight(flow, far=far) as first:
            enough = first.enough
        chosen = trial.sampled(range(enough + MORE_KIB))

        @contextmanager
        def workshop(
            flow: type[Flow] = flow, enough: int = enough
        ) -> Iterator[Callable[[int], None]]:
            with tight(flow, far=far, enough=enough) as own:
                yield own.fill

        trial.spread(chosen, workshop)


@claim("A run out with any KiB of room left here tells no false success, and the next goes on")
def out(trial: Trial) -> None:
    """Fill the disk of the ledger, temporary files, and the folder that files go to."""
    fill(trial, OutFresh, Out)


@claim("A run in with any KiB of room left here tells no false success, and the next goes on")
def arrivals(trial: Trial) -> None:
    """Fill the disk of the ledger, temporary files, destination and archive."""
    fill(trial, Arrivals)


@claim("A run of acknowledgements with any KiB of room left here applies each answer once")
def answers(trial: Trial) -> None:
    """Fill the disk of the ledger, temporary files and archive."""
    fill(trial, Answers)


@claim("A run out over SFTP with any KiB of room left there loses and doubles nothing")
def out_far(trial: Trial) -> None:
    """Fill the disk that the server writes to."""
    fill(trial, Out, OutMarked, OutDirectly, far=True)
