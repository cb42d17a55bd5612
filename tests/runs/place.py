"""A feed out in a folder of its own: plans are laid in its source, it runs, all is accounted for.

place = Place(tmp_path, ledger, clock)
place.lay("a.jsonl", plan("P-1"), plan("P-2"))
assert place.run().code == 0
assert place.states() == {"P-1": ["1 delivered"], "P-2": ["1 delivered"]}
"""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from tests.fakes.endpoint import FakeEndpoint
from tests.runs.conservation import conserved
from tests.servers.ledgers import KEY, Hands

from iepbridge.acknowledgement import Acknowledgement, Answer, Status
from iepbridge.adapter import Adapter
from iepbridge.ledger import Ledger
from iepbridge.ledger.batches import Batch, batch_of
from iepbridge.ledger.holds import release
from iepbridge.ledger.schema import batches, held, plan_versions, received
from iepbridge.registry import Registry, load_registry
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.reconcile import reconcile
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Connect, Workplace
from iepbridge.sample import sample_plans
from iepbridge.settings import Settings, load_settings
from iepbridge.transports import open_session

Data = dict[str, Any]

FEED = "plans"
_LEDGER = """
[ledger]
key = { env = "KEY" }
lease_seconds = 60
"""
_ENDPOINT = """
[endpoints.{name}]
url = "file:{name}"
settle_seconds = 0
retries = 2
retry_wait_seconds = 0.000001
retry_wait_most_seconds = 0.000001
"""


@cache
def registry() -> Registry:
    """Load the adapters once."""
    return load_registry()


@cache
def _sound() -> str:
    """Give a plan of version 1 that every system takes, and that keeps every rule, as text."""
    found = next(one for one in sample_plans(60, 7) if one["plan_id"].startswith("PA-000004"))
    return json.dumps(found, default=float)


def plan(plan_id: str = "P-1", version: int = 1, **more: Any) -> Data:
    """Make a sound plan, signed in its version; `more` replaces its fields."""
    data = {**json.loads(_sound()), "plan_id": plan_id, "version": version}
    for one in data["signatures"]:
        one["plan_version"] = version
    return {**data, **more}


def bad(plan_id: str = "P-1", version: int = 1, **more: Any) -> Data:
    """Make a plan that policy holds: it has no goals."""
    return plan(plan_id, version, goals=[], **more)


def tight(plan_id: str = "P-1", version: int = 1, **more: Any) -> Data:
    """Make a plan that the format holds: its person has no number of the system."""
    data = plan(plan_id, version, **more)
    del data["participant"]["identifiers"]
    return data


def broken(plan_id: str | None = "P-1", version: int = 1, **more: Any) -> Data:
    """Make a plan that the model refuses; without an id, too."""
    data = plan("P-1", version, status="closed", **more)
    return data | {"plan_id": plan_id} if plan_id else {k: data[k] for k in data if k != "plan_id"}


def lines(*plans: Data) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in plans)


