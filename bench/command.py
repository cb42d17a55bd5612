"""The command line as a process of its own, on files of any number of plans."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.sides import SYSTEMS

from iepbridge.sample import write_samples

CHILD = Path(__file__).with_name("child.py")
WAYS = ("out", "in")
_BYTES_A_PLAN = 48_000  # plans, a file twice while it is made, the loss lines, and some room


class TooLittleSpace(Exception):
    """The disk has no room for so many plans."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process took: its peak in bytes, and CPU seconds without its start."""

    peak: int
    cpu: float


class Bench:
    """Files of plans in a temporary folder, each made once, and the command run on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def plans(self, count: int) -> Path:
        """Give a file of sampled canonical lines."""
        path = self._folder / f"plans-{count}.jsonl"
        if not path.exists():
            with path.open("wb") as stream:
                write_samples(stream, count, seed=1)
        return path

    def file(self, system: str, count: int) -> Path:
        """Give a system's file of those of the plans that it takes."""
        path = self._folder / f"{system}-{count}"
        if not path.exists():
            self.translate(system, "out", count)
        return path

    def translate(self, system: str, way: str, count: int, *reports: str) -> Taken:
        """Translate one way; the file written out is kept, to be read."""
        if way == "out":
            path = self._folder / f"{system}-{count}"
            taken = self._translate("canonical", system, self.plans(count), path, reports)
        else:
            path = self._folder / "back.jsonl"
            taken = self._translate(system, "canonical", self.file(system, count), path, reports)
            path.unlink()
        for report in reports:
            self._report(report).unlink()
        return taken

    def _translate(
        self, origin: str, target: str, source: Path, to: Path, reports: tuple[str, ...]
    ) -> Taken:
        formats = ("--from", origin, "--to", target)
        asked = [f"--{report}={self._report(report)}" for report in reports]
        return self.run("translate", *formats, str(source), "-o", str(to), *asked)

    def _report(self, name: str) -> Path:
        return self._folder / f"{name}.jsonl"

    def run(self, *arguments: str) -> Taken:
        """Run the command in a process of its own; nothing is asked of it when it only imports."""
        result = self._folder / "taken.json"
        quiet = ("--log-level", "error") if arguments else ()
        subprocess.run(
            [sys.executable, CHILD, result, *arguments, *quiet],
            check=True,
            env={**os.environ, "TMPDIR": str(self._folder)},
        )
        return Taken(**json.loads(result.read_text()))

    def forget(self, system: str, count: int) -> None:
        """Remove a system's file, to make room."""
        (self._folder / f"{system}-{count}").unlink(missing_ok=True)


@contextmanager
def bench(plans: int) -> Iterator[Bench]:
    """Give a folder with room for as many plans, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="iepbridge-bench-") as folder:
        free, needed = shutil.disk_usage(folder).free, plans * _BYTES_A_PLAN
        if free < needed:
            raise TooLittleSpace(
                f"{folder} has {free / 2**30:.1f} GiB free and {plans:,} plans may need "
                f"{needed / 2**30:.1f}; set TMPDIR to a larger disk, or --count lower"
            )
        yield Bench(Path(folder))


def cases() -> Iterator[tuple[str, str]]:
    """Give each system and way, out before in."""
    return ((system, way) for system in SYSTEMS for way in WAYS)
