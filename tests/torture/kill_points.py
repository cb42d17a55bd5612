"""The moments at which a program can die with something half done, found and struck by strace.

    points(program)          --> every side-effecting system call after the marker, in order
    run_with_kill(program, point)   the same run, killed in front of that call
    run_with_error(program, point)  the same run, in which that call fails

strace counts the calls of each thread by name, and so does a `Point`: the k-th `fsync` is struck in
whichever thread gets to its k-th first. A call that another thread was ahead of is hidden, and
counted as such. Counting starts with the thread, so that a program must start the same way each
time; `ENVIRONMENT` sees to that for Python. Nothing of what is written is recorded.
"""

import errno as errors
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

DEADLINE_SECONDS = 120.0
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
ENDING = "exit_group"
"""The last point of a process: all is done, and nothing has been told."""

QUIET = ("-f", "-qqq", "-e", "signal=none")
"""The options of strace under which it follows threads and children, and says nothing itself."""

MOST = 65_535
"""How far strace counts; later calls are hidden."""

FILES = ("write", "writev", "pwrite64", "pwritev", "copy_file_range", "sendfile", "fallocate")
NAMES = ("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "rmdir")
FOLDERS = ("mkdir", "mkdirat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat")
DISK = ("fsync", "fdatasync", "sync_file_range", "truncate", "ftruncate", "msync")
NETWORK = ("connect", "sendto", "sendmsg", "sendmmsg", "shutdown")
OPENING = ("open", "openat", "creat")
WATCHED = (*FILES, *NAMES, *FOLDERS, *DISK, *NETWORK, *OPENING, ENDING)

_LINE = re.compile(r"^(\d+) +(\w+)\((.*)$")
_CREATES = re.compile(r"\bO_(?:CREAT|TRUNC|TMPFILE)\b")
_IDLE = re.compile(r"^\d+<(?:pipe:|anon_inode:|/dev/(?!shm))")
"""What a write goes to that outlives nobody: pipes between threads, terminals, `/dev/null`."""


class Program(NamedTuple):
    """A command to run again and again; `marker` is the file whose opening ends its start."""

    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    marker: str | None = None
    deadline_seconds: float = DEADLINE_SECONDS


class Point(NamedTuple):
    """The k-th call of a name in one thread; `what` says for people what it was to work on."""

    name: str
    k: int
    what: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.k} {self.what}".rstrip()


class Survey(NamedTuple):
    """What one undisturbed run did past its marker: the points, and how many calls are hidden."""

    points: list[Point]
    hidden: int


def hindrance() -> str | None:
    """Say why calls cannot be struck here; None where they can."""
    if shutil.which("strace") is None:
        return "needs strace (Debian: strace)"
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "strace may not trace here (ptrace is forbidden)"


def points(program: Program) -> list[Point]:
    """Give each point of a run, in the order in which they came; the run must end well."""
    return survey(program).points


def survey(program: Program) -> Survey:
    """Run once undisturbed and give what can be struck, and how much cannot."""
    with tempfile.TemporaryDirectory(prefix="points-") as folder:
        record = Path(folder) / "calls"
        code = _strace(
            program, ["--seccomp-bpf", "-y", "-s", "0", "-o", os.fspath(record), traced(WATCHED)]
        )
        if code != 0:
            raise RuntimeError(f"The program does not even run undisturbed: it ended with {code}.")
        with record.open(errors="replace") as lines:
            return surveyed(lines, program.marker)


def run_with_kill(program: Program, point: Point) -> int:
    """Run until a point, then kill whoever got there; give the exit code, -9 for killed.

    Any other code says that the point was not reached, or that a child of the program died of it.
    """
    return _struck(program, point, "signal=KILL", f"{point.k}")


def run_with_error(program: Program, point: Point, error: int, *, lasting: bool = False) -> int:
    """Run with one call failing by an `errno`, with all later ones of its name where `lasting`."""
    when = f"{point.k}+" if lasting else f"{point.k}"
    return _struck(program, point, f"error={errors.errorcode[error]}", when)


def sample(found: Sequence[Point], count: int, seed: int) -> list[Point]:
    """Choose points by a seed, in their order: of each name some, the rarest names first."""
    chance = random.Random(seed)
    by_name: dict[str, list[Point]] = defaultdict(list)
    for point in chance.sample(found, len(found)):
        by_name[point.name].append(point)
    rarest_first = sorted(by_name.values(), key=len)
    rounds = max(map(len, rarest_first), default=0)
    turns = (pool[turn] for turn in range(rounds) for pool in rarest_first if turn < len(pool))
    chosen = {point for point, _ in zip(turns, range(count), strict=False)}
    return [point for point in found if point in chosen]


def _struck(program: Program, point: Point, injection: str, when: str) -> int:
    """Run without the filter that makes listing fast: under it strace 6.1 strikes nothing."""
    return _strace(program, striking(point, injection, when))


def striking(point: Point, injection: str, when: str, record: Path | str = os.devnull) -> list[str]:
    """Give the options of strace that strike a call: `signal=KILL`, `error=EIO`.

    Whether a call failed is in the record: see `injected`.
    """
    inject = f"inject={point.name}:{injection}:when={when}"
    return ["-s", "0", "-o", os.fspath(record), traced([point.name]), "-e", inject]


def injected(record: Path) -> list[str]:
    """Give the calls that failed by order, from a record of strace; none where there is none."""
    if not record.exists():
        return []
    lines = record.read_text(errors="replace").splitlines()
    return [line for line in lines if line.endswith("(INJECTED)")]


def traced(names: Iterable[str]) -> str:
    """Give the option of strace that names the calls to watch."""
    return "-etrace=" + ",".join(f"?{name}" for name in names)


def _strace(program: Program, options: Sequence[str]) -> int:
    """Run the program under strace in a process group of its own, all of which ends with it."""
    running = subprocess.Popen(
        ["strace", *QUIET, *options, "--", *program.argv],
        env={**(os.environ if program.env is None else program.env), **ENVIRONMENT},
        cwd=program.cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return running.wait(program.deadline_seconds)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def surveyed(lines: Iterable[str], marker: str | None) -> Survey:
    """Read a record of strace.

    Keeps each changing call past the marker that is the first of all threads with its number.
    """
    found: list[Point] = []
    struck: set[tuple[str, int]] = set()
    hidden = 0
    begun = marker is None
    for name, k, arguments in counted(lines):
        begun = begun or f'{marker}"' in arguments
        if begun and _changes(name, arguments):
            reachable = (name, k) not in struck and k <= MOST
            hidden += not reachable
            found += [Point(name, k, target_of(arguments))] if reachable else []
        struck.add((name, k))
    return Survey(found, hidden)


def counted(lines: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Give name, number within its thread, and arguments of each call, when it was entered."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if found := _LINE.match(line):
            thread, name, arguments = found.groups()
            counts[thread, name] += 1
            yield name, counts[thread, name], arguments


def _changes(name: str, arguments: str) -> bool:
    if name in OPENING:
        return name == "creat" or _CREATES.search(arguments) is not None
    return _IDLE.match(arguments) is None


def target_of(arguments: str) -> str:
    """Give the names of files and sockets in a call's arguments."""
    shown = re.split(r" = | <unfinished", arguments, maxsplit=1)[0]
    return " ".join(re.findall(r"(?<=<)[^<>]+(?=>)|(?<=\")[^\"]+(?=\")", shown))


if __name__ == "__main__":
    for place in points(Program(sys.argv[1:])):
        print(place)
