"""Draws: the same for the same seed and number, within their bounds."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from iepbridge.sample.draw import Draw


def begun(seed: int, number: int) -> Draw:
    draw = Draw()
    draw.begin(seed, number)
    return draw


@given(st.integers(), st.integers(0, 10**9))
def test_the_same_seed_and_number_draw_the_same(seed: int, number: int) -> None:
    first, second = begun(seed, number), begun(seed, number)
    assert [first.roll() for _ in range(9)] == [second.roll() for _ in range(9)]
    assert first.digest == second.digest


def test_what_was_drawn_before_does_not_matter() -> None:
    draw = begun(3, 1)
    draw.roll()
    draw.begin(3, 2)
    assert draw.roll() == begun(3, 2).roll()


def test_seed_and_number_do_not_run_into_each_other() -> None:
    assert begun(1, 12).digest != begun(11, 2).digest


def test_the_first_rolls_are_those_of_every_python() -> None:
    draw = begun(1, 0)
    assert draw.digest.startswith("a6685f3b62d57bfc")
    rolls = [round(draw.roll(), 12) for _ in range(3)]
    assert rolls == [0.850928550038, 0.990463194015, 0.840947491118]


@given(st.integers(0, 10**6), st.integers(-50, 50), st.integers(0, 99))
def test_between_takes_both_ends_and_nothing_beyond(number: int, low: int, width: int) -> None:
    assert low <= begun(5, number).between(low, low + width) <= low + width


def test_between_gives_low_where_nothing_lies_between() -> None:
    assert begun(5, 5).between(7, 3) == 7


def test_pick_takes_every_option_about_as_often() -> None:
    draw = begun(9, 9)
    taken = Counter(draw.pick("abcd") for _ in range(4_000))
    assert all(900 < taken[option] < 1_100 for option in "abcd")


def test_chance_says_yes_in_its_share_of_cases() -> None:
    draw = begun(9, 8)
    assert 900 < sum(draw.chance(0.25) for _ in range(4_000)) < 1_100
    assert not draw.chance(0)
    assert draw.chance(1)
