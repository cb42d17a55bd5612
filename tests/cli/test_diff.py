"""`iepbridge diff`: what changed between two files of plans."""

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import COMMAND, Run, environment, lines, plan, refused

ALL = ["cwds", "icc", "toolbox", "twist"]
GOAL = {"goal_id": "G1", "term": "overall", "kind": "employment", "title": "SENTINEL"}
SIGNED = [{"role": "guardian", "signed_on": "2026-01-05", "plan_version": 2}]

OLD = lines(
    plan("P-3"),
    plan("P-1", program="tanf_mwa", goals=[GOAL], comments="SENTINEL"),
    plan("P-2", comments="SENTINEL"),
    plan("P-5"),
)
NEW = lines(
    plan("P-4"),
    plan("P-2", comments="SENTINEL", case_notes=[{"note_id": "N", "about": "other"}]),
    plan("P-5", version=2),
    plan(
        "P-1",
        version=2,
        program="tanf_mwa",
        goals=[{**GOAL, "title": "SENTINEL 2"}],
        activities=[{"activity_id": "A", "kind": "other"}],
        signatures=SIGNED,
        comments="SENTINEL",
    ),
)


def rows(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "old.jsonl").write_bytes(OLD)
    (tmp_path / "new.jsonl").write_bytes(NEW)
    return "old.jsonl", "new.jsonl"


def change(
    plan_id: str, versions: tuple[Any, Any], kind: str, path: str, systems: list[str]
) -> Any:
    old, new = versions
    about = {"plan_id": plan_id, "old_version": old, "new_version": new}
    return {**about, "kind": kind, "path": path, "significant_for": systems}


def sum_of(plan_id: str, systems: list[str], signers: list[str]) -> Any:
    return {"plan_id": plan_id, "significant_for": systems, "must_sign": signers}


def expected(spoken: list[str]) -> list[Any]:
    def of(*systems: str) -> list[str]:
        return [name for name in systems if name in spoken]

    return [
        change("P-4", (None, 1), "added", "", []),
        change("P-2", (1, 1), "record", "case_notes[0]", []),
        sum_of("P-2", [], []),
        change("P-1", (1, 2), "goal", "goals[0].title", of(*ALL)),
        change("P-1", (1, 2), "work_activity", "activities[0]", of("cwds", "toolbox")),
        change("P-1", (1, 2), "record", "signatures", []),
        sum_of("P-1", of(*ALL), ["case_manager"]),
        change("P-3", (1, None), "removed", "", []),
    ]


def test_a_line_for_each_change_and_each_changed_plan(run: Run, files: tuple[str, str]) -> None:
    done = run("diff", *files)
    assert done.returncode == 0
    assert rows(done.stdout) == expected(ALL)
    assert list(rows(done.stdout)[0]) == list(expected(ALL)[0])
    assert b": " not in done.stdout
    assert b"SENTINEL" not in done.stdout + done.stderr


@pytest.mark.parametrize("system", ALL)
def test_one_system_is_spoken_of_alone(run: Run, files: tuple[str, str], system: str) -> None:
    assert rows(run("diff", *files, "--system", system).stdout) == expected([system])


