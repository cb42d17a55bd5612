"""Check plans against a system's policy and say what to mend, where, and by which clause.

With --qa give the QA instrument instead: how often each rule is kept, by rule and by plan.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge check --system twist plans.jsonl
  iepbridge check --system cwds plans.jsonl -o findings.xlsx
  iepbridge check --system icc plans.jsonl --previous last-month.jsonl --as-of 2026-01-05
  iepbridge check --system twist plans.jsonl --qa

exit codes:
  0  no rule of severity error is broken
  1  errors among the findings, or plans that the model refuses, in --previous too
  2  wrong usage or configuration
  3  the input, or --previous, is not what --from says
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `check`."""
    parser.add_argument("input", metavar="INPUT", help="the file to read, - for standard input")
    parser.add_argument("--system", required=True, metavar="S", help="whose policy is asked")
    parser.add_argument(
        "--from",
        default="canonical",
        metavar="FORMAT",
        dest="origin",
        help="the format of INPUT and of --previous (canonical)",
    )
    parser.add_argument(
        "--previous", metavar="FILE", help="the version before of the plans, for rules on updates"
    )
    parser.add_argument(
        "--as-of", metavar="DATE", help="the day that counts as today, YYYY-MM-DD (today)"
    )
    parser.add_argument(
        "--qa", action="store_true", help="the QA instrument instead of the findings"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to: FILE.xlsx a workbook for people, else JSON (standard output)",
    )
    parser.add_argument("--json", action="store_true", help="JSON at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check, and give the exit code."""
    from iepbridge.cli.checks import perform  # noqa: PLC0415  loads the plan model

    return perform(arguments)
