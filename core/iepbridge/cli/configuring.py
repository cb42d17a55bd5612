"""The deed behind `iepbridge config`: the schema, and what is wrong with a configuration.

file --examine--> tables and mistakes --audit--> what they refer to --> lines
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson

from iepbridge.cli.config_audit import audit
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.privacy import escaped
from iepbridge.registry import load_registry
from iepbridge.settings import (
    FILE_NAME,
    Mistake,
    Settings,
    configuration_schema,
    examine,
    find_file,
)

_INDENTED: Final = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def perform(arguments: argparse.Namespace) -> int:
    """Print the schema, or check a configuration and say by the exit code whether it is right."""
    begin(arguments)
    if arguments.what == "schema":
        _write(orjson.dumps(configuration_schema(), option=_INDENTED))
        return 0
    return _check(_file(arguments.config), arguments.json)


def _file(named: str | None) -> Path:
    path = find_file(named, os.environ, Path.cwd())
    if path is None:
        raise Misuse(f"There is no {FILE_NAME} here; write one, or name one with --config.")
    return path


def _check(path: Path, in_json: bool) -> int:
    examined = examine(path, os.environ)
    found = sorted({*examined.mistakes, *audit(examined, load_registry())})
    if in_json:
        _write(b"".join(_line(path, one) for one in found))
    else:
        _write("".join(f"{escaped(one.told(path))}\n" for one in found).encode())
    mistakes = [one for one in found if not one.warning]
    if mistakes:
        return Misuse.exit_code
    if not in_json:
        _write(f"{_in_words(examined.settings, found)}\n".encode())
    return 0


def _line(path: Path, one: Mistake) -> bytes:
    told = {"file": str(path), "line": one.line, "key": one.key}
    told |= {"severity": "warning" if one.warning else "error", "message": one.what}
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _in_words(settings: Settings, warnings: Sequence[Mistake]) -> str:
    tables = (len(settings.endpoints), "endpoint"), (len(settings.feeds), "feed")
    counted = ", ".join(_count(*table) for table in tables)
    told = f", {_count(len(warnings), 'warning')}" if warnings else ""
    return f"{counted}: no mistakes{told}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
