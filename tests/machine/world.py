"""A county's feeds and the states' side, in one folder and one ledger; nothing waits for a clock.

    plans/  --texas-plans, indiana-plans-->  box: folders, book, answers  --texas-acks, ...-->
    received/  <--missouri-in--              box: files of its own

The states' side is that of `iepbridge.sandbox`, without its server: it reads and answers by code
of its own.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import update
from tests.fakes.endpoint import Killed
from tests.feeds.site import registry
from tests.machine.contents import Content, Data, content_of
from tests.machine.fate import Fate, Fault, StruckLedger, StruckSession
from tests.machine.state_files import StateFile, state_file
from tests.servers.ledgers import KEY, Hands, database_copied

from iepbridge.codecs.jsonl import plan_line
from iepbridge.crypto import Keyring
from iepbridge.exchange import Envelope
from iepbridge.ledger import open_ledger_at
from iepbridge.ledger.schema import leases
from iepbridge.runs.remembering import behind, channel_between, forgotten, journal_of
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.sandbox import SENDER, SYSTEMS
from iepbridge.sandbox.grounds import Grounds, put
from iepbridge.sandbox.office import Manner, Office
from iepbridge.sandbox.verdicts import Shares, Verdicts
from iepbridge.settings import EndpointSettings, load_settings
from iepbridge.transports import Session, open_session

OUT: Final = {"texas-plans": "twist", "indiana-plans": "icc"}
"""The feeds out, and whom they serve."""
ACKS: Final = {"texas-plans": "texas-acks", "indiana-plans": "indiana-acks"}
INTO: Final = "missouri-in"
SENDS: Final = "toolbox"
"""The system that sends files of its own."""

_BEGUN: Final = datetime(2026, 11, 2, 2, tzinfo=UTC)
_OLD: Final = "2000-01-01T00:00:00.000000Z"
_HEAD: Final = """
[ledger]
url = {url}
key = {{ env = "KEY" }}
journal = "sent"
lease_seconds = 60
retention_days = 30
"""
_ENDPOINT: Final = """
[endpoints.{name}]
url = "file:{folder}"
test = true
settle_seconds = 0
retries = 2
retry_wait_seconds = 0.000001
retry_wait_most_seconds = 0.000001
"""
_FEED: Final = """
[feeds.{state}-plans]
direction = "out"
system = "{system}"
source = "plans/*.jsonl"
endpoint = "{state}"
sender = "{sender}"
receiver = "{receiver}"
acknowledgements = "{state}-acks"
batch_size = {size}
volume_guard = false

