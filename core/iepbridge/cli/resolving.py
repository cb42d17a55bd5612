"""The deed behind `iepbridge resolve`: a person's word on a delivery of unknown outcome."""

import argparse
from typing import Final

from iepbridge.cli.feeding import configured, given_reason, opened_ledger, who
from iepbridge.cli.rows import is_plain, write_line, write_rows
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.ledger.batches import NOT_DELIVERED, Batch, batch_of, locked_state, settle
from iepbridge.ledger.leases import take
from iepbridge.ledger.schema import DELIVERED, UNKNOWN
from iepbridge.ledger.transaction import Transaction
from iepbridge.ledger.views import batch_named
from iepbridge.runs.leasing import holder
from iepbridge.runs.remembering import forget

HOW: Final = "a person's word"


def perform(arguments: argparse.Namespace) -> int:
    """Settle a batch under its feed's lease; raise `Busy` while a run of it is under way."""
    begin(arguments)
    plain = is_plain(arguments)
    reason = given_reason(arguments.reason)
    outcome = DELIVERED if arguments.delivered else NOT_DELIVERED
    settings = configured(arguments)
    with opened_ledger(settings) as ledger:
        with ledger.reading() as connection:
            batch = batch_named(connection, arguments.batch)
        name = f"feed:{batch.feed}"
        seconds = settings.ledger.lease_seconds
        with take(ledger, [name], holder(), seconds) as lease:
            if batch.state == UNKNOWN and is_emptied(batch, outcome):
                forget(settings.ledger, batch)
            with ledger.writing(lease) as tx:
                _settle(tx, batch.id, outcome, reason)
    if plain:
        row = {"batch": batch.id, "file": batch.name, "feed": batch.feed, "outcome": outcome}
        write_rows([row])
    else:
        write_line(_in_words(batch, outcome))
    return 0


def _settle(tx: Transaction, batch_id: int, outcome: str, reason: str) -> None:
    locked_state(tx, batch_id)  # an acknowledgement may come at the same time
    batch = batch_of(tx.connection, batch_id)
    if batch.state != UNKNOWN:
        raise Misuse(_settled(batch))
    settle(tx, None, batch, outcome, HOW)
    tx.event(
        "batch_resolved",
        feed=batch.feed,
        batch_id=batch.id,
        name=batch.name,
        outcome=outcome,
        who=who(),
        reason=reason,
    )


def _settled(batch: Batch) -> str:
    known = f"{batch.name} (batch {batch.id}) is {batch.state}, so there is nothing to resolve."
    if batch.state == DELIVERED or batch.kept_id is None:
        return known
    return f"{known} It goes with the next run, which looks for it first: {_next(batch)}"


def is_emptied(batch: Batch, outcome: str) -> bool:
    """Say whether an outcome leaves nothing of a batch: it has no bytes to be sent again."""
    return outcome == NOT_DELIVERED and batch.kept_id is None


def _in_words(batch: Batch, outcome: str) -> str:
    if outcome == DELIVERED:
        return f"{batch.name} counts as delivered."
    if is_emptied(batch, outcome):
        return (
            f"{batch.name} was not sent, and the restored ledger has not its bytes. Its plans go"
            f" with the next run that finds them in the source: {_next(batch)}"
        )
    return f"{batch.name} waits; it goes again with the next run: {_next(batch)}"


def _next(batch: Batch) -> str:
    return f"iepbridge run {batch.feed}"
