"""Ids seen: each is new once, whatever their number, in little memory."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.seen import SeenIds


def test_an_id_is_new_once() -> None:
    with SeenIds() as seen:
        assert [seen.add(own) for own in ("A", "B", "A", "a", "A", "")] == [
            False, False, True, False, True, False,
        ]  # fmt: skip


def test_two_sets_do_not_know_each_other() -> None:
    with SeenIds() as one, SeenIds() as other:
        assert not one.add("A")
        assert not other.add("A")


def test_a_closed_set_is_gone() -> None:
    seen = SeenIds()
    with seen:
        seen.add("A")
    with pytest.raises(Exception, match="closed"):
        seen.add("A")


def test_it_can_be_used_from_another_thread() -> None:
    with SeenIds() as seen, ThreadPoolExecutor(1) as threads:
        seen.add("A")
        assert threads.submit(seen.add, "A").result()


@given(st.lists(st.text(alphabet="abAB-_1", max_size=3)))
def test_law_it_answers_as_a_set_does(ids: list[str]) -> None:
    known: set[str] = set()
    with SeenIds() as seen:
        for own in ids:
            assert seen.add(own) == (own in known)
            known.add(own)


MANY = """
import resource
from iepbridge.seen import SeenIds
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with SeenIds() as seen:
    for number in range(1000):
        seen.add(f"X-{number}")
    before = peak()
    assert not any(seen.add(f"PLAN-{number}") for number in range(400_000))
    assert all(seen.add(f"PLAN-{number}") for number in range(0, 400_000, 4_000))
    print(peak() - before)
"""


@pytest.mark.linux
@pytest.mark.long
def test_memory_is_bounded() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MANY], capture_output=True, text=True, check=True, env=os.environ
    )
    assert int(ran.stdout) < 12 * 1024
