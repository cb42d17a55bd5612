"""A place of work for runs in and of acknowledgements: folders, a ledger, and made-up plans."""

import hashlib
import io
import os
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, select, text, update

from iepbridge.acknowledgement import Acknowledgement, Answer, Message, Status
from iepbridge.codecs.json_text import parse_object
from iepbridge.codecs.jsonl import content_digest, plan_line
from iepbridge.exchange import Arrival, Envelope
from iepbridge.formats import file_name, open_writer
from iepbridge.ledger import Ledger
from iepbridge.ledger.attempts import begin_attempt
from iepbridge.ledger.batches import Batch, NewBatch, add_batch, settle
from iepbridge.ledger.entering import Passing, pack, record
from iepbridge.ledger.holds import plan_line as plan_line_of
from iepbridge.ledger.kept import keep_bytes
from iepbridge.ledger.run_log import begin_run
from iepbridge.ledger.schema import batches, held, plan_versions, received, received_names
from iepbridge.ledger.sequences import Channel, Number
from iepbridge.ledger.transaction import Transaction
from iepbridge.plan import read_plan
from iepbridge.registry import load_registry
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.run import run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import Settings, load_settings

Data = dict[str, Any]

REPOSITORY: Final = Path(__file__).parents[3]
SYSTEMS: Final = ("twist", "icc", "cwds", "toolbox")
REGISTRY: Final = load_registry()
CREATED: Final = "2026-01-05T02:00:00-06:00"
ENDING: Final = {"twist": ".xml", "icc": ".zip", "cwds": ".dat", "toolbox": ".xml"}

_TOML: Final = """
[ledger]
key = {{ env = "NOT_READ" }}

[endpoints.there]
url = "file:inbox"
settle_seconds = 0
retry_wait_seconds = 0.001
retry_wait_most_seconds = 0.002
{endpoint}

[endpoints.sent]
url = "file:sent"

[feeds.in]
direction = "in"
system = "{system}"
endpoint = "there"
pattern = "*_IEP_*"
destination = "received"
{feed}

[feeds.acks]
direction = "acks"
system = "{system}"
endpoint = "there"
pattern = "*ack*"
{acks}

[feeds.out]
direction = "out"
system = "{system}"
endpoint = "sent"
source = "plans/*.jsonl"
sender = "GCWS"
receiver = "STATE"
acknowledgements = "acks"
{more}
"""


