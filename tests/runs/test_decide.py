"""What is to be done with the contents of one plan: total, the same each time, never backwards."""

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.ledger.schema import DELIVERED, HELD, SUPERSEDED, UNKNOWN, WAITING
from iepbridge.runs.decide import (
    CONTRADICTION,
    NO_VERSION,
    REJECTED,
    Content,
    Known,
    Verdict,
    decide,
    newly_due,
)

EXAMINE, SKIP = Verdict.EXAMINE, Verdict.SKIP
SUPERSEDE, CONTRADICT = Verdict.SUPERSEDE, Verdict.CONTRADICT

A, B, C, D = (Content(1, bytes([letter]) * 32) for letter in b"abcd")
A2, B2 = (Content(2, bytes([letter]) * 32) for letter in b"AB")

GONE_OUT = (Known(DELIVERED), Known(UNKNOWN), Known(WAITING, batched=True), Known(SUPERSEDED))
WAITS = Known(WAITING)
BY_POLICY, BY_FORMAT, BY_MODEL = (Known(HELD, one) for one in ("policy", "format", "model"))
UNCLEAR, ANSWERED_NO = Known(HELD, CONTRADICTION), Known(HELD, REJECTED)
LET_GO = tuple(Known(HELD, one, released=True) for one in ("policy", CONTRADICTION, REJECTED))
STATES = (*GONE_OUT, WAITS, BY_POLICY, BY_FORMAT, BY_MODEL, UNCLEAR, ANSWERED_NO, *LET_GO)
MAY_GO = (WAITS, BY_POLICY, BY_FORMAT, BY_MODEL, *LET_GO)

contents = st.builds(Content, st.integers(1, 2), st.sampled_from([b"a", b"b", b"c"]))
found_ones = st.lists(contents, min_size=1, max_size=6, unique=True)
known_ones = st.dictionaries(contents, st.sampled_from(STATES), max_size=6)


@given(found_ones, known_ones)
def test_each_found_content_has_one_verdict(
    found: list[Content], known: Mapping[Content, Known]
) -> None:
    verdicts = decide(found, known)
    assert set(verdicts) == set(found)
    assert decide(found, known) == verdicts
    assert list(verdicts.values()).count(EXAMINE) <= 1


@given(found_ones, known_ones, st.randoms(use_true_random=False))
def test_the_order_matters_only_among_released(
    found: list[Content], known: Mapping[Content, Known], chance: Random
) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    here, there = decide(found, known), decide(shuffled, known)
    if len([one for one in found if known.get(one) in MAY_GO]) <= 1:
        assert here == there
    assert sorted(one.value for one in here.values()) == sorted(one.value for one in there.values())


@given(found_ones, known_ones)
def test_nothing_goes_backwards_or_twice(
    found: list[Content], known: Mapping[Content, Known]
) -> None:
    top = max(one.version for one in (*found, *known))
    for content, verdict in decide(found, known).items():
        own = known.get(content)
        if content.version < top:
            assert verdict is (SUPERSEDE if own is None else SKIP)
        if own in (*GONE_OUT, ANSWERED_NO):
            assert verdict is SKIP
        if verdict in (SUPERSEDE, CONTRADICT):
            assert own is None


with_none = st.builds(Content, st.integers(NO_VERSION, 2), st.sampled_from([b"a", b"b", b"c"]))


@given(
    st.lists(with_none, min_size=1, max_size=6, unique=True),
    st.dictionaries(with_none, st.sampled_from(STATES), max_size=6),
)
def test_what_is_newly_due_is_what_is_looked_at_and_was_not_known(
    found: list[Content], known: Mapping[Content, Known]
) -> None:
    verdicts = decide(found, known)
    looked_at = [one for one in found if verdicts[one] in (EXAMINE, CONTRADICT)]
    new = [one for one in looked_at if one not in known and one.version != NO_VERSION]
    assert sorted(newly_due(found, known)) == sorted(new)


