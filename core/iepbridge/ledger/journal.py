"""The journal: beside the database, one small file a batch, so that a restored ledger remembers.

    step in the ledger --note--> FOLDER/out-SYSTEM-SENDER-RECEIVER-CYCLE-SEQUENCE.json --> done
    ledger from a backup <--read--- numbers above the ledger's last

A file has the batch's name, digest and plans (id, version, digest), and how far its sending has
got; no content. Each step of sending is in the ledger first, then in here, and is done then: so in
here is never more than in the ledger, unless that was restored.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iepbridge.errors import Unreadable
from iepbridge.ledger.engine import make_folder, sync
from iepbridge.ledger.failures import LedgerFailed
from iepbridge.ledger.sequences import Channel, Number

_NAME: Final = re.compile(
    r"(out)-([a-z][a-z0-9_-]*)-([A-Za-z0-9]{1,8})-([A-Za-z0-9]{1,8})-([0-9]{1,9})-([0-9]{6})\.json"
)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Place(NamedTuple):
    """Which file it is: between whom, and its number."""

    channel: Channel
    number: Number

    @property
    def name(self) -> str:
        """The name in the journal."""
        cycle, sequence = self.number
        return f"{'-'.join(self.channel)}-{cycle}-{sequence:06}.json"


class Member(NamedTuple):
    """A plan in a file: the SHA-256 is that of its content."""

    plan_id: str
    version: int
    digest: bytes


class Page(NamedTuple):
    """What the journal has of a file that may have been sent; `sha256` and `size` are as sent.

    `steps` counts how far sending has got, as `iepbridge.ledger.attempts.steps` does.
    """

    place: Place
    feed: str
    endpoint: str
    name: str
    sha256: bytes
    size: int
    created: str
    plans: tuple[Member, ...]
    steps: int


class Journal:
    """The journal in a folder; only who holds the numbers of a channel writes its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, place: Place) -> bool:
        """Say whether a file is noted."""
        with self._told("read"):
            return (self.folder / place.name).exists()

    def note(self, page: Page) -> None:
        """Write a page, which is on the disk and whole once this returns.

        Raises `LedgerFailed` where it cannot be; then nothing may be sent.
        """
        unfinished = self.folder / f".{page.place.name}"
        with self._told("written"):
            if not self.folder.exists():
                make_folder(self.folder)
                sync(self.folder.parent)
            _write(unfinished, _text(page))
            unfinished.rename(self.folder / page.place.name)
            sync(self.folder)

    def places(self) -> Iterator[Place]:
        """Give what is noted, in no order; none where there is no journal yet."""
        with self._told("read"):
            names = [one.name for one in self.folder.iterdir()] if self.folder.exists() else []
        yield from (found for name in names if (found := _place(name)))

    def of(self, channel: Channel) -> list[Place]:
        """Give what is noted of a channel, by number."""
        own = (one for one in self.places() if one.channel == channel)
        return sorted(own, key=_by_number)

    def read(self, place: Place) -> Page:
        """Read a page; raise `Unreadable` where it is not what was written."""
        path = self.folder / place.name
        with self._told("read"):
            text = path.read_bytes()
        try:
            written = _Written.model_validate_json(text)
        except ValidationError:
            raise _unreadable(path) from None
        page = _page(written)
        if page.place != place or len(page.plans) != written.plans:
            raise _unreadable(path)
        return page

    def remove(self, place: Place) -> None:
        """Forget a file; one that is not there is fine."""
        with self._told("written"):
            if (self.folder / place.name).exists():
                (self.folder / place.name).unlink()
                sync(self.folder)

    def noted_at(self, place: Place) -> float:
        """Give when a page was written, in seconds since the epoch."""
        with self._told("read"):
            return (self.folder / place.name).stat().st_mtime

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LedgerFailed(_failure(self.folder, what, error)) from None


def _by_number(place: Place) -> Number:
    return place.number


def _place(name: str) -> Place | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    *channel, cycle, sequence = found.groups()
    return Place(Channel(*channel), Number(int(cycle), int(sequence)))


def _write(path: Path, text: bytes) -> None:
    """Write a file for its owner alone, over what a killed run has left of it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def _failure(folder: Path, what: str, error: OSError) -> str:
    if error.errno in _FULL:
        return f"{folder}: the disk is full. Nothing more is sent; make room and run again."
    why = os.strerror(error.errno) if error.errno else "the system did not say why"
    return (
        f"{folder}: the journal of files sent could not be {what}: {why}. Nothing more is sent;"
        " mend that, or name another folder in [ledger] journal, and run again."
    )


def _unreadable(path: Path) -> Unreadable:
    return Unreadable(
        f"{path} is not what was written to it, so what was sent in that file is not known, and"
        " this feed sends nothing. Restore it from a copy. If there is none, ask the receiver for"
        " the plans of that file, take them out of the source, and only then remove it."
    )


# As it is written

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    feed: str
    direction: str
    system: str
    sender: str
    receiver: str
    cycle: int
    sequence: int
    endpoint: str
    name: str
    sha256: _Digest
    size: int
    created: str
    plans: int
    content: list[tuple[str, int, _Digest]]
    steps: int = 0


def _text(page: Page) -> bytes:
    content = [(one.plan_id, one.version, one.digest.hex()) for one in page.plans]
    own: dict[str, Any] = {
        **{name: getattr(page, name) for name in ("feed", "endpoint", "name", "size", "created")},
        **page.place.channel._asdict(),
        **page.place.number._asdict(),
        "sha256": page.sha256.hex(),
        "plans": len(content),
        "content": content,
        "steps": page.steps,
    }
    return _Written(**own).model_dump_json().encode() + b"\n"


def _page(own: _Written) -> Page:
    plans = tuple(Member(one[0], one[1], bytes.fromhex(one[2])) for one in own.content)
    channel = Channel(own.direction, own.system, own.sender, own.receiver)
    place = Place(channel, Number(own.cycle, own.sequence))
    about = (own.feed, own.endpoint, own.name, bytes.fromhex(own.sha256), own.size, own.created)
    return Page(place, *about, plans, own.steps)
