"""A run of acknowledgements: files fetched, read, and reconciled with what was sent."""

from contextlib import closing
from functools import partial

import structlog

from iepbridge.acknowledgement import Acknowledgement
from iepbridge.adapter import Acknowledgements
from iepbridge.errors import IepbridgeError, Misuse, Unreadable
from iepbridge.formats import compiled_mapping
from iepbridge.ledger import files
from iepbridge.ledger.files import File
from iepbridge.runs.feed_run import ENDING, FeedRun
from iepbridge.runs.fetching import Mailbox
from iepbridge.runs.keeping import reopened
from iepbridge.runs.reconcile import Reconciled, reconcile
from iepbridge.runs.remembering import recover_answered
from iepbridge.runs.sealing import opened, plain_name

_log = structlog.get_logger(__name__)


def run_acks(run: FeedRun) -> None:
    """Carry out a run of acknowledgements."""
    reads = acknowledgements_of(run)
    recover_answered(run)
    read_unread = partial(_read_unread, run, reads, set())
    read_unread()
    with closing(Mailbox(run)) as mailbox:
        fetched = False
        with run.tolerating():
            mailbox.fetch(read_unread)
            fetched = True
        if fetched:
            mailbox.tidy()


def acknowledgements_of(run: FeedRun) -> Acknowledgements:
    """Give what reads a system's answers; raise `Misuse` where it gives none."""
    reads = run.adapter.acknowledgements
    if reads is None:
        raise Misuse(f"feeds.{run.feed.name}: {run.adapter.title} gives no acknowledgements.")
    return reads


def _read_unread(run: FeedRun, reads: Acknowledgements, tried: set[tuple[int, str]]) -> None:
    """Read what is unread, each file under each name once in a run."""
    with run.ledger.reading() as connection:
        unread = files.unread_files(connection, run.feed.name)
    for file in unread:
        if (file.id, file.name) not in tried:
            tried.add((file.id, file.name))
            read_file(run, reads, file)


def read_file(run: FeedRun, reads: Acknowledgements, file: File) -> None:
    """Read one file that is kept, and reconcile it; one that cannot be read is refused, once."""
    with structlog.contextvars.bound_contextvars(received=file.id, file=file.name):
        try:
            _apply(run, file, _read(run, reads, file))
        except ENDING:
            raise
        except Unreadable as refusal:
            with run.writing() as tx:
                files.set_state(tx, file, files.REFUSED, str(refusal))
            run.count("files_refused")
            run.problem(refusal)
        except IepbridgeError as error:
            run.problem(error)


def _read(run: FeedRun, reads: Acknowledgements, file: File) -> Acknowledgement:
    assert file.kept_id is not None
    with reopened(run.ledger, file.kept_id) as content:
        plain = opened(content, run.feed, run.endpoint.max_bytes)
        with closing(plain):
            return reads.read(plain, plain_name(file.name))


def _apply(run: FeedRun, file: File, read: Acknowledgement) -> None:
    extension = compiled_mapping(run.adapter, run.workplace.settings.overlays).layout.file.extension
    feeds = run.workplace.settings.feeds.values()
    answered = {one.name for one in feeds if one.acknowledgements == run.feed.name}
    with run.writing() as tx:
        result = reconcile(tx, run.id, file.id, run.adapter.name, extension, read, answered)
        files.set_state(tx, file, files.FOREIGN if result["foreign_files"] else files.READ)
    _count(run, result)
    strange = any(result[one] for one in ("foreign", "foreign_files", "contradicted"))
    told = _log.warning if strange else _log.info
    told("answers_read", batch_name=read.batch, status=read.status, **result)


def _count(run: FeedRun, result: Reconciled) -> None:
    run.count("files_read")
    for what, number in result.items():
        run.count(f"plans_{what}", number)
    if result["held"]:
        run.hold_back(result["held"])
    if result["contradicted"]:
        run.hold_back(0)
