"""List the configured feeds and how they stand: last and next run, what was sent and answered.

Nothing is connected to, and nothing is changed.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge feeds
  iepbridge feeds --json | jq -r 'select(.unknown > 0) | .unknown_batches[].file'

sent        plans in files that were delivered
no answer   of these, plans that the system has not answered yet
held        waiting for a person: `iepbridge held`
waiting     going with the next run
unknown     sent, and the answer was lost: the next run looks, or `iepbridge resolve` settles it

A pipe gets JSON Lines, as --json does.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `feeds`."""
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """List the feeds and give the exit code."""
    from iepbridge.cli.feed_list import perform  # noqa: PLC0415  loads the database

    return perform(arguments)
