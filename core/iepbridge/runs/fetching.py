"""Files fetched from an endpoint: settled, whole, kept in the ledger, and only then taken away.

    listing --two looks, or a marker--> settled --download--> kept under its digest
    read (or refused) --look again--> archived, or removed

`reliability.md` 5 and 6: names are data, the key is the digest, nothing is taken away that is not
kept here.
"""

import fnmatch
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import takewhile
from typing import BinaryIO, Final, NamedTuple, TypeVar

import structlog
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from iepbridge.errors import IepbridgeError, Unreachable
from iepbridge.ledger.files import (
    FETCHED,
    FOREIGN,
    REFUSED,
    File,
    NewFile,
    Sighting,
    add_file,
    dispose,
    file_of,
    read_anew,
    see,
    sightings,
)
from iepbridge.ledger.kept import is_kept, keep
from iepbridge.ledger.transaction import Transaction
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.keeping import sha256_of
from iepbridge.runs.sealing import plain_name
from iepbridge.transports import Interrupted, NotThere, RemoteFile, Session

_log = structlog.get_logger(__name__)

KIND: Final = "received"

_Given = TypeVar("_Given")


class _Listed(NamedTuple):
    """What a look at the endpoint found: its files by name, and the names with a marker."""

    files: dict[str, RemoteFile]
    marked: frozenset[str]