[feeds.{state}-acks]
direction = "acks"
system = "{system}"
endpoint = "{state}-out"
pattern = "{answers}"
"""
_IN: Final = """
[feeds.missouri-in]
direction = "in"
system = "toolbox"
endpoint = "missouri-out"
receiver = "{sender}"
pattern = "TBX_IEP_*"
destination = "received"
"""
_SIZES: Final = {"twist": 2, "icc": 3}


@dataclass(frozen=True)
class Character:
    """What the states' side is like: by seed, and as the sandbox's personalities say."""

    seed: int = 1
    takes: bool = False
    parts: bool = False
    twice: bool = False


@cache
def keyring() -> Keyring:
    """Give a ring of one key."""
    return Keyring.parse(KEY)


@dataclass
class World:
    """All there is; `source` is what the county has of each plan, `entered` what has been read."""

    folder: Path
    url: str
    character: Character = field(default_factory=Character)
    source: dict[str, list[Data]] = field(default_factory=dict)
    aside: dict[Path, bytes] = field(default_factory=dict)
    offers: list[StateFile] = field(default_factory=list)
    withheld: list[StateFile] = field(default_factory=list)
    leases_live: bool = False
    arrivals: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for name in ("plans", "received"):
            (self.folder / name).mkdir()
        own = self.character
        self.clock = Hands()
        self.fate = Fate()
        self.ledger_url = self.url
        self.ledger = open_ledger_at(self.url, keyring(), clock=self.clock)
        self.grounds = Grounds(self.folder / "box")
        verdicts = Verdicts(own.seed, Shares(0.25, 0.2, 0.3))
        self.office = Office(self.grounds, verdicts, Manner(own.parts, own.twice), self.clock)
        for system in OUT.values():  # it was agreed that numbers begin at 1
            self.office._last[system, SENDER, SYSTEMS[system].receiver] = 999_999
        path = self.folder / "iepbridge.toml"
        path.write_text(_configuration(self.folder, self.url))
        self.settings = load_settings(str(path), {"KEY": KEY}, self.folder)

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()

    def back_up(self) -> str:
        """Copy the ledger as it is; give the URL of the copy."""
        self.ledger.close()
        return database_copied(self.ledger_url)

    def restore(self, copy: str) -> None:
        """Put a copy in the ledger's place; what was archived lies there to be read once more."""
        self.ledger.close()
        self.ledger_url = database_copied(copy)
        self.ledger = open_ledger_at(self.ledger_url, keyring(), clock=self.clock)
        self.leases_live = True
        for path in self.archived():
            (path.parent.parent / "outbound" / path.name).write_bytes(path.read_bytes())
        for own in self.offers:
            self.put_out(own.name, own.content)

    def forgets(self, feed: str) -> bool:
        """Say whether a restored ledger does not know yet all that went."""
        own = self.settings.feeds[feed]
        place = self.settings.ledger, self.ledger
        pages = forgotten(*place, channel_between(own))
        return next(pages, None) is not None or bool(behind(*place, own))

    def all_arrived(self) -> bool:
        """Say whether every file that may have left has come to the states."""
        self.fate.settle()
        journal = journal_of(self.settings.ledger)
        assert journal is not None
        pages = [journal.read(one) for one in journal.places()]
        saw = {system: self.saw(system) for system in OUT.values()}
        return all((p.name, p.sha256.hex()) in saw[p.place.channel.system] for p in pages)

    def lay(self, plan_id: str, *contents: Data) -> None:
        """Let the source have these contents of a plan and no others."""
        path = self.folder / "plans" / f"{plan_id}.jsonl"
        if contents:
            path.write_bytes(b"".join(map(plan_line, contents)))
            self.source[plan_id] = list(contents)
        else:
            path.unlink(missing_ok=True)
            self.source.pop(plan_id, None)

    def in_source(self) -> set[Content]:
        """Give what the source holds."""
        return {content_of(one) for own in self.source.values() for one in own}

    def run(self, feed: str, fault: Fault | None = None, answers_at: int = 0) -> int | None:
        """Run a feed; give its exit code, None where the process was killed.

        Answers come, and are heard, just before its call `answers_at` of an endpoint; 0 for never.
        """
        self.fate.strike(fault)
        self.fate.meanwhile = (answers_at, lambda: self._hear(feed)) if answers_at else None
        if self.leases_live:
            self._end_leases("numbers:%")  # a run waits for these
        ledger = StruckLedger(self.ledger, self.fate)
        workplace = Workplace(self.settings, registry(), ledger, self.clock, self._connect)
        with suppress(Killed):
            code = run_feed(workplace, feed).code
            self.leases_live |= self.fate.struck  # one may be taken, and its taking not be told
            return code
        self.ledger.close()
        self.leases_live = True
        return None

    def _hear(self, feed: str) -> None:
        """Let the states answer, and another process hear it, while a feed runs."""
        self.pickup()
        run_feed(Workplace(self.settings, registry(), self.ledger, self.clock), ACKS[feed])

    def _connect(
        self, endpoint: EndpointSettings, others: Mapping[str, EndpointSettings]
    ) -> Session:
        def opened() -> Session:
            return open_session(endpoint, others)

        def arrived(name: str) -> None:
            self.arrivals[endpoint.name, name] += 1
            if self.character.takes:
                self.grounds.take_away(endpoint.path / name)

        return self.fate.call("open", lambda: StruckSession(opened, self.fate, arrived))

    def end_leases(self) -> None:
        """Let the time go by that a killed process holds its leases."""
        self._end_leases("%")
        self.clock.go_on(minutes=1)
        self.leases_live = False

    def _end_leases(self, names: str) -> None:
        with self.ledger.writing() as tx:
            own = update(leases).where(leases.c.name.like(names))
            tx.connection.execute(own.values(expires_at=_OLD))

    def pickup(self) -> None:
        """Let the states take in what has come, and put out what they answer."""
        self.office.pickup(lambda _: True)

    def take_away(self) -> None:
        """Let the states take what lies in their folders."""
        for system in OUT.values():
            for path in sorted(self.grounds.inbound(system).iterdir()):
                self.grounds.take_away(path)

    def saw(self, system: str) -> dict[tuple[str, str], str]:
        """Give what stands, or stood, under final names: by name and digest, where."""
        folders = {"inbound": self.grounds.inbound(system)}
        folders["taken"] = self.grounds.root / "taken" / SYSTEMS[system].state
        found = {key[1:]: "book" for key in self.office.book.files if key[0] == system}
        for where, folder in folders.items():
            for path in folder.iterdir():
                name = path.name.partition("-")[2] if where == "taken" else path.name
                if SYSTEMS[system].named(name):
                    found.setdefault((name, _sha256(path)), where)
        return found

    def answers(self) -> list[Path]:
        """Give the answers that lie there to be fetched."""
        folders = (self.grounds.outbound(system) for system in OUT.values())
        return sorted(path for folder in folders for path in folder.iterdir() if path.is_file())

    def archived(self) -> list[Path]:
        """Give the answers that were fetched and archived."""
        states = (SYSTEMS[system].state for system in OUT.values())
        folders = (self.grounds.served / state / "archive" for state in states)
        return sorted(path for folder in folders for path in folder.iterdir())

    def make_offer(self, *plans: Data) -> StateFile:
        """Let Missouri make its next file."""
        number = len(self.offers) + len(self.withheld) + 1
        created = (_BEGUN + timedelta(hours=number)).isoformat(timespec="seconds")
        about = Envelope(SYSTEMS[SENDS].receiver, SENDER, number, created, test=True)
        made = state_file(SENDS, about, plans)
        assert len(made.plans) == len(plans)
        return made

    @property
    def outbox(self) -> Path:
        """The folder that Missouri's files lie in."""
        return self.grounds.outbound(SENDS)

    def put_out(self, name: str, content: bytes) -> None:
        """Let a file of Missouri's lie there, whole at once."""
        put(self.outbox / name, content)

    def taken_in(self) -> list[tuple[str, int]]:
        """Give the plans that were written to the destination, in the order of the files' names."""
        paths = sorted((self.folder / "received").glob("*.jsonl"))
        lines = (json.loads(line) for path in paths for line in path.read_bytes().splitlines())
        return [(one["plan_id"], one["version"]) for one in lines]


def _configuration(folder: Path, url: str) -> str:
    parts = [_HEAD.format(url=json.dumps(url))]
    for system in (*OUT.values(), SENDS):
        state = SYSTEMS[system].state
        served = f"box/served/{state}"
        parts.append(_ENDPOINT.format(name=state, folder=f"{served}/inbound"))
        parts.append(_ENDPOINT.format(name=f"{state}-out", folder=f"{served}/outbound"))
        parts.append(f'archive = "{folder}/{served}/archive"\n')
    for system in OUT.values():
        own = SYSTEMS[system]
        about = {"state": own.state, "receiver": own.receiver, "sender": SENDER}
        more = {"answers": own.answer_pattern, "size": _SIZES[system]}
        parts.append(_FEED.format(system=system, **about, **more))
    return "".join([*parts, _IN.format(sender=SENDER)])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
