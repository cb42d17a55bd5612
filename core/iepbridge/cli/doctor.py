"""Look into endpoints: can we log in, list, write, rename, read back, delete; what follows.

Each endpoint is tried once, step by step, with files of no worth in a folder of their own, which
are removed again. What fails comes with what to do about it. No ledger is needed.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge doctor
  iepbridge doctor texas
  iepbridge doctor --json | jq -r 'select(.outcome == "failed") | .detail'

exit codes, of several the first of 2, 6, 4, 0:
  0  all that the configured feeds need can be done
  2  the configuration is not right: a key or host key file is missing, say
  4  the other side could not be reached; try again
  6  the other side refuses what a feed needs: host key, login, permission

A pipe gets a line of JSON a step, as --json does.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    parser.add_argument(
        "endpoint", nargs="?", metavar="ENDPOINT", help="an endpoint's name (default: all)"
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Try the endpoints and give the exit code."""
    from iepbridge.cli.doctoring import perform  # noqa: PLC0415  loads the transports

    return perform(arguments)
