"""The chain of events: what was done, each bound to all before it, so that no change stays hidden.

hash = SHA-256(previous hash, then the event as JSON); `events_head` knows the last one
"""

import hashlib
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from iepbridge.ledger.failures import told
from iepbridge.ledger.instants import Instant
from iepbridge.ledger.schema import events, events_head
from iepbridge.privacy import fit

START: Final = bytes(32)
"""What stands for the hash before the first event."""

_FIELDS: Final = ("seq", "at", "kind", "feed", "run_id", "batch_id", "plan_id", "detail")
_ROWS: Final = 5_000


class Verdict(NamedTuple):
    """What the chain is found to be: how many events hold, and the first that does not."""

    events: int
    broken: int | None
    reason: str | None
    hash: bytes
    """That of the last event that holds; kept elsewhere, it bears witness to all before it."""


class _Broken(Exception):
    """Raised where the chain does not hold, with the event's number."""

    def __init__(self, seq: int, reason: str) -> None:
        self.seq = seq
        self.reason = reason
        super().__init__(reason)


def entry(
    at: Instant, kind: str, ids: Mapping[str, Any], detail: Mapping[str, object]
) -> dict[str, Any]:
    """Give an event as it will be written, but for its place; what may be personal is masked."""
    shown = {name: fit(name, value) for name, value in detail.items()}
    text = orjson.dumps(shown, option=orjson.OPT_SORT_KEYS).decode()
    return {"at": at, "kind": kind, **ids, "detail": text}


def append(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Add events at the chain's end; its head stays locked until the transaction ends."""
    if not entries:
        return
    head = connection.execute(select(events_head.c.seq, events_head.c.hash).with_for_update()).one()
    rows = list(_chained(head.seq, head.hash, entries))
    connection.execute(insert(events), rows)
    last = {"seq": rows[-1]["seq"], "hash": rows[-1]["hash"]}
    connection.execute(update(events_head).values(last))


def _chained(seq: int, previous: bytes, entries: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    for number, own in enumerate(entries, start=seq + 1):
        fields = [number, *(own[name] for name in _FIELDS[1:])]
        digest = _hash(previous, fields)
        yield {"seq": number, **own, "previous": previous, "hash": digest}
        previous = digest


def _hash(previous: bytes, fields: Sequence[Any]) -> bytes:
    return hashlib.sha256(previous + orjson.dumps(fields)).digest()


def verify(connection: Connection) -> Verdict:
    """Read the whole chain and say whether it is as it was written."""
    count, last = 0, START
    try:
        with closing(_sound(connection)) as sound:
            for count, last in sound:  # noqa: B007  what holds so far
                pass
        _check_head(connection, count, last)
    except _Broken as broken:
        return Verdict(count, broken.seq, broken.reason, last)
    return Verdict(count, None, None, last)


def _sound(connection: Connection) -> Generator[tuple[int, bytes]]:
    """Give number and hash of each event that follows from those before it."""
    previous = START
    with closing(_rows(connection)) as rows:
        for number, row in enumerate(rows, start=1):
            previous = _checked(number, row, previous)
            yield number, previous


def _checked(number: int, row: Sequence[Any], previous: bytes) -> bytes:
    seq, *_, before, digest = row
    if seq != number:
        raise _Broken(number, f"event {number} is missing")
    if before != previous:
        raise _Broken(number, f"event {number} does not follow the one before it")
    if digest != _found(previous, row, number):
        raise _Broken(number, f"event {number} was changed")
    return bytes(digest)


def _found(previous: bytes, row: Sequence[Any], number: int) -> bytes:
    try:
        return _hash(previous, row[:-2])
    except (TypeError, ValueError):
        raise _Broken(number, f"event {number} was changed") from None


def _rows(connection: Connection) -> Generator[Sequence[Any]]:
    """Give the events as plain tuples, in order."""
    columns = [events.c[name] for name in (*_FIELDS, "previous", "hash")]
    statement = select(*columns).order_by(events.c.seq).execution_options(yield_per=_ROWS)
    seen = 0
    try:
        with connection.execute(statement) as found:
            for part in found.partitions():
                yield from part
                seen += len(part)
    except (sqlite3.Error, DBAPIError) as error:
        if not _is_no_text(error):
            raise
        raise _Broken(seen + 1, f"event {seen + 1}, or one soon after, is no text") from None


def _is_no_text(error: Exception) -> bool:
    """Say whether a text in SQLite holds other bytes, which Python finds and SQLite does not."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.OperationalError) and not hasattr(cause, "sqlite_errorcode")


def _check_head(connection: Connection, count: int, last: bytes) -> None:
    with told():
        heads = connection.execute(select(events_head.c.seq, events_head.c.hash)).all()
    if len(heads) != 1:
        raise _Broken(count + 1, "the chain has no head")
    if heads[0].seq != count:
        raise _Broken(count + 1, f"the head counts {heads[0].seq} events, and there are {count}")
    if heads[0].hash != last:
        raise _Broken(count, f"the head knows another event {count}")
