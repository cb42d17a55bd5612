"""`iepbridge feeds`: how each feed stands."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.cli.deployment import NUMBER, SENTINEL, Deployment, against_policy, texan

from iepbridge.ledger import take
from iepbridge.ledger.batches import batch_of, settle
from iepbridge.ledger.schema import UNKNOWN, WAITING, batches, runs


def test_before_the_first_run_nothing_is_made(
    small_deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_LEDGER", f"sqlite:///{tmp_path}/none.db")
    rows = {row["feed"]: row for row in small_deployment("feeds").rows}
    assert list(rows) == ["plans", "acks", "old-plans"]
    assert {row["state"] for row in rows.values()} == {"never run"}
    assert rows["plans"]["sent"] == 0
    assert not (tmp_path / "none.db").exists()


def test_the_next_run_is_in_the_zone_of_the_feed(small_deployment: Deployment) -> None:
    rows = {row["feed"]: row for row in small_deployment("feeds").rows}
    due = datetime.fromisoformat(rows["plans"]["next_run"])
    assert (due.hour, due.minute) == (2, 0)
    assert due.utcoffset() in (timedelta(hours=-5), timedelta(hours=-6))
    assert rows["acks"]["next_run"] is None


def test_what_became_of_plans_is_counted(deployment: Deployment) -> None:
    ids = ["P-1", "P-2", "P-3", "P-4"]
    deployment.plans(*map(texan, ids), against_policy("P-5"))
    deployment("run", "plans")
    (file,) = deployment.sent()
    deployment.answer(file, {"P-1": "accepted", "P-2": "warnings", "P-3": "rejected"}, part=1)
    deployment("run", "acks")
    row, acks, _ = deployment("feeds").rows
    told = {name: row[name] for name in ("sent", "accepted", "warnings", "rejected", "unanswered")}
    assert told == {"sent": 4, "accepted": 1, "warnings": 1, "rejected": 1, "unanswered": 1}
    assert (row["held"], row["waiting"], row["unknown"]) == (2, 0, 0)
    assert sum(row["states"].values()) == 5
    assert (row["state"], row["last_run"]["exit_code"]) == ("ended", 1)
    assert acks["files"] == {"read": 1}


def test_a_batch_of_unknown_outcome_is_named(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    with deployment.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(update(batches).values(state=WAITING))
        settle(tx, None, batch_of(tx.connection, 1), UNKNOWN, "lost")
    row = deployment("feeds").rows[0]
    (batch,) = row["unknown_batches"]
    assert (batch["batch"], batch["plans"]) == (1, 1)
    assert batch["file"] == deployment.sent()[0]


def test_a_run_under_way_and_one_that_was_killed(deployment: Deployment) -> None:
    deployment("run", "plans")
    with deployment.ledger() as ledger:
        with ledger.writing() as tx:
            tx.connection.execute(update(runs).values(ended_at=None, exit_code=None))
        assert deployment("feeds").rows[0]["state"] == "interrupted"
        with take(ledger, ["feed:plans"], "another", 600):
            assert deployment("feeds").rows[0]["state"] == "running"


def test_without_a_key_it_refuses(
    small_deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_KEY")
    done = small_deployment("feeds")
    assert (done.code, done.out) == (2, b"")
    assert "TEST_KEY" in done.err


def test_no_person_is_told_of(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"), against_policy("P-2"))
    small_deployment("run", "plans")
    done = small_deployment("feeds", "--log-level", "debug")
    assert SENTINEL not in done.err + done.out.decode()
    assert NUMBER not in done.err + done.out.decode()


def test_at_a_terminal_a_table(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"), against_policy("P-2"))
    small_deployment("run", "plans")
    with small_deployment.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(update(batches).values(state=UNKNOWN))
    told = small_deployment.at_terminal("feeds").text
    for word in ("to twist, texas", "exit code 1", "1 held", "disabled", "by hand", "resolve 1"):
        assert word in told
