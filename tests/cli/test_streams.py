"""Standard output on a full disk is told once, and exits with 2; a lost log stops no work."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import select
from tests.cli.conftest import Run
from tests.cli.deployment import Deployment, texan

from iepbridge.ledger.schema import runs

pytestmark = pytest.mark.linux

TOLD = (
    "standard output could not be written: No space left on device."
    " What it got is not whole; what a run did is in the ledger."
)
COMMANDS = (
    "feeds",
    "held",
    "missing --at 2100-01-01T00:00:00Z",
    "history P-1",
    "ledger verify",
    "run plans",
    "run plans acks --dry-run",
)


@pytest.fixture
def full() -> Iterator[BinaryIO]:
    with Path("/dev/full").open("wb") as stream:
        yield stream


@pytest.fixture
def office(small_deployment: Deployment) -> Deployment:
    """Give a deployment in which every command has something to show."""
    small_deployment.plans(texan("P-1"), {"no": "plan"})
    small_deployment("run", "plans")
    return small_deployment


@pytest.mark.parametrize("words", ["--help", "--version", "systems", "demo --count 3"])
def test_a_full_disk_is_one_message(run: Run, full: BinaryIO, words: str) -> None:
    done = run(*words.split(), stdout=full)
    assert (done.returncode, done.stderr.decode()) == (2, f"iepbridge: {TOLD}\n")


def test_it_is_so_of_the_commands_of_feeds(run: Run, office: Deployment, full: BinaryIO) -> None:
    for words in COMMANDS:
        done = run(*words.split(), "--log-level", "error", stdout=full)
        told = (words, done.returncode, done.stderr.decode())
        assert told == (words, 2, f"iepbridge: {TOLD}\n")


def test_it_is_so_without_a_buffer(run: Run, full: BinaryIO) -> None:
    done = run("systems", stdout=full, env={"PYTHONUNBUFFERED": "1"})
    assert (done.returncode, done.stderr.decode()) == (2, f"iepbridge: {TOLD}\n")


def test_what_has_failed_is_not_written_to_again(full: BinaryIO) -> None:
    """Where every write fails, to the null device too."""
    code = """
import sys
from iepbridge.cli import streams
streams.let_go_of_output = lambda: None
with streams.standard_output() as told:
    for _ in range(3):
        print("anything", flush=True)
print(*told, file=sys.stderr)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"No space left on device\n")


def test_where_events_were_asked_for_it_is_one(
    run: Run, office: Deployment, full: BinaryIO
) -> None:
    done = run("held", "--log-format", "json", stdout=full)
    event = json.loads(done.stderr)
    assert (event["event"], event["exit_code"], event["message"]) == ("stopped", 2, TOLD)


def test_every_feed_runs_all_the_same(
    run: Run, small_deployment: Deployment, full: BinaryIO
) -> None:
    small_deployment.plans(texan("P-1"))
    done = run("run", "acks", "plans", "--log-level", "error", stdout=full)
    assert done.returncode == 2
    assert len(small_deployment.sent()) == 1
    with small_deployment.ledger() as ledger, ledger.reading() as connection:
        ended = connection.execute(select(runs.c.feed, runs.c.exit_code).order_by(runs.c.id))
        assert [tuple(row) for row in ended] == [("acks", 0), ("plans", 0)]


def test_what_stops_the_command_is_told_rather(
    run: Run, office: Deployment, full: BinaryIO
) -> None:
    done = run("held", "show", "99", "--log-level", "error", stdout=full)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert TOLD.encode() not in done.stderr


@pytest.mark.parametrize("words", ["systems", "ledger verify"])
def test_a_closed_output_is_told_before_anything_is_done(
    run: Run, office: Deployment, words: str
) -> None:
    done = run(*words.split(), stdout=None, preexec_fn=lambda: os.close(1))
    assert done.returncode == 2
    assert b"nowhere to show" in done.stderr


@pytest.fixture
def nobody() -> Iterator[int]:
    """Give the end of a pipe whose reader is gone."""
    ours, theirs = os.pipe()
    os.close(ours)
    yield theirs
    os.close(theirs)


@pytest.mark.parametrize("where", ["full", "nobody"])
def test_no_feed_stops_for_its_log(
    run: Run, small_deployment: Deployment, where: str, request: pytest.FixtureRequest
) -> None:
    small_deployment.plans(texan("P-1"))
    done = run("run", "plans", stderr=request.getfixturevalue(where))
    assert done.returncode == 0
    assert json.loads(done.stdout)["counts"]["plans_delivered"] == 1
    assert len(small_deployment.sent()) == 1


def test_what_comes_once_there_is_room_is_written(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from iepbridge.cli.streams import standard_error\n"
        "own = os.dup(2)\n"
        "with standard_error():\n"
        "    os.dup2(os.open('/dev/full', os.O_WRONLY), 2)\n"
        "    print('lost', file=sys.stderr)\n"
        "    os.dup2(own, 2)\n"
        "    print('told', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr == b"told\n"


def test_a_reader_who_has_gone_stops_no_other_feed(
    run: Run, small_deployment: Deployment, nobody: int
) -> None:
    small_deployment.plans(texan("P-1"))
    done = run("run", "acks", "plans", "--log-level", "error", stdout=nobody)
    assert done.returncode == 0
    assert len(small_deployment.sent()) == 1
