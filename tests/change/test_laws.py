"""What holds for any two versions of a plan."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.change.pairs import differing, keyed, pairs
from tests.strategies import plans

from iepbridge.change import Significance, changes, is_significant
from iepbridge.plan import Plan, read_plan
from iepbridge.registry import load_registry

SYSTEMS = [*load_registry().adapters.values()]

few = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@few
@given(plans())
def test_law_a_plan_does_not_differ_from_itself_however_it_is_written(data: dict) -> None:
    tidy = read_plan({name: value for name, value in data.items() if value is not None})
    assert changes(read_plan(data), tidy) == []


@pytest.mark.long
@few
@given(pairs())
def test_law_what_differs_is_reported_once_and_nothing_else(pair: tuple[Plan, Plan]) -> None:
    old, new = pair
    found = [keyed(one, old, new) for one in changes(old, new)]
    assert len(found) == len(set(found))
    assert set(found) == differing(old, new)


@pytest.mark.long
@few
@given(pairs())
def test_law_the_way_back_is_a_mirror(pair: tuple[Plan, Plan]) -> None:
    there, back = changes(*pair), changes(*pair[::-1])
    for effect, other in (("added", "removed"), ("removed", "added")):
        came = {(one.kind, one.path) for one in there if one.effect == effect}
        assert came == {(one.kind, one.path) for one in back if one.effect == other}
    assert len(there) == len(back)


@pytest.mark.long
@few
@given(pairs(), st.data())
def test_law_more_changes_are_never_less_significant(
    pair: tuple[Plan, Plan], data: st.DataObject
) -> None:
    old, new = pair
    found = changes(old, new)
    some = [one for one in found if data.draw(st.booleans())]
    for system in SYSTEMS:
        for fewer, more in ((some, found), ([], some)):
            before = is_significant(fewer, system.significant, new)
            assert before <= is_significant(more, system.significant, new)
    least = is_significant(found, Significance(), new)
    assert all(least <= is_significant(found, one.significant, new) for one in SYSTEMS)
