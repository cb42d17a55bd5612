"""Rows on standard output: JSON Lines for programs, tables for people."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from iepbridge.cli.console import is_terminal
from iepbridge.errors import Misuse
from iepbridge.privacy import escaped

Row: TypeAlias = Mapping[str, Any]


def is_plain(arguments: argparse.Namespace) -> bool:
    """Say whether rows go out as JSON; raise `Misuse` where they can go nowhere."""
    if sys.stdout is None:
        raise Misuse("Standard output is closed, so there is nowhere to show anything.")
    return arguments.json or not is_terminal(sys.stdout)


def write_rows(rows: Iterable[Row]) -> None:
    """Write rows as JSON Lines, each as soon as it is there."""
    for row in rows:
        line = json.dumps(row, separators=(",", ":"))  # ASCII: nothing in it steers a terminal
        sys.stdout.buffer.write(line.replace("\x7f", "\\u007f").encode() + b"\n")
        sys.stdout.buffer.flush()


def write_line(text: str) -> None:
    """Write a line for a person, control characters escaped."""
    sys.stdout.write(f"{escaped(text)}\n")
    sys.stdout.flush()


def print_table(headings: Sequence[str], cells: Iterable[Sequence[object]]) -> None:
    """Print a table; None is an empty cell, figures stand to the right."""
    table = Table()
    rows = [list(row) for row in cells]
    for heading, *column in zip(headings, *rows, strict=True):
        figures = all(isinstance(cell, int) for cell in column)
        table.add_column(heading, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(shown, row))
    Console().print(table)


def print_facts(facts: Row) -> None:
    """Print names and values one below the other; those that are None are left out."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value is not None:
            table.add_row(name.replace("_", " "), shown(value))
    Console().print(table)


def shown(value: object) -> Text:
    """Give a cell's text, escaped line by line: nothing for None, figures in groups of three."""
    if value is None:
        return Text("")
    if type(value) is int:
        return Text(f"{value:,}")
    return Text("\n".join(map(escaped, str(value).split("\n"))))
