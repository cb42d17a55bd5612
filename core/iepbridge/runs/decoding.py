"""A file that came, opened: decrypted, its reader begun, its envelope known."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival, Envelope
from iepbridge.formats import open_reader
from iepbridge.ledger.files import File
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.keeping import reopened
from iepbridge.runs.sealing import opened


@dataclass(frozen=True, slots=True)
class Decoding:
    """A file while it is read: its envelope, and its plans, which may yet turn out unreadable."""

    envelope: Envelope
    arrivals: Iterator[Arrival]


@contextmanager
def decoding(run: FeedRun, file: File) -> Iterator[Decoding]:
    """Open a file that is kept; raise `Unreadable` for what is no file of the feed's system."""
    assert file.kept_id is not None
    with reopened(run.ledger, file.kept_id) as content, decoded(run, file.name, content) as found:
        yield found


@contextmanager
def decoded(run: FeedRun, name: str, content: BinaryIO) -> Iterator[Decoding]:
    """Open the bytes of a file, as `decoding` does."""
    overlays = run.workplace.settings.overlays
    with closing(opened(content, run.feed, run.endpoint.max_bytes)) as plain:
        reader = open_reader(run.adapter.name, run.workplace.registry, overlays)
        arrivals = reader.read(plain)
        first = next(arrivals, None)
        if reader.envelope is None:
            raise Unreadable(f"{name}: this format has no envelope, as feeds need it.")
        yield Decoding(reader.envelope, chain([] if first is None else [first], arrivals))