class Mailbox:
    """The endpoint that a run reads from; a session that is cut is opened anew for the step.

    Where none can be opened, what is left is left to the next run: each file would log in once
    more, and no account is to be locked for that.
    """

    def __init__(self, run: FeedRun) -> None:
        self._run = run
        self._endpoint = run.endpoint
        self._session: Session | None = None
        self._is_cut_off = False

    def fetch(self, then: Callable[[], None] = lambda: None) -> None:
        """Fetch the files that are new and settled, into the ledger; `then` is done after each."""
        for file in self.within_reach(self.new_and_settled()):
            with self._run.tolerating(file=file.name):
                self._fetch(file)
            then()

    def within_reach(self, items: Iterable[_Given]) -> Iterator[_Given]:
        """Give what there is to do, for as long as a session can be opened to do it."""
        return takewhile(lambda _: not self._is_cut_off, items)

    def tidy(self) -> None:
        """Archive or remove what was read, unless the endpoint is to keep it."""
        if self._endpoint.archive is None and not self._endpoint.delete:
            return
        with self._run.ledger.reading() as connection:
            known = sightings(connection, self._run.feed.name)
        due = [one for seen in known.values() for one in seen if _is_due(one)]
        for sighting in self.within_reach(due):
            with self._run.tolerating(file=sighting.name):
                self._retrying(partial(self._dispose, sighting))
                with self._run.writing() as tx:
                    dispose(tx, sighting.received_id, sighting.name)

    def _dispose(self, sighting: Sighting, session: Session) -> None:
        """Take a file away that is still the one that was read.

        Its marker goes first: one left alone would vouch for the next file of that name.
        """
        if not self._is_still_there(sighting, session):
            return
        if self._endpoint.marker:
            session.remove(f"{sighting.name}{self._endpoint.marker}")
        if self._endpoint.archive is None:
            session.remove(sighting.name)
        else:
            with suppress(NotThere):  # gone meanwhile
                session.archive(sighting.name, self._endpoint.archive)
        _log.info("file_taken_away", file=sighting.name)

    def _is_still_there(self, sighting: Sighting, session: Session) -> bool:
        there = session.look(sighting.name)
        if there is None or (there.size, there.modified) != (sighting.size, sighting.modified):
            return False
        if self._endpoint.verify != "digest":
            return True
        return session.digest(sighting.name) == sighting.sha256.hex()

    def close(self) -> None:
        """End the session."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def new_and_settled(self) -> list[RemoteFile]:
        """Give the files that were not fetched yet and have come to rest, by name."""
        with self._run.ledger.reading() as connection:
            known = sightings(connection, self._run.feed.name)
        first = self._retrying(self._look)
        new = [file for file in first.files.values() if not _is_known(file, known)]
        if self._endpoint.marker:
            return [file for file in new if file.name in first.marked]
        if not new:
            return []
        time.sleep(self._endpoint.settle_seconds)
        second = self._retrying(self._look).files
        appeared = [file for name, file in second.items() if name not in first.files]
        moving = [file for file in new if file != second.get(file.name)]
        for file in [*moving, *(one for one in appeared if not _is_known(one, known))]:
            _log.info("file_not_settled", file=file.name)
            self._run.count("files_not_settled")
        return [file for file in new if file == second.get(file.name)]

    def _look(self, session: Session) -> _Listed:
        found = {file.name: file for file in session.files()}
        marker, temporary = self._endpoint.marker, self._endpoint.temporary
        marked = frozenset(
            name.removesuffix(marker) for name in found if marker and name.endswith(marker)
        )
        wanted = {
            name: file
            for name, file in sorted(found.items())
            if fnmatch.fnmatchcase(name, self._run.feed.pattern)
            and not name.endswith(temporary)
            and not (marker and name.endswith(marker))
        }
        return _Listed(wanted, marked)

    def _fetch(self, file: RemoteFile) -> None:
        with tempfile.TemporaryFile() as sink:
            if self.download(file, sink):
                digest, size = sha256_of(sink)
                sink.seek(0)
                self._keep(file, digest, size, sink)

    def download(self, file: RemoteFile, sink: BinaryIO) -> bool:
        """Write a file's bytes to an empty file, from its beginning; say whether it was there."""
        try:
            self._retrying(partial(self._download, file, sink))
        except NotThere:
            _log.warning("file_gone", file=file.name)
            self._run.count("files_gone")
            return False
        sink.seek(0)
        return True

    def _download(self, file: RemoteFile, sink: BinaryIO, session: Session) -> None:
        sink.seek(0)
        sink.truncate()
        got = session.download(file.name, sink, self._endpoint.max_bytes)
        if got != file.size:
            raise Unreachable(
                f"{file.name}: {got:,} bytes came, and {file.size:,} were listed. It is being"
                " written, or was cut; the next run fetches it again."
            )

    def _keep(self, file: RemoteFile, digest: bytes, size: int, content: BinaryIO) -> None:
        run = self._run
        with run.writing() as tx:
            known = file_of(tx.connection, run.feed.name, digest)
            if known is None:
                new = NewFile(run.feed.name, run.feed.endpoint, file.name, digest, size)
                own = add_file(tx, run.id, new, keep(tx, KIND, content))
            else:
                own = known.id
            is_new = see(tx, own, file.name, file.size, file.modified)
            if known is not None:
                self._keep_again(tx, known, file.name, content, is_new=is_new)
        run.count("files_fetched" if known is None else "files_again")
        told = "file_fetched" if known is None else "file_again"
        _log.info(told, file=file.name, received=own, bytes=size)

    def _keep_again(
        self, tx: Transaction, known: File, name: str, content: BinaryIO, *, is_new: bool
    ) -> None:
        """Write down that known bytes came again; those that were refused are read once more.

        What stood in their way may have been the name, or the configuration. An acknowledgement
        may say by its name alone what it answers: one that comes under a further name that does,
        or that answered nothing sent from here, is read once more.
        """
        run = self._run
        tx.event("file_again", feed=run.feed.name, run_id=run.id, file=known.id, name=name)
        if known.state == REFUSED or (is_new and self._may_answer_more(known, name)):
            kept_id = known.kept_id
            if kept_id is None or not is_kept(tx.connection, kept_id):
                kept_id = keep(tx, KIND, content)
            read_anew(tx, known, name, kept_id)

    def _may_answer_more(self, known: File, name: str) -> bool:
        reads = self._run.adapter.acknowledgements
        if self._run.feed.direction != "acks" or reads is None:
            return False
        return known.state == FOREIGN or reads.answered(plain_name(name)) is not None

    def _retrying(self, step: Callable[[Session], _Given]) -> _Given:
        endpoint = self._endpoint
        retrying = Retrying(
            retry=retry_if_exception_type(Interrupted),
            stop=stop_after_attempt(endpoint.retries + 1),
            wait=wait_exponential_jitter(
                multiplier=endpoint.retry_wait_seconds,
                max=endpoint.retry_wait_most_seconds,
                jitter=endpoint.retry_wait_seconds,
            ),
            reraise=True,
        )
        given: _Given = retrying(self._once, step)
        return given

    def _once(self, step: Callable[[Session], _Given]) -> _Given:
        if self._session is None:
            self._session = self._opened()
        try:
            return step(self._session)
        except Unreachable:
            self.close()
            raise

    def _opened(self) -> Session:
        try:
            return self._run.session()
        except IepbridgeError:
            self._is_cut_off = True
            raise


def _is_known(file: RemoteFile, known: dict[str, list[Sighting]]) -> bool:
    """Say whether a file was fetched as it stands there; one of a name taken away is another."""
    before = [one for one in known.get(file.name, ()) if not one.disposed]
    return any((one.size, one.modified) == (file.size, file.modified) for one in before)


def _is_due(sighting: Sighting) -> bool:
    return not sighting.disposed and sighting.state != FETCHED
