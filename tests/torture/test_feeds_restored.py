"""A few kills with the ledger put back, by a fixed seed, those around the journal among them."""

import pytest
from tests.torture.feed_flows import Out, OutTaken
from tests.torture.feeds_killed import stage
from tests.torture.feeds_restored import restored
from tests.torture.kill_points import hindrance, sample

SEED = 20261122
ELSEWHERE, AT_THE_JOURNAL = 3, 5

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(hindrance() is not None, reason=hindrance() or ""),
]


@pytest.mark.parametrize("flow", [Out, OutTaken], ids=lambda own: own.__name__)
def test_killed_and_put_back(flow: type[Out]) -> None:
    with stage(flow) as own:
        points = own.points()
        at_the_journal = [point for point in points if ".sent" in point.what]
        assert at_the_journal
        chosen = sample(at_the_journal, AT_THE_JOURNAL, SEED) + sample(points, ELSEWHERE, SEED)
        for point in chosen:
            restored(own, point)
