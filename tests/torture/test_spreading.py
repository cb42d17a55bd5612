"""Cases are tried in several processes, and counted honestly whatever becomes of these."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.torture.claims import Trial
from tests.torture.spreading import tried_by_hands

ITEMS = range(20)


def odd(item: int) -> None:
    assert item % 2, "it is even"


@contextmanager
def workshop() -> Iterator[Callable[[int], None]]:
    yield odd


@contextmanager
def closed() -> Iterator[Callable[[int], None]]:
    raise OSError("no room")
    yield


@contextmanager
def deadly() -> Iterator[Callable[[int], None]]:
    yield lambda item: os._exit(3) if item == 7 else None


@pytest.mark.parametrize("hands", [1, 3])
def test_each_case_is_tried_once(hands: int) -> None:
    trial = Trial(1, hands=hands)
    trial.spread(ITEMS, workshop)
    assert trial.cases == 20
    named = sorted(int(failure.partition(":")[0]) for failure in trial.failures)
    assert named == list(range(0, 20, 2))
    assert all("it is even" in failure for failure in trial.failures)


def test_a_workshop_that_cannot_be_set_up_fails_every_case() -> None:
    trial = Trial(1, hands=2)
    trial.spread(ITEMS, closed)
    assert trial.cases == len(trial.failures) == 20
    assert sum("no room" in failure for failure in trial.failures) == 2


def test_a_process_that_ends_early_fails_what_it_had_left() -> None:
    trial = Trial(1, hands=2)
    trial.spread(ITEMS, deadly)
    assert trial.cases == 20
    assert len(trial.failures) == 7  # 7, 9 .. 19
    assert "ended with 3" in trial.failures[0]


def test_who_stops_asking_leaves_nothing_behind(tmp_path: Path) -> None:
    @contextmanager
    def tidy() -> Iterator[Callable[[int], None]]:
        own = tmp_path / f"{os.getpid()}"
        own.touch()
        try:
            yield lambda item: time.sleep(60 * (item > 3))
        finally:
            own.unlink()

    results = tried_by_hands(ITEMS, tidy, 2, str)
    assert next(results) is None
    until = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    results.close()
    assert list(tmp_path.iterdir()) == []


def test_no_case_is_no_case() -> None:
    trial = Trial(1, hands=4)
    trial.spread([], workshop)
    assert trial.cases == 0
