"""`iepbridge serve`: once, and as a process that is told to read again, and to stop."""

import json
import signal
import subprocess
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.cli.conftest import COMMAND, environment
from tests.cli.deployment import Deployment, texan
from tests.servers.ledgers import KEY

from iepbridge.ledger.instants import instant, later, system_clock
from iepbridge.ledger.schema import slots


def yesterday(deployment: Deployment, feed: str, schedule: str) -> None:
    """Let a scheduler have seen a feed a day and more ago."""
    then = later(instant(system_clock()), -90_000)
    row = {"feed": feed, "schedule": schedule, "slot": "since", "fold": 0, "state": "watched"}
    with deployment.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(insert(slots).values(row | {"due_at": then, "written_at": then}))


def states(deployment: Deployment) -> dict[str, set[str]]:
    with deployment.ledger() as ledger, ledger.reading() as connection:
        rows = connection.execute(select(slots)).all()
    return {
        feed: {row.state for row in rows if row.feed == feed} for feed in {r.feed for r in rows}
    }


def test_once_runs_what_is_due(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    assert deployment("serve", "--once").code == 0
    assert deployment.sent() == []
    assert states(deployment) == {"plans": {"watched"}}
    # another schedule was watched, so this one counts from now on
    yesterday(deployment, "plans", "0 3 * * * UTC")
    assert deployment("serve", "--once").code == 0
    assert deployment.sent() == []
    yesterday(deployment, "plans", "0 2 * * * America/Chicago")
    assert deployment("serve", "--once").code == 0
    assert len(deployment.sent()) == 1
    assert deployment("serve", "--once").code == 0
    assert len(deployment.sent()) == 1
    assert "done" in states(deployment)["plans"]


def test_once_gives_the_exit_code_of_the_runs(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1", program="tanf_cap"))
    yesterday(small_deployment, "plans", "0 2 * * * America/Chicago")
    assert small_deployment("serve", "--once").code == 1


def test_a_ledger_without_a_key_is_told_first(small_deployment: Deployment) -> None:
    small_deployment.configure("[ledger]\n")
    done = small_deployment("serve")
    assert done.code == 2
    assert "[ledger] key is missing" in done.err


@pytest.mark.linux
def test_a_process_hears_its_signals(small_deployment: Deployment) -> None:
    folder = small_deployment.folder
    small_deployment.configure_more("\n[serve]\nport = 0\n")
    process = subprocess.Popen(
        [*COMMAND, "serve"],
        cwd=folder,
        env=environment(TEST_LEDGER=small_deployment.url, TEST_KEY=KEY),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert told(process, "schedule_watched")["feed"] == "plans"
        (folder / "iepbridge.toml").write_text("[feeds")
        process.send_signal(signal.SIGHUP)
        assert "not valid TOML" in told(process, "configuration_refused")["reason"]
        small_deployment.configure_more("\n[serve]\nport = 0\nfeeds_at_once = 1\n")
        process.send_signal(signal.SIGHUP)
        assert told(process, "configuration_read")["feeds"] == 1
        process.terminate()
        assert told(process, "scheduler_stopped")
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()


def told(process: "subprocess.Popen[str]", event: str) -> Any:
    """Read the log until an event comes."""
    assert process.stderr is not None
    for line in process.stderr:
        if (found := json.loads(line))["event"] == event:
            return found
    raise AssertionError(f"{event} was never told")
