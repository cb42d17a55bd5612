"""Runs of feeds to a server whose own calls fail, each in its turn: the other side's bad disk.

OpenSSH's sftp-server runs under strace, which strikes one call of one session, or all from it on,
and writes down that it did: a case in which no call failed has proved nothing, and fails.
"""

import errno
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from tests.servers import openssh
from tests.torture.claims import Trial, claim
from tests.torture.feed_flows import Answers, Arrivals, Content, Flow, Out, OutMarked
from tests.torture.feed_world import World, workplace_folder
from tests.torture.feeds_killed import goes_on
from tests.torture.feeds_on_bad_disks import TOLD
from tests.torture.kill_points import QUIET, Point, counted, hindrance, injected, target_of, traced

IMPATIENT = (("retries", 0),)
ENDED: Final = frozenset({0, 1})
WRITING: Final = frozenset({"write", "pwrite64", "fsync", "ftruncate", "mkdir"})
LISTING: Final = frozenset({"getdents64", "newfstatat", "lstat", "stat", "statx"})
"""Calls whose failure sftp-server does not tell: it leaves out files, or ends the list early."""
CALLS: Final = (
    *("read", "pread64", "write", "pwrite64", "openat", "open", "fsync", "ftruncate"),
    *("rename", "renameat2", "link", "unlink", "mkdir", "getdents64", "chmod", "fchmod"),
    *("stat", "lstat", "fstat", "newfstatat", "statx", "statvfs", "close"),
)
_STRUCK_SECONDS: Final = 2.0
"""How long a server is waited for that has yet to close what a run has left."""
_DATE: Final = re.compile(r"(?<=_)20\d{6}(?=_)")
"""The day in a file's name: a claim is tried past midnight, too."""
_SERVER: Final = "/usr/lib/openssh/sftp-server"
_SCRIPT: Final = """#!/bin/sh
cd {folder}
n=$(ls sessions | wc -l)
: > sessions/$n
[ -e strike.$n ] && own=strike.$n || own=strike.all
[ -e $own ] || exec {server}
exec strace {quiet} $(sed s/NUMBER/$n/ $own) -- {server}
"""


class Strike(NamedTuple):
    """A call of the server that fails in one session: once, or from there on to its end.

    Counted are calls on `paths` alone, below the deployment's folder: how often the server reads
    orders and writes answers is chance.
    """

    session: int
    point: Point
    error: int
    lasting: bool
    paths: tuple[str, ...]

    def __str__(self) -> str:
        how = "from" if self.lasting else "at"
        return f"session {self.session}: {errno.errorcode[self.error]} {how} {self.point}"


class Orders:
    """What the server's strace is told, in a folder that its script reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self.script = folder / "serve"
        words = {"folder": folder, "server": _SERVER, "quiet": " ".join(QUIET)}
        self.script.write_text(_SCRIPT.format(**words))
        self.script.chmod(0o700)
        self.leave()

    def leave(self) -> None:
        """Let the server work undisturbed, and count its sessions from none."""
        for file in (*self._folder.glob("strike.*"), *self._folder.glob("struck.*")):
            file.unlink()
        shutil.rmtree(self._folder / "sessions", ignore_errors=True)
        (self._folder / "sessions").mkdir()

    def record(self) -> None:
        """Have each session's calls written down."""
        self.leave()
        options = f"-y -s 0 -o {self._folder}/calls.NUMBER {traced(CALLS)}\n"
        (self._folder / "strike.all").write_text(options)

    def recorded(self) -> list[list[str]]:
        """Give the calls of each session, in order."""
        count = len(list((self._folder / "sessions").iterdir()))
        return [(self._folder / f"calls.{n}").read_text().splitlines() for n in range(count)]

    def strike(self, strike: Strike, folder: Path) -> None:
        """Have a call on what is below a folder fail."""
        self.leave()
        name, k = strike.point.name, strike.point.k
        when = f"{k}+" if strike.lasting else f"{k}"
        error = errno.errorcode[strike.error]
        today = f"{datetime.now(UTC):%Y%m%d}"
        paths = {*strike.paths, *(_DATE.sub(today, path) for path in strike.paths)}
        only = " ".join(f"-P {folder}/{path}" for path in sorted(paths))
        inject = f"{traced([name])} -e inject={name}:error={error}:when={when}"
        options = f"-y -s 0 -o {self._folder}/struck.NUMBER {only} {inject}\n"
        (self._folder / f"strike.{strike.session}").write_text(options)

    def struck(self) -> list[str]:
        """Give the calls that were made to fail, after a moment at most."""
        until = time.monotonic() + _STRUCK_SECONDS
        while True:
            found = [one for path in self._folder.glob("struck.*") for one in injected(path)]
            if found or time.monotonic() > until:
                return found
            time.sleep(0.05)


