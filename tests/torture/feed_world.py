"""A deployment that is prepared once and copied for each case: configuration, plans, ledger.

iepbridge.toml  key  plans/  iepbridge.db
there/out       what `plans` sends                      the other side's folders, reached as
there/answers   what `answers` reads  --> read/         files or over SFTP
there/arrivals  what `arrivals` reads --> read/, received/
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson
import structlog
from sqlalchemy import Engine, update
from tests.runs.conservation import CHECKS, PLANS, conserved
from tests.servers import Server
from tests.servers.ledgers import KEY

from iepbridge.acknowledgement import Acknowledgement, Answer, Message
from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger, open_ledger
from iepbridge.ledger.engine import is_sqlite, open_engine
from iepbridge.ledger.schema import leases
from iepbridge.registry import Registry, load_registry
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import Settings, load_settings

PLAN_IDS = ("TX-1", "TX-2", "TX-3", "TX-4")
CONFIGURATION = "iepbridge.toml"
SYSTEMS = {"out": "twist", "arrivals": "toolbox"}
_SAMPLE = Path(__file__).parents[2] / "plugins" / "twist" / "samples" / "plans.jsonl"
_FEEDS = """
[feeds.plans]
direction = "out"
system = "twist"
endpoint = "out"
source = "plans/*.jsonl"
sender = "GCWS"
receiver = "TWC"
batch_size = {batch_size}

[feeds.answers]
direction = "acks"
system = "twist"
endpoint = "answers"

[feeds.arrivals]
direction = "in"
system = "toolbox"
endpoint = "arrivals"
destination = "received"

[feeds.theirs]
direction = "out"
system = "toolbox"
endpoint = "arrivals"
source = "plans/*.jsonl"
sender = "GCWS"
receiver = "US"
batch_size = {batch_size}
"""


@cache
def registry() -> Registry:
    """Give the installed adapters."""
    return load_registry()


def swift_folder() -> str | None:
    """Name a folder in memory for what is made and gone in a moment; None where there is none."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@dataclass(frozen=True)
class World:
    """A deployment in a folder; `server` and `port` (of a proxy) say how its endpoints are reached.

    `keys` are further settings of every endpoint; `quick` says that the ledger has its tables, and
    that its engine may be one that has served before, with all that it has learnt.
    """

    folder: Path
    server: Server | None = None
    port: int | None = None
    ledger_url: str = "sqlite:///iepbridge.db"
    plans: int = 4
    batch_size: int = 2
    keys: tuple[tuple[str, Any], ...] = ()
    quick: bool = False

    @property
    def there(self) -> Path:
        """The other side's folders, as this machine sees them."""
        return self.folder / "there"

    def configure(self) -> None:
        """Write the configuration and what it refers to."""
        for name in ("out", "answers", "arrivals"):
            (self.there / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "plans").mkdir(exist_ok=True)
        lines = [_plan(plan_id) for plan_id in PLAN_IDS[: self.plans]]
        (self.folder / "plans" / "plans.jsonl").write_bytes(b"".join(lines))
        (self.folder / "key").touch(0o600)
        (self.folder / "key").write_text(KEY)
        tables = [f'[ledger]\nurl = "{self.ledger_url}"\nkey = {{ file = "key" }}\n']
        tables += [self._endpoint(name) for name in ("out", "answers", "arrivals")]
        feeds = _FEEDS.format(batch_size=self.batch_size)
        (self.folder / CONFIGURATION).write_text("\n".join([*tables, feeds]))

    def _endpoint(self, name: str) -> str:
        keys: dict[str, Any] = {"settle_seconds": 0.02, **dict(self.keys)}
        if name != "out":
            keys["archive"] = "read" if self.server is None else str(self.folder / "read")
        lines = [f"{key} = {orjson.dumps(value).decode()}" for key, value in keys.items()]
        return "\n".join([f"[endpoints.{name}]", *self._way(name), *lines, ""])

    def _way(self, name: str) -> list[str]:
        if self.server is None:
            return [f'url = "file:there/{name}"']
        port = self.port or self.server.port
        url = f"sftp://{self.server.user}@{self.server.host}:{port}{self.there / name}"
        pins, key = self.server.known_hosts, self.server.key
        return [f'url = "{url}"', f'host_keys = "{pins}"', f'private_key = {{ file = "{key}" }}']

    def configured(self) -> Settings:
        """Write the configuration and read it."""
        self.configure()
        return self.settings()

    def settings(self) -> Settings:
        """Read the configuration."""
        return _settings(self.folder, (self.folder / CONFIGURATION).read_bytes())

    def ledger(self, hours: float = 1) -> Ledger:
        """Open the ledger so many hours from now: what is leased until then has ended."""
        own = self.settings().ledger
        if not self.quick:
            return open_ledger(own, clock=_Later(hours))
        return Ledger(_engine(own.database_url()), Keyring.parse(KEY), _Later(hours))

    def run(self, feed: str, hours: float = 1) -> Outcome:
        """Run a feed in this process, so many hours from now."""
        with self.ledger(hours) as ledger, structlog.testing.capture_logs():
            if not is_sqlite(ledger.engine):
                _end_leases(ledger)
            workplace = Workplace(self.settings(), registry(), ledger, _Later(hours))
            return run_feed(workplace, feed)

    def copied(self, folder: Path) -> "World":
        """Give a copy in a folder of its own, in place of what is there, reached the same way."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        copy = replace(self, folder=folder)
        copy.configure()
        return copy

    def assert_sound(self, *, taken: bool = False) -> None:
        """See that the ledger holds in itself, and agrees with what stands on the other side."""
        file = self.folder / "iepbridge.db"
        if self.ledger_url.startswith("sqlite"):
            with sqlite3.connect(file) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            connection.close()
        with self.ledger() as ledger:
            conserved(ledger, self.settings(), taken=taken)


@lru_cache(maxsize=4)
def _settings(folder: Path, _: bytes) -> Settings:
    return load_settings(None, {}, folder)


@cache
def _engine(url: str) -> Engine:
    return open_engine(url, new=False)


class _Later:
    """A clock that is ahead."""

    def __init__(self, hours: float) -> None:
        self._ahead = timedelta(hours=hours)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead


def _end_leases(ledger: Ledger) -> None:
    """End what is leased: a database's own clock cannot be moved."""
    with ledger.writing() as tx:
        tx.connection.execute(update(leases).values(expires_at="0001-01-01T00:00:00.000000Z"))


