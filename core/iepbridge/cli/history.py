"""Tell all that happened to a plan, in the order of time.

Every run, file with its digest, attempt and outcome, acknowledgement, finding, hold, release and
disclosure in which the plan took part. No personal value is shown; what a system wrote in its
acknowledgements may name people, and is shown with --show-texts alone, which is an event itself.

With --person the number of a person is read from standard input, and all plans in which the person
stands are told: `ssn:` and nine digits, or a system's name, `:` and its number.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge history TX-000002
  iepbridge history TX-000002 --json | jq -r 'select(.what == "made") | .file'
  iepbridge history --person < number.txt

A number is never given on the command line, where others on this machine can read it.
A pipe gets JSON Lines, as --json does.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `history`."""
    parser.add_argument("plan_id", nargs="?", metavar="PLAN_ID", help="the plan's id")
    parser.add_argument(
        "--person", action="store_true", help="the plans of the person whose number is read"
    )
    parser.add_argument(
        "--show-texts", action="store_true", help="what the systems wrote, in clear"
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell the history and give the exit code."""
    from iepbridge.cli.recounting import perform  # noqa: PLC0415  loads the database

    return perform(arguments)
