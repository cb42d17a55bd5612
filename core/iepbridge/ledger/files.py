"""Files that came: by their bytes, under whatever names, and how far each was read."""

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, insert, select, update

from iepbridge.exchange import Envelope
from iepbridge.ledger.schema import held, received, received_names
from iepbridge.ledger.sequences import Number
from iepbridge.ledger.transaction import Transaction

FETCHED: Final = "fetched"
READ: Final = "read"
GAP: Final = "gap"
REPEAT: Final = "repeat"
REFUSED: Final = "refused"
FOREIGN: Final = "foreign"
"""The states of a file, as the table tells them."""

SEQUENCE: Final = "sequence"
"""Why a file out of sequence is held."""


class File(NamedTuple):
    """A file that came; `sha256` and `size` are of its bytes as they came.

    `released` says that a person let it be read out of its sequence.
    """

    id: int
    feed: str
    name: str
    sha256: bytes
    size: int
    kept_id: int | None
    state: str
    sequence: int | None
    released: bool


class Sighting(NamedTuple):
    """A name that an endpoint showed for a file; `disposed` once it was archived or removed."""

    received_id: int
    name: str
    size: int
    modified: int
    disposed: bool
    state: str
    sha256: bytes


class CameIn(NamedTuple):
    """What is known of the file that a held plan came in."""

    id: int
    sender: str
    receiver: str
    created: str
    cycle: int | None
    sequence: int


class NewFile(NamedTuple):
    """A file that was fetched: where from, and what its bytes are."""

    feed: str
    endpoint: str
    name: str
    sha256: bytes
    size: int


_COLUMNS: Final = ("id", "feed", "name", "sha256", "size", "kept_id", "state", "sequence")
_FILE: Final = select(
    *(received.c[name] for name in _COLUMNS),
    select(held.c.id)
    .where(
        held.c.received_id == received.c.id,
        held.c.plan_id.is_(None),
        held.c.released_at.is_not(None),
        held.c.ended_at.is_(None),
    )
    .exists()
    .label("released"),
)


def file_of(connection: Connection, feed: str, sha256: bytes) -> File | None:
    """Give a feed's file with these bytes, None where none came."""
    own = _FILE.where(received.c.feed == feed, received.c.sha256 == sha256)
    return _file(connection.execute(own).one_or_none())


def unread_files(connection: Connection, feed: str) -> list[File]:
    """Give a feed's files that are still to be read, by name."""
    states = (FETCHED, GAP, REPEAT)
    own = _FILE.where(received.c.feed == feed, received.c.state.in_(states))
    rows = connection.execute(own.order_by(received.c.name, received.c.id))
    return [file for row in rows if (file := _file(row)) is not None]


def _file(row: Any) -> File | None:
    return None if row is None else File._make(row)


def origin_of_hold(connection: Connection, held_id: int) -> CameIn | None:
    """Give the file that a held plan came in, None where it is not known."""
    own = select(*(received.c[name] for name in CameIn._fields)).join_from(received, held)
    row: Any = connection.execute(own.where(held.c.id == held_id)).one_or_none()
    return None if row is None else CameIn._make(row)


def sightings(connection: Connection, feed: str) -> dict[str, list[Sighting]]:
    """Give the names that a feed's files came under, for each name the latest last."""
    columns = (
        received.c.id,
        received_names.c.name,
        received_names.c.size,
        received_names.c.modified,
        received_names.c.disposed_at.is_not(None),
        received.c.state,
        received.c.sha256,
    )
    own = select(*columns).join_from(received, received_names).where(received.c.feed == feed)
    found: dict[str, list[Sighting]] = {}
    for row in connection.execute(own.order_by(received_names.c.seen_at)):
        found.setdefault(row.name, []).append(Sighting._make(row))
    return found


def names_of(connection: Connection, file: File) -> list[str]:
    """Give the names that the bytes of a file came under."""
    own = select(received_names.c.name).where(received_names.c.received_id == file.id)
    return list(connection.scalars(own.order_by(received_names.c.name)))


