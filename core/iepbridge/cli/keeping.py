"""The deeds behind `iepbridge ledger`: its chain verified, its content sealed anew, its copy."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson

from iepbridge.cli.rows import is_plain
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.ledger import Ledger, open_ledger
from iepbridge.ledger.backup import backup
from iepbridge.ledger.events import verify
from iepbridge.ledger.rotation import rotate
from iepbridge.settings import load_settings


def perform(arguments: argparse.Namespace) -> int:
    """Do what was asked with the ledger that there is."""
    begin(arguments)
    plain = is_plain(arguments)
    match arguments.what:
        case ["verify"]:
            deed = _verify
        case ["rotate"]:
            deed = _rotate
        case ["backup", file]:
            return _backup(arguments, Path(file))
        case _:
            raise Misuse("`ledger` takes verify, rotate, or backup and a new file's name.")
    with _opened(arguments) as ledger:
        return deed(ledger, plain)


def _opened(arguments: argparse.Namespace) -> Ledger:
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    return open_ledger(settings.ledger, new=False)


def _verify(ledger: Ledger, plain: bool) -> int:
    with ledger.reading() as connection:
        found = verify(connection)
    if plain:
        _write_line({**found._asdict(), "hash": found.hash.hex()})
    elif found.broken is None:
        _say(f"{_count(found.events, 'event')}, every one as it was written.")
        _say(f"The last one's hash: {found.hash.hex()}")
    else:
        _say(f"The chain does not hold: {found.reason}.")
        _say(f"{_count(found.events, 'event')} before it held.")
    return 0 if found.broken is None else 1


def _rotate(ledger: Ledger, plain: bool) -> int:
    done = rotate(ledger)
    if plain:
        _write_line({"key": ledger.keyring.newest, **done._asdict()})
    else:
        counted = f"{_count(done.contents, 'file')}, {_count(done.plans, 'plan')} and the texts of"
        answers = _count(done.answers, "answer")
        _say(f"Sealed anew with key {ledger.keyring.newest}: {counted} {answers}.")
    return 0


def _backup(arguments: argparse.Namespace, target: Path) -> int:
    with _opened(arguments) as ledger:
        backup(ledger, target)
    return 0


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _write_line(row: Mapping[str, object]) -> None:
    sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