@dataclass
class Office:
    """Feeds `in`, `acks` and `out` of one system, with their folders."""

    folder: Path
    ledger: Ledger
    system: str = "toolbox"
    tables: dict[str, str] = field(default_factory=dict)
    connect: Any = None
    seconds: int = 1_767_600_000

    def __post_init__(self) -> None:
        for name in ("inbox", "sent", "plans"):
            (self.folder / name).mkdir(exist_ok=True)
        self.configure()

    def configure(self, **tables: str) -> None:
        """Set lines of the tables `endpoint`, `feed`, `acks` and `more`."""
        pattern = 'pattern = "*"' if self.system in ("icc", "cwds") else ""
        self.tables |= tables
        empty = {"endpoint": "", "feed": "", "acks": "", "more": ""}
        toml = _TOML.format(system=self.system, **empty | self.tables)
        if pattern:
            toml = toml.replace('pattern = "*_IEP_*"', pattern).replace(
                'pattern = "*ack*"', pattern
            )
        (self.folder / "iepbridge.toml").write_text(toml)
        self.settings: Settings = load_settings(None, {}, self.folder)

    @property
    def workplace(self) -> Workplace:
        given = {} if self.connect is None else {"connect": self.connect}
        return Workplace(self.settings, REGISTRY, self.ledger, self.ledger.clock, **given)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def run(self, feed: str = "in") -> Outcome:
        return run_feed(self.workplace, feed)

    # what is put in

    def put(self, file: tuple[str, bytes]) -> Path:
        """Put a file in, a second after the one before."""
        path = self.inbox / file[0]
        path.write_bytes(file[1])
        self.seconds += 1
        os.utime(path, (self.seconds, self.seconds))
        return path

    def file(self, sequence: int, *plans: Data, **envelope: Any) -> tuple[str, bytes]:
        return file_of(self.system, sequence, plans, **envelope)

    # what came of it

    def taken(self) -> dict[str, list[Data]]:
        """Give the files of the destination, and their plans."""
        found = self.folder / "received"
        paths = sorted(found.iterdir()) if found.exists() else []
        return {path.name: _plans(path) for path in paths}

    def versions(self) -> list[tuple[str, int]]:
        """Give ids and versions of the plans in the destination, in the order of the files."""
        return [(one["plan_id"], one["version"]) for own in self.taken().values() for one in own]

    def rows(self, statement: Any) -> list[Row[Any]]:
        with self.ledger.reading() as connection:
            return list(connection.execute(statement).all())

    def files(self) -> dict[str, str]:
        """Give the state of each file that came, by its name and the start of its digest."""
        rows = self.rows(select(received.c.name, received.c.state).order_by(received.c.id))
        found: dict[str, str] = {}
        for row in rows:
            number = sum(name.startswith(row.name) for name in found)
            found[row.name + "'" * number] = row.state
        return found

    def states(self, feed: str = "in") -> dict[tuple[str, int], str | list[str]]:
        """Give the states of each plan version of a feed."""
        own = select(plan_versions).where(plan_versions.c.feed == feed)
        found: dict[tuple[str, int], Any] = {}
        for row in self.rows(own.order_by(plan_versions.c.id)):
            key = (row.plan_id, row.version)
            found[key] = row.state if key not in found else [*_listed(found[key]), row.state]
        return found

    def answers(self, feed: str = "out") -> dict[str, tuple[str, str | None]]:
        """Give state and answer of the plans that were sent, by their ids."""
        own = select(plan_versions).where(plan_versions.c.feed == feed)
        return {
            f"{row.plan_id}/{row.version}": (row.state, row.answer)
            for row in self.rows(own.order_by(plan_versions.c.id))
        }

    def holds(self) -> list[Row[Any]]:
        """Give what is held and not over."""
        return self.rows(select(held).where(held.c.ended_at.is_(None)).order_by(held.c.id))

    def release(self, hold_id: int) -> None:
        with self.ledger.writing() as tx:
            own = update(held).where(held.c.id == hold_id)
            tx.connection.execute(own.values(released_at=tx.now, release_reason="looked at"))

    def events(self) -> Counter[str]:
        return Counter(row.kind for row in self.rows(text("SELECT kind FROM events")))

    # batches that went out, without the work of sending them

    def sent(self, sequence: int, *plans: Data, state: str = "delivered") -> str:
        """Write down a batch that was sent; give its file's name without the ending."""
        name, content = self.file(sequence, *plans)
        with self.ledger.writing() as tx:
            made = make_batch(tx, self.system, name, plans, content=content, sequence=sequence)
            if state != "waiting":
                settle(tx, None, made.batch, state, "told")
        return name.removesuffix(ENDING[self.system])

    def answer(self, batch: str, *answers: Answer, **more: Any) -> Path:
        """Put the system's answer to a batch where the feed of acknowledgements looks."""
        return self.put(answer_of(self.system, batch, *answers, **more))


def _plans(path: Path) -> list[Data]:
    return [dict(parse_object(line).data) for line in path.read_bytes().splitlines()]


def _listed(found: Any) -> list[str]:
    return found if isinstance(found, list) else [found]


class Made(NamedTuple):
    """A batch, the run that made it, and where its content is kept."""

    batch: Batch
    run_id: int
    kept_id: int


def make_batch(
    tx: Transaction,
    system: str,
    name: str,
    plans: Sequence[Data],
    *,
    feed: str = "out",
    content: bytes = b"a file",
    sequence: int = 1,
) -> Made:
    """Write down a batch that waits, with its plans; an attempt to deliver it was begun."""
    run_id = begin_run(tx, feed, "out", "a test", {})
    kept_id = keep_bytes(tx, "batch", content)
    channel, number = Channel("out", system, "GCWS", "STATE"), Number(0, sequence)
    size, digest = len(content), hashlib.sha256(content).digest()
    about = (feed, channel, number, "sent", CREATED, name, digest, size, len(plans), kept_id)
    batch = add_batch(tx, run_id, NewBatch(*about))
    record(tx, feed, run_id, [_passing(one) for one in plans], batch.id)
    begin_attempt(tx, run_id, batch)
    return Made(batch, run_id, kept_id)


