"""`iepbridge missing`: what was due, and has not come or gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.cli.deployment import NUMBER, SENTINEL, Deployment, texan

from iepbridge.ledger.batches import batch_of, settle
from iepbridge.ledger.schema import UNKNOWN, WAITING, batches, runs
from iepbridge.watch import KINDS, Missing

PAGE = (Path(__file__).parents[2] / "docs" / "missing.md").read_text("utf-8")


def later(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat(timespec="seconds")


def test_nothing_is_missing_right_after_a_run(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    done = deployment("missing")
    assert (done.code, done.out) == (0, b"")


def test_what_is_due_by_then(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    done = deployment("missing", "--at", later(days=5))
    assert done.code == 1
    run, answer = done.rows
    assert list(run) == list(Missing._fields)
    assert (run["kind"], run["feed"], run["endpoint"]) == ("run", "plans", None)
    assert "times since" in run["what"]
    assert answer["kind"] == "answer"
    assert f"1 plan in {deployment.sent()[0]}" in answer["what"]


def test_an_answer_in_time_is_not_missing(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    (file,) = deployment.sent()
    deployment.answer(file, {"P-1": "accepted"})
    deployment("run", "acks")
    kinds = [row["kind"] for row in deployment("missing", "--at", later(days=5)).rows]
    assert kinds == ["run"]


def test_a_lost_answer_is_told_at_once(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    deployment("run", "plans")
    with deployment.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(update(batches).values(state=WAITING))
        settle(tx, None, batch_of(tx.connection, 1), UNKNOWN, "lost")
    row = deployment("missing").row
    assert (row["kind"], row["feed"]) == ("outcome", "plans")
    deployment("resolve", "1", "--delivered", "--reason", "the office has it")
    assert deployment("missing").code == 0


def test_a_run_that_failed_is_told(small_deployment: Deployment) -> None:
    small_deployment("run", "plans")
    with small_deployment.ledger() as ledger, ledger.writing() as tx:
        old = "2026-01-05T12:00:00.000000Z"
        values = {"started_at": old, "ended_at": old, "exit_code": 4}
        tx.connection.execute(update(runs).values(values))
    first = small_deployment("missing").rows[0]
    assert first["kind"] == "run"
    assert first["since"] == "2026-01-06T08:00:00.000000Z"


def test_without_a_ledger_that_is_told(
    small_deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_LEDGER", f"sqlite:///{tmp_path}/none.db")
    done = small_deployment("missing")
    assert (done.code, done.row["kind"]) == (1, "ledger")
    assert not (tmp_path / "none.db").exists()


def test_credentials_are_told(small_deployment: Deployment) -> None:
    soon = (datetime.now(UTC) + timedelta(days=7)).date()
    small_deployment.configure_more(
        f'[endpoints.more]\nurl = "file:more"\ncredentials_expire = {soon}\n'
    )
    small_deployment("run", "plans")
    row = small_deployment("missing").row
    assert (row["kind"], row["endpoint"]) == ("credentials", "more")


def test_at_a_terminal_a_table_or_one_line(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"))
    small_deployment("run", "plans")
    assert small_deployment.at_terminal("missing").text == "Nothing is missing."
    done = small_deployment.at_terminal("missing", "--at", later(days=5))
    assert done.code == 1
    for word in ("run", "plans", "answer", "UTC", "no answer", "`iepbridge run plans`"):
        assert word in done.text


@pytest.mark.parametrize("time", ["yesterday", "2026-11-02", "1999-01-01T00:00:00Z"])
def test_a_time_that_is_none_is_wrong_usage(small_deployment: Deployment, time: str) -> None:
    done = small_deployment("missing", "--at", time)
    assert (done.code, done.out) == (2, b"")
    assert "expected a time" in done.err


def test_no_person_is_told_of(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"))
    small_deployment("run", "plans")
    done = small_deployment("missing", "--at", later(days=40), "--log-level", "debug")
    assert [row["kind"] for row in done.rows] == ["run", "answer", "quiet", "quiet"]
    said = done.err + done.out.decode()
    assert SENTINEL not in said
    assert NUMBER not in said


def test_every_kind_is_documented() -> None:
    table = PAGE.partition("| `kind` |")[2].partition("\n\n")[0]
    documented = [row.split("`")[1] for row in table.splitlines()[2:]]
    assert sorted(documented) == sorted(KINDS)
