"""The plans of one file that came: judged, then written down together.

Decoding --Spool--> judged one by one --> a canonical file, its batch and its plans: one step
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from iepbridge.finding import Finding
from iepbridge.ledger import Connection, files
from iepbridge.ledger.entering import Passing, pack, record
from iepbridge.ledger.entries import Entry, entries_of, payload
from iepbridge.ledger.files import File
from iepbridge.ledger.schema import HELD, WAITING
from iepbridge.ledger.sequences import Channel, Number, use_number
from iepbridge.ledger.transaction import Transaction
from iepbridge.plan import Plan
from iepbridge.runs.arriving import Welcome, same, welcome
from iepbridge.runs.decide import CONTRADICTION
from iepbridge.runs.decoding import Decoding
from iepbridge.runs.destination import Origin, write_out
from iepbridge.runs.examine import FORMAT, MODEL
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.person import numbers_of
from iepbridge.runs.sequence import Place, Standing
from iepbridge.runs.spool import Spool, Spooled, plan_of

_AT_ONCE: Final = 200
_COUNTED: Final = {
    Welcome.TAKE: "plans_taken",
    Welcome.SKIP: "plans_unchanged",
    Welcome.HOLD: "plans_held",
}


class Turn(NamedTuple):
    """A file's turn: between whom, where it stands, and the number read last before it."""

    channel: Channel
    standing: Standing
    last: Number | None


def take_plans(run: FeedRun, file: File, decoded: Decoding, turn: Turn) -> None:
    """Take the plans of a file, hold those that need a person, and make the others a batch."""
    with Spool(file.sha256) as spool, tempfile.TemporaryFile() as content:
        for arrival in decoded.arrivals:
            spool.add(arrival)
        taking = _Taking(run, file, spool, content)
        taking.judge()
        taking.write_down(decoded, turn)
        taking.count()


class _Taking:
    """The taking of one file."""

    def __init__(self, run: FeedRun, file: File, spool: Spool, content: BinaryIO) -> None:
        self._run = run
        self._file = file
        self._spool = spool
        self._content = content
        self._judged: list[Welcome] = []

    def judge(self) -> None:
        """Judge each plan, and write the line of each that is taken."""
        for plans in _chunks(self._spool, _AT_ONCE):
            with self._run.ledger.reading() as connection:
                known = self._known(connection, plans)
                self._judged += [self._welcome(one, known.get(one.plan_id, [])) for one in plans]
            for one, verdict in zip(plans, self._judged[-len(plans) :], strict=True):
                if verdict is Welcome.TAKE:
                    self._content.write(one.line)

    def _known(self, connection: Connection, plans: Sequence[Spooled]) -> dict[str, list[Entry]]:
        ids = sorted({one.plan_id for one in plans})
        return entries_of(connection, self._run.feed.name, ids)

    def _welcome(self, one: Spooled, known: Sequence[Entry]) -> Welcome:
        if one.findings:
            return Welcome.HOLD
        return welcome(one.plan(), one.digest, known, self._before)

    def _before(self, entry: Entry) -> Plan | None:
        with self._run.ledger.reading() as connection:
            line = payload(connection, self._run.ledger.keyring, self._run.feed.name, entry)
        return None if line is None else plan_of(line)

    def write_down(self, decoded: Decoding, turn: Turn) -> None:
        """Write down the file, its plans and the batch they make, all or none."""
        run, file = self._run, self._file
        origin = Origin(file.id, turn.channel, turn.standing.number, decoded.envelope.created)
        with run.writing() as tx:
            if turn.standing.place is not Place.REPEAT:
                use_number(tx, turn.channel, turn.standing.number, turn.last)
            files.set_envelope(tx, file.id, decoded.envelope, turn.standing.number)
            files.set_state(tx, file, files.READ)
            files.end_file_hold(tx, file)
            plans = self._judged.count(Welcome.TAKE)
            batch = write_out(tx, run, origin, self._content, plans) if plans else None
            self._record(tx, None if batch is None else batch.id)

    def _record(self, tx: Transaction, batch_id: int | None) -> None:
        verdicts = iter(self._judged)
        for plans in _chunks(self._spool, _AT_ONCE):
            known = self._known(tx.connection, plans)
            passing = [
                self._passing(one, verdict, known.get(one.plan_id, []))
                for one, verdict in zip(plans, verdicts, strict=False)
                if verdict is not Welcome.SKIP
            ]
            record(tx, self._run.feed.name, self._run.id, passing, batch_id)

    def _passing(self, one: Spooled, verdict: Welcome, known: Sequence[Entry]) -> Passing:
        about = (one.plan_id, one.version, one.digest)
        packed = pack(one.line) if one.line else b""
        if verdict is Welcome.TAKE:
            numbers = numbers_of(one.plan())
            older = tuple(own for own in known if own.state == HELD and own.version <= one.version)
            again = same(one.version, one.digest, known)
            return Passing(*about, WAITING, packed, entry=again, numbers=numbers, supersedes=older)
        reason, findings = _why(one)
        return Passing(
            *about, HELD, packed, reason=reason, findings=findings, received_id=self._file.id
        )

    def count(self) -> None:
        """Count what became of the plans."""
        for verdict in Welcome:
            if found := self._judged.count(verdict):
                self._run.count(_COUNTED[verdict], found)
        if found := self._judged.count(Welcome.HOLD):
            self._run.hold_back(found)


def _why(one: Spooled) -> tuple[str, tuple[Finding, ...]]:
    if not one.findings:
        return CONTRADICTION, (_contradiction(one.plan_id, one.version),)
    by_format = any(finding.rule.startswith("FMT-") for finding in one.findings)
    return FORMAT if by_format else MODEL, one.findings


def _contradiction(plan_id: str, version: int) -> Finding:
    return Finding(
        plan_id,
        version,
        "FMT-TWICE",
        "error",
        "version",
        "A plan of this version, or of a higher one, was taken before, and says something else.",
        "Ask its sender which is right; release it to take it, or have the version raised.",
    )


def _chunks(plans: Iterable[Spooled], size: int) -> Iterator[list[Spooled]]:
    source = iter(plans)
    while chunk := list(islice(source, size)):
        yield chunk
