"""Batches on their way: delivered with every step in the ledger, and what became of them.

Batch --deliver--> delivered | not delivered (4) | unknown (7) | refused (6)
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import BinaryIO, TypeAlias

import structlog

from iepbridge.delivering import ANSWERED, Parcel, deliver
from iepbridge.errors import IepbridgeError, OutcomeUnknown, Refused
from iepbridge.ledger import attempts, batches
from iepbridge.ledger.batches import Batch
from iepbridge.ledger.schema import DELIVERED, UNKNOWN
from iepbridge.ledger.transaction import Ledger
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.keeping import reopened
from iepbridge.runs.remembering import note

_log = structlog.get_logger(__name__)

Content: TypeAlias = Callable[[], AbstractContextManager[BinaryIO]]
"""Opens the bytes of a batch from their beginning."""


def send(run: FeedRun, batch: Batch, content: Content | None = None) -> None:
    """Deliver a batch, or find it delivered; raise what stands in the way.

    `content` gives its bytes where they are at hand; else they come from the ledger.
    """
    record = _Record(run, batch)
    opened = content or (lambda: kept_content(run.ledger, batch))
    parcel = Parcel(batch.name, batch.size, batch.sha256, opened)
    try:
        how = deliver(parcel, run.target, run.session_to_target, record)
    except (OutcomeUnknown, Refused):
        if record.may_be_named:
            _settle(run, batch, UNKNOWN, "the answer was lost")
            run.codes.add(OutcomeUnknown.exit_code)
        raise
    if how != ANSWERED:  # the answer has settled it
        _settle(run, batch, DELIVERED, how)
    run.count("batches_delivered")
    run.count("plans_delivered", batch.plans)


def _settle(run: FeedRun, batch: Batch, outcome: str, how: str) -> None:
    with run.writing() as tx:
        batches.settle(tx, run.id, batch, outcome, how)
    told = _log.info if outcome == DELIVERED else _log.warning
    told(f"batch_{outcome}", batch=batch.id, file=batch.name, plans=batch.plans, how=how)


def kept_content(ledger: Ledger, batch: Batch) -> AbstractContextManager[BinaryIO]:
    """Open the bytes of a batch as the ledger keeps them; a remembered one has none."""
    if batch.kept_id is None:
        raise OutcomeUnknown(
            f"{batch.name} was begun and the ledger is a restored one: it has not the bytes to send"
            f" it again. Ask its receiver, then say it: iepbridge resolve {batch.id}"
        )
    return reopened(ledger, batch.kept_id)


class _Record:
    """The attempts to deliver one batch, in the ledger."""

    def __init__(self, run: FeedRun, batch: Batch) -> None:
        self._run = run
        self._batch = batch
        self._attempt: int | None = None
        self._phase = attempts.BEGUN

    def begin(self) -> bool:
        """Note the intent of an attempt; say False where an answer has told meanwhile that it came.

        That has settled what was tried before, so looking at the other side tells nothing any more.
        """
        with self._run.writing() as tx:
            if batches.locked_state(tx, self._batch.id) == DELIVERED:
                return False
            self._attempt = attempts.begin_attempt(tx, self._run.id, self._batch)
        self._phase = attempts.BEGUN
        note(self._run, self._batch)
        _log.info("delivery_begun", batch=self._batch.id, file=self._batch.name)
        return True

    def naming(self) -> None:
        """Note that the final name is about to be given."""
        self._set_phase(attempts.NAMING)
        try:
            note(self._run, self._batch)
        except IepbridgeError:
            self._set_phase(attempts.BEGUN)
            raise

    def _set_phase(self, phase: str) -> None:
        assert self._attempt is not None
        with self._run.writing() as tx:
            attempts.set_phase(tx, self._attempt, phase)
        self._phase = phase

    def failed(self, how: str, *, certain: bool) -> None:
        """Note that the attempt failed; what it did is known, or to be looked for."""
        if self._attempt is None:
            return
        lost = self._phase == attempts.NAMING and not certain
        outcome = UNKNOWN if lost else batches.NOT_DELIVERED
        with self._run.writing() as tx:
            attempts.end_attempt(tx, self._attempt, outcome, how)
        self._attempt = None

    @property
    def may_be_named(self) -> bool:
        """Say whether an attempt was about to give the final name, with no outcome known."""
        with self._run.ledger.reading() as connection:
            return attempts.may_have_its_name(connection, self._batch)
