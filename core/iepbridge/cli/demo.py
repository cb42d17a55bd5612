"""Sample plans, translate them for every installed system and back, and say what happened.

Needs no configuration and no network, and writes into one folder only.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config
from iepbridge.cli.sample import read_count

EXAMPLE: Final = """\
example:
  iepbridge demo --count 200 --folder /tmp/first-look

Run it again and it writes the same files again; other files in the folder stay as they are.
Some of the plans cannot go everywhere, as in life: that is shown, and is no failure (exit code 0).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `demo`."""
    parser.add_argument(
        "--count", type=read_count, default=1000, metavar="N", help="how many plans (1000)"
    )
    parser.add_argument(
        "--folder",
        default="demo-output",
        metavar="DIR",
        help="where the files go (demo-output, here)",
    )
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the whole flow, and give the exit code."""
    from iepbridge.cli.demonstration import perform  # noqa: PLC0415  loads the plan model

    return perform(arguments)