@dataclass(frozen=True)
class Struck:
    """Where a flow is tried against a server that fails."""

    flow: type[Flow]
    base: Path
    orders: Orders
    before: World
    reference: Content = field(default_factory=dict)

    def set(self) -> "Struck":
        """Prepare the deployment, and see once what an undisturbed run makes of it."""
        self.before.folder.mkdir()
        plain = replace(self.before, server=None)
        plain.configure()
        self.flow.prepare(plain)
        whole = self._begin()
        assert whole.world.run(self.flow.feed).code in self.flow.codes
        return replace(self, reference=self.flow.results(whole.world))

    def _begin(self) -> Flow:
        return self.flow(self.before.copied(self.base / "case"), self.reference)

    def strikes(self) -> list[Strike]:
        """Give each failure of each call that the server makes on the deployment's files."""
        case = self._begin()
        self.orders.record()
        assert case.world.run(case.feed, 0).code in case.codes
        own = f"{self.base}/case/"
        found = [
            Strike(session, point, error, lasting, _paths(lines, own))
            for session, lines in enumerate(self.orders.recorded())
            for point in _points(lines, own)
            for error in (errno.EIO, *((errno.ENOSPC,) if point.name in WRITING else ()))
            for lasting in (False, True)
        ]
        self.orders.leave()
        return found

    def try_it(self, strike: Strike) -> None:
        """Run with a call failing: what it says is true, and the next run goes on."""
        case = self._begin()
        self.orders.strike(strike, case.world.folder)
        code = case.world.run(case.feed, 0).code
        failed = self.orders.struck()
        self.orders.leave()
        assert failed, f"no call failed: it ended with {code}"
        assert code in (*case.codes, *TOLD), f"it ended with {code}"
        if isinstance(case, Out):
            case.receiver.untidy = strike.point.name == "unlink"
        case.seen()
        if code in ENDED and strike.point.name not in LISTING:
            case.ended()
        goes_on(case)


def _points(lines: Iterable[str], folder: str) -> Iterator[Point]:
    """Give the calls on what is below a folder, by their number among those."""
    for name, k, arguments in counted(line for line in lines if folder in line):
        yield Point(name, k, re.sub(re.escape(folder), "", target_of(arguments)))


def _paths(lines: Iterable[str], folder: str) -> tuple[str, ...]:
    """Give what is below a folder that calls were on."""
    found = (re.findall(rf'{re.escape(folder)}([^"<>]+)', line) for line in lines)
    return tuple(sorted({path for paths in found for path in paths}))


@contextmanager
def struck(flow: type[Flow]) -> Iterator[Struck]:
    """Set up a server that can be struck, for as long as the block lasts."""
    with ExitStack() as stack:
        base = stack.enter_context(workplace_folder())
        orders = Orders(base / "orders")
        server = stack.enter_context(openssh(base, Subsystem=f"sftp {orders.script}"))
        world = World(base / "before", server, keys=(*flow.keys, *IMPATIENT))
        yield Struck(flow, base, orders, world).set()


def no_strikes() -> str | None:
    """Say why a server cannot be struck here; None where it can."""
    return hindrance() or (None if os.access(_SERVER, os.X_OK) else f"needs {_SERVER}")


def strike(trial: Trial, *flows: type[Flow]) -> None:
    """Try a claim on flows, with each call failing."""
    assert no_strikes() is None, no_strikes()
    for flow in flows:
        with struck(flow) as first:
            chosen = trial.sampled(first.strikes())

        @contextmanager
        def workshop(flow: type[Flow] = flow) -> Iterator[Callable[[Strike], None]]:
            with struck(flow) as own:
                yield own.try_it

        trial.spread(chosen, workshop)


@claim("A run out to a server that fails at any call tells no false success, and the next goes on")
def out(trial: Trial) -> None:
    """Fail each call of sftp-server while it takes files, with and without done-markers."""
    strike(trial, Out, OutMarked)


@claim("A run in from a server that fails at any call loses and doubles nothing")
def arrivals(trial: Trial) -> None:
    """Fail each call of sftp-server while it lists, gives and archives files."""
    strike(trial, Arrivals)


@claim("A run of acknowledgements from a server that fails at any call applies each answer once")
def answers(trial: Trial) -> None:
    """Fail each call of sftp-server while it lists, gives and archives answers."""
    strike(trial, Answers)
