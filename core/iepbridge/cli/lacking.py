"""The deed behind `iepbridge missing`: what is missing, for people and for monitors."""

import argparse
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from iepbridge.cli.feeding import configured, opened_ledger
from iepbridge.cli.rows import is_plain, print_table, write_line, write_rows
from iepbridge.cli.telling import begin
from iepbridge.ledger.instants import instant, system_clock
from iepbridge.ledger.transaction import has_ledger
from iepbridge.schedule.slots import slots
from iepbridge.settings import Settings
from iepbridge.watch import Missing, endings, missing_of_feeds

_HEADINGS: Final = ("missing", "of", "since", "what, and what to do")


def perform(arguments: argparse.Namespace) -> int:
    """Tell what is missing; give 1 where something is, else 0."""
    begin(arguments)
    plain = is_plain(arguments)
    settings = configured(arguments)
    found = list(_missing(settings, arguments.at or system_clock()))
    if plain:
        write_rows(one._asdict() for one in found)
    elif found:
        print_table(_HEADINGS, map(_cells, found))
    else:
        write_line("Nothing is missing.")
    return int(bool(found))


def _missing(settings: Settings, at: datetime) -> Iterator[Missing]:
    with opened_ledger(settings, as_it_is=True) as ledger, ledger.reading() as connection:
        found = list(missing_of_feeds(connection, settings, at, slots))
    if settings.feeds and not has_ledger(settings.ledger):
        yield Missing("ledger", None, None, instant(at), _NO_LEDGER, _RUN_OR_RESTORE)
    yield from found
    yield from endings(settings, at)


_NO_LEDGER: Final = "The ledger is not there."
_RUN_OR_RESTORE: Final = (
    "The first run of a feed makes it. If feeds have run before, restore it before anything runs:"
    " see docs/operations.md."
)


def _cells(one: Missing) -> tuple[str, ...]:
    return one.kind, one.feed or one.endpoint or "", _day(one), f"{one.what}\n{one.remedy}"


def _day(one: Missing) -> str:
    """Give the minute, in UTC, of `since`."""
    return f"{one.since[:16].replace('T', ' ')} UTC"
