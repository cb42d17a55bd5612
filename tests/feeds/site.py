"""An installation of its own for one test: configuration, plans, ledger; its feeds are run."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.servers.ledgers import KEY

from iepbridge.codecs.jsonl import plan_line
from iepbridge.ledger import Ledger, open_ledger
from iepbridge.ledger.events import verify
from iepbridge.ledger.schema import STATES, plan_versions
from iepbridge.registry import Registry, load_registry
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Connect, Workplace
from iepbridge.settings import Settings, load_settings
from iepbridge.transports import open_session

Data = dict[str, Any]
Ref = tuple[str, int]
"""A plan's id and version."""

PARTIES = {"sender": "GCWS", "receiver": "STATE"}


@cache
def registry() -> Registry:
    """Give the installed adapters."""
    return load_registry()


@dataclass
class Site:
    """A folder with `iepbridge.toml` and `plans/`; its tables grow by `endpoint` and `feed`."""

    base: Path
    ledger_url: str
    tables: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.base / "plans").mkdir(parents=True)
        (self.base / "key").touch(0o600)
        (self.base / "key").write_text(KEY)
        key = {"file": "key"}
        self.tables = {
            "ledger": {"url": self.ledger_url, "key": key},
            "endpoints": {},
            "feeds": {},
        }

    def endpoint(self, name: str, **keys: Any) -> None:
        """Configure an endpoint."""
        self.tables["endpoints"][name] = {"settle_seconds": 0.05, **keys}

    def feed(self, name: str, **keys: Any) -> None:
        """Configure a feed."""
        self.tables["feeds"][name] = keys

    def out(self, name: str, system: str, endpoint: str, **keys: Any) -> None:
        """Configure a feed out of what stands in `plans/`."""
        given = {"source": "plans/*.jsonl", **PARTIES, **keys}
        self.feed(name, direction="out", system=system, endpoint=endpoint, **given)

    def configuration(self) -> Path:
        """Write the configuration and give its file."""
        path = self.base / "iepbridge.toml"
        path.write_text("".join(_tables(self.tables)))
        return path

    def settings(self) -> Settings:
        """Read the configuration, as a command would."""
        return load_settings(str(self.configuration()), {}, self.base)

    def ledger(self) -> Ledger:
        """Open the ledger."""
        return open_ledger(self.settings().ledger)

    def put(self, *plans: Data, file: str = "plans.jsonl") -> None:
        """Let the source hold these plans and no others, but for those of other files."""
        (self.base / "plans" / file).write_bytes(b"".join(map(plan_line, plans)))

    def run(self, name: str, connect: Connect = open_session) -> Outcome:
        """Run a feed in this process, and see that the ledger is sound afterwards."""
        with self.ledger() as ledger:
            workplace = Workplace(self.settings(), registry(), ledger, connect=connect)
            outcome = run_feed(workplace, name)
        self.assert_sound()
        return outcome

    def command(self, *words: str, **environ: str) -> "subprocess.CompletedProcess[bytes]":
        """Carry out a command line in a process of its own."""
        return subprocess.run(
            self.words(*words),
            cwd=self.base,
            env=environment(**environ),
            capture_output=True,
            check=False,
            timeout=120,
        )

    def words(self, *words: str) -> list[str]:
        """Give a command line on this site's configuration."""
        config = str(self.configuration())
        return [sys.executable, "-m", "iepbridge", *words, "--config", config]

    def states(self, feed: str) -> dict[str, Counter[Ref]]:
        """Give the plan versions of a feed by state, each as often as it has it."""
        found: dict[str, Counter[Ref]] = {state: Counter() for state in STATES}
        own = plan_versions.c
        with self.ledger() as ledger, ledger.reading() as connection:
            query = select(own.plan_id, own.version, own.state).where(own.feed == feed)
            for plan_id, version, state in connection.execute(query):
                found[state][plan_id, version] += 1
        return {state: refs for state, refs in found.items() if refs}

    def assert_sound(self) -> None:
        """See that the chain of events holds and every entry is in one of the states."""
        with self.ledger() as ledger, ledger.reading() as connection:
            assert verify(connection).broken is None
            states = set(connection.scalars(select(plan_versions.c.state)))
        assert states <= set(STATES)


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a command: this one, without what steers it."""
    steering = ("IEPBRIDGE_CONFIG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "SSH_AUTH_SOCK")
    return {name: value for name, value in os.environ.items() if name not in steering} | more


def refs(plans: Iterable[Data]) -> list[Ref]:
    """Give the ids and versions of plans."""
    return [(one["plan_id"], one["version"]) for one in plans]


def _tables(tables: Mapping[str, Any]) -> Iterable[str]:
    yield from _table("ledger", tables["ledger"])
    for kind in ("endpoints", "feeds"):
        for name, keys in tables[kind].items():
            yield from _table(f"{kind}.{name}", keys)


def _table(name: str, keys: Mapping[str, Any]) -> Iterable[str]:
    yield f"[{name}]\n"
    yield from (f"{key} = {_value(value)}\n" for key, value in keys.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(own)}' for key, own in value.items())} }}"
    return json.dumps(str(value) if isinstance(value, Path) else value)
