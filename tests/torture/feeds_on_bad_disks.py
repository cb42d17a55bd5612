"""Runs of feeds on disks that are full, or fail, at any call: no false success, no end."""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from tests.torture.claims import Trial, claim
from tests.torture.feed_flows import Answers, Arrivals, Flow, OutFresh
from tests.torture.feeds_killed import Stage, goes_on, stage
from tests.torture.kill_points import (
    DISK,
    FILES,
    FOLDERS,
    NAMES,
    OPENING,
    Point,
    hindrance,
    injected,
)

MOST = 150
"""How many faults are tried where no other number is asked for (`--cases`)."""
FULL: Final = frozenset({*FILES, *OPENING, *FOLDERS})
"""Calls that a full disk refuses; others fail."""
STRUCK: Final = frozenset({*FULL, *NAMES, *DISK})
TOLD: Final = frozenset({2, 3, 4, 6, 7})
"""What a run may end with that says so: never a fault of the program, never a signal."""


class Fault(NamedTuple):
    """A call that fails: once, or with all later ones of its name where `lasting`."""

    point: Point
    error: int
    lasting: bool

    def __str__(self) -> str:
        how = "from" if self.lasting else "at"
        return f"{errno.errorcode[self.error]} {how} {self.point}"


def faults(points: Sequence[Point]) -> list[Fault]:
    """Give the faults of a disk at each point, once and lasting."""
    return [
        Fault(point, errno.ENOSPC if point.name in FULL else errno.EIO, lasting)
        for point in points
        if point.name in STRUCK
        for lasting in (False, True)
    ]


def hindered(own: Stage, fault: Fault) -> None:
    """Run with a fault: what it says is true; with a sound disk the next run goes on."""
    case = own.begin()
    words, record = ["run", case.feed], own.base / "struck"
    code = own.program.run_with_error(
        words, case.world.folder, fault.point, fault.error, lasting=fault.lasting, record=record
    )
    assert injected(record), f"no call failed: it ended with {code}"
    assert code in (*case.codes, *TOLD), f"it ended with {code}"
    if code in case.codes:
        case.seen()
        case.ended()
    goes_on(case)


def disk(trial: Trial, flow: type[Flow]) -> None:
    """Try a claim on a flow over folders."""
    assert hindrance() is None, hindrance()
    with stage(flow) as first:
        found = faults(first.points())
    chosen = sorted(trial.random.sample(found, min(trial.most or MOST, len(found))))

    @contextmanager
    def workshop() -> Iterator[Callable[[Fault], None]]:
        with stage(flow) as own:
            yield lambda fault: hindered(own, fault)

    trial.spread(chosen, workshop)


@claim("A run out on a disk that is full or fails tells no false success, and the next goes on")
def out(trial: Trial) -> None:
    """Strike the ledger, temporary files, and the folder that files go to."""
    disk(trial, OutFresh)


@claim("A run in on a disk that is full or fails tells no false success, and the next goes on")
def arrivals(trial: Trial) -> None:
    """Strike the ledger, temporary files, destination and archive."""
    disk(trial, Arrivals)


@claim("A run of acknowledgements on a disk that is full or fails applies each answer once")
def answers(trial: Trial) -> None:
    """Strike the ledger, temporary files and archive."""
    disk(trial, Answers)