class Place:
    """A feed, or several, between a source folder and endpoint folders."""

    def __init__(
        self,
        folder: Path,
        ledger: Ledger,
        clock: Hands,
        *,
        system: str = "twist",
        fake: FakeEndpoint | None = None,
        feeds: Mapping[str, Mapping[str, Any]] | None = None,
        **keys: Any,
    ) -> None:
        self.folder = folder
        self.ledger = ledger
        self.system = system
        (folder / "source").mkdir(exist_ok=True)
        own = {
            name: {**_feed(system), **keys, **more} for name, more in (feeds or {FEED: {}}).items()
        }
        self.settings = _settings(folder, own)
        self.fake = fake
        connect: Connect = open_session if fake is None else lambda *_: fake.open()
        self.workplace = Workplace(self.settings, registry(), ledger, clock, connect)

    def lay(self, name: str, *plans: Data) -> Path:
        """Lay a file of plans in the source."""
        path = self.folder / "source" / name
        path.write_bytes(lines(*plans))
        return path

    def clear(self) -> None:
        """Take every file out of the source."""
        for path in (self.folder / "source").iterdir():
            path.unlink()

    def run(self, feed: str = FEED) -> Outcome:
        """Run a feed; whatever came of it, all is accounted for."""
        outcome = run_feed(self.workplace, feed)
        self.conserved()
        return replace(outcome, counts=Counter(outcome.counts))

    def conserved(self) -> None:
        if self.fake is not None:
            self._lay_down(self.fake)
        conserved(self.ledger, self.settings)

    def _lay_down(self, fake: FakeEndpoint) -> None:
        """Lay what the other side has, or has taken, into the folder that would have it."""
        got = [*fake.receiver.got, *fake.files.items()]
        assert len({name for name, _ in got}) == len(got), "a file came twice"
        for path in (self.folder / "texas").iterdir():
            path.unlink()
        for name, content in got:
            (self.folder / "texas" / name).write_bytes(content)

    def batch(self, plan_id: str = "P-1") -> Batch:
        """Give the last batch in which a plan went."""
        own = max(row.batch_id for row in self.rows() if row.plan_id == plan_id and row.batch_id)
        with self.ledger.reading() as connection:
            return batch_of(connection, own)

    def answer(self, status: Status, plan_id: str = "P-1", to: Batch | None = None) -> None:
        """Let the system answer a plan, in the last file in which it went or in another."""
        batch = to or self.batch(plan_id)
        rows = [row for row in self.rows() if row.plan_id == plan_id]
        own = {row.version for row in rows if row.batch_id == batch.id}
        extension = Path(batch.name).suffix
        answers = (Answer(plan_id, own.pop(), status),)
        stem = batch.name.removesuffix(extension)
        told = Acknowledgement(stem, batch.sequence, None, "accepted", answers=answers)
        with self.ledger.writing() as tx:
            file = {"run_id": 1, "feed": "acks", "endpoint": "texas", "name": "ack", "size": 1}
            come = {"sha256": os.urandom(32), "state": "read", "received_at": tx.now}
            row = insert(received).values({**file, **come}).returning(received.c.id)
            file_id = tx.connection.execute(row).scalar_one()
            reconcile(tx, 1, file_id, self.system, extension, told)
        self.conserved()

    def rows(self, feed: str = FEED) -> list[Any]:
        """Give every content that entered, in order, with why it is held."""
        joined = plan_versions.outerjoin(held, held.c.id == plan_versions.c.held_id)
        wanted = select(plan_versions, held.c.reason, held.c.ended_at).select_from(joined)
        wanted = wanted.where(plan_versions.c.feed == feed).order_by(plan_versions.c.id)
        with self.ledger.reading() as connection:
            return list(connection.execute(wanted))

    def states(self, feed: str = FEED) -> dict[str, list[str]]:
        """Give what is known of each plan: `version state`, with the reason of what is held."""
        found = defaultdict(list)
        for row in self.rows(feed):
            reason = f" {row.reason}" if row.state == "held" else ""
            found[row.plan_id].append(f"{row.version} {row.state}{reason}")
        return dict(found)

    def files(self, endpoint: str = "texas") -> list[str]:
        return sorted(path.name for path in (self.folder / endpoint).iterdir())

    def let_go_hold(self, hold_id: int) -> None:
        with self.ledger.writing() as tx:
            release(tx, hold_id, "seen", "a tester")

    @property
    def adapter(self) -> Adapter:
        return self.workplace.registry.adapter(self.system)

    def loosen(self, rules: Sequence[str]) -> None:
        """Let rules be no errors any more."""
        loose = replace(self.settings, severity=dict.fromkeys(rules, "warning"))
        self.settings = loose
        self.workplace = replace(self.workplace, settings=loose)

    def when_counted(self, what: str, then: Callable[[], object] | None) -> None:
        """Let something happen when a run counts something."""

        def told(counted: str, _: int) -> None:
            if counted == what and then is not None:
                then()

        self.workplace = replace(self.workplace, told=told)

    def batch_sizes(self) -> list[int]:
        with self.ledger.reading() as connection:
            return list(connection.scalars(select(batches.c.plans).order_by(batches.c.id)))

    def let_go(self, plan_id: str = "P-1", version: int | None = None) -> None:
        """Release the open holds of a plan."""
        wanted = select(held.c.id).where(held.c.plan_id == plan_id, held.c.ended_at.is_(None))
        if version is not None:
            wanted = wanted.where(held.c.version == version)
        with self.ledger.writing() as tx:
            for own in tx.connection.scalars(wanted.order_by(held.c.id)).all():
                release(tx, own, "seen", "a tester")


def _feed(system: str) -> dict[str, Any]:
    return {
        "direction": "out",
        "system": system,
        "endpoint": "texas",
        "source": "source/*.jsonl",
        "sender": "GCWS",
        "receiver": "TWC",
    }


def _settings(folder: Path, feeds: Mapping[str, Mapping[str, Any]]) -> Settings:
    names = sorted({own["endpoint"] for own in feeds.values()})
    for name in names:
        (folder / name).mkdir(exist_ok=True)
    tables = [_ENDPOINT.format(name=name) for name in names]
    for name, keys in feeds.items():
        own = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        tables.append(f"[feeds.{name}]\n{own}")
    path = folder / "iepbridge.toml"
    path.write_text(_LEDGER + "\n".join(tables))
    return load_settings(str(path), {"KEY": KEY}, folder)
