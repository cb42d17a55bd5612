"""What waits for a person: held plans and files, looked at, let go once, and read again."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, select, update

from iepbridge.crypto import Keyring, Sealed
from iepbridge.errors import Misuse
from iepbridge.ledger.instants import Instant
from iepbridge.ledger.places import payload_place
from iepbridge.ledger.schema import held, payloads, plan_versions, received
from iepbridge.ledger.transaction import Ledger, Transaction

SEQUENCE: Final = "sequence"
"""Why a whole file is held: others before it are missing, or it came before."""

RELEASABLE: Final = ("policy", SEQUENCE, "contradiction")
"""Reasons that a person may overrule, once; the others end with a mended plan."""

_AT_ONCE: Final = 1_000
_MEND: Final = {
    "model": "Mend the plan where it comes from; the next run takes the mended one.",
    "format": "Mend the plan where it comes from, or the mapping where it is too narrow; the next"
    " run looks at it again.",
    "rejected": "Mend what the system rejected; the next run sends the plan once it has changed.",
}


class Hold(NamedTuple):
    """A plan, or a whole file, that waits for a person; `findings` hold no value of a plan.

    `entry_id` is the plan's content; `file` the name of the file that it came in, or that it is.
    """

    id: int
    feed: str
    plan_id: str | None
    version: int | None
    reason: str
    held_at: Instant
    released_at: Instant | None
    release_reason: str | None
    ended_at: Instant | None
    ended_how: str | None
    run_id: int
    findings: tuple[Mapping[str, Any], ...]
    entry_id: int | None
    received_id: int | None
    kept_id: int | None
    file: str | None

    @property
    def is_file(self) -> bool:
        """Say whether a whole file is held, out of its sequence."""
        return self.reason == SEQUENCE and self.plan_id is None and self.received_id is not None

    @property
    def rules(self) -> list[str]:
        """The codes of the findings, each once."""
        return list(dict.fromkeys(one["rule"] for one in self.findings if "rule" in one))


_HOLD: Final = (
    select(
        held.c.id,
        held.c.feed,
        held.c.plan_id,
        held.c.version,
        held.c.reason,
        held.c.held_at,
        held.c.released_at,
        held.c.release_reason,
        held.c.ended_at,
        held.c.ended_how,
        held.c.run_id,
        held.c.findings,
        select(plan_versions.c.id)
        .where(plan_versions.c.held_id == held.c.id)
        .order_by(plan_versions.c.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("entry_id"),
        held.c.received_id,
        received.c.kept_id,
        received.c.name.label("file"),
    )
    .select_from(held.outerjoin(received, received.c.id == held.c.received_id))
    .order_by(held.c.id)
)


def open_holds(ledger: Ledger, feed: str | None = None) -> Iterator[Hold]:
    """Give what is held, of one feed or of all, in the order it was held.

    Each thousand is read by itself, so that others can write however slowly they are taken.
    """
    wanted = _HOLD.where(held.c.ended_at.is_(None)).limit(_AT_ONCE)
    if feed is not None:
        wanted = wanted.where(held.c.feed == feed)
    after = 0
    while True:
        with ledger.reading() as connection:
            rows = connection.execute(wanted.where(held.c.id > after)).all()
        if not rows:
            return
        after = rows[-1].id
        yield from map(_hold, rows)


def hold_of(connection: Connection, hold_id: int) -> Hold:
    """Give a hold by its number; raise `Misuse` where there is none."""
    row = connection.execute(_HOLD.where(held.c.id == hold_id)).one_or_none()
    if row is None:
        raise Misuse(f"Nothing is held as number {hold_id}. `iepbridge held` lists what is.")
    return _hold(row)


def _hold(row: Any) -> Hold:
    found = Hold._make(row)
    return found._replace(findings=tuple(orjson.loads(row.findings)))


def remedy(hold: Hold) -> str:
    """Say what ends a hold."""
    if hold.ended_at is not None:
        return f"Nothing: it is over since {hold.ended_at} ({hold.ended_how})."
    if hold.released_at is not None:
        return f"Nothing: it was released at {hold.released_at} and goes with the feed's next run."
    if hold.reason in RELEASABLE:
        return f"Mend it, or `iepbridge held release {hold.id} --reason TEXT` lets it go once."
    return _MEND.get(hold.reason, "Mend the plan where it comes from.")


def release(tx: Transaction, hold_id: int, reason: str, who: str) -> Hold:
    """Let a hold go once, with the feed's next run; raise `Misuse` where that may not be."""
    tx.connection.execute(select(held.c.id).where(held.c.id == hold_id).with_for_update())
    hold = hold_of(tx.connection, hold_id)
    if hold.reason not in RELEASABLE or hold.released_at or hold.ended_at:
        raise Misuse(f"Hold {hold_id} ({hold.reason}) cannot be released. {remedy(hold)}")
    own = update(held).where(held.c.id == hold_id)
    tx.connection.execute(own.values(released_at=tx.now, release_reason=reason))
    note(tx, hold, "released", who, reason=reason)
    return hold_of(tx.connection, hold_id)


def note(tx: Transaction, hold: Hold, what: str, who: str, **more: str) -> None:
    """Write down who was shown a hold, took its content out, or released it."""
    about: dict[str, Any] = {"hold": hold.id, "who": who, "why": hold.reason, **more}
    if hold.is_file:
        tx.event(f"file_{what}", feed=hold.feed, file=hold.received_id, name=hold.file, **about)
    else:
        tx.event(f"plan_{what}", feed=hold.feed, plan_id=hold.plan_id, **about)


def plan_line(connection: Connection, keys: Keyring, entry_id: int) -> bytes | None:
    """Give the canonical JSON of a content that entered; None where it was purged."""
    own = plan_versions.c
    columns = (payloads.c.key_id, payloads.c.nonce, payloads.c.data)
    place = (own.feed, own.plan_id, own.version, own.digest)
    wanted = select(*columns, *place).join_from(payloads, plan_versions).where(own.id == entry_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    return zlib.decompress(keys.open(Sealed(*row[:3]), payload_place(*row[3:])))
