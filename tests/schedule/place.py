"""A configuration whose feeds have nothing to do, and a clock that a test moves."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.servers.ledgers import KEY

from iepbridge.crypto import Keyring
from iepbridge.ledger import open_ledger_at
from iepbridge.ledger.instants import moment
from iepbridge.ledger.schema import runs, slots
from iepbridge.registry import Registry
from iepbridge.schedule.scheduler import Scheduler
from iepbridge.schedule.working import Worker
from iepbridge.settings import Settings, load_settings

START = datetime(2026, 11, 2, 12, tzinfo=UTC)

_HEAD = """
[ledger]
url = {{ env = "TEST_LEDGER" }}
key = {{ env = "TEST_KEY" }}
lease_seconds = {lease_seconds}

[serve]
feeds_at_once = 2
stop_seconds = 30
port = 0

[endpoints.box]
url = "file:box"
settle_seconds = 0
"""
_FEED = """
[feeds.{name}]
direction = "acks"
system = "twist"
endpoint = "box"
"""


class Hands:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def go_on(self, **time: float) -> None:
        self.moment += timedelta(**time)


class Place:
    """A folder with a configuration, its ledger, and schedulers upon them."""

    def __init__(self, folder: Path, url: str, lease_seconds: int = 7200) -> None:
        self.folder = folder
        self.url = url
        self.clock = Hands()
        self.lease_seconds = lease_seconds
        (folder / "box").mkdir(exist_ok=True)

    def configure(self, **feeds: Mapping[str, Any]) -> Settings:
        """Write feeds with these keys, and read the configuration."""
        text = _HEAD.format(lease_seconds=self.lease_seconds)
        for name, keys in feeds.items():
            text += _FEED.format(name=name)
            text += "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items())
        (self.folder / "iepbridge.toml").write_text(text)
        return self.settings()

    def settings(self) -> Settings:
        return load_settings(None, {"TEST_LEDGER": self.url, "TEST_KEY": KEY}, self.folder)

    def scheduler(self, registry: Registry, settings: Settings, **more: Any) -> Scheduler:
        worker = more.pop("worker", None) or Worker(registry, self.clock)
        return Scheduler(settings, worker, read_again=self.settings, pause_seconds=0, **more)

    def rows(self) -> list[Any]:
        """Give the rows of slots, in the order in which they were written."""
        return self._all(select(slots).order_by(slots.c.id))

    def slots(self) -> list[tuple[str, str]]:
        """Give the slots with what they came to, but for where schedules began."""
        return [(row.slot, row.state) for row in self.rows() if row.state != "watched"]

    def runs(self) -> list[Any]:
        return self._all(select(runs).order_by(runs.c.id))

    def _all(self, own: Any) -> list[Any]:
        with open_ledger_at(self.url, Keyring.parse(KEY)) as ledger, ledger.reading() as reading:
            return list(reading.execute(own).all())


def _toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def due_at(row: Any) -> datetime:
    return moment(row.due_at)
