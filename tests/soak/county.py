"""Many feeds of one deployment, and the states' side in a process of its own, over real SFTP.

plans/C0twist/*.jsonl --C0twist-plans-->  sandbox  --C0twist-acks--> ledger
received/S0twist      <--S0twist-in-----  sandbox

What each feed was given is known here by count, whatever the ledger says.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from tests.fakes.endpoint import Killed
from tests.feeds.site import registry
from tests.machine.contents import Content, Data, content_of
from tests.machine.fate import Fate, Fault, StruckLedger, StruckSession
from tests.machine.state_files import state_file

from iepbridge.codecs.jsonl import plan_line
from iepbridge.exchange import Envelope
from iepbridge.ledger import Ledger, open_ledger
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.sandbox import SYSTEMS
from iepbridge.sandbox.book import Book
from iepbridge.settings import EndpointSettings, Settings, load_settings
from iepbridge.transports import Session, open_session

PERSONALITIES: Final = ("cuts", "takes", "parts")
_ROOT: Final = Path(__file__).parents[2]
_BEGUN: Final = datetime(2026, 11, 2, 2, tzinfo=UTC)
_HEAD: Final = """
[ledger]
url = "sqlite:///iepbridge.db"
key = { file = "box/ledger.key" }
"""
_ENDPOINT: Final = """
[endpoints.{name}]
url = "sftp://feed@127.0.0.1:{port}/{state}/{folder}"
host_keys = "box/known_hosts"
private_key = {{ file = "box/keys/client_ed25519" }}
settle_seconds = 0
retries = 3
retry_wait_seconds = 0.01
retry_wait_most_seconds = 0.05
test = true
"""
_OUT: Final = """
[feeds.{name}-plans]
direction = "out"
system = "{system}"
source = "plans/{name}/*.jsonl"
endpoint = "{state}"
sender = "{sender}"
receiver = "{receiver}"
acknowledgements = "{name}-acks"
batch_size = 100
volume_low = 0

[feeds.{name}-acks]
direction = "acks"
system = "{system}"
endpoint = "{state}-out"
pattern = "{answers}"
"""
_IN: Final = """
[feeds.{name}-in]
direction = "in"
system = "{system}"
endpoint = "{state}-out"
receiver = "US"
pattern = "{files}"
destination = "received/{name}"
"""


class Way(NamedTuple):
    """Two parties: `C0` sends to a system, or `S0` is sent from it."""

    party: str
    system: str

    @property
    def name(self) -> str:
        """The name that their feeds begin with."""
        return f"{self.party}{self.system}"


@dataclass
class Days:
    """A clock that goes on as time does, and that days are added to."""

    ahead: timedelta = timedelta()
    begun: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return _BEGUN + self.ahead + timedelta(seconds=time.monotonic() - self.begun)


@dataclass
class County:
    """Feeds out and in; what each was given stands in a list of its own, on the disk."""

    folder: Path
    settings: Settings
    out: tuple[Way, ...]
    arriving: tuple[Way, ...]
    box: "Box"
    clock: Days = field(default_factory=Days)
    fate: Fate = field(default_factory=Fate)
    accepting: str | None = None
    _ledger: Ledger | None = None

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened where it is not open."""
        if self._ledger is None:
            self._ledger = open_ledger(self.settings.ledger, clock=self.clock)
        return self._ledger

    def close(self) -> None:
        """Let go of the ledger."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def lay(self, way: Way, day: int, plans: list[Data]) -> None:
        """Give a feed out a file of plans, to be there until it was read to its end."""
        folder = self.folder / "plans" / way.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"day-{day:03}.jsonl").write_bytes(b"".join(map(plan_line, plans)))
        contents = map(content_of, plans)
        self._note(way, (f"{own[0]} {own[1]} {own[2].hex()}" for own in contents))

    def clear(self, way: Way) -> None:
        """Take away what a feed out has read."""
        for path in (self.folder / "plans" / way.name).iterdir():
            path.unlink()

    def offer(self, way: Way, number: int, plans: list[Data]) -> None:
        """Let a state send the feed in its next file, with those plans that its format takes."""
        about = Envelope(way.party, "US", number, self.clock().isoformat("T", "seconds"), test=True)
        made = state_file(way.system, about, plans)
        path = self.box.outbound(way.system) / made.name
        path.with_suffix(".new").write_bytes(made.content)
        path.with_suffix(".new").rename(path)
        self._note(way, (f"{plan_id} {version}" for plan_id, version in made.plans))

    def _note(self, way: Way, lines: Iterable[str]) -> None:
        with (self.folder / f"given-{way.name}").open("a") as stream:
            stream.writelines(f"{line}\n" for line in lines)

    def _given(self, way: Way) -> list[list[str]]:
        return [
            line.split() for line in (self.folder / f"given-{way.name}").read_text().splitlines()
        ]

    def laid(self, way: Way) -> set[Content]:
        """Give the contents that a feed out was given."""
        return {(own[0], int(own[1]), bytes.fromhex(own[2])) for own in self._given(way)}

    def offered(self, way: Way) -> list[tuple[str, int]]:
        """Give the plans that a feed in was given."""
        return [(own[0], int(own[1])) for own in self._given(way)]

    def run(self, feed: str, fault: Fault | None = None) -> Outcome | None:
        """Run a feed as a job would; None where it was killed."""
        self.fate.strike(fault)
        ledger = StruckLedger(self.ledger, self.fate)
        workplace = Workplace(
            self.settings,
            registry(),
            ledger,
            self.clock,
            self._connect,
            volume_accepted_by=self.accepting,
        )
        with suppress(Killed), structlog.testing.capture_logs():
            return run_feed(workplace, feed)
        self.close()
        return None

    def _connect(
        self, endpoint: EndpointSettings, others: Mapping[str, EndpointSettings]
    ) -> Session:
        def opened() -> Session:
            return open_session(endpoint, others)

        return self.fate.call("open", lambda: StruckSession(opened, self.fate, lambda _: None))

    def received(self, way: Way) -> list[tuple[str, int]]:
        """Give the plans that were written to a feed's destination."""
        paths = (self.folder / "received" / way.name).glob("*.jsonl")
        lines = (json.loads(line) for path in paths for line in path.read_bytes().splitlines())
        return [(one["plan_id"], one["version"]) for one in lines]


