"""Commands killed at every call that changes something."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.torture.claims import Trial, claim
from tests.torture.kill_points import Program, hindrance, run_with_kill, survey

SAMPLE = Path(__file__).parents[2] / "plugins" / "toolbox" / "samples"
BEFORE = b"what stood there before\n"


@claim("translate, killed at any call, leaves its output as it was or whole")
def killed_anywhere(trial: Trial) -> None:
    """Kill in front of each call that changes something, over an output that exists already."""
    assert hindrance() is None, hindrance()
    with _program() as (program, output):
        found = survey(program)
        assert found.hidden == 0, f"{found.hidden} calls of other threads cannot be struck"
        whole = output.read_bytes()
        for point in trial.sampled(found.points):
            output.write_bytes(BEFORE)
            with trial.case(str(point)):
                assert run_with_kill(program, point) == -9, "the point was not reached"
                assert output.read_bytes() in (BEFORE, whole)


@contextmanager
def _program() -> Iterator[tuple[Program, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        plans = Path(folder) / "plans.xml"
        shutil.copy(next(SAMPLE.glob("*.xml")), plans)
        output = Path(folder) / "output.jsonl"
        output.write_bytes(BEFORE)
        words = ["translate", "plans.xml", "--from", "toolbox", "--to", "canonical", "-o", output]
        argv = [sys.executable, "-P", "-m", "iepbridge", *map(str, words)]
        yield Program(argv, cwd=Path(folder), marker="plans.xml"), output
