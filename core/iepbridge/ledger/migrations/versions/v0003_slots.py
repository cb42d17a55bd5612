"""When feeds were due, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "slots",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("fold", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.String(length=27), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("run_id", _NUMBER, nullable=True),
        sa.Column("written_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.CheckConstraint(
            "state IN ('watched', 'begun', 'done', 'missed', 'coalesced')",
            name=op.f("ck_slots_state"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_slots_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint("feed", "schedule", "slot", "fold", name=op.f("uq_slots_feed")),
    )
    op.create_index(op.f("ix_slots_feed"), "slots", ["feed", "id"], unique=False)
    op.create_index(op.f("ix_slots_run_id"), "slots", ["run_id"], unique=False)
