"""Batches made of plans: numbered, encoded, kept and written down in one step, then delivered.

    plans --PlanWriter--> unnamed file --(OpenPGP)--> bytes --> ledger: number, name, bytes, plans

Until the ledger has a batch nothing of it has left; then its name and bytes stay as they are.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from iepbridge.errors import Misuse
from iepbridge.exchange import Envelope, PlanWriter
from iepbridge.formats import file_name, open_writer
from iepbridge.iep_event import Completed
from iepbridge.ledger.batches import (
    Batch,
    NewBatch,
    add_batch,
    empty_batches,
    fill,
    is_name_free,
)
from iepbridge.ledger.entering import Passing, record
from iepbridge.ledger.kept import keep
from iepbridge.ledger.sequences import Number, last_number, next_number, use_number
from iepbridge.ledger.transaction import Transaction
from iepbridge.plan import Plan
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.keeping import sha256_of
from iepbridge.runs.remembering import channel_between
from iepbridge.runs.sealing import encrypted_name, sealed

KIND: Final = "batch"


class Draft:
    """One file while plans are written into it; left without `commit`, nothing of it remains.

    `later` is how many files stand before it that the ledger does not know: those of a dry run.
    """

    def __init__(self, run: FeedRun, complete: Callable[[Plan], Completed], later: int = 0) -> None:
        self._run = run
        self.channel = channel_between(run.feed)
        with run.ledger.reading() as connection:
            self._after = last_number(connection, self.channel)
            following = next_number(connection, self.channel)
            empty = empty_batches(connection, self.channel)
        self._empty = empty[later] if later < len(empty) else None
        for _ in range(later - len(empty)):
            following = following.following
        self._number = following if self._empty is None else _number(self._empty)
        self._envelope = _envelope(run, self._number)
        self._stream = tempfile.TemporaryFile()  # noqa: SIM115  closed by `close`
        self._content: BinaryIO = self._stream
        self.writer: PlanWriter = open_writer(
            run.adapter.name,
            run.workplace.registry,
            self._stream,
            self._envelope,
            losses=False,
            overlays=run.workplace.settings.overlays,
            complete=complete,
        )

    @property
    def name(self) -> str:
        """The name that the file goes under."""
        overlays = self._run.workplace.settings.overlays
        plain = file_name(self._run.adapter, self._envelope, overlays)
        return encrypted_name(plain, self._run.feed)

    def commit(self, passing: list[Passing]) -> Batch:
        """Finish the file and write it down together with the plans in it."""
        self.writer.finish()
        self._content = sealed(self._stream, self._run.feed)
        with self.content() as content:
            digest, size = sha256_of(content)
        run = self._run
        with run.writing() as tx, self.content() as content:
            self._check_name(tx)
            about = (run.feed.endpoint, self._envelope.created, self.name, digest, size)
            kept_id = keep(tx, KIND, content)
            new = NewBatch(run.feed.name, self.channel, self._number, *about, len(passing), kept_id)
            batch = self._written(tx, new)
            record(tx, run.feed.name, run.id, passing, batch.id)
        return batch

    def _written(self, tx: Transaction, new: NewBatch) -> Batch:
        """Write down the batch under its number; one that was never delivered makes room."""
        if self._empty is not None:
            return fill(tx, self._run.id, self._empty.id, new)
        use_number(tx, self.channel, self._number, self._after)
        return add_batch(tx, self._run.id, new)

    def _check_name(self, tx: Transaction) -> None:
        """Refuse a name that a file to somebody else has: it says nothing of the receiver."""
        endpoint = self._run.feed.endpoint
        own = None if self._empty is None else self._empty.id
        if not is_name_free(tx.connection, endpoint, self.name, own):
            raise Misuse(
                f"Endpoint {endpoint}: a feed to another receiver has made {self.name} for it, and"
                " this file would have the same name. Give each receiver an endpoint of its own."
            )

    @contextmanager
    def content(self) -> Iterator[BinaryIO]:
        """Open the bytes that go, from their beginning, until `close`."""
        self._content.seek(0)
        yield self._content

    def close(self) -> None:
        """Let go of the file."""
        self.writer.close()
        self._stream.close()
        self._content.close()


def _number(batch: Batch) -> Number:
    return Number(batch.cycle, batch.sequence)


def _envelope(run: FeedRun, number: Number) -> Envelope:
    created = run.here_and_now().isoformat(timespec="seconds")
    feed = run.feed
    assert feed.sender is not None
    assert feed.receiver is not None
    return Envelope(feed.sender, feed.receiver, number.sequence, created, run.endpoint.test)
