"""Every version of a plan that entered: its state, its content, and what was answered."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from iepbridge.ledger.schema.columns import instant, key, metadata, number, of, word

plan_versions = Table(
    "plan_versions",
    metadata,
    key(),
    word("feed"),
    word("plan_id"),
    Column("version", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    word("state"),
    instant("entered_at"),
    of("runs"),
    of("batches", null=True),
    of("held", null=True),
    word("answer", null=True),
    instant("answered_at", null=True),
    UniqueConstraint("feed", "plan_id", "version", "digest"),
    CheckConstraint("state IN ('waiting', 'delivered', 'held', 'unknown', 'superseded')", "state"),
    Index(None, "batch_id"),
    Index(None, "plan_id"),
)
"""Every content of every version that entered a feed; without an id, it is empty, version 0."""

held = Table(
    "held",
    metadata,
    key(),
    of("runs"),
    word("feed"),
    of("received", null=True),
    word("plan_id", null=True),
    Column("version", BigInteger),
    word("reason"),
    Column("findings", Text, nullable=False),
    instant("held_at"),
    instant("released_at", null=True),
    word("release_reason", null=True),
    instant("ended_at", null=True),
    word("ended_how", null=True),
    Index(None, "feed", "ended_at"),
    Index(None, "plan_id"),
)
"""Plans, or whole files, that wait for a person; `findings` is JSON without any value of a plan."""

payloads = Table(
    "payloads",
    metadata,
    Column("entry_id", number(), ForeignKey("plan_versions.id"), primary_key=True),
    word("key_id"),
    Column("nonce", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""A plan version as canonical JSON, compressed and sealed."""

notes = Table(
    "notes",
    metadata,
    Column("entry_id", number(), ForeignKey("plan_versions.id"), primary_key=True),
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
    Column("received_id", number(), ForeignKey("received.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    of("batches", null=True),
    of("plan_versions", null=True),
    word("plan_id", null=True),
    Column("version", BigInteger),
    word("status"),
    Column("applied", Boolean, nullable=False),
    Column("codes", Text, nullable=False),
    word("key_id", null=True),
    Column("nonce", LargeBinary),
    Column("data", LargeBinary),
    Index(None, "entry_id"),
    Index(None, "plan_id"),
)
"""What a system answered: place 0 is the whole file, then a row a plan.

`codes` is JSON (code and place); the messages' texts may name people and are sealed.
"""
