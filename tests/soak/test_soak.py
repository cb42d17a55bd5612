"""A small soak by a fixed seed; `make torture` lets 50 feeds go on for 24 days."""

import pytest
from tests.soak.soaking import check_chain, check_faults, check_in, check_out
from tests.torture.feeds_soaked import SMALL, check_growth, soaked

SEED = 20261122


@pytest.mark.long
def test_days_of_feeds_with_faults() -> None:
    with soaked(SMALL, SEED) as soak:
        check_faults(soak)
        assert {0, 1} < set(soak.codes)  # something did go wrong
        for way in soak.county.out:
            check_out(soak, way)
        for way in soak.county.arriving:
            check_in(soak, way)
        check_chain(soak)
        check_growth(soak)
