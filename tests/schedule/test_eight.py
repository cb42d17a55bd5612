"""Eight schedulers on one ledger, one of them frozen with a claim and woken: each slot once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from tests.schedule.place import Place, due_at
from tests.servers.ledgers import KEY

REPOSITORY = Path(__file__).parents[2]
SECONDS = 2
PATIENCE_SECONDS = 120


@contextmanager
def scheduler(place: Place, mode: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a scheduler, and stop it at the end, frozen or not."""
    log = (place.folder / f"{mode}.log").open("a")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.schedule.eighth", str(place.folder), str(SECONDS), mode],
        cwd=REPOSITORY,
        env={**os.environ, "TEST_LEDGER": place.url, "TEST_KEY": KEY},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)
        log.close()


def said(process: "subprocess.Popen[str]") -> str:
    stream: IO[str] | None = process.stdout
    assert stream is not None
    return stream.readline().strip()


def tell(process: "subprocess.Popen[str]") -> None:
    """Let a scheduler begin."""
    stream: IO[str] | None = process.stdin
    assert stream is not None
    stream.write("go\n")
    stream.flush()


def when(is_so: Callable[[], Any]) -> Any:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := is_so()):
        assert time.monotonic() < end, "it never came so"
        time.sleep(0.3)
    return found


@pytest.mark.linux
@pytest.mark.long
def test_each_slot_is_run_once(tmp_path: Path, ledger_url: str) -> None:
    place = Place(tmp_path, ledger_url, lease_seconds=9)
    place.configure(acks={"schedule": "* * * * *"})
    with scheduler(place, "freeze") as frozen, several(place, 7) as others:
        tell(frozen)
        assert (said(frozen), said(frozen)) == ("ready", "frozen")
        (lost,) = place.runs()
        assert [said(process) for process in others] == ["ready"] * 7
        for process in others:
            tell(process)
        when(lambda: done(place) >= 3)
        frozen.send_signal(signal.SIGCONT)
        before = done(place)
        when(lambda: done(place) >= before + 3)
        for process in [frozen, *others]:
            process.terminate()
        assert {process.wait(PATIENCE_SECONDS) for process in [frozen, *others]} == {0}
    each_once(place, lost.id)


@contextmanager
def several(place: Place, number: int) -> Iterator[list["subprocess.Popen[str]"]]:
    if number == 0:
        yield []
        return
    with scheduler(place, "work") as one, several(place, number - 1) as others:
        yield [one, *others]


def done(place: Place) -> int:
    return sum(row.state == "done" for row in place.rows())


def each_once(place: Place, lost: int) -> None:
    """Hold every slot to its one row, and every row that is done to its one run."""
    rows = [row for row in place.rows() if row.state != "watched"]
    moments = [due_at(row) for row in rows]
    step = timedelta(seconds=SECONDS)
    assert moments == [moments[0] + number * step for number in range(len(rows))]
    assert {row.state for row in rows} <= {"done", "missed", "coalesced"}
    runs = {run.id: run for run in place.runs()}
    ended = {run.id for run in runs.values() if run.ended_at is not None}
    counted = [row.run_id for row in rows if row.state == "done"]
    assert sorted(counted) == sorted(ended) == sorted(runs.keys() - {lost})
    assert all(runs[number].exit_code == 0 for number in counted)
