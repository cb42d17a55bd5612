"""Tell what was due by schedule and calendar, and has not come or gone.

Runs that did not do their work, files that did not come, gaps, answers that are overdue, files of
unknown outcome, feeds gone quiet, credentials about to end. Nothing is connected to or changed.
"""

import argparse
from datetime import UTC, datetime
from typing import Final

from iepbridge.cli.envelope import created
from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge missing
  iepbridge missing --json || notify-operators
  iepbridge missing --at 2026-11-02T08:00:00-06:00

exit code 0   nothing is missing
          1   something is; each line says what, since when, and what to do

A pipe gets JSON Lines, as --json does.
"""

_YEARS: Final = range(2000, 3000)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `missing`."""
    parser.add_argument(
        "--at",
        type=_moment,
        metavar="TIME",
        help="judge as of this time, by what the ledger knew then (default: now)",
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")
    add_config(parser)


def _moment(text: str) -> datetime:
    """Read a time with its offset."""
    moment = datetime.fromisoformat(created(text))
    if moment.year not in _YEARS:
        raise argparse.ArgumentTypeError("expected a time of the years 2000 to 2999")
    return moment.astimezone(UTC)


def run(arguments: argparse.Namespace) -> int:
    """Tell what is missing, and give the exit code."""
    from iepbridge.cli.lacking import perform  # noqa: PLC0415  loads the database

    return perform(arguments)