def add_file(tx: Transaction, run_id: int, new: NewFile, kept_id: int) -> int:
    """Write down a file that was fetched and is kept; give its number."""
    row = {
        **new._asdict(),
        "run_id": run_id,
        "kept_id": kept_id,
        "state": FETCHED,
        "received_at": tx.now,
    }
    made = insert(received).values(row).returning(received.c.id)
    own = int(tx.connection.execute(made).scalar_one())
    tx.event(
        "file_received", feed=new.feed, run_id=run_id, file=own, name=new.name, size=new.size,
        sha256=new.sha256.hex(),
    )  # fmt: skip
    return own


def see(tx: Transaction, received_id: int, name: str, size: int, modified: int) -> bool:
    """Write down a name that a file came under; say whether it is a new one for its bytes."""
    told = {"size": size, "modified": modified, "seen_at": tx.now}
    row = {"received_id": received_id, "name": name, **told}
    if tx.add_once(received_names, **row):
        return True
    own = update(received_names).where(*_is(received_id, name))
    tx.connection.execute(own.values(**told, disposed_at=None))
    return False


def dispose(tx: Transaction, received_id: int, name: str) -> None:
    """Write down that a name is gone from the endpoint: archived, or removed."""
    own = update(received_names).where(*_is(received_id, name))
    tx.connection.execute(own.values(disposed_at=tx.now))


def _is(received_id: int, name: str) -> tuple[Any, Any]:
    return received_names.c.received_id == received_id, received_names.c.name == name


def set_state(tx: Transaction, file: File, state: str, reason: str | None = None) -> None:
    """Write down how far a file was read, and why no further."""
    settled = None if state == GAP else tx.now
    values = {"state": state, "reason": reason, "settled_at": settled}
    tx.connection.execute(update(received).where(received.c.id == file.id).values(values))
    tx.event(f"file_{state}", feed=file.feed, file=file.id, name=file.name)


def read_anew(tx: Transaction, file: File, name: str, kept_id: int) -> None:
    """Have a file read once more, under the name that it came with now."""
    values = {"state": FETCHED, "name": name, "kept_id": kept_id, "reason": None}
    own = update(received).where(received.c.id == file.id)
    tx.connection.execute(own.values(**values, settled_at=None))
    tx.event("file_read_anew", feed=file.feed, file=file.id, name=name)


def set_envelope(
    tx: Transaction, received_id: int, envelope: Envelope, number: Number | None
) -> None:
    """Write down what a file says of itself; its cycle is known once it was put in sequence."""
    values = {
        "sender": envelope.sender,
        "receiver": envelope.receiver,
        "created": envelope.created,
        "sequence": envelope.sequence,
        "cycle": None if number is None else number.cycle,
    }
    tx.connection.execute(update(received).where(received.c.id == received_id).values(values))


def hold_file(tx: Transaction, run_id: int, file: File, told: str) -> None:
    """Hold a whole file until a person releases it, once however often it is looked at.

    What it waits for is told anew each time: files come in between.
    """
    own = (held.c.received_id == file.id, held.c.plan_id.is_(None), held.c.ended_at.is_(None))
    if tx.connection.execute(update(held).where(*own).values(findings=told)).rowcount == 0:
        tx.event("file_held", feed=file.feed, run_id=run_id, file=file.id, name=file.name)
        row = {
            "run_id": run_id,
            "feed": file.feed,
            "received_id": file.id,
            "reason": SEQUENCE,
            "findings": told,
            "held_at": tx.now,
        }
        tx.connection.execute(insert(held).values(row))


def end_file_hold(tx: Transaction, file: File) -> None:
    """Say that a file that was held has been read."""
    own = (held.c.received_id == file.id, held.c.plan_id.is_(None), held.c.ended_at.is_(None))
    tx.connection.execute(update(held).where(*own).values(ended_at=tx.now, ended_how=READ))
