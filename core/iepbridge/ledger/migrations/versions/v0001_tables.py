"""The tables of the first ledger."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, each after those it refers to."""
    _chain()
    _basics()
    _runs_and_numbers()
    _what_came()
    _batches()
    _held_and_names()
    _attempts()
    _plan_versions()
    _answers()
    _about_versions()


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _chain() -> None:
    op.create_table(
        "events",
        sa.Column("seq", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("plan_id", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_batch_id"), "events", ["batch_id"], unique=False)
    op.create_index(op.f("ix_events_plan_id"), "events", ["plan_id"], unique=False)
    op.create_table(
        "events_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events_head")),
    )


def _basics() -> None:
    op.create_table(
        "kept",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("kept_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "people",
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", "plan_id", name=op.f("pk_people")),
    )


def _runs_and_numbers() -> None:
    op.create_table(
        "runs",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.Column("used", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_feed"), "runs", ["feed", "id"], unique=False)
    op.create_table(
        "sequences",
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "direction", "system", "sender", "receiver", name=op.f("pk_sequences")
        ),
    )


def _what_came() -> None:
    op.create_table(
        "kept_chunks",
        sa.Column("kept_id", _NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _refers("kept_chunks", "kept_id", "kept"),
        sa.PrimaryKeyConstraint("kept_id", "number", name=op.f("pk_kept_chunks")),
    )
    op.create_table(
        "received",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("run_id", _NUMBER, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kept_id", _NUMBER, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("sender", sa.String(), nullable=True),
        sa.Column("receiver", sa.String(), nullable=True),
        sa.Column("created", sa.String(), nullable=True),
        sa.Column("cycle", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.String(length=27), nullable=False),
        sa.Column("settled_at", sa.String(length=27), nullable=True),
        _refers("received", "kept_id", "kept"),
        _refers("received", "run_id", "runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received")),
        sa.UniqueConstraint("feed", "sha256", name=op.f("uq_received_feed")),
    )


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("run_id", _NUMBER, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("plans", sa.Integer(), nullable=False),
        sa.Column("kept_id", _NUMBER, nullable=True),
        sa.Column("received_id", _NUMBER, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("settled_at", sa.String(length=27), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.String(length=27), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'unknown')", name=op.f("ck_batches_state")
        ),
        _refers("batches", "kept_id", "kept"),
        _refers("batches", "received_id", "received"),
        _refers("batches", "run_id", "runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("endpoint", "name", name=op.f("uq_batches_endpoint")),
    )
    op.create_index(op.f("ix_batches_feed"), "batches", ["feed", "state"], unique=False)


def _held_and_names() -> None:
    op.create_table(
        "held",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("run_id", _NUMBER, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("received_id", _NUMBER, nullable=True),
        sa.Column("plan_id", sa.String(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("held_at", sa.String(length=27), nullable=False),
        sa.Column("released_at", sa.String(length=27), nullable=True),
        sa.Column("release_reason", sa.String(), nullable=True),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        _refers("held", "received_id", "received"),
        _refers("held", "run_id", "runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held")),
    )
    op.create_index(op.f("ix_held_feed"), "held", ["feed", "ended_at"], unique=False)
    op.create_index(op.f("ix_held_plan_id"), "held", ["plan_id"], unique=False)
    op.create_table(
        "received_names",
        sa.Column("received_id", _NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.String(length=27), nullable=False),
        sa.Column("disposed_at", sa.String(length=27), nullable=True),
        _refers("received_names", "received_id", "received"),
        sa.PrimaryKeyConstraint("received_id", "name", name=op.f("pk_received_names")),
    )
    op.create_index(op.f("ix_received_names_name"), "received_names", ["name"], unique=False)


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("batch_id", _NUMBER, nullable=False),
        sa.Column("run_id", _NUMBER, nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("begun_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        _refers("attempts", "batch_id", "batches"),
        _refers("attempts", "run_id", "runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_batch_id"), "attempts", ["batch_id"], unique=False)


def _plan_versions() -> None:
    op.create_table(
        "plan_versions",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entered_at", sa.String(length=27), nullable=False),
        sa.Column("run_id", _NUMBER, nullable=False),
        sa.Column("batch_id", _NUMBER, nullable=True),
        sa.Column("held_id", _NUMBER, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.String(length=27), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'held', 'unknown', 'superseded')",
            name=op.f("ck_plan_versions_state"),
        ),
        _refers("plan_versions", "batch_id", "batches"),
        _refers("plan_versions", "held_id", "held"),
        _refers("plan_versions", "run_id", "runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint(
            "feed", "plan_id", "version", "digest", name=op.f("uq_plan_versions_feed")
        ),
    )
    op.create_index(op.f("ix_plan_versions_batch_id"), "plan_versions", ["batch_id"], unique=False)
    op.create_index(op.f("ix_plan_versions_plan_id"), "plan_versions", ["plan_id"], unique=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("received_id", _NUMBER, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("batch_id", _NUMBER, nullable=True),
        sa.Column("entry_id", _NUMBER, nullable=True),
        sa.Column("plan_id", sa.String(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=True),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        _refers("answers", "batch_id", "batches"),
        _refers("answers", "entry_id", "plan_versions"),
        _refers("answers", "received_id", "received"),
        sa.PrimaryKeyConstraint("received_id", "place", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_entry_id"), "answers", ["entry_id"], unique=False)
    op.create_index(op.f("ix_answers_plan_id"), "answers", ["plan_id"], unique=False)


def _about_versions() -> None:
    op.create_table(
        "notes",
        sa.Column("entry_id", _NUMBER, nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        _refers("notes", "entry_id", "plan_versions"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_notes")),
    )
    op.create_table(
        "payloads",
        sa.Column("entry_id", _NUMBER, nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _refers("payloads", "entry_id", "plan_versions"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_payloads")),
    )