def _passing(data: Data) -> Passing:
    about = (data["plan_id"], data["version"], content_digest(data))
    return Passing(*about, "waiting", pack(plan_line(data)))


@cache
def _sample(system: str) -> Data:
    path = REPOSITORY / "plugins" / system / "samples" / "back.jsonl"
    return dict(parse_object(path.read_bytes().splitlines()[0]).data)


def plan(plan_id: str = "P-1", version: int = 1, system: str = "toolbox", **changes: Any) -> Data:
    """Give a plan that a system can carry."""
    data = {**deepcopy(_sample(system)), "plan_id": plan_id, "version": version}
    for signature in data.get("signatures") or ():
        signature["plan_version"] = version
    return {**data, **changes}


def noted(data: Data, note: str) -> Data:
    """Change a plan's record alone."""
    notes = [{**one, "story": note} for one in data["case_notes"][:1]]
    return {**data, "case_notes": notes}


def moved(data: Data, title: str = "Another goal") -> Data:
    """Change what a plan says."""
    goals = deepcopy(data["goals"])
    goals[0]["title"] = title
    return {**data, "goals": goals}


def file_of(
    system: str,
    sequence: int,
    plans: Sequence[Data],
    *,
    sender: str = "GCWS",
    receiver: str = "STATE",
    created: str = CREATED,
    test: bool = False,
) -> tuple[str, bytes]:
    """Write a system's file; give its name and its bytes."""
    envelope = Envelope(sender, receiver, sequence, created, test)
    stream = io.BytesIO()
    writer = open_writer(system, REGISTRY, stream, envelope, losses=False)
    for data in plans:
        read = read_plan(data)
        found = writer.add(Arrival(data["plan_id"], data["version"], read, data))
        assert not found.findings, found.findings
    writer.finish()
    return file_name(REGISTRY.adapter(system), envelope), stream.getvalue()


def names_of(office: Office) -> list[tuple[str, bool]]:
    """Give the names that files came under, and whether each was taken away."""
    own = select(received_names.c.name, received_names.c.disposed_at)
    return [(row.name, row.disposed_at is not None) for row in office.rows(own)]


def batch_states(office: Office) -> dict[str, str]:
    return {row.name: row.state for row in office.rows(select(batches).order_by(batches.c.id))}


# answers


def accepted(plan_id: str, version: int | None = 1) -> Answer:
    return Answer(plan_id, version, "accepted")


def warned(plan_id: str, version: int | None = 1) -> Answer:
    return Answer(plan_id, version, "warnings", (Message("W-7", "a word of warning"),))


def rejected(plan_id: str, version: int | None = 1, said: str = "no such code") -> Answer:
    return Answer(plan_id, version, "rejected", (Message("E-17", said),))


def made_of(
    system: str,
    batch: str,
    *answers: Answer,
    part: int | None = None,
    status: Status | None = None,
    messages: Sequence[Message] = (),
) -> Acknowledgement:
    """Give what a system answers to a file."""
    is_clean = all(one.status == "accepted" for one in answers)
    status = status or ("accepted" if is_clean else "warnings")
    return Acknowledgement(
        batch=batch,
        sequence=int(batch[-6:]),
        received=CREATED if system in ("twist", "toolbox") else None,
        status=status,
        messages=tuple(messages),
        answers=answers,
        records_read=7 if system == "cwds" else None,
        part=part,
        closes_unnamed=system == "icc" and part is None and status != "rejected",
    )


def answer_of(system: str, batch: str, *answers: Answer, **more: Any) -> tuple[str, bytes]:
    """Write a system's acknowledgement; give its name and its bytes."""
    own = REGISTRY.adapter(system).acknowledgements
    assert own is not None
    made = made_of(system, batch, *answers, **more)
    stream = io.BytesIO()
    own.write(made, stream)
    return own.name(f"{batch}{ENDING[system]}", made.part), stream.getvalue()


def parsed(office: Office, entry_id: int) -> Data:
    """Give a plan as the ledger keeps it."""
    with office.ledger.reading() as connection:
        line = plan_line_of(connection, office.ledger.keyring, entry_id)
    assert line is not None
    return dict(parse_object(line).data)
