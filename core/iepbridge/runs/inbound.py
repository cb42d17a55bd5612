"""A run in: files fetched, each read in its turn, and what their plans come to.

mailbox --> ledger: kept --in its turn--> plans taken, or held --> batches --> destination
               `-- out of its turn: waits for the gap, or for a person
"""

from collections.abc import Collection
from contextlib import closing
from typing import Final, NamedTuple

import orjson
import structlog

from iepbridge.errors import IepbridgeError, OutcomeUnknown, Refused, Unreachable, Unreadable
from iepbridge.exchange import Envelope
from iepbridge.formats import file_name
from iepbridge.ledger import files
from iepbridge.ledger.batches import Batch, open_batches
from iepbridge.ledger.files import File
from iepbridge.ledger.sequences import Channel, last_number
from iepbridge.runs.decoding import decoding
from iepbridge.runs.destination import make_destination
from iepbridge.runs.feed_run import ENDING, FeedRun
from iepbridge.runs.fetching import Mailbox
from iepbridge.runs.released import take_released
from iepbridge.runs.sealing import plain_name
from iepbridge.runs.sending import send
from iepbridge.runs.sequence import Place, Standing, stand
from iepbridge.runs.taking import Turn, take_plans

_log = structlog.get_logger(__name__)

_STATES: Final = {Place.GAP: files.GAP, Place.REPEAT: files.REPEAT}


def run_in(run: FeedRun) -> None:
    """Carry out a run in."""
    make_destination(run.target)
    with closing(Mailbox(run)) as mailbox:
        fetched = False
        with run.tolerating():
            mailbox.fetch()
            fetched = True
        _InTurn(run, may_begin=_has_all(run)).go()
        take_released(run)
        _deliver(run)
        if fetched:
            mailbox.tidy()


def _has_all(run: FeedRun) -> bool:
    """Say whether the run got every file that it may yet get: the first may be among the others."""
    missed = run.codes & {Unreachable.exit_code, Refused.exit_code}
    return not (missed or run.counts["files_not_settled"] or run.counts["files_gone"])


def _deliver(run: FeedRun) -> None:
    """Write out what waits, older files first; one that cannot be written keeps back later ones.

    Else a reader of the destination would see a plan go back to an older version.
    """
    with run.ledger.reading() as connection:
        waiting = open_batches(connection, run.feed.name)
    for batch in waiting:
        if not _is_delivered(run, batch):
            return


def _is_delivered(run: FeedRun, batch: Batch) -> bool:
    """Deliver a batch; say whether it is there, or was and has been taken away since."""
    try:
        send(run, batch)
    except ENDING:
        raise
    except IepbridgeError as error:
        run.problem(error, batch=batch.id)
        return isinstance(error, OutcomeUnknown)
    return True


def check_envelope(run: FeedRun, name: str, names: Collection[str], envelope: Envelope) -> None:
    """Refuse a file that none of its names is the right one of, or that is not for this feed."""
    due = file_name(run.adapter, envelope, run.workplace.settings.overlays)
    if due not in names:
        raise Unreadable(
            f"{name}: its envelope says that it is {due}. Ask its sender which is right."
        )
    for who, stated, wanted in (
        ("sender", envelope.sender, run.feed.sender),
        ("receiver", envelope.receiver, run.feed.receiver),
    ):
        if wanted is not None and stated != wanted:
            raise Unreadable(
                f"{name}: its {who} is {stated}, and this feed reads files with {wanted}."
                " Check which feed it is meant for."
            )
    if envelope.test and not run.endpoint.test:
        raise Unreadable(
            f"{name}: it is marked as a test, and this endpoint is none (test = true)."
            " Ask its sender for a file of production."
        )


class _Early(NamedTuple):
    """A file whose turn it is not, and may never be."""

    file: File
    envelope: Envelope
    standing: Standing


class _InTurn:
    """The files of a run that are to be read, until none is left whose turn it is.

    `may_begin` says that the first file at hand is the first that there is.
    """

    def __init__(self, run: FeedRun, *, may_begin: bool) -> None:
        self._run = run
        self._may_begin = may_begin
        self._early: list[_Early] = []

    def go(self) -> None:
        """Read what can be read; a file that was too early has its turn once the gap is filled."""
        while self._round():
            pass
        for early in self._early:
            self._hold(*early)

    def _round(self) -> bool:
        """Look at each file once; say whether one was read that others may have waited for."""
        with self._run.ledger.reading() as connection:
            unread = files.unread_files(connection, self._run.feed.name)
        self._early = []
        read = [self._take(file) for file in unread]
        return any(read) and not all(read)

    def _take(self, file: File) -> bool:
        """Read a file if it is its turn; say whether it was read."""
        with structlog.contextvars.bound_contextvars(received=file.id, file=file.name):
            try:
                return self._read(file)
            except ENDING:
                raise
            except Unreadable as refusal:
                self._refuse(file, refusal)
            except IepbridgeError as error:
                self._run.problem(error)
            return False

    def _read(self, file: File) -> bool:
        with decoding(self._run, file) as decoded:
            envelope = decoded.envelope
            check_envelope(self._run, file.name, self._names(file), envelope)
            channel = Channel("in", self._run.adapter.name, envelope.sender, envelope.receiver)
            with self._run.ledger.reading() as connection:
                last = last_number(connection, channel)
            if last is None and not self._may_begin and not file.released:
                return False
            standing = stand(last, envelope.sequence)
            if standing.place is not Place.NEXT and not file.released:
                self._early.append(_Early(file, envelope, standing))
                return False
            take_plans(self._run, file, decoded, Turn(channel, standing, last))
        self._run.count("files_read")
        return True

    def _names(self, file: File) -> list[str]:
        """Give every name that a file came under: a copy with a wrong one may have come first."""
        with self._run.ledger.reading() as connection:
            return [plain_name(one) for one in (file.name, *files.names_of(connection, file))]

    def _hold(self, file: File, envelope: Envelope, standing: Standing) -> None:
        state = _STATES[standing.place]
        told = {"sequence": envelope.sequence, "expected": standing.expected}
        with self._run.writing() as tx:
            if file.state != state:
                files.set_state(tx, file, state)
            files.set_envelope(tx, file.id, envelope, standing.number)
            files.hold_file(tx, self._run.id, file, orjson.dumps([told]).decode())
        self._run.hold_back()
        _log.warning(f"file_{state}", received=file.id, file=file.name, **told)

    def _refuse(self, file: File, refusal: Unreadable) -> None:
        with self._run.writing() as tx:
            files.set_state(tx, file, files.REFUSED, str(refusal))
            files.end_file_hold(tx, file)
        self._run.count("files_refused")
        self._run.problem(refusal)
