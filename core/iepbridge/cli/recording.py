"""An acknowledgement handed over on the command line, read into the ledger."""

import shutil
import tempfile
from contextlib import closing
from pathlib import PurePath
from typing import BinaryIO

from iepbridge.acknowledgement import Acknowledgement
from iepbridge.adapter import Acknowledgements, Adapter
from iepbridge.cli.source import opened
from iepbridge.ledger import open_ledger
from iepbridge.output import STANDARD
from iepbridge.registry import load_registry
from iepbridge.runs import sealing
from iepbridge.runs.by_hand import feed_of_answers, record_answers
from iepbridge.runs.reconcile import Reconciled
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import FeedSettings, Settings


def read_and_record(
    adapter: Adapter, reads: Acknowledgements, settings: Settings, path: str
) -> tuple[Acknowledgement, str]:
    """Read an acknowledgement and apply it; give it, and what that came to in words."""
    name = "standard-input" if path == STANDARD else PurePath(path).name
    with tempfile.TemporaryFile() as content:
        with opened(path) as (_, stream):
            shutil.copyfileobj(stream, content)
        read = _read(adapter, reads, settings, name, content)
        with open_ledger(settings.ledger) as ledger:
            workplace = Workplace(settings, load_registry(), ledger)
            return read, _in_words(record_answers(workplace, adapter, name, content, read))


def _read(
    adapter: Adapter, reads: Acknowledgements, settings: Settings, name: str, content: BinaryIO
) -> Acknowledgement:
    content.seek(0)
    feed = feed_of_answers(settings, adapter.name)
    if feed is None or feed.decrypt_with is None:
        return reads.read(content, name)
    with closing(sealing.opened(content, feed, _most(settings, feed))) as plain:
        return reads.read(plain, sealing.plain_name(name))


def _most(settings: Settings, feed: FeedSettings) -> int:
    return settings.endpoints[feed.endpoint].max_bytes


def _in_words(result: Reconciled | None) -> str:
    if result is None:
        return "Nothing changed: the ledger has read this file before."
    if result["foreign_files"]:
        return "Recorded; it answers no file that was sent from here."
    told = ", ".join(f"{number:,} {what}" for what, number in result.items() if number)
    return f"Recorded: {told or 'nothing new'}."
