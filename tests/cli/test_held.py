"""`iepbridge held`: shown, let go once, taken out; each an event of the ledger."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select
from tests.cli.deployment import (
    NUMBER,
    SENTINEL,
    Deployment,
    against_policy,
    texan,
    without_code,
)

from iepbridge.cli.plan_facts import facts_of
from iepbridge.ledger.events import verify
from iepbridge.ledger.kept import keep_bytes
from iepbridge.ledger.schema import events, held, received


def events_of(deployment: Deployment, kind: str) -> list[Any]:
    with deployment.ledger() as ledger, ledger.reading() as connection:
        assert verify(connection).broken is None
        found = connection.execute(select(events).where(events.c.kind == kind)).all()
    return [(one.feed, one.plan_id, orjson.loads(one.detail)) for one in found]


@pytest.fixture
def holding(deployment: Deployment) -> Deployment:
    """Give a deployment that holds P-2 by policy and P-3 by format."""
    deployment.plans(texan("P-1"), against_policy("P-2"), without_code("P-3"))
    deployment("run", "plans")
    return deployment


def number_of(deployment: Deployment, plan_id: str) -> str:
    return str(next(row["id"] for row in deployment("held").rows if row["plan_id"] == plan_id))


def test_what_is_held_is_listed(holding: Deployment) -> None:
    rows = {row["plan_id"]: row for row in holding("held").rows}
    assert {one: row["reason"] for one, row in rows.items()} == {"P-2": "policy", "P-3": "format"}
    assert "TX-04" in rows["P-2"]["rules"]
    assert rows["P-3"]["rules"][-1] == "FMT-CODE"
    assert rows["P-2"]["version"] == 1


def test_one_feed_is_listed_alone(holding: Deployment) -> None:
    assert len(holding("held", "--feed", "plans").rows) == 2
    assert holding("held", "--feed", "acks").rows == []
    assert holding("held", "--feed", "acts").code == 2


def test_a_hold_is_shown_with_what_to_do_and_no_person(holding: Deployment) -> None:
    own = number_of(holding, "P-2")
    done = holding("held", "show", own, "--log-level", "debug")
    row = done.row
    assert row["plan"]["plan_id"] == "P-2"
    assert row["plan"]["started_on"] == "2025-06-27"
    assert any(one["rule"] == "TX-04" and one["remedy"] for one in row["findings"])
    assert f"release {own}" in row["remedy"]
    assert SENTINEL not in done.out.decode() + done.err
    assert NUMBER not in done.out.decode() + done.err
    ((feed, plan_id, detail),) = events_of(holding, "plan_shown")
    assert (feed, plan_id, detail["hold"]) == ("plans", "P-2", int(own))
    assert detail["who"]


def test_a_hold_by_policy_goes_once(holding: Deployment) -> None:
    own = number_of(holding, "P-2")
    done = holding("held", "release", own, "--reason", "signed on  paper")
    assert (done.code, done.row["release_reason"]) == (0, "signed on paper")
    ((_, plan_id, detail),) = events_of(holding, "plan_released")
    assert (plan_id, detail["reason"], detail["why"]) == ("P-2", "signed on paper", "policy")
    again = holding("held", "release", own, "--reason", "again")
    assert again.code == 2
    assert "released" in again.err
    assert holding("run", "plans").row["counts"]["plans_delivered"] == 1
    assert [row["plan_id"] for row in holding("held").rows] == ["P-3"]
    assert "counts" in holding("run", "plans").row
    assert len(holding.sent()) == 2
    over = holding("held", "release", own, "--reason", "again")
    assert over.code == 2
    assert "over" in over.err


def test_what_a_format_refused_is_mended_not_released(holding: Deployment) -> None:
    done = holding("held", "release", number_of(holding, "P-3"), "--reason", "please")
    assert done.code == 2
    assert "Mend the plan" in done.err
    assert events_of(holding, "plan_released") == []


@pytest.mark.parametrize("reason", ["", "  ", "it is 900-12-3456", "900123456 says so"])
def test_a_reason_is_given_and_names_nobody(small_deployment: Deployment, reason: str) -> None:
    small_deployment.plans(against_policy("P-2"))
    small_deployment("run", "plans")
    done = small_deployment("held", "release", "1", "--reason", reason)
    assert done.code == 2
    assert NUMBER not in done.err
    assert small_deployment("held", "release", "1").code == 2
    assert small_deployment("held").row["released_at"] is None


def test_a_plan_is_taken_out(holding: Deployment, tmp_path: Path) -> None:
    own = number_of(holding, "P-2")
    done = holding("held", "export", own, "-o", "out.jsonl")
    assert (done.code, done.out) == (0, b"")
    assert json.loads((tmp_path / "out.jsonl").read_bytes()) == against_policy("P-2")
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600
    assert holding("held", "export", own).row["plan_id"] == "P-2"
    assert [one[1] for one in events_of(holding, "plan_exported")] == ["P-2", "P-2"]


def test_a_place_that_cannot_be_written_discloses_nothing(holding: Deployment) -> None:
    done = holding("held", "export", number_of(holding, "P-2"), "-o", "no/such/folder.jsonl")
    assert done.code == 2
    assert events_of(holding, "plan_exported") == []


@pytest.fixture
def with_file(deployment: Deployment) -> Deployment:
    """Give a deployment that holds a whole file, since the one before it is missing."""
    deployment("run", "plans")
    with deployment.ledger() as ledger, ledger.writing() as tx:
        own = {
            "run_id": 1, "feed": "old-plans", "endpoint": "answers", "name": "F_000007.xml",
            "sha256": bytes(32), "size": 4, "kept_id": keep_bytes(tx, "received", b"file"),
            "state": "gap", "sequence": 7, "received_at": tx.now,
        }  # fmt: skip
        made = tx.connection.execute(insert(received).values(own).returning(received.c.id))
        hold = {
            "run_id": 1, "feed": "old-plans", "received_id": made.scalar_one(),
            "reason": "sequence", "findings": '[{"sequence":7,"expected":5}]', "held_at": tx.now,
        }  # fmt: skip
        tx.connection.execute(insert(held).values(hold))
    return deployment


def test_a_file_out_of_sequence_is_shown_taken_out_and_released(with_file: Deployment) -> None:
    row = with_file("held").row
    assert (row["file"], row["reason"], row["plan_id"]) == ("F_000007.xml", "sequence", None)
    shown = with_file("held", "show", "1").row
    assert shown["findings"] == [{"sequence": 7, "expected": 5}]
    assert with_file("held", "export", "1").out == b"file"
    assert with_file("held", "release", "1", "--reason", "number 5 was lost").code == 0
    for kind in ("file_shown", "file_exported", "file_released"):
        ((feed, plan_id, detail),) = events_of(with_file, kind)
        assert (feed, plan_id, detail["name"]) == ("old-plans", None, "F_000007.xml")


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("show", "first"),
        ("show", "-1"),
        ("show", "99999999999999999999"),
        ("show", "4711"),
        ("mend", "1"),
        ("show", "1", "2"),
        ("show", "1", "--feed", "plans"),
        ("--reason", "why"),
        ("export", "4711"),
    ],
)
def test_other_words_are_refused(small_deployment: Deployment, words: tuple[str, ...]) -> None:
    done = small_deployment("held", *words)
    assert (done.code, done.out) == (2, b"")
    assert done.err


def test_what_is_not_of_its_form_is_masked() -> None:
    line = json.dumps(
        {"plan_id": "P", "version": "x", "status": SENTINEL, "program": [], "started_on": SENTINEL}
    ).encode()
    assert facts_of(line) == {
        "plan_id": "P", "version": None, "program": "***", "status": "***", "started_on": "***",
        "completed_on": None, "closed_on": None,
    }  # fmt: skip
    assert facts_of(b"no plan") == {}


def test_at_a_terminal_tables_and_words(small_deployment: Deployment) -> None:
    assert small_deployment.at_terminal("held").text == "Nothing is held."
    small_deployment.plans(against_policy("P-2"), without_code("P-3"))
    small_deployment("run", "plans")
    listed = small_deployment.at_terminal("held").text
    assert "policy" in listed
    assert "FMT-CODE" in listed
    shown = small_deployment.at_terminal("held", "show", "1").text
    assert "error TX-04 at goals[" in shown
    assert SENTINEL not in shown
    done = small_deployment.at_terminal("held", "release", "1", "--reason", "signed on paper")
    assert done.text.endswith("iepbridge run plans")


def test_a_file_at_a_terminal(with_file: Deployment) -> None:
    assert "number 7, 5 is due" in with_file.at_terminal("held").text
    assert "number 7, 5 is due" in with_file.at_terminal("held", "show", "1").text
