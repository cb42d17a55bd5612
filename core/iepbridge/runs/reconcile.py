"""An acknowledgement reconciled: to its batch, to each plan of it, forward only, in one step.

Acknowledgement --batch by name--> its plans --by id and version--> accepted | rejected: held
                      `-- of nobody here: kept, shown, and nothing else
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

import orjson
import structlog

from iepbridge.acknowledgement import ACCEPTED, REJECTED, Acknowledgement, Answer, Message, Status
from iepbridge.finding import Finding
from iepbridge.ledger.answers import (
    Told,
    answer_batch,
    answer_entry,
    contradicts,
    hold_rejected,
    named_entries,
    outweighs,
    set_hold,
    shown_code,
    shown_place,
    tell_hold,
    write_answers,
)
from iepbridge.ledger.attempts import was_tried
from iepbridge.ledger.batches import Batch, find_batches, locked_state, settle
from iepbridge.ledger.entering import end_holds
from iepbridge.ledger.entries import Entry, entries_of, entries_of_batch
from iepbridge.ledger.schema import DELIVERED, HELD, SUPERSEDED, UNKNOWN, WAITING
from iepbridge.ledger.transaction import Transaction

_log = structlog.get_logger(__name__)

_ENDINGS: Final = ("", ".pgp", ".asc", ".gpg")


class Reconciled(Counter[str]):
    """What an acknowledgement came to: counts of `accepted`, `warnings`, `rejected`, `foreign`...

    `held` now wait for a person: rejected, and none newer was sent. `repeated` changed nothing,
    and `contradicted` rejected what was accepted before.
    """


def reconcile(
    tx: Transaction,
    run_id: int,
    received_id: int,
    system: str,
    extension: str,
    read: Acknowledgement,
    feeds: Collection[str] = (),
) -> Reconciled:
    """Apply an acknowledgement to the batch it answers; `extension` is that of the system's files.

    Twice changes nothing; a batch that waits or is unknown was delivered, since it was answered.
    One that nobody has tried to deliver was not: the answer is to somebody else's file.
    `feeds` are those out whose answers these are: two receivers may be sent files of one name.
    """
    found = _answered(tx, system, extension, read.batch)
    if len(found) > 1:
        found = [one for one in found if one.feed in feeds]
    batch = found[0] if len(found) == 1 and _may_be_answered(tx, found[0]) else None
    return _Reconciling(tx, run_id, received_id, read, batch).go()


def _may_be_answered(tx: Transaction, batch: Batch) -> bool:
    return batch.state != WAITING or was_tried(tx.connection, batch.id)


def _answered(tx: Transaction, system: str, extension: str, stem: str | None) -> list[Batch]:
    if stem is None:
        return []
    names = [f"{stem}{extension}{ending}" for ending in _ENDINGS]
    return [one for one in find_batches(tx.connection, system, names) if one.direction == "out"]


class _Reconciling:
    """One acknowledgement while it is reconciled."""

    def __init__(
        self,
        tx: Transaction,
        run_id: int,
        received_id: int,
        read: Acknowledgement,
        batch: Batch | None,
    ) -> None:
        self._tx = tx
        self._run_id = run_id
        self._received_id = received_id
        self._read = read
        self._batch = batch
        self._named: set[int] = set()
        self._result = Reconciled()

    def go(self) -> Reconciled:
        told = [self._file_row()]
        if self._batch is None:
            self._result["foreign_files"] += 1
            told += [self._foreign(place, one) for place, one in self._answers()]
        else:
            told += self._apply_to(self._batch)
        write_answers(self._tx, self._received_id, told)
        return self._result

    def _answers(self) -> list[tuple[int, Answer]]:
        return list(enumerate(self._read.answers, start=1))

    def _file_row(self) -> Told:
        batch_id = None if self._batch is None else self._batch.id
        known = batch_id is not None
        about = (0, batch_id, None, None, None, self._read.status, known)
        return Told(*about, self._read.messages)

    def _foreign(self, place: int, answer: Answer) -> Told:
        self._result["foreign"] += 1
        about = (answer.plan_id, answer.version, answer.status)
        return Told(place, None, None, *about, False, answer.messages)

    def _apply_to(self, batch: Batch) -> list[Told]:
        tx = self._tx
        if locked_state(tx, batch.id) in (WAITING, UNKNOWN):
            settle(tx, self._run_id, batch, DELIVERED, "acknowledged")
        answer_batch(tx, batch.id, self._read.status)
        own = {one.plan_id: one for one in entries_of_batch(tx.connection, batch.id)}
        self._named = named_entries(tx.connection, batch.id)
        told = [self._apply(place, one, own) for place, one in self._answers()]
        self._apply_to_the_rest(own)
        status, counts = self._read.status, dict(self._result)
        tx.event("batch_answered", feed=batch.feed, batch_id=batch.id, status=status, counts=counts)
        return told

    def _apply(self, place: int, answer: Answer, own: dict[str, Entry]) -> Told:
        entry = own.get(answer.plan_id or "")
        if entry is None or answer.version not in (None, entry.version):
            return self._foreign(place, answer)
        applied = self._set(entry, answer.status, answer.messages)
        about = (entry.id, entry.plan_id, entry.version, answer.status)
        batch_id = entry.batch_id
        return Told(place, batch_id, *about, applied, answer.messages)

    def _apply_to_the_rest(self, own: dict[str, Entry]) -> None:
        """Apply what is said of plans that are not named: that all are refused, or accepted."""
        named = {one.plan_id for one in self._read.answers}
        rest = [entry for plan_id, entry in own.items() if plan_id not in named]
        if self._read.status == REJECTED:
            for entry in rest:
                self._set(entry, REJECTED, self._read.messages, named=False)
        elif self._read.closes_unnamed and self._read.part is None:
            for entry in rest:
                self._set(entry, ACCEPTED, (), named=False)

    def _set(
        self, entry: Entry, status: Status, messages: Sequence[Message], *, named: bool = True
    ) -> bool:
        """Apply an answer to a plan; say whether it changed anything."""
        before, named_before = entry.answer, entry.id in self._named
        if not outweighs(status, before, named=named, named_before=named_before):
            if contradicts(before, status):
                self._result["contradicted"] += 1
            elif named:
                self._result["repeated"] += 1
            return False
        self._result[status] += 1
        state = self._state(entry, status)
        answer_entry(self._tx, entry.id, status, state)
        if state == HELD:
            self._hold(entry, messages)
        elif entry.state == HELD and entry.held_id is not None:
            end_holds(self._tx, [entry.held_id], "answered")
        return True

    def _state(self, entry: Entry, status: Status) -> str:
        """Give the state that an answer leads to; rejected, one that gave way stays so."""
        if status != REJECTED:
            return DELIVERED
        gave_way = entry.state == SUPERSEDED or self._has_newer(entry)
        return SUPERSEDED if gave_way else HELD

    def _has_newer(self, entry: Entry) -> bool:
        assert self._batch is not None
        known = entries_of(self._tx.connection, self._batch.feed, [entry.plan_id])
        newer = (one for one in known.get(entry.plan_id, ()) if one.id > entry.id)
        return any(one.batch_id is not None for one in newer)

    def _hold(self, entry: Entry, messages: Sequence[Message]) -> None:
        assert self._batch is not None
        told = [_finding(entry, one)._asdict() for one in messages]
        plan = (entry.plan_id, entry.version)
        findings = orjson.dumps(told).decode()
        if entry.state == HELD and entry.held_id is not None:
            tell_hold(self._tx, entry.held_id, findings)
            return
        self._result["held"] += 1
        held_id = hold_rejected(self._tx, self._run_id, self._batch.feed, plan, findings)
        set_hold(self._tx, entry.id, held_id)


def _finding(entry: Entry, message: Message) -> Finding:
    """Tell a rejection without its text, which may name people."""
    return Finding(
        entry.plan_id,
        entry.version,
        shown_code(message) or "without a code",
        "error",
        shown_place(message) or None,
        "The system rejected the plan.",
        "See its words with `iepbridge history --show-texts`; mend the plan and send it again.",
    )
