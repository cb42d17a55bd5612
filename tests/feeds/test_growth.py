"""A feed out of many plans: memory stays flat, and time goes with their number."""

from pathlib import Path

import pytest
from bench.command import Bench
from bench.feeds import sent

FEW, MANY = 2_000, 8_000
BATCH = 500
MOST_MEMORY = 1.15
MOST_TIME = 1.5  # a square would be 4; `bench/run.py feeds` measures


@pytest.mark.linux
@pytest.mark.long
def test_four_times_the_plans(tmp_path: Path) -> None:
    work = Bench(tmp_path)
    few, many = (sent(work, "twist", count, BATCH) for count in (FEW, MANY))
    assert many.peak <= few.peak * MOST_MEMORY
    assert many.cpu <= few.cpu * MOST_TIME * (MANY / FEW)
