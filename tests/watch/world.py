"""A ledger into which what happened is written, at any moment, and what is found missing then."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, insert
from tests.servers.ledgers import KEY

from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger, instant, open_ledger_at
from iepbridge.ledger.schema import batches, events, held, plan_versions, received, runs, slots
from iepbridge.schedule.slots import slots as slots_of
from iepbridge.settings import Settings, load_settings
from iepbridge.watch import Missing, missing_of_feeds

_HEAD = """
[ledger]
key = { env = "TEST_KEY" }

[endpoints.box]
url = "file:box"

[feeds.acks]
direction = "acks"
system = "twist"
endpoint = "box"
"""
_OUT = {
    "direction": "out",
    "system": "twist",
    "endpoint": "box",
    "source": "plans/*.jsonl",
    "sender": "GCWS",
    "receiver": "TWC",
}
_IN = {"direction": "in", "system": "twist", "endpoint": "box", "destination": "received"}
DIRECTIONS = {"out": _OUT, "in": _IN}


def configured(folder: Path, direction: str, **keys: Any) -> Settings:
    """Read a configuration with a feed of this direction, named `feed`, with these keys."""
    table = DIRECTIONS[direction] | keys
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
    (folder / "iepbridge.toml").write_text(f"{_HEAD}\n[feeds.feed]\n{lines}")
    return load_settings(None, {"TEST_KEY": KEY}, folder)


def utc(text: str) -> datetime:
    """Read a moment in UTC: `2026-11-02 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class World:
    """A ledger of one feed; what is written is committed at once."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.ledger: Ledger = open_ledger_at(url, Keyring.parse(KEY))
        self.settings = settings
        self._events = 0
        self._tx: Any = None

    @contextmanager
    def at_once(self) -> Iterator[Any]:
        """Commit what is written in the block at its end, rather than each row by itself."""
        if self._tx is not None:
            yield self._tx
            return
        with self.ledger.writing() as tx:
            self._tx = tx
            try:
                yield tx
            finally:
                self._tx = None

    def add(self, table: Table, **row: Any) -> int:
        with self.at_once() as tx:
            made = insert(table).values(row)
            if "id" not in table.c:
                tx.connection.execute(made)
                return 0
            return int(tx.connection.execute(made.returning(table.c.id)).scalar_one())

    def add_all(self, table: Table, rows: list[dict[str, Any]]) -> None:
        with self.at_once() as tx:
            tx.connection.execute(insert(table), rows)

    def begins(self, at: datetime) -> None:
        """Have the ledger written to for the first time."""
        self.event(at, "run_begun")

    def event(self, at: datetime, kind: str, batch_id: int | None = None) -> None:
        self._events += 1
        row = {"seq": self._events, "at": instant(at), "kind": kind, "detail": "{}"}
        self.add(events, **row, batch_id=batch_id, previous=b"", hash=b"")

    def run(
        self, at: datetime, code: int | None = 0, minutes: float = 1, feed: str = "feed"
    ) -> int:
        return self.add(runs, **run_row(at, code, minutes, feed))

    def batch(self, run_id: int, at: datetime, name: str, state: str = "delivered") -> int:
        row = {
            "run_id": run_id,
            "feed": "feed",
            "direction": "out",
            "system": "twist",
            "endpoint": "box",
            "sender": "GCWS",
            "receiver": "TWC",
            "cycle": 0,
            "sequence": 1,
            "created": "",
            "name": name,
            "sha256": b"",
            "size": 1,
            "plans": 1,
            "made_at": instant(at),
            "settled_at": instant(at),
            "state": state,
        }
        return self.add(batches, **row)

    def plan(
        self,
        run_id: int,
        batch_id: int,
        plan_id: str,
        at: datetime,
        answered: datetime | None,
        version: int = 1,
    ) -> None:
        row = {
            "feed": "feed",
            "plan_id": plan_id,
            "version": version,
            "digest": b"",
            "state": "delivered",
            "entered_at": instant(at),
            "answered_at": None if answered is None else instant(answered),
            "answer": None if answered is None else "accepted",
        }
        self.add(plan_versions, **row, run_id=run_id, batch_id=batch_id)

    def file(self, run_id: int, at: datetime, name: str, state: str = "read") -> int:
        return self.add(received, **file_row(run_id, at, name, state))

    def hold(self, run_id: int, file: int, at: datetime, sequence: int, expected: int) -> int:
        told = json.dumps([{"sequence": sequence, "expected": expected}])
        row = {"run_id": run_id, "feed": "feed", "received_id": file, "reason": "sequence"}
        return self.add(held, **row, findings=told, held_at=instant(at))

    def watched(self, at: datetime, schedule: str) -> None:
        row = {"feed": "feed", "schedule": schedule, "slot": f"since {at}", "fold": 0}
        when = {"due_at": instant(at), "written_at": instant(at)}
        self.add(slots, **row, **when, state="watched")

    def clear(self) -> None:
        """Forget all that happened."""
        with self.at_once() as tx:
            for table in (held, plan_versions, received, batches, slots, runs):
                tx.connection.execute(delete(table))

    def missing(self, at: datetime, feed: str = "feed") -> list[Missing]:
        """Give what is missing of a feed."""
        with self.ledger.reading() as connection:
            found = list(missing_of_feeds(connection, self.settings, at, slots_of))
        return [one for one in found if one.feed == feed]

    def kinds(self, at: datetime) -> list[str]:
        return [one.kind for one in self.missing(at)]


def run_row(
    at: datetime, code: int | None = 0, minutes: float = 1, feed: str = "feed"
) -> dict[str, Any]:
    """Give a run that began then; without a code, it goes on for ever."""
    ended = None if code is None else instant(at + timedelta(minutes=minutes))
    row = {"feed": feed, "direction": "out", "holder": "test", "started_at": instant(at)}
    return row | {"ended_at": ended, "exit_code": code}


def file_row(run_id: int, at: datetime, name: str, state: str = "read") -> dict[str, Any]:
    """Give a file that came then."""
    row = {"run_id": run_id, "feed": "feed", "endpoint": "box", "name": name, "size": 1}
    told = {"sender": "TWC", "receiver": "GCWS", "received_at": instant(at), "state": state}
    return row | told | {"sha256": name.encode()}
