"""Two files of plans: what became of each plan, whatever the order."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.examples import SMALLEST

from iepbridge.change.files import Difference, differences
from iepbridge.exchange import Arrival
from iepbridge.plan import read_plan


def arrival(plan_id: str, version: int = 1, **fields: Any) -> Arrival:
    data = {**SMALLEST, "plan_id": plan_id, "version": version, **fields}
    return Arrival(plan_id, version, read_plan(data), data)


def held(plan_id: str | None) -> Arrival:
    return Arrival(plan_id, None, None, None)


def told(old: list[Arrival], new: list[Arrival]) -> list[tuple[Any, ...]]:
    found: Iterator[Difference] = differences(old, new)
    return [
        (one.plan_id, one.old_version, one.new_version, *(change.path for change in one.changes))
        for one in found
    ]


def test_new_plans_come_in_their_order_then_those_that_are_gone() -> None:
    old = [arrival("Z"), arrival("B"), arrival("A"), arrival("C")]
    new = [arrival("N"), arrival("C", 2, comments="x"), arrival("B", 2)]
    assert told(old, new) == [
        ("N", None, 1),
        ("C", 1, 2, "comments"),
        ("Z", 1, None),
        ("A", 1, None),
    ]


def test_a_plan_held_on_either_side_is_not_compared() -> None:
    whole = arrival("A", comments="x")
    assert told([held("A")], [whole]) == []
    assert told([whole], [held("A")]) == []
    assert told([held("A"), held(None)], [held(None)]) == []


def test_of_two_plans_with_one_id_the_first_counts() -> None:
    first = arrival("A", comments="x")
    assert told([first, held("A")], [arrival("A"), held("A")]) == [("A", 1, 1, "comments")]
    assert told([held("A"), held("A")], [first]) == []


def test_another_spelling_is_no_change() -> None:
    one = arrival("A", participation_hours={"per": "week", "required": 30})
    other = arrival("A", participation_hours={"required": 30, "per": "week"}, comments=None)
    assert told([one], [other]) == []


ids = st.lists(st.sampled_from("ABCDEFGH"), unique=True)
words = st.sampled_from(("x", "y"))


@settings(max_examples=50)
@given(ids, ids, st.dictionaries(st.sampled_from("ABCDEFGH"), words))
def test_law_each_plan_is_told_by_what_became_of_it(
    old: list[str], new: list[str], said: dict[str, str]
) -> None:
    before = [arrival(own, comments="x") for own in old]
    after = [arrival(own, comments=said.get(own, "x")) for own in new]
    expected = {
        *((own, None, 1) for own in new if own not in old),
        *((own, 1, None) for own in old if own not in new),
        *((own, 1, 1, "comments") for own in new if own in old and said.get(own, "x") != "x"),
    }
    found = told(before, after)
    assert set(found) == expected
    assert len(found) == len(expected)
