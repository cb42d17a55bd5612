"""What rules look at: actions and their paths, looks that are taken once, signatures by version."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from tests.plan.examples import SMALLEST
from tests.plugins.rules.parts import action, both, goal, signature
from tests.strategies import plans

from iepbridge.plan import read_plan
from iepbridge.policy import Case

TODAY = datetime.date(2026, 1, 5)


def case(**fields: Any) -> Case:
    return Case(read_plan({**SMALLEST, **fields}), TODAY)


@given(plans())
def test_each_action_stands_at_its_path(data: dict[str, Any]) -> None:
    one = Case(read_plan(data), TODAY)
    places = [one.action_path(number) for number in range(len(one.actions))]
    expected = [
        (f"goals[{goal_at}].actions[{at}]", action)
        for goal_at, goal in enumerate(one.plan.goals or ())
        for at, action in enumerate(goal.actions or ())
    ]
    assert list(zip(places, one.actions, strict=True)) == expected


def test_there_is_no_path_behind_the_last_action() -> None:
    one = case(goals=[goal(actions=[action()]), goal("long_term")])
    with pytest.raises(IndexError):
        one.action_path(1)


def test_a_look_is_taken_once() -> None:
    taken: list[Case] = []

    def look(seen: Case) -> int:
        taken.append(seen)
        return len(taken)

    one, other = case(), case()
    assert [one.once(look), one.once(look), other.once(look)] == [1, 1, 2]
    assert taken == [one, other]


def test_the_newest_version_that_anybody_signed() -> None:
    undated = signature("participant", 3, signed_on=None)
    signed = case(version=3, signatures=[*both(1), signature("guardian", 2), undated])
    assert signed.newest_signed == 2
    assert [signed.signed_by_both(version) for version in (1, 2, 3)] == [True, False, False]
    assert [at for at, _ in signed.of_participant(3)] == [3]
    assert case(version=3, signatures=[undated]).newest_signed is None