def test_nobody_signs_for_what_a_system_calls_insignificant(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(lines(plan()))
    new = lines(plan(comments="x"))
    assert rows(run("diff", "old", "-", given=new).stdout)[-1] == sum_of(
        "P-1", ["cwds"], ["participant", "case_manager"]
    )
    done = run("diff", "old", "-", "--system", "icc", given=new)
    assert rows(done.stdout)[-1] == sum_of("P-1", [], [])


def test_standard_input_stands_for_either(run: Run, files: tuple[str, str]) -> None:
    old, new = files
    assert rows(run("diff", "-", new, given=OLD).stdout) == expected(ALL)
    assert rows(run("diff", old, "-", given=NEW).stdout) == expected(ALL)
    done = run("diff", "-", "-", given=OLD)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"OLD and NEW" in done.stderr


def test_the_same_file_has_no_lines(run: Run, files: tuple[str, str]) -> None:
    done = run("diff", files[0], files[0], "-o", "out.jsonl")
    assert (done.returncode, done.stdout) == (0, b"")


def test_an_output_is_written_whole(run: Run, tmp_path: Path, files: tuple[str, str]) -> None:
    done = run("diff", *files, "-o", "out.jsonl")
    assert (done.returncode, done.stdout) == (0, b"")
    assert rows((tmp_path / "out.jsonl").read_bytes()) == expected(ALL)


@pytest.mark.parametrize("side", [0, 1])
def test_no_output_over_an_input(
    run: Run, tmp_path: Path, files: tuple[str, str], side: int
) -> None:
    before = (tmp_path / files[side]).read_bytes()
    done = run("diff", *files, "-o", files[side])
    assert done.returncode == 2
    assert b"name another" in done.stderr
    with (tmp_path / files[side]).open("ab") as out:
        assert run("diff", *files, stdout=out).returncode == 2
    assert (tmp_path / files[side]).read_bytes() == before


@pytest.mark.parametrize("side", ["OLD", "NEW"])
def test_a_file_of_something_else_is_refused_by_name(
    run: Run, tmp_path: Path, files: tuple[str, str], side: str
) -> None:
    names = {"OLD": files[0], "NEW": files[1], side: "bad"}
    (tmp_path / "bad").write_bytes(OLD + b'{"SENTINEL": NaN}\n')
    done = run("diff", names["OLD"], names["NEW"], "-o", "out.jsonl")
    assert (done.returncode, done.stdout) == (3, b"")
    assert f"{side} bad: ".encode() in done.stderr
    assert b"line 5" in done.stderr
    assert b"SENTINEL" not in done.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_held_plans_are_told_and_not_compared(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(lines(plan("A"), refused("B"), plan("C")))
    new = lines(refused("A"), plan("B"), plan("C", comments="x"), plan("C"))
    done = run("diff", "old", "-", given=new)
    assert done.returncode == 1
    assert [row["plan_id"] for row in rows(done.stdout)] == ["C", "C"]
    told = rows(done.stderr)
    held = [(one["file"], one["plan_id"], one["rule"]) for one in told if "rule" in one]
    assert held == [("OLD", "B", "MODEL-5"), ("NEW", "A", "MODEL-5"), ("NEW", "C", "FMT-TWICE")]
    assert told[-1]["event"] == "compared"
    assert (told[-1]["held"], told[-1]["changed"], told[-1]["removed"]) == (3, 1, 0)
    silent = run("diff", "old", "-", "--log-level", "error", given=new)
    assert (silent.returncode, silent.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("old.jsonl",), b"NEW"),
        (("old.jsonl", "gone.jsonl"), b"no such file"),
        (("old.jsonl", "new.jsonl", "--system", "icd"), b"Installed: cwds, icc"),
        (("old.jsonl", "new.jsonl", "-o", "no/where"), b"no such folder"),
    ],
)
def test_wrong_usage_says_what_is_right(
    run: Run, files: tuple[str, str], words: tuple[str, ...], said: bytes
) -> None:
    done = run("diff", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr


@pytest.mark.linux
def test_a_person_sees_a_block_for_each_plan(tmp_path: Path, files: tuple[str, str]) -> None:
    (tmp_path / "more").write_bytes(NEW + lines(*(refused(f"R-{n}") for n in range(12))))
    code, seen = on_terminal(tmp_path, "diff", files[0], "more")
    assert code == 1
    for text in ("P-4  version 1, added", "P-1  version 1 to 2", "P-3  version 1, removed"):
        assert text in seen
    for text in ("goals[0].title", "must sign: case_manager", "not significant", "R-1, version 1"):
        assert text in seen
    assert "4 plans before, 16 now: 2 changed (1 significantly), 1 added, 1 removed." in seen
    assert "NEW: 12 plans not compared." in seen
    assert "and 2 more" in seen
    assert "SENTINEL" not in seen
    assert '{"' not in seen


@pytest.mark.linux
def test_each_file_has_its_progress(tmp_path: Path, files: tuple[str, str]) -> None:
    _, seen = on_terminal(tmp_path, "diff", *files, "-o", "out.jsonl", terminal="xterm")
    assert seen.index("Reading OLD") < seen.index("Reading NEW") < seen.index("before, 4 now")


@pytest.mark.linux
def test_lines_are_for_a_terminal_that_asks(tmp_path: Path, files: tuple[str, str]) -> None:
    _, seen = on_terminal(tmp_path, "diff", *files, "--json", "--log-level", "error")
    assert rows(seen.encode()) == expected(ALL)


@pytest.mark.linux
def test_a_key_cannot_steer_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(lines(plan()))
    odd = {"twist": {"[red]\x9b31m\u202e": "x"}}
    (tmp_path / "new").write_bytes(lines(plan(extensions=odd)))
    _, seen = on_terminal(tmp_path, "diff", "old", "new")
    assert r"extensions.twist.[red]\x9b31m\u202e" in seen
    assert "\x9b" not in seen


def on_terminal(folder: Path, *words: str, terminal: str = "dumb") -> tuple[int, str]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment(TERM=terminal, COLUMNS="120"),
        cwd=folder,
    )
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # Linux says EIO when the last writer has gone
        pass
    os.close(ours)
    return process.wait(), seen.decode()