@given(found_ones, known_ones)
def test_two_new_contents_of_the_highest_version_both_stay(
    found: list[Content], known: Mapping[Content, Known]
) -> None:
    top = max(one.version for one in (*found, *known))
    new = [one for one in found if one.version == top and one not in known]
    verdicts = decide(found, known)
    told = {verdicts[one] for one in new}
    if len(new) > 1:
        assert told == {CONTRADICT}
        assert EXAMINE not in verdicts.values()
    elif new:
        assert told == {EXAMINE}
    else:
        assert CONTRADICT not in verdicts.values()


@given(found_ones, known_ones)
def test_deciding_after_a_contradiction_was_written_down_lets_nothing_go(
    found: list[Content], known: Mapping[Content, Known]
) -> None:
    verdicts = decide(found, known)
    if CONTRADICT in verdicts.values():
        written = {one: UNCLEAR for one, verdict in verdicts.items() if verdict is CONTRADICT}
        again = decide(found, {**known, **written})
        assert all(known[one].released for one, verdict in again.items() if verdict is EXAMINE)


@pytest.mark.parametrize(
    ("found", "known", "expected"),
    [
        pytest.param([A], {}, {A: EXAMINE}, id="new"),
        pytest.param([A, A2], {}, {A: SUPERSEDE, A2: EXAMINE}, id="the highest goes"),
        pytest.param([A], {A2: Known(DELIVERED)}, {A: SUPERSEDE}, id="an older one, late"),
        pytest.param([A, B], {A: Known(DELIVERED)}, {A: SKIP, B: EXAMINE}, id="signed since"),
        pytest.param([A, B], {}, {A: CONTRADICT, B: CONTRADICT}, id="which is right?"),
        pytest.param([A, B], {A: UNCLEAR, B: UNCLEAR}, {A: SKIP, B: SKIP}, id="still not known"),
        pytest.param([B], {A: UNCLEAR, B: UNCLEAR}, {B: EXAMINE}, id="one was taken out"),
        pytest.param([A, B, C], {A: UNCLEAR, B: UNCLEAR}, {A: SKIP, B: SKIP, C: EXAMINE},
                     id="a newer one"),
        pytest.param([A, B], {A: UNCLEAR, B: LET_GO[1]}, {A: SKIP, B: EXAMINE}, id="a person"),
        pytest.param([A, B, C], {A: BY_POLICY}, {A: SKIP, B: CONTRADICT, C: CONTRADICT},
                     id="two new beside a held one"),
        pytest.param([A, B, C], {A: BY_POLICY, B: UNCLEAR, C: UNCLEAR},
                     {A: SKIP, B: SKIP, C: SKIP}, id="the oldest of three does not win"),
        pytest.param([A, B, C], {A: WAITS, B: UNCLEAR, C: UNCLEAR},
                     {A: SKIP, B: SKIP, C: SKIP}, id="nor if it waits"),
        pytest.param([A, B], {A: Known(DELIVERED), B: UNCLEAR}, {A: SKIP, B: EXAMINE},
                     id="clear again beside what was sent"),
        pytest.param([A, B], {A: BY_POLICY, B: LET_GO[1]}, {A: SKIP, B: EXAMINE},
                     id="a person's word before another look"),
        pytest.param([A], {A: BY_POLICY}, {A: EXAMINE}, id="held, and looked at anew"),
        pytest.param([A], {A: WAITS}, {A: EXAMINE}, id="it waited"),
        pytest.param([A], {A: ANSWERED_NO}, {A: SKIP}, id="rejected and not changed"),
        pytest.param([B], {A: ANSWERED_NO}, {B: EXAMINE}, id="rejected and mended"),
        pytest.param([A2, A], {A: ANSWERED_NO}, {A2: EXAMINE, A: SKIP}, id="mended, and risen"),
    ],
)  # fmt: skip
def test_example(
    found: list[Content], known: Mapping[Content, Known], expected: Mapping[Content, Verdict]
) -> None:
    assert decide(found, known) == expected
