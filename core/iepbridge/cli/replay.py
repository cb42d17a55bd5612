"""Send a file again: the bytes that are kept, under the name they have for ever.

For a receiver who has lost a file. Where it stands at the endpoint already, nothing is done.
Systems apply the same name and bytes once, and answer again; no plan's state changes.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge replay 12
  iepbridge replay TWIST_IEP_GCWS_20261102_000012.xml

BATCH is the batch's number or its file's name, as `iepbridge history` tells them.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `replay`."""
    parser.add_argument("batch", metavar="BATCH", help="the batch's number, or its file's name")
    parser.add_argument("--json", action="store_true", help="JSON at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Send the batch again and give the exit code."""
    from iepbridge.cli.replaying import perform  # noqa: PLC0415  loads what runs need

    return perform(arguments)
