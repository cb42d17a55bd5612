"""`iepbridge run`: feeds chosen, run, summed up; one that fails stops none of the others."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from tests.cli.deployment import NUMBER, SENTINEL, Deployment, against_policy, texan, without_code

from iepbridge.cli import running
from iepbridge.cli.console import Voice
from iepbridge.cli.run_progress import told
from iepbridge.ledger import take
from iepbridge.ledger.migrations import VERSION_TABLE
from iepbridge.runs.outcome import Outcome


def test_plans_go_and_a_line_sums_up(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"), texan("P-2"))
    done = deployment("run", "plans")
    assert (done.code, done.err) == (0, "")
    row = done.row
    assert (row["feed"], row["exit_code"], row["run"], row["problems"]) == ("plans", 0, 1, [])
    assert row["counts"]["plans_delivered"] == 2
    assert len(deployment.sent()) == 1


def test_what_is_held_is_exit_code_1(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"), against_policy("P-2"))
    done = small_deployment("run", "plans")
    assert (done.code, done.row["exit_code"], done.row["counts"]["held"]) == (1, 1, 1)


def test_the_same_again_sends_nothing(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"))
    small_deployment("run", "plans")
    done = small_deployment("run", "plans")
    assert done.code == 0
    assert done.row["counts"] == {"plans_found": 1, "plans_unchanged": 1}
    assert len(small_deployment.sent()) == 1


def test_without_a_feed_those_configured_are_named(small_deployment: Deployment) -> None:
    done = small_deployment("run")
    assert done.code == 2
    assert "plans, acks, old-plans" in done.err


@pytest.mark.parametrize("word", ["plan", "plan*s-", "nothing"])
def test_a_word_that_means_no_feed_runs_none(small_deployment: Deployment, word: str) -> None:
    small_deployment.plans(texan("P-1"))
    done = small_deployment("run", "plans", word)
    assert (done.code, done.out, small_deployment.sent()) == (2, b"", [])
    assert "old-plans" in done.err


def test_a_pattern_takes_what_is_enabled_and_each_once(small_deployment: Deployment) -> None:
    done = small_deployment("run", "*", "acks")
    assert [row["feed"] for row in done.rows] == ["plans", "acks"]
    done = small_deployment("run", "old-plans", "plan*")
    assert [row["feed"] for row in done.rows] == ["old-plans", "plans"]


def test_while_another_run_is_under_way_nothing_goes(deployment: Deployment) -> None:
    deployment.plans(texan("P-1"))
    with deployment.ledger() as ledger, take(ledger, ["feed:plans"], "another run", 600):
        done = deployment("run", "plans", "acks")
    assert done.code == 5
    assert [(row["exit_code"], row["run"] is None) for row in done.rows] == [(5, True), (0, False)]
    assert "another run" in done.rows[0]["problems"][0]
    assert deployment.sent() == []


_OHIO = """
[feeds.ohio]
direction = "out"
system = "ohio"
source = "plans/*.jsonl"
endpoint = "texas"
sender = "A"
receiver = "B"
"""


def test_one_feed_that_fails_stops_no_other(small_deployment: Deployment) -> None:
    small_deployment.configure_more(_OHIO)
    small_deployment.plans(texan("P-1"))
    done = small_deployment("run", "ohio", "plans")
    assert done.code == 2
    assert [row["exit_code"] for row in done.rows] == [2, 0]
    assert "ohio" in done.rows[0]["problems"][0]


_NEW = """
[feeds.new]
direction = "out"
system = "twist"
source = "plans/*.jsonl"
endpoint = "texas"
sender = "NEW"
receiver = "TWC"
volume_first = 1
"""


def test_more_than_may_go_stops_a_feed_until_a_person_accepts_it(
    small_deployment: Deployment,
) -> None:
    small_deployment.configure_more(_NEW)
    small_deployment.plans(texan("P-1"), texan("P-2"))
    done = small_deployment("run", "new", "acks")
    assert (done.code, [row["exit_code"] for row in done.rows]) == (8, [8, 0])
    assert "`iepbridge run new --accept-volume`" in done.rows[0]["problems"][0]
    assert small_deployment.sent() == []
    stands = {row["feed"]: row for row in small_deployment("feeds").rows}
    assert stands["new"]["last_run"]["exit_code"] == 8
    preview = small_deployment("run", "new", "--dry-run")
    assert (preview.code, [row["do"] for row in preview.rows]) == (8, ["stop"])
    done = small_deployment("run", "new", "--accept-volume")
    assert (done.code, done.row["counts"]["plans_delivered"]) == (0, 2)


def test_a_fault_of_the_program_in_one_feed_stops_no_other(
    small_deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_feed(_: object, name: str) -> Outcome:
        if name == "plans":
            raise RuntimeError(SENTINEL)
        return Outcome(name, 0, {})

    monkeypatch.setattr(running, "run_feed", run_feed)
    done = small_deployment("run", "plans", "acks")
    assert done.code == 70
    assert [row["exit_code"] for row in done.rows] == [70, 0]
    assert "RuntimeError" in done.err
    assert SENTINEL not in done.err + done.out.decode()


def test_every_mistake_of_the_configuration_is_told_and_nothing_runs(
    small_deployment: Deployment,
) -> None:
    small_deployment.configure_more('[feeds.x]\ndirection = "up"\n[feeds.y]\nsystem = 3\n')
    done = small_deployment("run", "plans")
    assert (done.code, done.out) == (2, b"")
    assert "feeds.x.direction" in done.err
    assert "feeds.y.system" in done.err


def test_without_a_configuration_it_says_so(small_deployment: Deployment, tmp_path: Path) -> None:
    (tmp_path / "iepbridge.toml").unlink()
    done = small_deployment("run", "plans")
    assert done.code == 2
    assert "--config" in done.err


def test_a_dry_run_makes_nothing_not_even_a_ledger(
    small_deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_LEDGER", f"sqlite:///{tmp_path}/none.db")
    small_deployment.plans(texan("P-1"), against_policy("P-2"))
    before = sorted(tmp_path.rglob("*"))
    done = small_deployment("run", "plans", "--dry-run")
    assert done.code == 1
    assert {row["plan_id"]: row["do"] for row in done.rows} == {"P-1": "send", "P-2": "hold"}
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("words", ["run plans --dry-run", "feeds", "missing", "purge --dry-run"])
def test_who_only_looks_makes_no_table_in_a_database(
    small_deployment: Deployment,
    empty_postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
) -> None:
    monkeypatch.setenv("TEST_LEDGER", empty_postgres_url)
    assert small_deployment(*words.split()).code in (0, 1)
    engine = create_engine(empty_postgres_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("words", ["run plans --dry-run", "feeds", "missing", "purge --dry-run"])
def test_who_only_looks_changes_no_old_ledger(small_deployment: Deployment, words: str) -> None:
    small_deployment("run", "plans")
    with small_deployment.ledger() as ledger, ledger.writing() as tx:
        tx.connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    done = small_deployment(*words.split())
    assert done.code == 2
    assert "The next run of a feed" in done.err


def test_no_person_is_told_of(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"), against_policy("P-2"))
    done = small_deployment("run", "*", "--log-level", "debug")
    told = done.err + done.out.decode()
    assert "run_ended" in told
    assert SENTINEL not in told
    assert NUMBER not in told


def test_a_summary_in_words() -> None:
    outcome = Outcome("plans", 4, {"plans_found": 1200, "held": 0, "batches_made": 1}, ())
    told = running.summary(outcome)
    assert told.startswith("plans: the other side could not be reached")
    assert told.endswith("(1,200 plans found, 1 batches made)")


def test_at_a_terminal_words(small_deployment: Deployment) -> None:
    small_deployment.plans(texan("P-1"), without_code("P-2"))
    told = small_deployment.at_terminal("run", "plans", "--dry-run").text
    assert "do send" in told
    assert small_deployment.at_terminal("run", "plans").text.startswith("plans: done, and")


def test_at_a_terminal_problems_are_told_once_in_words(small_deployment: Deployment) -> None:
    (small_deployment.folder / "plans" / "bad.jsonl").write_text("no plan\n")
    done = small_deployment.at_terminal("run", "plans", "--log-level", "warning")
    assert done.code == 3
    assert done.text.startswith("plans: a file could not be read")
    assert "iepbridge" not in done.err.splitlines()[0]
    assert done.err.count("bad.jsonl") == 1
    assert "run_problem" not in done.err


def test_in_a_log_problems_are_told_once_as_events(small_deployment: Deployment) -> None:
    (small_deployment.folder / "plans" / "bad.jsonl").write_text("no plan\n")
    done = small_deployment("run", "plans", "--log-level", "info")
    assert done.err.count('"run_problem"') == 1
    assert all(line.startswith("{") for line in done.err.splitlines())


def test_progress_is_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    with told("plans", Voice(person=True, level="warning", form="console")) as hear:
        hear("plans_found", 200)
        hear("plans_examined", 100)
        hear("batches_made", 1)
    with told("plans", Voice(person=True, level="error", form="console")) as hear:
        hear("plans_found", 100)
    assert capfd.readouterr().out == ""
