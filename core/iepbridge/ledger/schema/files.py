"""Files that are sent and that came, what is kept of them, and their numbers."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from iepbridge.ledger.schema.columns import instant, key, metadata, number, of, word

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
    key(),
    word("kind"),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    word("key_id"),
    instant("kept_at"),
)
"""Content that is kept, sealed; digest and size are those of the plain content."""

kept_chunks = Table(
    "kept_chunks",
    metadata,
    Column("kept_id", number(), ForeignKey("kept.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("nonce", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

received = Table(
    "received",
    metadata,
    key(),
    of("runs"),
    word("feed"),
    word("endpoint"),
    word("name"),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    of("kept", null=True),
    word("state"),
    word("reason", null=True),
    word("sender", null=True),
    word("receiver", null=True),
    word("created", null=True),
    Column("cycle", Integer),
    Column("sequence", Integer),
    instant("received_at"),
    instant("settled_at", null=True),
    UniqueConstraint("feed", "sha256"),
)
"""Files that came, by the digest of their bytes.

State: `fetched` (kept, not yet read), `read`, `gap` or `repeat` (out of sequence), `refused` (not
what it was said to be), `foreign` (answers to nothing sent from here).
"""

received_names = Table(
    "received_names",
    metadata,
    Column("received_id", number(), ForeignKey("received.id"), primary_key=True),
    Column("name", String(), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    instant("seen_at"),
    instant("disposed_at", null=True),
    Index(None, "name"),
)
"""Each name that the bytes of a file came under; `disposed_at` when it was archived or removed.

`size` and `modified` (seconds since the epoch) are as the endpoint last told them.
"""

batches = Table(
    "batches",
    metadata,
    key(),
    of("runs"),
    word("feed"),
    word("direction"),
    word("system"),
    word("endpoint"),
    word("sender"),
    word("receiver"),
    Column("cycle", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    word("created"),
    word("name"),
    Column("sha256", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("plans", Integer, nullable=False),
    of("kept", null=True),
    of("received", null=True),
    word("state"),
    instant("made_at"),
    instant("settled_at", null=True),
    word("answer", null=True),
    instant("answered_at", null=True),
    UniqueConstraint("endpoint", "name"),
    CheckConstraint("state IN ('waiting', 'delivered', 'unknown')", "state"),
    Index(None, "feed", "state"),
)
"""Files made here: for a system (out), or of canonical plans (in); digest and size as sent."""

attempts = Table(
    "attempts",
    metadata,
    key(),
    of("batches"),
    of("runs"),
    word("phase"),
    word("outcome", null=True),
    word("how", null=True),
    instant("begun_at"),
    instant("ended_at", null=True),
    Index(None, "batch_id"),
)
"""Intents to deliver, written before any effect.

Phase: `begun`, then `naming` once the temporary file is whole and the name is about to be given.
Outcome: `delivered`, `not_delivered` or `unknown`, none while it is under way; `how` says more.
"""
