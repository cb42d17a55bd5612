"""The ledger's tables, the same in SQLite and PostgreSQL.

    runs --< batches --< attempts            a file that is sent, each time it was tried
               |
    plan_versions >-- held                   every version of a plan that entered, in one state
               |                             waiting | delivered | held | unknown | superseded
    received --< answers                     a file that came: plans, or answers to plans sent
    slots >-- runs                           when a feed was due, and the run it got
    events                                   the append-only chain of what was done

Instants are UTC text, `YYYY-MM-DDTHH:MM:SS.ffffffZ`, which sorts as it reads. Ids, digests and
dates stand in clear; what is kept of plans is sealed (`kept_chunks`, `payloads`, `answers.data`).
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
HELD: Final = "held"
UNKNOWN: Final = "unknown"
SUPERSEDED: Final = "superseded"
STATES: Final = (WAITING, DELIVERED, HELD, UNKNOWN, SUPERSEDED)
"""The states of a plan version; a batch has the first two and `unknown`."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _key() -> "Column[int]":
    # SQLite numbers rows by itself only in an INTEGER, which holds 64 bits there.
    return Column("id", _number(), primary_key=True, autoincrement=True)


def _number() -> TypeEngine[int]:
    return BigInteger().with_variant(Integer(), "sqlite")


def _of(table: str, *, null: bool = False) -> "Column[int]":
    name = {"batches": "batch", "plan_versions": "entry"}.get(table, table.removesuffix("s"))
    return Column(f"{name}_id", _number(), ForeignKey(f"{table}.id"), nullable=null)


def _instant(name: str, *, null: bool = False) -> "Column[str]":
    return Column(name, String(27), nullable=null)


def _word(name: str, *, null: bool = False) -> "Column[str]":
    return Column(name, String(), nullable=null)


runs = Table(
    "runs",
    metadata,
    _key(),
    _word("feed"),
    _word("direction"),
    _word("holder"),
    _instant("started_at"),
    _instant("ended_at", null=True),
    Column("exit_code", Integer),
    Column("counts", Text),
    Column("used", Text),
    Index(None, "feed", "id"),
)
"""Executions of feeds. `counts` and `used` (versions, digest of the mapping) are JSON."""

leases = Table(
    "leases",
    metadata,
    Column("name", String(), primary_key=True),
    Column("fence", BigInteger, nullable=False),
    _word("holder"),
    _instant("expires_at"),
)
"""Who may write for a feed; the fence goes up with each taking, and never down."""

sequences = Table(
    "sequences",
    metadata,
    Column("direction", String(), primary_key=True),
    Column("system", String(), primary_key=True),
    Column("sender", String(), primary_key=True),
    Column("receiver", String(), primary_key=True),
    Column("cycle", Integer, nullable=False),
    Column("last", Integer, nullable=False),
)
"""The last number given (out) or read (in) between two parties; `cycle` counts turns at 999999."""

kept = Table(
    "kept",
    metadata,
    _key(),
    _word("kind"),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    _word("key_id"),
    _instant("kept_at"),
)
"""Content that is kept, sealed; digest and size are those of the plain content."""

