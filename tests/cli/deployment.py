"""A deployment for tests of the commands of feeds: folders, a ledger, made-up plans and answers."""

import json
import logging
import signal
import sys
import warnings
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from sqlalchemy import func, select, update
from tests.servers.ledgers import KEY

from iepbridge.acknowledgement import Acknowledgement, Answer, Message
from iepbridge.cli import console, main, rows
from iepbridge.crypto import Keyring
from iepbridge.ledger import Ledger, instant, open_ledger_at
from iepbridge.ledger.instants import later, system_clock
from iepbridge.ledger.schema import answers, batches, held, plan_versions, received
from iepbridge.registry import load_registry

REPOSITORY: Final = Path(__file__).parents[2]
SENTINEL: Final = "Zyxwvut"
NUMBER: Final = "900123456"

_TOML: Final = """
[ledger]
url = { env = "TEST_LEDGER" }
key = { env = "TEST_KEY" }
retention_days = 100

[endpoints.texas]
url = "file:texas"
retry_wait_seconds = 0.01

[endpoints.answers]
url = "file:answers"
settle_seconds = 0

[feeds.plans]
direction = "out"
system = "twist"
source = "plans/*.jsonl"
endpoint = "texas"
sender = "GCWS"
receiver = "TWC"
schedule = "0 2 * * *"
timezone = "America/Chicago"
acknowledgements = "acks"

[feeds.acks]
direction = "acks"
system = "twist"
endpoint = "answers"
pattern = "*.ack.xml"

[feeds.old-plans]
direction = "in"
system = "twist"
endpoint = "answers"
pattern = "TWIST_IEP_*_[0-9][0-9][0-9][0-9][0-9][0-9].xml"
destination = "received"
enabled = false
"""


@cache
def _sample() -> str:
    file = REPOSITORY / "plugins" / "twist" / "samples" / "plans.jsonl"
    return file.read_text("utf-8").splitlines()[0]


def texan(plan_id: str, **more: Any) -> dict[str, Any]:
    """Make a plan that TWIST takes, full of a person who is nobody."""
    data: dict[str, Any] = json.loads(_sample())
    data["plan_id"] = plan_id
    data["comments"] = SENTINEL
    data["participant"]["ssn"] = NUMBER
    data["participant"]["name"] = {"first": SENTINEL, "last": SENTINEL}
    return data | deepcopy(more)


def signed_anew(plan_id: str) -> dict[str, Any]:
    """Make the second version of a plan, signed by both sides."""
    data = texan(plan_id, version=2)
    for signature in data["signatures"]:
        signature["plan_version"] = 2
    return data


def against_policy(plan_id: str) -> dict[str, Any]:
    """Make a plan with an interim goal that has no time frame (TX-04)."""
    data = texan(plan_id)
    del next(goal for goal in data["goals"] if goal["term"] == "interim")["target_on"]
    return data


def without_code(plan_id: str) -> dict[str, Any]:
    """Make a plan of a program that TWIST has no code for."""
    return texan(plan_id, program="tanf_cap")


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: bytes
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of JSON that it gave."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def text(self) -> str:
        """What it gave, in words, lines joined."""
        return " ".join(self.out.decode().split())

    @property
    def row(self) -> dict[str, Any]:
        """The one line of JSON that it gave."""
        (row,) = self.rows
        return row


