"""The chain of events: whatever is done to it afterwards is found, by number."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, text, update

from iepbridge.ledger import Ledger, LedgerFailed
from iepbridge.ledger.events import START, Verdict, verify
from iepbridge.ledger.schema import events, events_head

COUNT = 12
_COLUMNS = [column.name for column in events.columns]
_SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


class _Undone(Exception):
    """Raised to leave a ledger as it was."""


@pytest.fixture
def chain(ledger: Ledger) -> Ledger:
    """Give a ledger with a dozen events of three transactions."""
    for start in range(0, COUNT, 4):
        with ledger.writing() as tx:
            for number in range(start, start + 4):
                ids: dict[str, Any] = {"feed": "texas", "run_id": 7, "batch_id": number}
                tx.event("plan_sent", **ids, plan_id=f"P-{number}", attempt=number)
    return ledger


def verdict(ledger: Ledger) -> Verdict:
    with ledger.reading() as connection:
        return verify(connection)


@contextmanager
def tampering(ledger: Ledger) -> Iterator[Connection]:
    """Give somebody the run of the database, and undo it at the end."""
    with suppress(_Undone), ledger.writing() as tx:
        _drop_triggers(tx.connection)
        yield tx.connection
        _undo()


def _undo() -> None:
    raise _Undone


def _drop_triggers(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER events_update"))
        connection.execute(text("DROP TRIGGER events_delete"))
    else:
        connection.execute(text("DROP TRIGGER events_only_added ON events"))


def test_an_empty_chain_holds(ledger: Ledger) -> None:
    assert verdict(ledger) == Verdict(0, None, None, START)


def test_what_was_written_holds(chain: Ledger) -> None:
    found = verdict(chain)
    assert found[:3] == (COUNT, None, None)
    with chain.reading() as connection:
        row = connection.execute(select(events).where(events.c.seq == 3)).one()
        assert connection.scalar(select(events_head.c.hash)) == found.hash
    assert (row.plan_id, row.detail, row.feed) == ("P-2", '{"attempt":2}', "texas")


def test_what_may_be_personal_is_masked(ledger: Ledger) -> None:
    with ledger.writing() as tx:
        tx.event("plan_held", ssn="900112233", reason="policy", error=ValueError("900112233"))
    with ledger.reading() as connection:
        detail = connection.scalar(select(events.c.detail))
    assert "900112233" not in str(detail)
    assert '"reason":"policy"' in str(detail)


def test_an_undone_transaction_leaves_no_event(chain: Ledger) -> None:
    with suppress(_Undone), chain.writing() as tx:
        tx.event("plan_sent")
        tx.write_events()
        _undo()
    assert verdict(chain).events == COUNT


def _flipped(value: Any, place: int, bit: int) -> Any:
    if value is None:
        return place
    if isinstance(value, int):
        return value ^ (1 << bit)
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    raw[place % len(raw)] ^= 1 << bit
    return bytes(raw)


def _set(connection: Connection, column: str, old: Any, new: Any, seq: int) -> None:
    """Change a column, in SQLite also to what is no text."""
    if isinstance(old, str) and connection.dialect.name == "sqlite":
        statement = text(f"UPDATE events SET {column} = CAST(:new AS TEXT) WHERE seq = :seq")
        connection.execute(statement, {"new": new, "seq": seq})
    else:
        value = new.decode("latin-1").replace("\0", "?") if isinstance(old, str) else new
        connection.execute(update(events).where(events.c.seq == seq).values({column: value}))


@_SHARED
@given(
    st.integers(1, COUNT), st.sampled_from(_COLUMNS), st.integers(min_value=0, max_value=99),
    st.integers(0, 7),
)  # fmt: skip
def test_a_bit_that_flipped_is_found(
    chain: Ledger, seq: int, column: str, place: int, bit: int
) -> None:
    with tampering(chain) as connection:
        row = connection.execute(select(events).where(events.c.seq == seq)).one()
        old = getattr(row, column)
        new = _flipped(old, place, bit)
        if column == "seq" and 1 <= new <= COUNT:
            return
        _set(connection, column, old, new, seq)
        found = verify(connection)
    assert found.broken is not None
    assert found.broken <= seq


def _copy_last(connection: Connection) -> None:
    row = connection.execute(select(events).where(events.c.seq == COUNT)).one()
    connection.execute(insert(events).values({**row._mapping, "seq": COUNT + 1}))


def _insert_between(connection: Connection) -> None:
    for seq in range(COUNT, 5, -1):
        connection.execute(update(events).where(events.c.seq == seq).values(seq=seq + 1))
    row = connection.execute(select(events).where(events.c.seq == 5)).one()
    connection.execute(insert(events).values({**row._mapping, "seq": 6}))


def _swap(connection: Connection) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        connection.execute(update(events).where(events.c.seq == old).values(seq=new))


def _close_the_gap(connection: Connection) -> None:
    connection.execute(delete(events).where(events.c.seq == 5))
    for seq in range(6, COUNT + 1):
        connection.execute(update(events).where(events.c.seq == seq).values(seq=seq - 1))


def _delete(*seqs: int) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(delete(events).where(events.c.seq.in_(seqs)))


def _head(**values: Any) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(update(events_head).values(values))


_DEEDS: dict[str, tuple[Callable[[Connection], Any], int]] = {
    "the first was deleted": (_delete(1), 1),
    "one was deleted": (_delete(5), 5),
    "one was deleted and the rest moved up": (_close_the_gap, 5),
    "the tail was cut": (_delete(11, 12), 11),
    "all were deleted": (_delete(*range(1, 13)), 1),
    "one was added at the end": (_copy_last, 13),
    "one was put in between": (_insert_between, 6),
    "two changed places": (_swap, 3),
    "the head counts less": (_head(seq=COUNT - 1), 13),
    "the head counts more": (_head(seq=COUNT + 1), 13),
    "the head has another hash": (_head(hash=bytes(32)), 12),
    "there is no head": (lambda connection: connection.execute(delete(events_head)), 13),
}


@pytest.mark.parametrize("how", _DEEDS)
def test_every_other_change_is_found(chain: Ledger, how: str) -> None:
    deed, broken = _DEEDS[how]
    with tampering(chain) as connection:
        deed(connection)
        found = verify(connection)
    assert found.broken == broken
    assert found.reason
    assert found.events == min(broken - 1, COUNT) or how == "the head has another hash"


@pytest.mark.parametrize("deed", [update(events).values(kind="other"), delete(events)])
def test_the_database_itself_refuses_changes(chain: Ledger, deed: Any) -> None:
    with pytest.raises(LedgerFailed), chain.writing() as tx:
        tx.connection.execute(deed)
    assert verdict(chain).events == COUNT


def test_threads_share_one_chain_without_gaps(ledger: Ledger) -> None:
    def work(feed: str) -> None:
        for number in range(5):
            with ledger.writing() as tx:
                tx.event("plan_sent", feed=feed, number=number)

    threads = [threading.Thread(target=work, args=(str(own),)) for own in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdict(ledger)[:3] == (20, None, None)


def test_more_events_than_fit_at_once_are_chained_too(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iepbridge.ledger.transaction._EVENTS_AT_ONCE", 3)
    with ledger.writing() as tx:
        for number in range(10):
            tx.event("plan_sent", number=number)
    assert verdict(ledger)[:3] == (10, None, None)


def test_a_byte_changed_on_the_disk_is_found(sqlite_ledger: Ledger) -> None:
    for number in range(COUNT):
        with sqlite_ledger.writing() as tx:
            tx.event("plan_sent", plan_id=f"P-{number}-sent")
    assert verdict(sqlite_ledger).broken is None
    file = Path(str(sqlite_ledger.engine.url.database))
    content = file.read_bytes()
    assert content.count(b"P-4-sent") == 2  # the row, and its place in the index
    sqlite_ledger.close()
    file.write_bytes(content.replace(b"P-4-sent", b"P-4-Sent"))
    assert verdict(sqlite_ledger).broken == 5
