"""Check the ledger's chain of events, seal its content with the newest key, or copy it.

`verify` reads every event and says whether any was changed, taken out or added, and where first;
nothing is connected to but the ledger. Keep the hash that it prints somewhere else: it bears
witness to all events before it.

`rotate` seals with the newest of the keys whatever an older one sealed. Put the new key first
before it, and keep the older ones: people remembered under them are still looked up by them.

`backup` copies a SQLite ledger, whole at one moment, while feeds run. Of PostgreSQL, pg_dump does.
"""

import argparse
from typing import Final

from iepbridge.cli.parser import add_config

EXAMPLE: Final = """\
examples:
  iepbridge ledger verify
  iepbridge ledger verify --json | jq -r .hash
  iepbridge ledger rotate
  iepbridge ledger backup /backup/iepbridge-2026-11-02.db

exit codes of verify:
  0  every event holds
  1  one does not
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `ledger`."""
    parser.add_argument(
        "what", nargs="+", metavar="verify|rotate|backup FILE", help="what to do with the ledger"
    )
    parser.add_argument("--json", action="store_true", help="JSON at a terminal, too")
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check, seal anew or copy, and give the exit code."""
    from iepbridge.cli.keeping import perform  # noqa: PLC0415  loads the database

    return perform(arguments)
