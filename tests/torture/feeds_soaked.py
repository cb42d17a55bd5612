"""Weeks of many feeds with faults, in one process: nothing lost or doubled, and nothing grows."""

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from unittest.mock import patch

from tests.soak.county import county
from tests.soak.soaking import (
    Soak,
    check_chain,
    check_faults,
    check_in,
    check_out,
    in_the_middle_and_late,
)
from tests.torture.claims import Trial, claim
from tests.torture.feed_world import swift_folder

MIB: Final = 1 << 20
ROOM_MIB, ROOM_SHARE = 4, 0.05
"""What a process may hold more of memory after weeks, for its allocator's sake."""


class Size(NamedTuple):
    """A soak: parties sending to each of four systems, parties sent from, days, plans a day."""

    parties: int
    senders: int
    days: int
    a_day: int


WHOLE: Final = Size(5, 10, 24, 140)
"""50 feeds: 20 out, their 20 of acknowledgements, 10 in; 24 days; 100,800 plans, and changes."""
SMALL: Final = Size(1, 2, 4, 10)


@contextmanager
def soaked(size: Size, seed: int) -> Iterator[Soak]:
    """Let the days go by, and all come to rest."""
    logging.getLogger("paramiko").addHandler(logging.NullHandler())  # it tells of every cut
    with tempfile.TemporaryDirectory(prefix="iep-soak-", dir=swift_folder()) as base:
        folder, temporary = Path(base), Path(base) / "tmp"
        temporary.mkdir()
        with (
            patch.object(tempfile, "tempdir", str(temporary)),
            county(folder, seed, size.parties, size.senders) as own,
        ):
            soak = Soak(own, seed, size.a_day)
            soak.days(size.days)
            soak.come_to_rest()
            yield soak


def check_growth(soak: Soak) -> None:
    """See that descriptors, threads, temporary files and memory stay as they were.

    Compared are the last third of the days and the second: of four days, the last and the second,
    so that a small soak sees nothing that grows by less than some MiB a day.
    """
    for what in ("descriptors", "threads", "temporary"):
        middle, late = in_the_middle_and_late(soak.figures, what)
        assert late <= middle, f"{what}: {middle} in the middle, {late} at the end"
    middle, late = in_the_middle_and_late(soak.figures, "resident")
    most = middle * (1 + ROOM_SHARE) + ROOM_MIB * MIB
    assert late <= most, f"{middle / MIB:.0f} MiB, then {late / MIB:.0f}"


@claim(
    "50 feeds and 100,000 plans, 24 days with faults: each accounted for, and nothing grows",
    alone=True,
)
def soak_of_weeks(trial: Trial) -> None:
    """Each feed is a case; so are the ledger's chain and what the process holds."""
    size = WHOLE if trial.most is None else SMALL
    with soaked(size, trial.seed) as soak:
        print(f"  {told(soak)}", file=sys.stderr, flush=True)
        with trial.case("no day is unusual"):
            assert 8 not in soak.codes, soak.codes
        for way in soak.county.out:
            with trial.case(f"{way.name}-plans"):
                check_out(soak, way)
        for way in soak.county.arriving:
            with trial.case(f"{way.name}-in"):
                check_in(soak, way)
        for check in (check_faults, check_chain, check_growth):
            with trial.case(check.__name__):
                check(soak)


def told(soak: Soak) -> str:
    """Say what was done, and what the process held after the first and the last day."""
    own = soak.county
    plans = sum(len(own.laid(way)) for way in own.out)
    plans += sum(len(own.offered(way)) for way in own.arriving)
    codes = dict(sorted(soak.codes.items(), key=str))
    first, last = soak.figures[0], soak.figures[-1]
    return f"{plans} contents; runs by exit code, None for killed: {codes}; {first}; {last}"
