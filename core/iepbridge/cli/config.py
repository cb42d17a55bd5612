"""Check the configuration, or print its schema for an editor.

`check` tells every mistake with its line, and reads all that the file refers to: secrets, host
keys, certificates, overlays. Nothing is connected to; `iepbridge doctor` does that.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge config check
  iepbridge config check --config /etc/iepbridge/iepbridge.toml --json
  iepbridge config schema > iepbridge.schema.json

exit codes of check:
  0  no mistakes; there may be warnings
  2  mistakes, each on a line `FILE:LINE: KEY: what, and what is expected`
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `config`."""
    parser.add_argument(
        "what",
        choices=("check", "schema"),
        metavar="check|schema",
        help="check the file and what it refers to, or print the JSON Schema of such files",
    )
    parser.add_argument("--json", action="store_true", help="what check finds as JSON Lines")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check or print the schema, and give the exit code."""
    from iepbridge.cli.configuring import perform  # noqa: PLC0415  loads the adapters

    return perform(arguments)
