"""Compare two files of plans: what changed, for whom that is significant, who must sign.

OLD and NEW are canonical JSON Lines with the plans in any order; - stands for standard input in
place of one of them. Values are never shown.
"""

import argparse
from typing import Final

EXAMPLE: Final = """\
examples:
  iepbridge diff monday.jsonl tuesday.jsonl
  iepbridge diff --system icc --json monday.jsonl tuesday.jsonl \\
      | jq -r 'select(.must_sign != null and .must_sign != []) | .plan_id'

A pipe gets JSON Lines, as --json does, and so does -o FILE.

exit codes:
  0  compared, whatever the changes are
  1  plans that the model refuses were left out
  2  wrong usage, or the output could not be written
  3  OLD or NEW is no file of canonical plans; nothing was written
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `diff`."""
    parser.add_argument("old", metavar="OLD", help="the plans as they were")
    parser.add_argument("new", metavar="NEW", help="the plans as they are")
    parser.add_argument("--system", metavar="S", help="speak of this system alone")
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="-", help="where to (default: standard output)"
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines at a terminal, too")


def run(arguments: argparse.Namespace) -> int:
    """Compare, and give the exit code."""
    from iepbridge.cli.diffing import perform  # noqa: PLC0415  loads the plan model

    return perform(arguments)
