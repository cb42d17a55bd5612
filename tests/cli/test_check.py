"""`iepbridge check`: findings and the QA instrument, by exit code, stream and file."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.cli.conftest import Run, lines, plan, refused
from tests.cli.test_terminal import OnTerminal, on_terminal  # noqa: F401

from iepbridge.registry import load_registry

CHECK = ("check", "--system", "twist")


def active(**fields: Any) -> dict[str, Any]:
    return {**plan(), "status": "active", "started_on": "2026-01-05", **fields}


def findings(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_findings_are_lines_with_rule_place_and_clause(run: Run) -> None:
    done = run(*CHECK, "-", given=lines(active()))
    assert done.returncode == 1
    found = findings(done.stdout)
    first = next(one for one in found if one["rule"] == "TX-03")
    assert (first["severity"], first["path"], first["clause"]) == (
        "error",
        "goals",
        "Interim goals",
    )
    assert {"plan_id", "version", "message", "remedy"} <= first.keys()


def test_a_draft_breaks_nothing(run: Run) -> None:
    done = run(*CHECK, "-", given=lines({**plan(), "status": "draft"}))
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_plan_that_the_model_refuses_is_an_error(run: Run) -> None:
    done = run(*CHECK, "-", given=lines(refused()))
    assert done.returncode == 1
    assert [one["rule"] for one in findings(done.stdout)] == ["MODEL-5"]


def test_the_day_that_counts_as_today_is_given(run: Run) -> None:
    overdue = active(
        goals=[
            {
                "goal_id": "G-1",
                "term": "overall",
                "kind": "employment",
                "actions": [{"action_id": "A-1", "planned_end_on": "2026-02-01"}],
            }
        ]
    )
    for day, expected in (("2026-02-01", False), ("2026-02-02", True)):
        done = run(*CHECK, "-", "--as-of", day, given=lines(overdue))
        assert any(one["rule"] == "TX-16" for one in findings(done.stdout)) is expected


@pytest.mark.parametrize("day", ["tomorrow", "2026-2-1", "20260201", "2026-02-30"])
def test_another_day_is_wrong_usage(run: Run, day: str) -> None:
    done = run(*CHECK, "-", "--as-of", day, given=b"")
    assert done.returncode == 2
    assert b"YYYY-MM-DD" in done.stderr


def test_a_workbook_for_people_has_the_columns_they_asked_for(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "findings.xlsx"
    done = run(*CHECK, "-", "-o", str(file), given=lines(active()))
    assert (done.returncode, done.stdout) == (1, b"")
    head, first, *_ = openpyxl.load_workbook(file)["Findings"].iter_rows(values_only=True)
    assert head[:5] == ("plan", "date", "message", "rule", "field")
    assert first[0] == plan()["plan_id"]
    assert first[1].isoformat().startswith("2026-01-05")  # type: ignore[union-attr]


def test_rules_on_updates_need_the_version_before(run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    old = active(goals=[])
    goal = {"goal_id": "G-1", "term": "overall", "kind": "employment"}
    new = active(version=plan()["version"] + 1, goals=[goal])
    before.write_bytes(lines(old))
    check = ("check", "--system", "icc", "-")
    alone = findings(run(*check, given=lines(new)).stdout)
    after = findings(run(*check, "--previous", str(before), given=lines(new)).stdout)
    assert "IN-12" not in {one["rule"] for one in alone}
    assert "IN-12" in {one["rule"] for one in after}


def test_a_deployment_changes_severities(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "iepbridge.toml"
    config.write_text('[policy]\nseverity = { "TX-03" = "info", "TX-01" = "off" }\n')
    done = run(*CHECK, "-", "--config", str(config), given=lines(active()))
    found = {one["rule"]: one["severity"] for one in findings(done.stdout)}
    assert found["TX-03"] == "info"
    assert "TX-01" not in found


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ('severity = { "TX-3" = "off" }', b"no rule 'TX-3'"),
        ('severity = { "TX-03" = "loud" }', b":2: policy.severity.TX-03: expected 'error'"),
        ("iep_activity_days = -1", b":2: policy.iep_activity_days: expected at least 0"),
        ("activity_days = 3", b":2: policy.activity_days: no such key; did you mean"),
    ],
)
def test_mistakes_of_the_configuration_are_told(
    run: Run, tmp_path: Path, policy: str, said: bytes
) -> None:
    config = tmp_path / "iepbridge.toml"
    config.write_text(f"[policy]\n{policy}\n")
    done = run(*CHECK, "-", "--config", str(config), given=lines(active()))
    assert done.returncode == 2
    assert said in done.stderr


def test_the_qa_instrument_counts_checks_and_keeps_the_exit_code(run: Run) -> None:
    draft = {**plan(), "plan_id": "P-draft", "status": "draft"}
    done = run(*CHECK, "-", "--qa", given=lines(active(), draft))
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["system"], report["plans"]) == ("twist", 2)
    assert report["rules"]["TX-03"] == {"yes": 0, "no": 1, "not_applicable": 1, "share": 0.0}
    assert report["by_plan"]["P-draft"]["share"] is None
    assert report["yes"] + report["no"] == sum(
        tally["yes"] + tally["no"] for tally in report["by_plan"].values()
    )


def test_translate_applies_the_rules_only_when_asked(run: Run, tmp_path: Path) -> None:
    to = ("--to", "twist", "-", "-o", str(tmp_path / "plans.xml"))
    whole = active(participant={**plan()["participant"], "date_of_birth": "1990-01-02"})
    whole["participant"]["identifiers"] = {"twist": "1"}
    given = lines({**whole, "program": "other"})
    assert run("translate", "--from", "canonical", *to, given=given).returncode == 0
    found = tmp_path / "found.jsonl"
    asked = ("--policy", "--findings", str(found))
    assert run("translate", "--from", "canonical", *to, *asked, given=given).returncode == 1
    assert "TX-03" in {one["rule"] for one in findings(found.read_bytes())}
    assert b"Customer " not in (tmp_path / "plans.xml").read_bytes()


def test_canonical_has_no_rules(run: Run) -> None:
    done = run("translate", "--from", "canonical", "--to", "canonical", "-", "--policy", given=b"")
    assert done.returncode == 2
    assert b"canonical has none" in done.stderr


def test_a_refused_version_before_is_told_and_fails_the_check(run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    before.write_bytes(lines(refused()))
    check = ("check", "--system", "icc", "-", "--previous", str(before))
    done = run(*check, given=lines({**plan(), "status": "draft"}))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"plan_held" in done.stderr


def test_an_output_is_no_input(run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    before.write_bytes(lines(plan()))
    content = before.read_bytes()
    check = ("check", "--system", "icc", "-", "--previous")
    done = run(*check, str(before), "-o", str(before), given=lines(plan()))
    assert (done.returncode, before.read_bytes()) == (2, content)
    assert run(*check, "-", given=lines(plan())).returncode == 2
    missing = run(*check, "gone", given=lines(plan()))
    assert b"--previous gone: there is no such file" in missing.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as-of", "tomorrow"), b"YYYY-MM-DD"),
        (("--qa", "-o", "figures.xlsx"), b"--qa is written as JSON"),
        (("--system", "atlantis"), b"atlantis"),
        (("--from", "nothing"), b"--from"),
        (("--config", "iepbridge.toml"), b"no rule 'TX-3'"),
        (("-o", "none/at-all"), b"-o none/at-all"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_read(
    run: Run, tmp_path: Path, words: tuple[str, ...], said: bytes
) -> None:
    """Neither file is what it should be, and nobody gets to know."""
    before = tmp_path / "before.jsonl"
    before.write_bytes(b"no plan")
    (tmp_path / "iepbridge.toml").write_text('[policy]\nseverity = { "TX-3" = "off" }\n')
    own = () if "--config" in words else ("--config", str(_no_settings(tmp_path)))
    done = run(*CHECK, "-", "--previous", str(before), *own, *words, given=b"no plan either")
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr


def _no_settings(folder: Path) -> Path:
    empty = folder / "empty.toml"
    empty.write_text("")
    return empty


def test_an_unreadable_version_before_is_told_by_its_name(run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    before.write_bytes(b"no plan")
    done = run(*CHECK, "-", "--previous", str(before), given=lines(active()))
    assert (done.returncode, done.stdout) == (3, b"")
    assert f"--previous {before}: ".encode() in done.stderr


def test_of_many_refused_versions_before_the_first_are_told(run: Run, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    before.write_bytes(lines(*(refused(f"P-{number}") for number in range(30))))
    done = run(*CHECK, "-", "--previous", str(before), given=lines(plan()))
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [one["event"] for one in events] == ["plan_held"] * 10 + ["more_plans_held", "checked"]
    assert events[10]["plans"] == 20
    assert events[0]["file"] == "--previous"


def test_the_exit_code_says_whether_there_are_errors(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "iepbridge.toml"
    registry = load_registry()
    rules = registry.adapter("twist").rules
    for severity, code in (("error", 1), ("warning", 0), ("info", 0), ("off", 0)):
        table = ", ".join(f'"{rule.id}" = "{severity}"' for rule in rules)
        config.write_text(f"[policy]\nseverity = {{ {table} }}\n")
        done = run(*CHECK, "-", given=lines(active()))
        assert done.returncode == code
        assert {one["severity"] for one in findings(done.stdout)} == {severity} - {"off"}


@pytest.mark.linux
def test_a_person_at_a_terminal_reads_what_to_do(
    on_terminal: OnTerminal,  # noqa: F811  a fixture of the tests of terminals
    tmp_path: Path,
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(active()))
    both = ("stdout", "stderr")
    code, seen, _ = on_terminal(*CHECK, "in.jsonl", streams=both)
    assert code == 1
    for part in ("P-1", "version 1", "TX-03", "goals (Interim goals)", "1 plan checked, "):
        assert part in seen
    assert '{"' not in seen
    code, seen, _ = on_terminal(*CHECK, "in.jsonl", "--qa", streams=both)
    assert code == 1
    assert "is below the 90 %" in seen
    _, _, piped = on_terminal(*CHECK, "in.jsonl")
    assert findings(piped)
    _, seen, _ = on_terminal(*CHECK, "in.jsonl", "--json", streams=("stdout",))
    assert '"rule":"TX-03"' in seen


@pytest.mark.linux
def test_a_person_hears_which_versions_before_are_not_compared_with(
    on_terminal: OnTerminal,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "in.jsonl").write_bytes(lines(plan()))
    (tmp_path / "before.jsonl").write_bytes(lines(refused()))
    code, seen, _ = on_terminal(*CHECK, "in.jsonl", "--previous", "before.jsonl")
    assert code == 1
    for part in (
        "--previous: 1 plan not compared with.",
        "plan P-2",
        "MODEL-5",
        "1 plan checked, ",
    ):
        assert part in seen
