"""The deed behind `iepbridge replay`: a delivered batch sent again, byte for byte."""

import argparse
from pathlib import Path

from iepbridge.cli.feeding import configured, opened_ledger, who
from iepbridge.cli.rows import is_plain, write_line, write_rows
from iepbridge.cli.telling import begin
from iepbridge.delivering import FOUND, Parcel, deliver
from iepbridge.errors import Misuse, OutcomeUnknown
from iepbridge.ledger.batches import Batch, batch_of
from iepbridge.ledger.kept import is_kept
from iepbridge.ledger.leases import Lease
from iepbridge.ledger.schema import DELIVERED, UNKNOWN
from iepbridge.ledger.views import batch_named
from iepbridge.registry import load_registry
from iepbridge.runs.destination import destination
from iepbridge.runs.leasing import leased
from iepbridge.runs.sending import kept_content
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import EndpointSettings, FeedSettings


def perform(arguments: argparse.Namespace) -> int:
    """Send a batch again under its feed's lease; raise `Busy` while a run of it is under way."""
    begin(arguments)
    plain = is_plain(arguments)
    settings = configured(arguments)
    with opened_ledger(settings) as ledger:
        with ledger.reading() as connection:
            batch = batch_named(connection, arguments.batch)
        feed = settings.feed(batch.feed)
        place = Workplace(settings, load_registry(), ledger)
        with leased(place, feed) as lease:
            how = _replay(place, feed, batch.id, lease)
    if plain:
        outcome = "found" if how == FOUND else "sent"
        row = {"batch": batch.id, "file": batch.name, "feed": batch.feed, "outcome": outcome}
        write_rows([row])
    else:
        write_line(_in_words(batch, how))
    return 0


def _replay(place: Workplace, feed: FeedSettings, batch_id: int, lease: Lease) -> str:
    ledger = place.ledger
    with ledger.reading() as connection:
        batch = batch_of(connection, batch_id)
        kept = batch.kept_id is not None and is_kept(connection, batch.kept_id)
    _check(batch, kept=kept)
    endpoint = _endpoint(place, feed, batch)
    record = _Record(place, batch, lease)
    about = batch.name, batch.size, batch.sha256
    # Its marker, too, may have been taken: one more would have the file read once more.
    parcel = Parcel(*about, lambda: kept_content(ledger, batch), to_be_marked=False)
    try:
        how = deliver(
            parcel, endpoint, lambda: place.connect(endpoint, place.settings.endpoints), record
        )
    except OutcomeUnknown:
        raise OutcomeUnknown(
            f"{batch.name} was sent again and the answer was lost. It still counts as delivered;"
            " ask its receiver, or replay it once more: the same bytes count once."
        ) from None
    if how != FOUND:
        record.write("batch_replayed")
    return how


def _check(batch: Batch, *, kept: bool) -> None:
    told = f"{batch.name} (batch {batch.id})"
    if batch.state == UNKNOWN:
        raise Misuse(
            f"Whether {told} arrived is unknown. Ask its receiver, and say it with"
            f" `iepbridge resolve {batch.id}` first."
        )
    if batch.state != DELIVERED:
        raise Misuse(f"{told} is still to be sent: iepbridge run {batch.feed}")
    if batch.kept_id is None:
        raise Misuse(
            f"The ledger was restored from a backup older than {told}, and has not its bytes. Send"
            " the plans anew from their source, in a new version."
        )
    if not kept:
        raise Misuse(
            f"The bytes of {told} were purged; its digest and dates are all that is left. Send the"
            " plans anew from their source, in a new version."
        )


def _endpoint(place: Workplace, feed: FeedSettings, batch: Batch) -> EndpointSettings:
    """Give where a batch went: an endpoint, or the folder of a feed in."""
    if batch.direction == "out":
        return place.settings.endpoint(batch.endpoint)
    if feed.destination is None:
        raise Misuse(f"feeds.{feed.name} has no destination any more, so {batch.name} stays here.")
    return destination(feed.name, Path(feed.destination))


class _Record:
    """The attempts to send a batch again: events of the ledger, nothing else of it changes."""

    def __init__(self, place: Workplace, batch: Batch, lease: Lease) -> None:
        self._ledger = place.ledger
        self._batch = batch
        self._lease = lease
        self._naming = False

    def begin(self) -> bool:
        """Note the intent of an attempt; there is always something to send."""
        self._naming = False
        self.write("batch_replay_begun")
        return True

    def naming(self) -> None:
        """Note that the final name is about to be given."""
        self._naming = True

    def failed(self, how: str, *, certain: bool) -> None:
        """Note that the attempt failed; `certain` says that the file has not got its name."""
        self._naming = self._naming and not certain
        self.write("batch_replay_cut", how=how)

    @property
    def may_be_named(self) -> bool:
        """Say whether an attempt was about to give the final name, with no outcome known."""
        return self._naming

    def write(self, kind: str, how: str | None = None) -> None:
        """Write an event of this replay."""
        batch = self._batch
        with self._ledger.writing(self._lease) as tx:
            tx.event(
                kind,
                feed=batch.feed,
                batch_id=batch.id,
                name=batch.name,
                endpoint=batch.endpoint,
                sha256=batch.sha256.hex(),
                who=who(),
                how=how,
            )


def _in_words(batch: Batch, how: str) -> str:
    if how == FOUND:
        return f"{batch.name} stands there as it was sent; nothing was sent again."
    return f"{batch.name} was sent again."
