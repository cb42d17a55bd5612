"""Play the whole story here: four states, invented plans sent, answered, mended, accounted for.

It needs no configuration and no network beyond this machine, and writes into one folder only.
What is in the folder afterwards is a deployment that works, to go on with.
"""

import argparse
from typing import Final

from iepbridge.cli.sample import read_count

EXAMPLE: Final = """\
examples:
  iepbridge demo
  iepbridge demo --count 1000 --folder /tmp/first-look

Run it again and it begins anew: what a demo made in the folder goes, other files stay, and what
you put or changed among the demo's own is moved into a folder kept-N beside it.
Some of the plans do not go everywhere, as in life: that is shown, and is no failure (exit code 0).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `demo`."""
    parser.add_argument(
        "--count", type=read_count, default=200, metavar="N", help="how many plans (200)"
    )
    parser.add_argument(
        "--folder",
        default="demo-output",
        metavar="DIR",
        help="where all of it goes (demo-output, here)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Play the story, and give the exit code."""
    from iepbridge.cli.demonstration import perform  # noqa: PLC0415  loads all there is

    return perform(arguments)
