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
    chain = _Chain()
    try:
        with closing(_rows(connection, chain)) as parts:
            for rows in parts:
                chain.follow(rows)
        _check_head(connection, chain)
    except _Broken as broken:
        return Verdict(chain.count, broken.seq, broken.reason, chain.hash)
    return Verdict(chain.count, None, None, chain.hash)


class _Chain:
    """The chain as far as it was followed: how many events, and the hash of the last."""

    def __init__(self) -> None:
        self.count = 0
        self.hash = START

    def follow(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            digest = self._digest(row)
            if row[-1] != digest or row[-2] != self.hash or row[0] != self.count + 1:
                raise self._broken(row)
            self.count += 1
            self.hash = digest

    def _digest(self, row: Sequence[Any]) -> bytes:
        try:
            return _hash(self.hash, row[:-2])
        except (TypeError, ValueError):
            return b""  # no JSON: not what was written

    def _broken(self, row: Sequence[Any]) -> _Broken:
        number = self.count + 1
        if row[0] != number:
            return _Broken(number, f"event {number} is missing")
        if row[-2] != self.hash:
            return _Broken(number, f"event {number} does not follow the one before it")
        return _Broken(number, f"event {number} was changed")


def _rows(connection: Connection, chain: _Chain) -> Generator[Sequence[Sequence[Any]]]:
    """Give the events in order, some thousand at a time."""
    columns = [events.c[name] for name in (*_FIELDS, "previous", "hash")]
    statement = select(*columns).order_by(events.c.seq).execution_options(yield_per=_ROWS)
    try:
        with connection.execute(statement) as found:
            yield from found.partitions()
    except (sqlite3.Error, DBAPIError) as error:
        if not _is_no_text(error):
            raise
        after = chain.count + 1
        raise _Broken(after, f"event {after}, or one soon after, holds no text") from None


def _is_no_text(error: Exception) -> bool:
    """Say whether a text in SQLite holds other bytes, which Python finds and SQLite does not."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.OperationalError) and not hasattr(cause, "sqlite_errorcode")


def _check_head(connection: Connection, chain: _Chain) -> None:
    heads = connection.execute(select(events_head.c.seq, events_head.c.hash)).all()
    count = chain.count
    if len(heads) != 1:
        raise _Broken(count + 1, "the chain has no head")
    if heads[0].seq != count:
        raise _Broken(count + 1, f"the head counts {heads[0].seq} events, and there are {count}")
    if heads[0].hash != chain.hash:
        raise _Broken(count, f"the head knows another event {count}")