kept_chunks = Table(
    "kept_chunks",
    metadata,
    Column("kept_id", _number(), ForeignKey("kept.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("nonce", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

received = Table(
    "received",
    metadata,
    _key(),
    _of("runs"),
    _word("feed"),
    _word("endpoint"),
    _word("name"),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    _of("kept", null=True),
    _word("state"),
    _word("reason", null=True),
    _word("sender", null=True),
    _word("receiver", null=True),
    _word("created", null=True),
    Column("cycle", Integer),
    Column("sequence", Integer),
    _instant("received_at"),
    _instant("settled_at", null=True),
    UniqueConstraint("feed", "sha256"),
)
"""Files that came, by the digest of their bytes.

State: `fetched` (kept, not yet read), `read`, `gap` or `repeat` (out of sequence), `refused` (not
what it was said to be), `foreign` (answers to nothing sent from here).
"""

received_names = Table(
    "received_names",
    metadata,
    Column("received_id", _number(), ForeignKey("received.id"), primary_key=True),
    Column("name", String(), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    _instant("seen_at"),
    _instant("disposed_at", null=True),
    Index(None, "name"),
)
"""Each name that the bytes of a file came under; `disposed_at` when it was archived or removed.

`size` and `modified` (seconds since the epoch) are as the endpoint last told them.
"""

batches = Table(
    "batches",
    metadata,
    _key(),
    _of("runs"),
    _word("feed"),
    _word("direction"),
    _word("system"),
    _word("endpoint"),
    _word("sender"),
    _word("receiver"),
    Column("cycle", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    _word("created"),
    _word("name"),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("plans", Integer, nullable=False),
    _of("kept", null=True),
    _of("received", null=True),
    _word("state"),
    _instant("made_at"),
    _instant("settled_at", null=True),
    _word("answer", null=True),
    _instant("answered_at", null=True),
    UniqueConstraint("endpoint", "name"),
    CheckConstraint("state IN ('waiting', 'delivered', 'unknown')", "state"),
    Index(None, "feed", "state"),
)
"""Files made here: for a system (out), or of canonical plans (in); digest and size as sent."""

attempts = Table(
    "attempts",
    metadata,
    _key(),
    _of("batches"),
    _of("runs"),
    _word("phase"),
    _word("outcome", null=True),
    _word("how", null=True),
    _instant("begun_at"),
    _instant("ended_at", null=True),
    Index(None, "batch_id"),
)
"""Intents to deliver, written before any effect.

Phase: `begun`, then `naming` once the temporary file is whole and the name is about to be given.
Outcome: `delivered`, `not_delivered` or `unknown`, none while it is under way; `how` says more.
"""

held = Table(
    "held",
    metadata,
    _key(),
    _of("runs"),
    _word("feed"),
    _of("received", null=True),
    _word("plan_id", null=True),
    Column("version", BigInteger),
    _word("reason"),
    Column("findings", Text, nullable=False),
    _instant("held_at"),
    _instant("released_at", null=True),
    _word("release_reason", null=True),
    _instant("ended_at", null=True),
    _word("ended_how", null=True),
    Index(None, "feed", "ended_at"),
    Index(None, "plan_id"),
)
"""Plans, or whole files, that wait for a person; `findings` is JSON without any value of a plan."""

plan_versions = Table(
    "plan_versions",
    metadata,
    _key(),
    _word("feed"),
    _word("plan_id"),
    Column("version", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    _word("state"),
    _instant("entered_at"),
    _of("runs"),
    _of("batches", null=True),
    _of("held", null=True),
    _word("answer", null=True),
    _instant("answered_at", null=True),
    UniqueConstraint("feed", "plan_id", "version", "digest"),
    CheckConstraint("state IN ('waiting', 'delivered', 'held', 'unknown', 'superseded')", "state"),
    Index(None, "batch_id"),
    Index(None, "plan_id"),
)
"""Every content of every version that entered a feed; without an id, it is empty, version 0."""

payloads = Table(
    "payloads",
    metadata,
    Column("entry_id", _number(), ForeignKey("plan_versions.id"), primary_key=True),
    _word("key_id"),
    Column("nonce", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""A plan version as canonical JSON, compressed and sealed."""

notes = Table(
    "notes",
    metadata,
    Column("entry_id", _number(), ForeignKey("plan_versions.id"), primary_key=True),
    Column("findings", Text, nullable=False),
)
"""Findings about a plan version that went all the same; JSON without any value of a plan."""

people = Table(
    "people",
    metadata,
    Column("person", LargeBinary, primary_key=True),
    Column("plan_id", String(), primary_key=True),
)
"""Keyed hashes of a person's numbers, and the plans they stand in."""

answers = Table(
    "answers",
    metadata,
    Column("received_id", _number(), ForeignKey("received.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    _of("batches", null=True),
    _of("plan_versions", null=True),
    _word("plan_id", null=True),
    Column("version", BigInteger),
    _word("status"),
    Column("applied", Boolean, nullable=False),
    Column("codes", Text, nullable=False),
    _word("key_id", null=True),
    Column("nonce", LargeBinary),
    Column("data", LargeBinary),
    Index(None, "entry_id"),
    Index(None, "plan_id"),
)
"""What a system answered: place 0 is the whole file, then a row a plan.

`codes` is JSON (code and place); the messages' texts may name people and are sealed.
"""

slots = Table(
    "slots",
    metadata,
    _key(),
    _word("feed"),
    _word("schedule"),
    _word("slot"),
    Column("fold", Integer, nullable=False),
    _instant("due_at"),
    _word("state"),
    _of("runs", null=True),
    _instant("written_at"),
    _instant("ended_at", null=True),
    UniqueConstraint("feed", "schedule", "slot", "fold"),
    CheckConstraint("state IN ('watched', 'begun', 'done', 'missed', 'coalesced')", "state"),
    Index(None, "run_id"),
    Index(None, "feed", "id"),
)
"""When feeds were due: `slot` and `fold` are the time on the wall, `due_at` is UTC.

`schedule` is cron's fields and the zone. State: `watched` (no slot: from here on the schedule
counts), `begun` (its run goes on, or was killed), `done`, `missed` (nothing watched), `coalesced`
(a run for a later slot did for it).
"""

events = Table(
    "events",
    metadata,
    Column("seq", _number(), primary_key=True, autoincrement=False),
    _instant("at"),
    _word("kind"),
    _word("feed", null=True),
    Column("run_id", BigInteger),
    Column("batch_id", BigInteger),
    _word("plan_id", null=True),
    Column("detail", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index(None, "plan_id"),
    Index(None, "batch_id"),
)
"""The chain: each row's hash is over the row and the hash before it. Rows are only ever added."""

events_head = Table(
    "events_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""One row: number and hash of the chain's last event."""
