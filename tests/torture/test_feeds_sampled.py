"""A few kills, cuts and faults of each kind, by a fixed seed; `make torture` tries them all."""

import logging
import random
from collections.abc import Iterator

import pytest
from tests.servers import postgres
from tests.torture.feed_flows import Answers, Arrivals, Flow, Out, OutFresh, OutTaken
from tests.torture.feeds_cut import Line, line
from tests.torture.feeds_killed import stage
from tests.torture.feeds_on_bad_disks import faults, hindered
from tests.torture.feeds_on_bad_servers import no_strikes, struck
from tests.torture.feeds_on_full_disks import tight
from tests.torture.kill_points import hindrance, sample
from tests.torture.small_disk import no_disk
from tests.torture.warm import Warm, warm

SEED = 20261122
KILLS, FAULTS, CUTS, RETRIES, STALLS, ROOMS, STRIKES = 4, 2, 8, 4, 1, 3, 3

pytestmark = pytest.mark.linux
strikes = pytest.mark.skipif(hindrance() is not None, reason=hindrance() or "")


@pytest.fixture(scope="module")
def program() -> Iterator[Warm]:
    with warm() as own:
        yield own


@strikes
@pytest.mark.parametrize(
    ("flow", "place"),
    [
        (OutFresh, "folder"),
        (OutTaken, "sftp"),
        (Arrivals, "sftp"),
        (Answers, "folder"),
        (Out, "postgres"),
    ],
    ids=lambda own: own if isinstance(own, str) else own.__name__,
)
def test_killed_or_on_a_bad_disk(program: Warm, flow: type[Flow], place: str) -> None:
    if place == "postgres" and postgres.binaries() is None:
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    where = {} if place == "folder" else {place: True}
    with stage(flow, program, **where) as own:
        points = own.points()
        for point in sample(points, KILLS, SEED):
            own.kill(point)
        if place == "folder":
            for fault in random.Random(SEED).sample(faults(points), FAULTS):
                hindered(own, fault)


@pytest.mark.parametrize("flow", [Out, OutTaken, Arrivals], ids=lambda own: own.__name__)
def test_cut_or_gone_silent(flow: type[Flow], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "paramiko")
    with line(flow) as own:
        chance = random.Random(SEED)
        places = own.cuts()
        for place in chance.sample(places, CUTS):
            own.leave(place)
        if not flow.taken:
            _retried_or_silent(own, chance)


def _retried_or_silent(own: Line, chance: random.Random) -> None:
    places = own.cuts()
    for place in chance.sample(places, RETRIES):
        own.retry(place)
    for place in chance.sample(places, STALLS):
        own.stall(place)


@pytest.mark.root
@pytest.mark.parametrize(
    ("flow", "far"),
    [(OutFresh, False), (Arrivals, False), (Answers, False), (Out, True)],
    ids=["out", "in", "acks", "out-far"],
)
def test_on_a_full_disk(flow: type[Flow], far: bool) -> None:
    if (reason := no_disk()) is not None:
        pytest.skip(reason)
    with tight(flow, far=far) as own:
        for kib in random.Random(SEED).sample(range(own.enough), ROOMS):
            own.fill(kib)


@pytest.mark.skipif(no_strikes() is not None, reason=no_strikes() or "")
@pytest.mark.parametrize("flow", [Out, Arrivals, Answers], ids=lambda own: own.__name__)
def test_to_a_failing_server(flow: type[Flow]) -> None:
    with struck(flow) as own:
        for strike in random.Random(SEED).sample(own.strikes(), STRIKES):
            own.try_it(strike)
