"""Runs of feeds, who may run them and when, and the chain of what they did."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from iepbridge.ledger.schema.columns import instant, key, metadata, number, of, word

runs = Table(
    "runs",
    metadata,
    key(),
    word("feed"),
    word("direction"),
    word("holder"),
    instant("started_at"),
    instant("ended_at", null=True),
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
    word("holder"),
    instant("expires_at"),
)
"""Who may write for a feed; the fence goes up with each taking, and never down."""

slots = Table(
    "slots",
    metadata,
    key(),
    word("feed"),
    word("schedule"),
    word("slot"),
    Column("fold", Integer, nullable=False),
    instant("due_at"),
    word("state"),
    of("runs", null=True),
    instant("written_at"),
    instant("ended_at", null=True),
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
    Column("seq", number(), primary_key=True, autoincrement=False),
    instant("at"),
    word("kind"),
    word("feed", null=True),
    Column("run_id", BigInteger),
    Column("batch_id", BigInteger),
    word("plan_id", null=True),
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
