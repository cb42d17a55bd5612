"""The program's own commands under strace, without paying for their start each time.

with warm() as program:
    found = program.survey(["run", "texas"], folder, "iepbridge.toml")
    program.run_with_kill(["run", "texas"], folder, found.points[0])

One process has loaded the program, and forks for each run (`warm_process`); strace attaches to the
child before it begins. What is struck, and how calls are counted, is as in `kill_points`.
"""

import errno as errors
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.torture.kill_points import (
    DEADLINE_SECONDS,
    ENVIRONMENT,
    QUIET,
    WATCHED,
    Point,
    Survey,
    striking,
    surveyed,
    traced,
)

_PATHS = [os.fspath(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
_ATTACHED_SECONDS = 0.01
"""From when strace has attached to when it has stopped the child for the first time."""


class Warm:
    """The commands of a program that was loaded once; for one thread."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def run(self, argv: Sequence[str], cwd: Path) -> int:
        """Run a command undisturbed and give its exit code."""
        self._ordered(argv, cwd)
        self._begin()
        return self._told()

    def survey(self, argv: Sequence[str], cwd: Path, marker: str) -> Survey:
        """Run once undisturbed, and give what can be struck past the marker's opening."""
        with tempfile.TemporaryDirectory(prefix="points-") as folder:
            record = Path(folder) / "calls"
            options = ["-y", "-s", "0", "-o", os.fspath(record), traced(WATCHED)]
            code = self._straced(argv, cwd, options)
            if code not in (0, 1):
                raise RuntimeError(f"{argv} does not even run undisturbed: it ended with {code}.")
            with record.open(errors="replace") as lines:
                return surveyed(lines, marker)

    def run_with_kill(self, argv: Sequence[str], cwd: Path, point: Point) -> int:
        """Run until a point, then kill whoever got there; give the exit code, -9 for killed."""
        return self._straced(argv, cwd, striking(point, "signal=KILL", f"{point.k}"))

    def run_with_error(
        self,
        argv: Sequence[str],
        cwd: Path,
        point: Point,
        error: int,
        *,
        lasting: bool = False,
        record: Path | str = os.devnull,
    ) -> int:
        """Run with one call failing, with all later ones of its name where `lasting`.

        Calls of that name are told in the record, and which of them failed (`injected`).
        """
        when = f"{point.k}+" if lasting else f"{point.k}"
        injection = f"error={errors.errorcode[error]}"
        return self._straced(argv, cwd, striking(point, injection, when, record))

    def _straced(self, argv: Sequence[str], cwd: Path, options: Sequence[str]) -> int:
        child = self._ordered(argv, cwd)
        watching = subprocess.Popen(
            ["strace", *QUIET, *options, "-p", f"{child}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            _await_attached(child, watching)
            self._begin()
            watching.communicate(timeout=DEADLINE_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            watching.kill()
            watching.wait()
            code = self._told()
        return code

    def _ordered(self, argv: Sequence[str], cwd: Path) -> int:
        assert self._process.stdin is not None
        order = json.dumps({"argv": list(argv), "cwd": os.fspath(cwd)})
        self._process.stdin.write(f"{order}\n".encode())
        self._process.stdin.flush()
        return self._told()

    def _begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"!")
        self._process.stdin.flush()

    def _told(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that has loaded the program is gone"
        return int(line)


def _await_attached(child: int, watching: "subprocess.Popen[bytes]") -> None:
    status = Path(f"/proc/{child}/status")
    while "\nTracerPid:\t0\n" in status.read_text():
        if watching.poll() is not None:
            raise RuntimeError(f"strace could not attach: {watching.communicate()[1]!r}")
        time.sleep(0.002)
    time.sleep(_ATTACHED_SECONDS)


@contextmanager
def warm() -> Iterator[Warm]:
    """Load the program, for as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.torture.warm_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **ENVIRONMENT, "PYTHONPATH": os.pathsep.join(_PATHS)},
    )
    try:
        yield Warm(process)
    finally:
        process.kill()
        process.communicate()
