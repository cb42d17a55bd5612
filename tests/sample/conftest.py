"""Samples that several tests look at."""

import pytest

from iepbridge.plan import PlanData
from iepbridge.sample import sample_plans

SEEDS = (0, 7, 2026)
PLANS = 1_000


@pytest.fixture(scope="session")
def samples() -> dict[int, list[PlanData]]:
    """Give a thousand plans of each of several seeds."""
    return {seed: list(sample_plans(PLANS, seed)) for seed in SEEDS}


@pytest.fixture(scope="session")
def plans(samples: dict[int, list[PlanData]]) -> list[PlanData]:
    """Give the plans of all seeds together."""
    return [plan for made in samples.values() for plan in made]
