"""Run feeds, each once: send what is due, fetch what has come, read what was answered.

FEED is a feed's name, or a pattern as in a shell; a pattern leaves out feeds that are not enabled.
One feed that fails stops none of the others.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge run texas-plans
  iepbridge run 'texas-*' missouri-in
  iepbridge run texas-plans --dry-run

exit codes, of several the first of 70, 2, 7, 6, 8, 4, 5, 3, 1, 0:
  0  done
  1  done, and plans or files are held: `iepbridge held`
  2  wrong usage or configuration
  3  a file is not what it was said to be
  4  the other side could not be reached; safe to run again
  5  another run of the same feed is under way
  6  the other side refused for good; a person must mend that first
  7  sent, and the answer was lost; the next run looks before it sends
  8  far more or fewer plans, changes or closures than usual; nothing was sent

A pipe gets a line of JSON a feed, as --json does.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `run`."""
    parser.add_argument("feeds", nargs="*", metavar="FEED", help="a feed's name, or a pattern")
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would be done; write nothing anywhere"
    )
    parser.add_argument(
        "--accept-volume",
        action="store_true",
        help="send although it is far more or less than usual; it counts as usual from then on",
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the feeds and give the exit code."""
    from iepbridge.cli.running import perform  # noqa: PLC0415  loads what runs need

    return perform(arguments)
