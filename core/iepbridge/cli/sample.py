"""Write made-up plans as canonical JSON Lines, the same for the same seed."""

import argparse
from typing import Final

EXAMPLE: Final = """\
example:
  iepbridge sample --count 100 --seed 7 -o plans.jsonl

The people in them do not exist. One seed gives the same bytes every time, on every machine.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sample`."""
    parser.add_argument(
        "--count", type=read_count, required=True, metavar="N", help="how many plans to write"
    )
    parser.add_argument(
        "--seed", type=_seed, default=1, metavar="K", help="a whole number that picks them (1)"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="where to (default: standard output)"
    )


def read_count(text: str) -> int:
    """Read how many plans are wanted."""
    return _whole(text, "expected how many plans, such as 1000")


def _seed(text: str) -> int:
    return _whole(text, "expected a whole number of 0 or more")


def _whole(text: str, expected: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise argparse.ArgumentTypeError(expected)
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Write the plans, and give the exit code."""
    from iepbridge.cli.sampling import perform  # noqa: PLC0415  loads the plan model

    return perform(arguments)
