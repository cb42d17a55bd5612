"""An acknowledgement that a person hands over, reconciled as one that a feed fetched."""

from typing import BinaryIO, Final

from iepbridge.acknowledgement import Acknowledgement
from iepbridge.adapter import Adapter
from iepbridge.formats import compiled_mapping
from iepbridge.ledger import files
from iepbridge.ledger.files import File, NewFile, add_file, file_of, read_anew
from iepbridge.ledger.kept import is_kept, keep
from iepbridge.ledger.leases import take
from iepbridge.ledger.run_log import begin_run, end_run
from iepbridge.ledger.transaction import Transaction
from iepbridge.runs.fetching import KIND
from iepbridge.runs.keeping import sha256_of
from iepbridge.runs.leasing import holder
from iepbridge.runs.outcome import DONE, HELD_BACK
from iepbridge.runs.reconcile import Reconciled, reconcile
from iepbridge.runs.remembering import refuse_what_is_forgotten
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import FeedSettings, Settings

BY_HAND: Final = "by hand"
"""What stands for the endpoint of a file that no feed fetched."""


def feed_of_answers(settings: Settings, system: str) -> FeedSettings | None:
    """Give the feed that reads a system's acknowledgements, None unless it is the only one."""
    feeds = settings.feeds.values()
    found = [one for one in feeds if one.direction == "acks" and one.system == system]
    return found[0] if len(found) == 1 else None


def record_answers(
    workplace: Workplace, adapter: Adapter, name: str, content: BinaryIO, read: Acknowledgement
) -> Reconciled | None:
    """Keep an acknowledgement, as it came, and apply it; None where these bytes were read before.

    Raises `Busy` while a run of the feed that reads them is under way, and `Misuse` where a
    restored ledger has not entered yet what it has forgotten: the answer may be to that.
    """
    refuse_what_is_forgotten(workplace, adapter.name)
    feed = feed_of_answers(workplace.settings, adapter.name)
    feed_name = feed.name if feed is not None else f"ack-{adapter.name}"
    ledger, seconds = workplace.ledger, workplace.settings.ledger.lease_seconds
    content.seek(0)
    digest, size = sha256_of(content)
    content.seek(0)
    new = NewFile(feed_name, BY_HAND, name, digest, size)
    leased = take(ledger, [f"feed:{feed_name}"], holder(), seconds)
    with leased as lease, ledger.writing(lease) as tx:
        known = file_of(tx.connection, feed_name, digest)
        if known is not None and known.state == files.READ:
            return None
        run_id = begin_run(tx, feed_name, "acks", holder(), {"by": BY_HAND})
        file = _written(tx, run_id, new, content, known)
        result = _apply(tx, run_id, workplace, adapter, file, read)
        code = HELD_BACK if result["rejected"] or result["contradicted"] else DONE
        end_run(tx, feed_name, run_id, code, {"files_read": 1, **_counted(result)})
        return result


def _counted(result: Reconciled) -> dict[str, int]:
    return {f"plans_{what}": number for what, number in result.items()}


def _written(
    tx: Transaction, run_id: int, new: NewFile, content: BinaryIO, known: File | None
) -> File:
    """Write down that a file was handed over; give it, new or to be read under this name."""
    if known is None:
        add_file(tx, run_id, new, keep(tx, KIND, content))
    elif known.state != files.FETCHED:
        kept_id = known.kept_id
        if kept_id is None or not is_kept(tx.connection, kept_id):
            kept_id = keep(tx, KIND, content)
        read_anew(tx, known, new.name, kept_id)
    found = file_of(tx.connection, new.feed, new.sha256)
    assert found is not None
    return found


def _apply(
    tx: Transaction,
    run_id: int,
    workplace: Workplace,
    adapter: Adapter,
    file: File,
    read: Acknowledgement,
) -> Reconciled:
    settings = workplace.settings
    extension = compiled_mapping(adapter, settings.overlays).layout.file.extension
    answered = [one.name for one in settings.feeds.values() if one.acknowledgements == file.feed]
    result = reconcile(tx, run_id, file.id, adapter.name, extension, read, answered)
    files.set_state(tx, file, files.FOREIGN if result["foreign_files"] else files.READ)
    return result
