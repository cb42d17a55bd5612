"""Plans kept by id: what goes in comes out, in little memory, and no trace stays."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.plan.examples import FULL, SMALLEST
from tests.strategies import plans

from iepbridge.output import Unwritable
from iepbridge.plan import read_plan
from iepbridge.plan_store import PlanStore

REPOSITORY = Path(__file__).parents[1]


def test_a_plan_comes_out_as_it_went_in() -> None:
    with PlanStore() as store:
        store.add(FULL)
        assert store.get("PLAN_full-1") == read_plan(FULL)
        assert store.get("P-1") is None


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(plans())
def test_law_every_plan_comes_out_as_it_went_in(data: dict) -> None:
    with PlanStore() as store:
        store.add(data)
        assert store.get(data["plan_id"]) == read_plan(data)


def test_of_two_plans_with_one_id_the_first_is_kept() -> None:
    with PlanStore() as store:
        store.add(SMALLEST)
        store.add({**SMALLEST, "version": 2})
        store.hold("P-1")
        assert store.get("P-1") == read_plan(SMALLEST)


def test_a_held_plan_is_known_and_cannot_be_read() -> None:
    with PlanStore() as store:
        store.hold("P-1")
        assert store.get("P-1") is None
        kept = store.take("P-1")
        assert kept is not None
        assert (kept.version, kept.line) == (None, None)
        with pytest.raises(ValueError, match="held"):
            kept.plan()


def test_what_nobody_took_is_left_in_order() -> None:
    with PlanStore() as store:
        for own in ("C", "A", "B"):
            store.add({**SMALLEST, "plan_id": own, "version": 4})
        store.hold("H")
        assert store.take("A") is not None
        assert store.take("A") is not None
        assert store.take("X") is None
        assert list(store.left()) == [("C", 4), ("B", 4)]


def test_what_is_kept_does_not_show_itself() -> None:
    with PlanStore() as store:
        store.add(SMALLEST)
        assert repr(store.take("P-1")) == "Kept(version=1)"


def test_a_closed_store_is_gone() -> None:
    with PlanStore() as store:
        pass
    with pytest.raises(sqlite3.ProgrammingError):
        store.get("P-1")


def test_a_full_folder_is_named() -> None:
    with PlanStore() as store:
        store._database.execute("PRAGMA max_page_count = 8")
        with pytest.raises(Unwritable, match="TMPDIR") as told:
            add_many(store)
        assert told.value.__cause__ is None
        assert "SENTINEL" not in str(told.value)


def add_many(store: PlanStore) -> None:
    for number in range(100):
        store.add({**SMALLEST, "plan_id": f"P-{number}", "comments": "SENTINEL" * 200})


MANY = """
import resource
from iepbridge.plan_store import PlanStore
from tests.plan.examples import SMALLEST
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def add(first, last):
    for number in range(first, last):
        store.add({**SMALLEST, "plan_id": f"P-{number * 7919 % last}", "comments": "x" * 2000})
with PlanStore() as store:
    add(0, 3000)
    before = peak()
    add(3000, 40_000)
    assert store.get("P-39999") is not None
    assert all(store.take(f"P-{number}") for number in range(0, 3000, 3))
    assert sum(1 for _ in store.left()) > 30_000
    print(peak() - before)
"""


@pytest.mark.linux
@pytest.mark.long
def test_memory_is_bounded() -> None:
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    ran = subprocess.run(
        [sys.executable, "-c", MANY], capture_output=True, text=True, check=True, env=env
    )
    assert int(ran.stdout) < 12 * 1024
