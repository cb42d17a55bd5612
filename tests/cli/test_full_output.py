"""Standard output on a full disk: one true message, exit code 2, and the work is done."""

import json
import os
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
