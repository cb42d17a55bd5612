"""Feeds on each kind of endpoint: a folder, and a real server of each make."""

import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.feeds.site import Data, Site, registry
from tests.plugins.test_laws import SYSTEMS, write
from tests.servers import Server, asyncssh_server, openssh, proftpd

from iepbridge.checking import checker_of
from iepbridge.plan import read_plan
from iepbridge.sample import sample_plans
from iepbridge.settings import Settings

MAKES = {"openssh": openssh, "proftpd": proftpd, "asyncssh": asyncssh_server}
QUICK = {"retries": 2, "retry_wait_seconds": 0.01}
_NEW = (1, "active")
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """A folder of this machine, and how a configuration reaches what is below it."""

    make: str
    folder: Path
    server: Server | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)

    def made(self, name: str) -> Path:
        """Make a folder of the other side."""
        path = self.folder / name
        path.mkdir()
        return path

    def reached(self, folder: Path, port: int | None = None) -> dict[str, Any]:
        """Give the keys of an endpoint on a folder of the other side."""
        if self.server is None:
            return {"url": f"file:{folder}"}
        inner = folder.relative_to(self.server.folder)
        return {"url": f"{self.server.url(port)}/{inner}", **self.keys}


def place_of(server: Server) -> Place:
    """Give the place that a server serves, reached with its client key."""
    keys = {"host_keys": server.known_hosts, "private_key": {"file": server.key}, **QUICK}
    return Place("server", server.folder, server, keys)


@pytest.fixture(scope="module", params=["folder", *MAKES])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Give a place of each kind; servers run for a whole module."""
    base = tmp_path_factory.mktemp(request.param)
    if request.param == "folder":
        yield Place("folder", base)
        return
    with MAKES[request.param](base) as server:
        yield place_of(server)


@pytest.fixture
def place(served: Place) -> Place:
    """Give an empty folder of each kind of endpoint."""
    return Place(served.make, served.made(f"test-{next(_NUMBERS)}"), served.server, served.keys)


@pytest.fixture
def site(tmp_path: Path, sqlite_url: str) -> Site:
    """Give an installation that has a ledger in a file, and nothing configured yet."""
    return Site(tmp_path / "site", sqlite_url)


@cache
def _sound_plans() -> list[Data]:
    """Find plans that keep every rule of every system, whatever day it is, and fit its files."""
    checkers = [checker_of(one, registry(), Settings()) for one in registry().adapters.values()]

    def is_sound(data: Data) -> bool:
        plan = read_plan(data)
        told = [one.severity for checker in checkers for one in checker.findings(plan)]
        fits = (not write(system, data)[1][0].findings for system in SYSTEMS)
        return "error" not in told and all(fits)

    drawn = (one for one in sample_plans(200, 7) if (one["version"], one["status"]) == _NEW)
    return list(itertools.islice(filter(is_sound, drawn), 12))


@pytest.fixture
def plans() -> list[Data]:
    """Give twelve plans that go to every system."""
    return copy.deepcopy(_sound_plans())
