"""The sandbox: folders, server and office under one root, from `with` to its end.

with Sandbox(root, seed=7, personalities=["twice"]) as box:
    ... run feeds by box.configuration ...
    box.pickup()
"""

import os
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from iepbridge.errors import Misuse
from iepbridge.sandbox.book import BookedFile
from iepbridge.sandbox.floor import Conduct, Floor
from iepbridge.sandbox.grounds import Grounds, put
from iepbridge.sandbox.office import Manner, Office
from iepbridge.sandbox.setting_up import configuration, keys
from iepbridge.sandbox.ssh_server import SshServer
from iepbridge.sandbox.systems import SYSTEMS
from iepbridge.sandbox.verdicts import Shares, Verdicts, chance

PERSONALITIES: Final = {
    "takes": "takes files away as soon as they have their names",
    "no-rename-over": "refuses a rename onto a name that is taken, as it always does",
    "no-rename": "refuses every rename",
    "slow": "waits a little before each request",
    "cuts": "cuts connections at bytes that the seed picks",
    "parts": "acknowledges in parts, one pickup after the other",
    "twice": "gives each acknowledgement twice",
    "late": "acknowledges everything one to three pickups late",
    "weak": "offers one old cipher alone, 3des-cbc",
}
"""What the other side can be like, any of them together."""

_DELAY_SECONDS: Final = 0.05
_CUT_SHARE: Final = 0.35
_CUT_BYTES: Final = 16_000
_MOST_PICKUPS: Final = 20


def check_personalities(names: Iterable[str]) -> frozenset[str]:
    """Give the personalities that are named; raise `Misuse` for one that there is not."""
    named = frozenset(names)
    unknown = sorted(named - PERSONALITIES.keys())
    if unknown:
        known = ", ".join(PERSONALITIES)
        raise Misuse(f"There is no personality {unknown[0]!r}. There are: {known}.")
    return named


class Sandbox:
    """The states' side below one folder; `shares` and `clock` are for those who need to know."""

    def __init__(
        self,
        root: Path,
        *,
        seed: int = 1,
        port: int = 0,
        personalities: Iterable[str] = (),
        shares: Shares | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        named = check_personalities(personalities)
        self._seed = seed
        self._wanted_port = port
        self.grounds = Grounds(root)
        slow = _DELAY_SECONDS if "slow" in named else 0.0
        conduct = Conduct("no-rename" not in named, "takes" in named, slow)
        self.floor = Floor(self.grounds.served, conduct, self.grounds.take_away)
        verdicts = Verdicts(seed, shares or Shares(), all_late="late" in named)
        manner = Manner("parts" in named, "twice" in named)
        self._office = Office(self.grounds, verdicts, manner, clock)
        self._lock = threading.Lock()
        budget = self._budget if "cuts" in named else _never
        pair = keys(self.grounds)
        self._server = SshServer(self.floor, pair, budget, weak="weak" in named)
        self._held = -1
        self.configuration = root / "iepbridge.toml"

    def _budget(self, number: int) -> int | None:
        if chance(self._seed, "cut", number) >= _CUT_SHARE:
            return None
        return 1 + int(chance(self._seed, "cut at", number) * _CUT_BYTES)

    @property
    def port(self) -> int:
        """The server's port, once it is open."""
        return self._server.port

    @property
    def connections(self) -> int:
        """How many connections were taken so far."""
        return self._server.connections

    def __enter__(self) -> Self:
        self._held = self.grounds.lock()
        try:
            self._server.start(self._wanted_port)
            self.configuration = configuration(self.grounds, self.port)
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._let_go()

    def _let_go(self) -> None:
        self._server.stop()
        os.close(self._held)

    def pickup(self) -> list[BookedFile]:
        """Take in what has come, put out what is due; give the files that were read, or kept."""
        with self._lock:
            return self._office.pickup(self.floor.is_whole)

    def settle(self) -> list[BookedFile]:
        """Pick up until every answer is out, the late ones too; give the files read meanwhile."""
        read = self.pickup()
        for _ in range(_MOST_PICKUPS):
            if not self._office.owes:
                break
            read += self.pickup()
        return read

    def book(self) -> list[BookedFile]:
        """Give the sandbox's own list: every file that came, in the order of coming."""
        with self._lock:
            return list(self._office.book.files.values())

    def next_number(self, system: str) -> int:
        """Give the sequence of the next file that is offered; a number is given once."""
        return self.grounds.next_number(system)

    def offer(self, system: str, name: str, content: bytes) -> Path:
        """Put a file of a system out for its clients, whole at once."""
        path = self.grounds.outbound(SYSTEMS[system].name) / name
        put(path, content)
        return path


def _never(_: int) -> int | None:
    return None