@cache
def _plan(plan_id: str) -> bytes:
    plan = orjson.loads(_SAMPLE.read_bytes().splitlines()[1])
    number = PLAN_IDS.index(plan_id) + 1
    plan["plan_id"] = plan_id
    plan["participant"]["ssn"] = f"97375735{number}"
    plan["participant"]["identifiers"] = {"twist": f"{number}", "toolbox": f"1530864{number}"}
    return orjson.dumps(plan) + b"\n"


def final(folder: Path) -> dict[str, bytes]:
    """Give what stands under final names, by name."""
    return {path.name: path.read_bytes() for path in files(folder) if path.suffix != ".part"}


def files(folder: Path) -> list[Path]:
    """Give the files of a folder by name, none where there is no folder."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if path.is_file())


def plans_in(system: str, content: bytes) -> list[str]:
    """Give the ids of the plans in a file, read without the program; it must be a good one."""
    assert CHECKS[system](content) == []
    return [plan_id for plan_id, _ in PLANS[system](content)]


def put_answers(world: World) -> None:
    """Answer what was sent: one plan rejected, all others accepted, a file for each."""
    writes = registry().adapter("twist").acknowledgements
    assert writes is not None
    for path in files(world.there / "out"):
        ids = plans_in("twist", path.read_bytes())
        numbers = {plan_id: f"{PLAN_IDS.index(plan_id) + 1}" for plan_id in ids}
        answers = tuple(_answer(plan_id, numbers[plan_id]) for plan_id in ids)
        status = "warnings" if PLAN_IDS[0] in ids else "accepted"
        told = Acknowledgement(
            path.stem, int(path.stem[-6:]), "2026-11-02T02:10:00Z", status, (), answers
        )
        with (world.there / "answers" / writes.name(path.name, None)).open("wb") as stream:
            writes.write(told, stream)


def _answer(plan_id: str, number: str) -> Answer:
    if plan_id != PLAN_IDS[0]:
        return Answer(plan_id, 1, "accepted", (), number)
    message = Message("E17", "Made-up words", "Customer[1]/Person")
    return Answer(plan_id, 1, "rejected", (message,), number)


@contextmanager
def workplace_folder() -> Iterator[Path]:
    """Give a folder, in memory where there is room, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="iep-torture-", dir=swift_folder()) as folder:
        yield Path(folder)
