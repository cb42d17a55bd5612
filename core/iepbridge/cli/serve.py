"""Run feeds when they are due by their schedules, until told to stop.

What is due stands in the ledger, so several may serve one ledger: each slot gets one run.
SIGTERM lets running feeds end; SIGHUP reads the configuration anew.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge serve
  iepbridge serve --once            # from cron, every few minutes

http://127.0.0.1:9494/live          the loop runs
http://127.0.0.1:9494/ready         the ledger can be read, the configuration is good
http://127.0.0.1:9494/metrics       for Prometheus

A feed that is new to the schedule counts from now on. Of slots that were missed the latest gets
a run, the others are written down. `--once` gives the exit codes of `iepbridge run`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `serve`."""
    parser.add_argument(
        "--once", action="store_true", help="run what is due now, each feed once, and end"
    )
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve, and give the exit code."""
    from iepbridge.cli.serving import perform  # noqa: PLC0415  loads what runs need

    return perform(arguments)
