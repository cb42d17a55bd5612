"""The deed behind `iepbridge ack`: an acknowledgement for people and for programs.

What the other side wrote is shown as it is, with control characters escaped, and never logged.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any, Final, TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from iepbridge.acknowledgement import Acknowledgement, Message
from iepbridge.adapter import Adapter
from iepbridge.cli.console import is_terminal, say
from iepbridge.cli.source import opened
from iepbridge.cli.telling import begin, plans
from iepbridge.errors import Misuse
from iepbridge.privacy import escaped
from iepbridge.registry import load_registry
from iepbridge.settings import Settings, load_settings

_Row: TypeAlias = dict[str, Any]

_STYLES: Final = {"accepted": "green", "warnings": "yellow", "rejected": "red"}
_WORDS: Final = {"accepted": "accepted", "warnings": "with warnings", "rejected": "rejected"}
_REJECTED_EXIT_CODE: Final = 1


def perform(arguments: argparse.Namespace) -> int:
    """Read an acknowledgement, show it, and say by the exit code whether anything was rejected."""
    begin(arguments)
    if sys.stdout is None:
        raise Misuse("Standard output is closed, so there is nowhere to show an answer.")
    adapter = load_registry().adapter(arguments.system)
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    read, recorded = _taken(adapter, settings, arguments.file)
    if arguments.json or not is_terminal(sys.stdout):
        _write_lines(arguments.system, read)
    else:
        _print(read)
    if recorded:
        say(recorded)
    return _REJECTED_EXIT_CODE if read.rejects else 0


def _taken(adapter: Adapter, settings: Settings, path: str) -> tuple[Acknowledgement, str]:
    """Read a file, into the ledger too where there is one; say what that came to."""
    if adapter.acknowledgements is None:
        raise Misuse(f"The adapter of {adapter.name} reads no acknowledgements.")
    if settings.feeds or settings.ledger.key is not None:
        from iepbridge.cli.recording import read_and_record  # noqa: PLC0415  loads the ledger

        return read_and_record(adapter, adapter.acknowledgements, settings, path)
    with opened(path) as (_, stream):
        read = adapter.acknowledgements.read(stream, PurePath(path).name)
        return read, "Shown only: no ledger is configured." if settings.path is not None else ""


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
