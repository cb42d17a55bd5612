"""The chain's head, and triggers that keep its events as they are."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"

_SQLITE = """
CREATE TRIGGER events_{deed} BEFORE {deed} ON events
BEGIN SELECT RAISE(ABORT, 'events are only added'); END
"""
_REFUSE = """
CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are only added'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER events_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()
"""


def upgrade() -> None:
    """Write the head of an empty chain, and make the triggers."""
    number, digest = sa.column("seq", sa.BigInteger), sa.column("hash", sa.LargeBinary)
    head = sa.table("events_head", sa.column("id", sa.Integer), number, digest)
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": bytes(32)}])
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(_SQLITE.format(deed=deed))
    else:
        op.execute(_REFUSE)
        op.execute(_POSTGRESQL)
