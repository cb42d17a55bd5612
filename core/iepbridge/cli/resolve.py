"""Say, after asking its receiver, whether a file of unknown outcome was delivered.

The outcome of a delivery is unknown where the answer was lost and neither the file nor its
temporary name is found. Delivered, its plans count as sent. Not delivered, it goes again with the
next run, byte for byte, which looks for it before.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge resolve 12 --delivered --reason "TWC help desk: processed on 3 November"
  iepbridge resolve TWIST_IEP_GCWS_20261102_000012.xml --not-delivered --reason "not on file there"

BATCH is the batch's number or its file's name, as `iepbridge feeds` tells them.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `resolve`."""
    parser.add_argument("batch", metavar="BATCH", help="the batch's number, or its file's name")
    outcome = parser.add_mutually_exclusive_group(required=True)
    outcome.add_argument("--delivered", action="store_true", help="the receiver has it")
    outcome.add_argument("--not-delivered", action="store_true", help="the receiver has it not")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="how this is known")
    parser.add_argument("--json", action="store_true", help="JSON at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Settle the batch and give the exit code."""
    from iepbridge.cli.resolving import perform  # noqa: PLC0415  loads the database

    return perform(arguments)
