"""`iepbridge sandbox` as a process: ready, reads, ends in order, goes on where it was."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import COMMAND, Run, environment

from iepbridge.cli.parser import Parser
from iepbridge.cli.sandbox import EXAMPLE, add_arguments
from iepbridge.sandbox import PERSONALITIES

_PATIENCE_SECONDS = 60


class Playing:
    """A sandbox in a process of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def line(self) -> dict[str, Any]:
        """Wait for the next line that it writes."""
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE_SECONDS)


@contextmanager
def playing(folder: Path, *words: str) -> Iterator[Playing]:
    options = ["--root", "states", "--port", "0", "--every", "0.05"]
    process = subprocess.Popen(
        [*COMMAND, "sandbox", *options, *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            yield Playing(process)
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_all_is_and_ends_in_order(tmp_path: Path, number: int) -> None:
    with playing(tmp_path, "--personality", "slow", "--offer", "1") as box:
        ready = box.line()
        assert (ready["event"], ready["personalities"]) == ("ready", ["slow"])
        assert Path(ready["configuration"]) == tmp_path / "states" / "iepbridge.toml"
        offered = [box.line() for _ in range(4)]
        assert [one["event"] for one in offered] == ["offered"] * 4
        assert box.end(number) == 0


def test_a_feed_is_rehearsed_from_the_command_line(tmp_path: Path) -> None:
    with playing(tmp_path, "--personality", "takes") as box:
        box.line()
        states = tmp_path / "states"

        def run(*words: str) -> "subprocess.CompletedProcess[bytes]":
            return subprocess.run(
                [sys.executable, "-m", "iepbridge", *words],
                cwd=states,
                env=environment(),
                capture_output=True,
                check=False,
                timeout=_PATIENCE_SECONDS * 2,
            )

        assert run("config", "check").returncode == 0
        assert run("sample", "--count", "6", "-o", "plans/plans.jsonl").returncode == 0
        assert run("run", "missouri-plans").returncode in (0, 1)
        read = box.line()
        assert (read["event"], read["system"]) == ("read", "toolbox")
        assert sum(read["counts"].values()) == read["plans"] > 0
        assert len(read["answers"]) == 1


def test_mistakes_are_told_before_anything_is_made(run: Run, tmp_path: Path) -> None:
    done = run("sandbox", "--personality", "friendly")
    assert (done.returncode, b"There are: takes," in done.stderr) == (2, True)
    for words in (("--port", "65536"), ("--every", "0"), ("--seed", "x")):
        assert run("sandbox", *words).returncode == 2
    assert not list(tmp_path.iterdir())


def test_a_root_that_cannot_be_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("sandbox", "--root", "file/states", "--port", "0")
    assert (done.returncode, b"Choose a folder of your own" in done.stderr) == (2, True)


def test_help_names_every_personality() -> None:
    parser = Parser()
    add_arguments(parser)
    assert not [name for name in PERSONALITIES if f"\n  {name} " not in EXAMPLE]
