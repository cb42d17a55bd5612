"""How long the command takes to start, in times of the interpreter alone."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from bench.rounds import interleaved, ratio
from bench.table import show

COUNT = 1
ROUNDS = 30
MOST = 5
_BASE = "python -c pass"


def run(_: int, rounds: int) -> None:
    """Print a row for each command."""
    program = str(Path(sys.executable).with_name("iepbridge"))
    commands = {
        _BASE: [sys.executable, "-c", "pass"],
        "iepbridge --help": [program, "--help"],
        "iepbridge --version": [program, "--version"],
    }
    times = interleaved({name: partial(_took, one) for name, one in commands.items()}, rounds)
    ratios = {name: ratio(times, name, _BASE) for name in commands if name != _BASE}
    show(
        f"start: times `{_BASE}` by the clock, {rounds} rounds (goal: at most {MOST})",
        ("command", "times", "half of the rounds"),
        [(name, str(one), one.spread) for name, one in ratios.items()],
    )


def _took(command: list[str]) -> float:
    """Run a command and give the seconds that a person waits for it."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start