class Deployment:
    """A folder with a configuration; commands run in it, in this process."""

    def __init__(
        self,
        folder: Path,
        url: str,
        monkeypatch: pytest.MonkeyPatch,
        capture: pytest.CaptureFixture[bytes],
    ) -> None:
        self.folder = folder
        self.url = url
        self._monkeypatch = monkeypatch
        self._capture = capture
        self.configure(_TOML)
        for name in ("texas", "answers", "plans"):
            (folder / name).mkdir()
        monkeypatch.chdir(folder)
        monkeypatch.setenv("TEST_LEDGER", url)
        monkeypatch.setenv("TEST_KEY", KEY)
        monkeypatch.delenv("IEPBRIDGE_CONFIG", raising=False)

    def configure(self, text: str) -> None:
        """Write the configuration."""
        (self.folder / "iepbridge.toml").write_text(text)

    def configure_more(self, text: str) -> None:
        """Add to the configuration."""
        self.configure(_TOML + text)

    def plans(self, *plans: Mapping[str, Any], file: str = "a") -> None:
        """Write plans into a file of the source."""
        lines = "".join(json.dumps(one) + "\n" for one in plans)
        (self.folder / "plans" / f"{file}.jsonl").write_text(lines)

    def sent(self) -> list[str]:
        """Give the names of the files that stand at the endpoint."""
        return sorted(path.name for path in (self.folder / "texas").iterdir())

    def __call__(self, *words: str, given: str = "") -> Done:
        """Run the command; what it says below an error is left out unless words say otherwise."""
        if "--log-level" not in words:
            words = (*words, "--log-level", "error")
        self._capture.readouterr()
        self._monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given.encode())))
        with _as_it_was():
            code = main(words)
        out, err = self._capture.readouterr()
        return Done(code, out, err.decode())

    def ledger(self) -> Ledger:
        """Open the ledger."""
        return open_ledger_at(self.url, Keyring.parse(KEY))

    def at_terminal(self, *words: str) -> Done:
        """Run the command as if standard output and standard error were a terminal."""
        with self._monkeypatch.context() as patch:
            patch.setattr(rows, "is_terminal", lambda _: True)
            patch.setattr(console, "is_terminal", lambda _: True)
            patch.setenv("COLUMNS", "160")
            return self(*words)

    def answer(
        self,
        file: str,
        statuses: Mapping[str, str],
        *,
        part: int | None = None,
        version: int = 1,
    ) -> None:
        """Let the system answer a file: an answer a plan, rejections with a message."""
        given_by = load_registry().adapters["twist"].acknowledgements
        assert given_by is not None
        told = tuple(_answer(*one, version) for one in statuses.items())
        worst = "accepted" if set(statuses.values()) == {"accepted"} else "warnings"
        stem = file.removesuffix(".xml")
        number = int(stem[-6:])
        whole = Acknowledgement(
            batch=stem,
            sequence=number,
            part=part,
            received="2026-01-06T02:00:00-06:00",
            status=worst,  # type: ignore[arg-type]
            answers=told,
        )
        with (self.folder / "answers" / given_by.name(file, part)).open("wb") as stream:
            given_by.write(whole, stream)

    def words_kept(self) -> int:
        """Count the answers whose words are kept."""
        with self.ledger() as ledger, ledger.reading() as connection:
            own = select(func.count()).where(answers.c.data.is_not(None))
            return int(connection.scalar(own) or 0)

    def age(self, days: int) -> None:
        """Let all that happened have happened days before."""
        then = later(instant(system_clock()), -86_400 * days)
        dates = {
            batches: ("made_at", "settled_at", "answered_at"),
            plan_versions: ("entered_at", "answered_at"),
            received: ("received_at", "settled_at"),
            held: ("held_at", "ended_at"),
        }
        with self.ledger() as ledger, ledger.writing() as tx:
            for table, names in dates.items():
                for name in names:
                    column = table.c[name]
                    own = update(table).where(column.is_not(None))
                    tx.connection.execute(own.values({name: then}))


def _answer(plan_id: str, status: str, version: int) -> Answer:
    said = (Message("E17", f"{SENTINEL} is not known", "Plan/Participant"),)
    messages = said if status == "rejected" else ()
    return Answer(plan_id, version, status, messages)  # type: ignore[arg-type]


class _as_it_was:  # noqa: N801  reads as what it is
    """Undo what the command does to its process."""

    def __enter__(self) -> None:
        self._hooks = sys.unraisablehook, warnings.showwarning
        root = logging.getLogger()
        self._log = root.handlers, root.level
        self._signals = [(one, signal.getsignal(one)) for one in (signal.SIGTERM, signal.SIGHUP)]

    def __exit__(self, *_: object) -> None:
        sys.unraisablehook, warnings.showwarning = self._hooks
        logging.getLogger().handlers, level = self._log
        logging.getLogger().setLevel(level)
        structlog.reset_defaults()
        console.end_in_events(False)
        for number, handler in self._signals:
            signal.signal(number, handler)
