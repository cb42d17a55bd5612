"""Remove what is kept of plans past its time: `[ledger] retention_days` after its acknowledgement.

Content goes: plans, files as they were sent and as they came, texts of answers. Ids, digests and
dates stay for ever. Nothing goes of what waits, is held or unknown, was not answered yet, or is
the version that a pending one will be compared with.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge purge --dry-run
  iepbridge purge
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `purge`."""
    parser.add_argument("--dry-run", action="store_true", help="count it, and remove nothing")
    parser.add_argument("--json", action="store_true", help="JSON at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Purge and give the exit code."""
    from iepbridge.cli.purging import perform  # noqa: PLC0415  loads the database

    return perform(arguments)
