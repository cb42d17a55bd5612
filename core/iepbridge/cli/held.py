"""Show what is held back and why; let it go once, or take its content out.

Held by policy, sequence or contradiction, a plan or a file can be released once; it goes with its
feed's next run. What the model or a format refused, or a system rejected, ends with a mended plan.

Each show, export and release is an event of the ledger, with the user's name.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge held
  iepbridge held --feed texas-plans --json | jq -r .plan_id
  iepbridge held show 12
  iepbridge held release 12 --reason "asked the office: signed on paper, copy filed"
  iepbridge held export 12 -o plan.jsonl

export gives a plan as a line of canonical JSON, a file as it came: personal data, in clear.
A pipe gets JSON Lines, as --json does.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `held`."""
    parser.add_argument(
        "what", nargs="*", metavar="show|release|export ID", help="one hold, by its number"
    )
    parser.add_argument("--feed", metavar="FEED", help="list what is held of this feed alone")
    parser.add_argument("--reason", metavar="TEXT", help="release: why; without personal data")
    parser.add_argument("-o", "--output", metavar="FILE", help="export: where to (default: stdout)")
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """List, show, release or export, and give the exit code."""
    from iepbridge.cli.holding import perform  # noqa: PLC0415  loads the database

    return perform(arguments)
