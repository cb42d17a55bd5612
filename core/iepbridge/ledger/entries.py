"""The plan versions of a feed: what is known of a plan, and its content.

Everything here takes a connection of the ledger; nothing decides.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, bindparam, or_, select

from iepbridge.crypto import Keyring, Sealed
from iepbridge.ledger.places import payload_place
from iepbridge.ledger.schema import DELIVERED, HELD, UNKNOWN, WAITING, held, payloads, plan_versions

REJECTED: Final = "rejected"


class Entry(NamedTuple):
    """One content of one version of a plan, as the ledger has it.

    `reason` is why it is held, if it is, and `held_in` the run that held it; `released`, that a
    person let it go and it has not gone.
    """

    id: int
    plan_id: str
    version: int
    digest: bytes
    state: str
    batch_id: int | None
    held_id: int | None
    answer: str | None
    reason: str | None
    released: bool
    held_in: int | None = None

    @property
    def was_sent(self) -> bool:
        """Say whether the other side has it, or may have it, and has not rejected it."""
        on_its_way = self.state == WAITING and self.batch_id is not None
        return (self.state in (DELIVERED, UNKNOWN) or on_its_way) and self.answer != REJECTED


_ENTRY: Final = (
    select(
        plan_versions.c.id,
        plan_versions.c.plan_id,
        plan_versions.c.version,
        plan_versions.c.digest,
        plan_versions.c.state,
        plan_versions.c.batch_id,
        plan_versions.c.held_id,
        plan_versions.c.answer,
        held.c.reason,
        held.c.released_at,
        held.c.ended_at,
        held.c.run_id,
    )
    .select_from(plan_versions.outerjoin(held, held.c.id == plan_versions.c.held_id))
    .order_by(plan_versions.c.id)
)
_OF_PLANS: Final = _ENTRY.where(
    plan_versions.c.feed == bindparam("feed"),
    plan_versions.c.plan_id.in_(bindparam("plan_ids", expanding=True)),
)
_PENDING: Final = _ENTRY.where(
    plan_versions.c.feed == bindparam("feed"),
    plan_versions.c.id > bindparam("after"),
    or_(
        and_(
            plan_versions.c.state == HELD,
            held.c.released_at.is_not(None),
            held.c.ended_at.is_(None),
        ),
        and_(plan_versions.c.state == WAITING, plan_versions.c.batch_id.is_(None)),
    ),
).limit(bindparam("most"))


def entries_of(
    connection: Connection, feed: str, plan_ids: Sequence[str]
) -> dict[str, list[Entry]]:
    """Give what is known of some plans of a feed, oldest entry first."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for row in connection.execute(_OF_PLANS, {"feed": feed, "plan_ids": plan_ids}):
        found[row.plan_id].append(_entry(row))
    return found


def entries_of_batch(connection: Connection, batch_id: int) -> Iterator[Entry]:
    """Give the entries of a batch in the order they were put into it."""
    rows = connection.execute(_ENTRY.where(plan_versions.c.batch_id == batch_id))
    return map(_entry, rows)


def pending(connection: Connection, feed: str, after: int, most: int) -> list[Entry]:
    """Give entries with an id above `after` that a person released, or that wait for a batch."""
    rows = connection.execute(_PENDING, {"feed": feed, "after": after, "most": most})
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    *told, released_at, ended_at, run_id = row
    return Entry._make((*told, released_at is not None and ended_at is None, run_id))


def payload(connection: Connection, keys: Keyring, feed: str, entry: Entry) -> bytes | None:
    """Give a plan's line of canonical JSON; None where it was purged."""
    chosen = select(payloads.c.key_id, payloads.c.nonce, payloads.c.data)
    row = connection.execute(chosen.where(payloads.c.entry_id == entry.id)).one_or_none()
    if row is None:
        return None
    place = payload_place(feed, entry.plan_id, entry.version, entry.digest)
    return zlib.decompress(keys.open(Sealed(*row), place))
