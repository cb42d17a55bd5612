"""The runs of feeds: when each began, with what, and how it ended."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from iepbridge.ledger.schema import runs
from iepbridge.ledger.transaction import Transaction

KILLED: Final = None
"""The exit code of a run that has not ended, or was killed."""


def begin_run(
    tx: Transaction, feed: str, direction: str, holder: str, used: Mapping[str, str]
) -> int:
    """Write down that a run begins, and what it uses (versions, digests); give its id."""
    row = {
        "feed": feed,
        "direction": direction,
        "holder": holder,
        "started_at": tx.now,
        "used": orjson.dumps(used).decode(),
    }
    own = int(tx.connection.execute(insert(runs).values(row).returning(runs.c.id)).scalar_one())
    tx.event("run_begun", feed=feed, run_id=own, direction=direction)
    return own


def end_run(
    tx: Transaction, feed: str, run_id: int, exit_code: int, counts: Mapping[str, int]
) -> None:
    """Write down how a run ended, and what it did, in figures."""
    values = {
        "ended_at": tx.now,
        "exit_code": exit_code,
        "counts": orjson.dumps(counts).decode(),
    }
    tx.connection.execute(update(runs).where(runs.c.id == run_id).values(values))
    tx.event("run_ended", feed=feed, run_id=run_id, exit_code=exit_code, counts=dict(counts))


def last_run(connection: Connection, feed: str) -> Row[Any] | None:
    """Give a feed's last run, None where it has had none."""
    own = select(runs).where(runs.c.feed == feed).order_by(runs.c.id.desc()).limit(1)
    return connection.execute(own).one_or_none()
