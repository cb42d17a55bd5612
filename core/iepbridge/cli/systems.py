"""List the installed systems: their adapters, versions and formats.

A plugin that cannot be loaded is shown with its reason; the others work.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge systems
  iepbridge systems --json | jq .system
  iepbridge systems show twist

A pipe gets JSON Lines, as --json does.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `systems`."""
    parser.add_argument(
        "what", nargs="*", metavar="show S", help="one system, with its mapping files"
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """List the systems or show one, and give the exit code."""
    from iepbridge.cli.listing import perform  # noqa: PLC0415  loads the adapters

    return perform(arguments)
