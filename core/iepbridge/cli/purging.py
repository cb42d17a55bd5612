"""The deed behind `iepbridge purge`: contents past their time counted, or removed."""

import argparse
from datetime import timedelta
from typing import Any

from iepbridge.cli.feeding import configured, opened_ledger, who
from iepbridge.cli.rows import is_plain, write_line, write_rows
from iepbridge.cli.telling import begin
from iepbridge.ledger.instants import instant, system_clock
from iepbridge.ledger.leases import take
from iepbridge.ledger.remembering import old_pages
from iepbridge.ledger.retention import Past, Purged, count_past, give_back, purge
from iepbridge.ledger.transaction import Ledger
from iepbridge.runs.leasing import holder
from iepbridge.runs.remembering import journal_of
from iepbridge.settings import Settings


def perform(arguments: argparse.Namespace) -> int:
    """Count or remove what is past its time, and say how much."""
    begin(arguments)
    plain = is_plain(arguments)
    settings = configured(arguments)
    past = past_of(settings)
    with opened_ledger(settings, as_it_is=arguments.dry_run) as ledger:
        if arguments.dry_run:
            with ledger.reading() as connection:
                purged, given_back = count_past(connection, past), None
        else:
            purged, given_back = _purge(ledger, settings, past)
        pages = _pages(ledger, settings, past, dry_run=arguments.dry_run)
    row = {"dry_run": arguments.dry_run, "before": past.before, **purged._asdict()}
    row["journal_pages"] = pages
    if plain:
        write_rows([row])
    else:
        _print(row, purged, given_back)
    return 0


def past_of(settings: Settings) -> Past:
    """Give what a configuration says is past its time now."""
    before = system_clock() - timedelta(days=settings.ledger.retention_days)
    answering = sorted(feed.name for feed in settings.feeds.values() if feed.acknowledgements)
    return Past(instant(before), answering)


def _purge(ledger: Ledger, settings: Settings, past: Past) -> tuple[Purged, bool]:
    with take(ledger, ["purge"], holder(), settings.ledger.lease_seconds) as lease:
        purged = purge(ledger, lease, past, who())
        return purged, give_back(ledger)


def _pages(ledger: Ledger, settings: Settings, past: Past, *, dry_run: bool) -> int:
    """Count the journal's pages that are past their time, and remove them."""
    journal = journal_of(settings.ledger)
    if journal is None:
        return 0
    with ledger.reading() as connection:
        old = old_pages(connection, journal, past.before)
    for place in () if dry_run else old:
        journal.remove(place)
    return len(old)


def _print(row: dict[str, Any], purged: Purged, given_back: bool | None) -> None:
    did = "Would remove" if row["dry_run"] else "Removed"
    write_line(
        f"{did} what was settled before {row['before'][:10]}: {purged.plans:,} plans,"
        f" {purged.files_sent:,} files sent, {purged.files_received:,} files received,"
        f" {purged.answers:,} answers' texts, {row['journal_pages']:,} pages of the journal."
    )
    if given_back is False:
        write_line("Its room is given back to the disk by a later purge; the ledger is in use.")
