"""`iepbridge demo`: a first look that works anywhere, twice."""

import json
import subprocess
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from tests.cli.conftest import Run

SYSTEMS = sorted(point.name for point in entry_points(group="iepbridge"))
COUNT = 40


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def shown(run: Run, tmp_path: Path) -> "subprocess.CompletedProcess[bytes]":
    return run("demo", "--count", str(COUNT))


def test_every_system_gets_plans_and_gives_them_back(
    shown: "subprocess.CompletedProcess[bytes]", tmp_path: Path
) -> None:
    folder = tmp_path / "demo-output"
    assert len(lines(folder / "plans.jsonl")) == COUNT
    for system in SYSTEMS:
        held = {one["plan_id"] for one in lines(folder / system / "findings.jsonl")}
        assert len(lines(folder / system / "back.jsonl")) == COUNT - len(held)
        assert lines(folder / system / "loss.jsonl") is not None
    assert shown.returncode == 0
    assert shown.stderr == b""


def test_the_summary_says_what_happened_and_what_is_next(
    shown: "subprocess.CompletedProcess[bytes]",
) -> None:
    text = shown.stdout.decode()
    assert f"{COUNT} plans made up" in text
    assert all(f"\n{system}: " in text for system in SYSTEMS)
    for part in ("sent", "held back", "lost", "came back", "Next:", "demo-output"):
        assert part in text
    assert "differ" not in text
    assert len(text.splitlines()) < 20 * (1 + len(SYSTEMS))


def test_again_is_the_same_and_harms_no_other_file(
    run: Run, shown: "subprocess.CompletedProcess[bytes]", tmp_path: Path
) -> None:
    folder = tmp_path / "demo-output"
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    (folder / "mine.txt").write_text("mine")
    again = run("demo", "--count", str(COUNT))
    assert (again.returncode, again.stdout) == (shown.returncode, shown.stdout)
    assert (folder / "mine.txt").read_text() == "mine"
    (folder / "mine.txt").unlink()
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before


def test_all_that_is_made_is_for_its_owner_alone(
    shown: "subprocess.CompletedProcess[bytes]", tmp_path: Path
) -> None:
    for path in (tmp_path / "demo-output").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_is_a_file_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    done = run("demo", "--count", "1", "--folder", "taken")
    assert done.returncode == 2
    assert b"--folder" in done.stderr
    assert (tmp_path / "taken").read_text() == "mine"
