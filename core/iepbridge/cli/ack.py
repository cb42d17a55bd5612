"""Read a system's acknowledgement into the ledger, and show what it says about a file's plans.

The ledger is that of the configuration, by its `[ledger] key`; a configuration with feeds needs
one. Without either, the file is shown and nothing else. FILE keeps the name that the system gave
it: the name says which file is answered. With - nothing but the content tells.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge ack --system twist TWIST_IEP_GCWS_20260105_000001.ack.xml
  iepbridge ack --system toolbox --json TBX_IEP_GCWS_20260105_000001_ack.xml \\
      | jq 'select(.kind == "message")'

exit codes:
  0  nothing was rejected
  1  the file or something in it was rejected
  2  wrong usage or configuration, or a restored ledger: the message names the feed to run first
  3  this is no acknowledgement of that system
  4  the ledger could not be reached, or was held for too long; safe to run again
  5  the feed that reads these answers is running; run again once it has ended

A pipe gets JSON Lines, as --json does.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `ack`."""
    parser.add_argument("file", metavar="FILE", help="the acknowledgement; - for standard input")
    parser.add_argument("--system", required=True, metavar="S", help="the system it comes from")
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")


def run(arguments: argparse.Namespace) -> int:
    """Show an acknowledgement and give the exit code."""
    from iepbridge.cli.answers import perform  # noqa: PLC0415  loads the adapters

    return perform(arguments)