class Box:
    """The states' side, in a process of its own."""

    def __init__(self, root: Path, process: "subprocess.Popen[str]") -> None:
        self.root = root
        self._process = process
        self.port = self._answer()

    def _answer(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def told(self, word: str) -> int:
        """Tell it to look; give how many files it has read."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._answer()

    def outbound(self, system: str) -> Path:
        """Give the folder from which a system's files go out."""
        return self.root / "served" / SYSTEMS[system].state / "outbound"

    def book(self) -> Book:
        """Give its own list."""
        return Book(self.root / "book.jsonl")


@contextmanager
def box(root: Path, seed: int) -> Iterator[Box]:
    """Run a sandbox, for as long as the block lasts."""
    own = [sys.executable, "-P", "-m", "tests.soak.sandbox_child", str(root), f"{seed}"]
    process = subprocess.Popen(
        [*own, *PERSONALITIES],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )
    try:
        yield Box(root, process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def county(folder: Path, seed: int, parties: int, senders: int) -> Iterator[County]:
    """Set up so many parties that send to each system, and feeds for so many that send to us."""
    out = tuple(Way(f"C{n}", system) for n in range(parties) for system in SYSTEMS)
    systems = list(SYSTEMS)
    arriving = tuple(Way(f"S{n}", systems[n % len(systems)]) for n in range(senders))
    with box(folder / "box", seed) as states:
        path = folder / "iepbridge.toml"
        path.write_text("".join(_configuration(states.port, out, arriving)))
        own = County(folder, load_settings(str(path), {}, folder), out, arriving, states)
        try:
            yield own
        finally:
            own.close()


def _configuration(port: int, out: tuple[Way, ...], arriving: tuple[Way, ...]) -> Iterator[str]:
    yield _HEAD
    for system in SYSTEMS.values():
        about = {"port": port, "state": system.state}
        yield _ENDPOINT.format(name=system.state, folder="inbound", **about)
        yield _ENDPOINT.format(name=f"{system.state}-out", folder="outbound", **about)
        yield f'archive = "/{system.state}/archive"\n'
    for way in out:
        system = SYSTEMS[way.system]
        pattern = system.answer_pattern.replace("*", f"{way.party}*", 1)
        yield _OUT.format(
            name=way.name,
            system=way.system,
            state=system.state,
            sender=way.party,
            receiver=system.receiver,
            answers=pattern,
        )
    for way in arriving:
        system = SYSTEMS[way.system]
        files = system.pattern.replace("*", f"{way.party}*", 1)
        yield _IN.format(name=way.name, system=way.system, state=system.state, files=files)
