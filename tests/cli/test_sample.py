"""`iepbridge sample`: as many plans as asked for, the same for the same seed."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import TRANSLATE, Run


def test_the_same_seed_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    one = run("sample", "--count", "20", "--seed", "7")
    assert (one.returncode, one.stderr) == (0, b"")
    assert run("sample", "--count", "20", "--seed", "7", "-o", "s.jsonl").returncode == 0
    assert (tmp_path / "s.jsonl").read_bytes() == one.stdout
    assert run("sample", "--count", "20", "--seed", "8").stdout != one.stdout


def test_there_are_as_many_as_asked_for_and_all_are_plans(run: Run) -> None:
    samples = run("sample", "--count", "30").stdout
    assert len({json.loads(line)["plan_id"] for line in samples.splitlines()}) == 30
    assert run(*TRANSLATE, "-", given=samples).returncode == 0


def test_none_is_a_number_too(run: Run) -> None:
    done = run("sample", "--count", "0")
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("count", ["-1", "ten", "1.5", "²", "", "1" * 13])
def test_what_is_no_number_is_refused(run: Run, count: str) -> None:
    done = run("sample", f"--count={count}")
    assert done.returncode == 2
    assert b"how many plans" in done.stderr
