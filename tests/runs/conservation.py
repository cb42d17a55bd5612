"""What holds after every step: each plan is in one state, and the other side agrees."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from lxml import etree
from sqlalchemy import Connection, select
from tests.oracles import check_cwds, check_icc, check_toolbox, check_twist, icc_rows, icc_zip

from iepbridge.codecs.json_text import parse_object
from iepbridge.ledger import Ledger
from iepbridge.ledger.entries import entries_of, payload
from iepbridge.ledger.events import verify
from iepbridge.ledger.kept import read
from iepbridge.ledger.schema import (
    attempts,
    batches,
    events,
    held,
    plan_versions,
    sequences,
)
from iepbridge.runs.source import digest_of
from iepbridge.settings import Settings

Plans = list[tuple[str, int]]

_REMEMBERED: Final = select(events.c.seq).where(events.c.kind == "batch_remembered").limit(1)
"""A ledger that was restored may have lost contents."""

CHECKS: Final = {
    "cwds": check_cwds.check,
    "icc": check_icc.check,
    "toolbox": check_toolbox.check,
    "twist": check_twist.check,
}


def _twist(content: bytes) -> Plans:
    root = etree.fromstring(content)
    return [(one.get("planRef"), int(one.get("planVersion"))) for one in root.iter("Customer")]


def _toolbox(content: bytes) -> Plans:
    root = etree.fromstring(content)
    return [(one.get("planRef"), int(one.get("version"))) for one in root.iter("{*}IEP")]


def _icc(content: bytes) -> Plans:
    members = dict(icc_zip.read(content)[0])
    rows, _ = icc_rows.read(members["PLAN.txt"])
    return [(row[0], int(row[1])) for row in rows[1:]]


PLANS: Final[dict[str, Callable[[bytes], Plans]]] = {
    "twist": _twist,
    "toolbox": _toolbox,
    "icc": _icc,
}
"""What plans a file holds, read without the program."""


def conserved(ledger: Ledger, settings: Settings, *, taken: bool = False) -> None:
    """Assert it of a ledger and the folders its feeds go to; `taken`: files may be gone there."""
    with ledger.reading() as connection:
        assert verify(connection).broken is None
        _states_agree(connection)
        _holds_agree(connection)
        _batches_agree(connection)
        _numbers_follow(connection)
    _contents_are_kept(ledger)
    for endpoint in {feed.endpoint for feed in settings.feeds.values() if feed.direction == "out"}:
        if settings.endpoints[endpoint].kind == "folder":
            _folder_agrees(ledger, endpoint, settings.endpoints[endpoint].path, taken=taken)


def _all(connection: Connection, table: Any) -> list[Any]:
    return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


def _states_agree(connection: Connection) -> None:
    found = {row.id: row for row in _all(connection, batches)}
    rows = _all(connection, plan_versions)
    once = Counter((row.feed, row.plan_id, row.version, row.digest) for row in rows)
    assert set(once.values()) <= {1}
    for row in rows:
        batch = found.get(row.batch_id)
        if row.state in ("delivered", "unknown"):
            assert batch is not None
            assert batch.state == row.state
        if row.state == "waiting" and batch is not None:
            assert batch.state == "waiting"
    for (_, plan_id), own in _by_plan(rows).items():
        waiting = [one for one in own if one.state == "waiting" and one.batch_id is None]
        assert plan_id == "" or len(waiting) <= 1, plan_id


def _by_plan(rows: list[Any]) -> dict[tuple[str, str], list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[row.feed, row.plan_id].append(row)
    return found


def _holds_agree(connection: Connection) -> None:
    """A content is held exactly as long as its hold lasts."""
    rows = {row.held_id: row for row in _all(connection, plan_versions) if row.held_id}
    for hold in _all(connection, held):
        row = rows.get(hold.id)
        assert (hold.ended_at is None) == (row is not None and row.state == "held"), hold
    assert all(row.held_id for row in rows.values() if row.state == "held")


def _batches_agree(connection: Connection) -> None:
    rows = _all(connection, plan_versions)
    tried = _all(connection, attempts)
    for batch in _all(connection, batches):
        own = [row for row in rows if row.batch_id == batch.id]
        assert len(own) == batch.plans
        answered = {"held", "superseded"} if batch.state == "delivered" else set()
        assert {row.state for row in own} <= {batch.state, *answered}
        if batch.state == "delivered":
            assert all(one.outcome for one in tried if one.batch_id == batch.id)


def _numbers_follow(connection: Connection) -> None:
    """Each number was given once, none left out."""
    given = defaultdict(list)
    for batch in _all(connection, batches):
        channel = (batch.direction, batch.system, batch.sender, batch.receiver)
        given[channel].append(batch.cycle * 999_999 + batch.sequence)
    last = {
        (row.direction, row.system, row.sender, row.receiver): row.cycle * 999_999 + row.last
        for row in _all(connection, sequences)
    }
    for channel, numbers in given.items():
        first, end = numbers[0], last[channel]
        assert numbers == list(range(first, first + len(numbers)))
        assert end == numbers[-1]


def _contents_are_kept(ledger: Ledger) -> None:
    """Each content that is kept can be read again, and is what its digest says; each file, too."""
    with ledger.reading() as connection:
        rows = _all(connection, plan_versions)
        files = [row for row in _all(connection, batches) if row.kept_id is not None]
        restored = connection.scalar(_REMEMBERED) is not None
        for feed, plan_id in {(row.feed, row.plan_id) for row in rows}:
            for entry in entries_of(connection, feed, [plan_id])[plan_id]:
                line = payload(connection, ledger.keyring, feed, entry)
                if line is None:
                    assert restored
                    continue
                assert digest_of(line, parse_object(line).data) == entry.digest
    for batch in files:
        content = b"".join(read(ledger, batch.kept_id))
        assert hashlib.sha256(content).digest() == batch.sha256


def _folder_agrees(ledger: Ledger, endpoint: str, folder: Path, *, taken: bool) -> None:
    """What stands at the endpoint is what was delivered, whole, with the plans it should have."""
    with ledger.reading() as connection:
        rows = [one for one in _all(connection, batches) if one.endpoint == endpoint]
        plans = _all(connection, plan_versions)
    known = {row.name: row for row in rows}
    there = {path.name: path.read_bytes() for path in folder.iterdir()}
    finals = {name: content for name, content in there.items() if name in known}
    delivered = {name for name, row in known.items() if row.state == "delivered"}
    assert taken or delivered <= set(finals)
    assert set(there) <= {*known, *(f"{name}.part" for name in known)}
    for name, content in finals.items():
        batch = known[name]
        assert hashlib.sha256(content).digest() == batch.sha256
        if name.endswith((".pgp", ".asc")):
            continue
        assert _complaints(batch.system, folder / name) == []
        own = sorted((row.plan_id, row.version) for row in plans if row.batch_id == batch.id)
        assert sorted(PLANS[batch.system](content)) == own


def _complaints(system: str, file: Path) -> list[str]:
    """Give what the file's document does not allow; an update may carry no activity."""
    found = CHECKS[system](file)
    return [one for one in found if system != "icc" or "no ACTIVITY that began" not in one]
