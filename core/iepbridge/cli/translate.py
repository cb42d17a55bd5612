"""Translate a file of plans from one format into another.

Plans that the model or the format refuses are left out and reported; the others are written.
Nothing is cut: what the target has no place for is a line of the loss report.
"""

import argparse
from typing import Final

from iepbridge.cli.envelope import add_envelope
from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
example:
  iepbridge translate --from canonical --to twist plans.jsonl -o plans.xml \\
      --loss loss.jsonl --findings findings.jsonl

exit codes:
  0  every plan was written
  1  plans were held back, or with `--on-error fail` nothing was written
  2  wrong usage or configuration, or an output could not be written
  3  the input is not what --from says; nothing was written
`iepbridge systems` lists the formats.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `translate`."""
    parser.add_argument("input", metavar="INPUT", help="the file to read, - for standard input")
    parser.add_argument(
        "--from", required=True, metavar="FORMAT", dest="origin", help="the format of INPUT"
    )
    parser.add_argument(
        "--to", required=True, metavar="FORMAT", dest="target", help="the format to write"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="where to (default: standard output)"
    )
    parser.add_argument("--loss", metavar="FILE", help="report of what was not carried over")
    parser.add_argument("--findings", metavar="FILE", help="report of what is wrong with plans")
    parser.add_argument(
        "--on-error",
        choices=("hold", "fail"),
        default="hold",
        help="leave refused plans out, or write nothing at the first (hold)",
    )
    parser.add_argument(
        "--policy",
        action="store_true",
        help="apply the rules of --to as well: a plan with an error is left out",
    )
    add_config(parser)
    add_envelope(parser)


def run(arguments: argparse.Namespace) -> int:
    """Translate, and give the exit code."""
    from iepbridge.cli.translating import perform  # noqa: PLC0415  loads the plan model

    return perform(arguments)
