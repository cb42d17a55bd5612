"""The deed behind `iepbridge ack`: an acknowledgement for people and for programs.

What the other side wrote is shown as it is, with control characters escaped, and never logged.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Final, TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from iepbridge.acknowledgement import Acknowledgement, Message
from iepbridge.adapter import Adapter
from iepbridge.cli.console import is_terminal, say
from iepbridge.cli.source import opened
from iepbridge.cli.telling import begin, plans
from iepbridge.errors import Misuse
from iepbridge.ledger import open_ledger
from iepbridge.output import STANDARD
from iepbridge.privacy import escaped
from iepbridge.registry import load_registry
from iepbridge.runs import sealing
from iepbridge.runs.by_hand import feed_of_answers, record_answers
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import FeedSettings, Settings, load_settings

_Row: TypeAlias = dict[str, Any]

_STYLES: Final = {"accepted": "green", "warnings": "yellow", "rejected": "red"}
_WORDS: Final = {"accepted": "accepted", "warnings": "with warnings", "rejected": "rejected"}
_REJECTED_EXIT_CODE: Final = 1


def perform(arguments: argparse.Namespace) -> int:
    """Read an acknowledgement, show it, and say by the exit code whether anything was rejected."""
    begin(arguments)
    if sys.stdout is None:
        raise Misuse("Standard output is closed, so there is nowhere to show an answer.")
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    adapter = load_registry().adapter(arguments.system)
    with tempfile.TemporaryFile() as content:
        read = _read(adapter, settings, arguments.file, content)
        recorded = _record(adapter, settings, arguments.file, content, read)
    if arguments.json or not is_terminal(sys.stdout):
        _write_lines(arguments.system, read)
    else:
        _print(read)
    say(recorded)
    return _REJECTED_EXIT_CODE if read.rejects else 0


def _read(adapter: Adapter, settings: Settings, path: str, content: BinaryIO) -> Acknowledgement:
    """Read the file, its bytes copied to `content`; one that is encrypted is decrypted first."""
    acknowledgements = adapter.acknowledgements
    if acknowledgements is None:
        raise Misuse(f"The adapter of {adapter.name} reads no acknowledgements.")
    with opened(path) as (_, stream):
        shutil.copyfileobj(stream, content)
    content.seek(0)
    feed = feed_of_answers(settings, adapter.name)
    name = PurePath(path).name
    if feed is None or feed.decrypt_with is None:
        return acknowledgements.read(content, name)
    with closing(sealing.opened(content, feed, _most(settings, feed))) as plain:
        return acknowledgements.read(plain, sealing.plain_name(name))


def _most(settings: Settings, feed: FeedSettings) -> int:
    return settings.endpoints[feed.endpoint].max_bytes


def _record(
    adapter: Adapter, settings: Settings, path: str, content: BinaryIO, read: Acknowledgement
) -> str:
    """Read the acknowledgement into the ledger; say what that came to."""
    if settings.path is None or settings.ledger.key is None:
        return "Nothing was recorded: no configuration with a ledger and its key is here."
    name = PurePath(path).name if path != STANDARD else "standard-input"
    with open_ledger(settings.ledger) as ledger:
        workplace = Workplace(settings, load_registry(), ledger)
        result = record_answers(workplace, adapter, name, content, read)
    if result is None:
        return "Nothing changed: the ledger has read this file before."
    if result["foreign_files"]:
        return "Recorded; it answers no file that was sent from here."
    told = ", ".join(f"{number:,} {what}" for what, number in result.items() if number)
    return f"Recorded: {told or 'nothing new'}."


def _write_lines(system: str, read: Acknowledgement) -> None:
    for row in _rows(system, read):
        line = json.dumps(row, separators=(",", ":"))  # ASCII: nothing in it steers a terminal
        sys.stdout.buffer.write(line.replace("\x7f", "\\u007f").encode() + b"\n")
    sys.stdout.buffer.flush()


def _rows(system: str, read: Acknowledgement) -> Iterator[_Row]:
    """Give a row for the file with its messages, then one for each plan with its own."""
    yield {
        "kind": "file",
        "system": system,
        "batch": read.batch,
        "part": read.part,
        "sequence": read.sequence,
        "received": read.received,
        "status": read.status,
        "records_read": read.records_read,
        "answers": len(read.answers),
        "closes_unnamed": read.closes_unnamed,
    }
    file: _Row = {"plan_id": None, "version": None}
    yield from (_message_row(file, read.status, one) for one in read.messages)
    for answer in read.answers:
        plan = {"plan_id": answer.plan_id, "version": answer.version}
        yield {"kind": "answer", **plan, "status": answer.status}
        yield from (_message_row(plan, answer.status, one) for one in answer.messages)


def _message_row(about: _Row, status: str, message: Message) -> _Row:
    said = {"code": message.code, "place": message.place, "text": message.text}
    return {"kind": "message", **about, "status": message.status or status, **said}


def _print(read: Acknowledgement) -> None:
    console = Console()
    console.print(_facts(read))
    if read.messages or read.answers:
        console.print(_table(read))


def _facts(read: Acknowledgement) -> Table:
    unnamed = "accepted" if read.closes_unnamed else "no answer yet"
    facts: list[tuple[str, object]] = [
        ("answers", read.batch),
        ("part", read.part),
        ("sequence", read.sequence),
        ("received", read.received),
        ("status", read.status),
        ("records read", read.records_read),
        ("plans named here", _counted(read)),
        ("plans not named", None if read.status == "rejected" else unnamed),
    ]
    table = Table.grid(padding=(0, 2))
    for name, value in facts:
        if value is not None:
            table.add_row(name, Text(escaped(str(value)), overflow="fold"))
    return table


def _counted(read: Acknowledgement) -> str:
    statuses = [one.status for one in read.answers]
    told = [f"{statuses.count(one):,} {_WORDS[one]}" for one in _WORDS if one in statuses]
    return ": ".join([plans(len(statuses)), *([", ".join(told)] if told else [])])


def _table(read: Acknowledgement) -> Table:
    table = Table("plan", "version", "status", "code", "place", "message")
    for message in read.messages:
        _add(table, ["the file", "", message.status or read.status], message)
    for answer in read.answers:
        about = [answer.plan_id or "not named", str(answer.version or ""), answer.status]
        if not answer.messages:
            _add(table, about, None)
        for message in answer.messages:
            _add(table, [*about[:2], message.status or answer.status], message)
    return table


def _add(table: Table, about: Sequence[str], message: Message | None) -> None:
    said = [message.code, message.place, message.text] if message else []
    cells = [Text(escaped(cell), overflow="fold") for cell in [*about, *said]]
    cells[2].stylize(_STYLES[about[2]])
    table.add_row(*cells)
