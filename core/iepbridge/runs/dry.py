"""A run that only tells: every file and plan, what would be done with it, and nothing written.

    out   the batches that wait, then each plan of the source: into which file, or why not
    in    each new file of the endpoint, and each plan in it
    acks  each new file of the endpoint, and each answer in it

The endpoint is looked at and read; neither it nor the ledger is changed.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, BinaryIO, Final, TypeAlias

import orjson

from iepbridge.acknowledgement import REJECTED
from iepbridge.errors import IepbridgeError
from iepbridge.exchange import Envelope, PlanWriter
from iepbridge.iep_event import Completed
from iepbridge.ledger.batches import open_batches
from iepbridge.ledger.entering import Passing
from iepbridge.ledger.entries import Entry, entries_of
from iepbridge.ledger.holds import SEQUENCE
from iepbridge.ledger.journal import Page
from iepbridge.ledger.schema import HELD, UNKNOWN
from iepbridge.ledger.sequences import Channel, Number, last_number
from iepbridge.ledger.transaction import Transaction
from iepbridge.plan import Plan
from iepbridge.runs.answering import acknowledgements_of
from iepbridge.runs.decoding import decoded
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.fetching import Mailbox
from iepbridge.runs.guard import TRIPPED
from iepbridge.runs.inbound import check_envelope
from iepbridge.runs.making import Draft
from iepbridge.runs.outbound import run_out
from iepbridge.runs.outcome import Outcome
from iepbridge.runs.remembering import behind, forgotten_of
from iepbridge.runs.run import feed_of, run_of
from iepbridge.runs.sealing import opened, plain_name
from iepbridge.runs.sequence import Place, stand
from iepbridge.runs.workplace import Workplace
from iepbridge.transports import RemoteFile

Row: TypeAlias = dict[str, Any]
_NO_RUN: Final = 0


class Preview:
    """What a run would do: its rows, once, in order; then `outcome` says how it would end."""

    def __init__(self, workplace: Workplace, name: str) -> None:
        feed = feed_of(workplace, name)
        self._run = run_of(workplace, feed, _NoWriting(), _NO_RUN)
        self._rows = tempfile.TemporaryFile()  # noqa: SIM115  closed once the rows were given

    def __iter__(self) -> Iterator[Row]:
        try:
            _DIRECTIONS[self._run.feed.direction](self._run, self._tell)
        except IepbridgeError as error:
            self._run.problem(error)
        self._rows.seek(0)
        with closing(self._rows):
            yield from map(orjson.loads, self._rows)

    def _tell(self, row: Row) -> None:
        self._rows.write(orjson.dumps({"feed": self._run.feed.name, **row}) + b"\n")

    @property
    def outcome(self) -> Outcome:
        """How the run would end, as far as can be told without it."""
        return self._run.outcome()


_Tell: TypeAlias = Callable[[Row], None]


class _NoWriting:
    """The guard of a run that writes nothing."""

    def check(self, _: Transaction) -> None:
        """Refuse."""
        raise AssertionError("A dry run writes nothing.")

    def prolong(self, _: Transaction) -> None:
        """Have nothing to prolong."""


def _out(run: FeedRun, tell: _Tell) -> None:
    run_out(run, partial(_TellingDesk, tell=tell))


class _TellingDesk:
    """Tells where plans would go; files are begun to name them, and dropped."""

    closed = False

    def __init__(self, run: FeedRun, complete: Callable[[Plan], Completed], tell: _Tell) -> None:
        self._run = run
        self._complete = complete
        self._tell = tell
        self._draft: Draft | None = None
        self._files = 0
        self._forgotten: defaultdict[str, list[Entry]] = defaultdict(list)
        self._plans = 0

    def settle_open(self) -> None:
        """Tell the batches that would go first."""
        for page in forgotten_of(self._run):
            self._remember(page)
        settings = self._run.workplace.settings.ledger
        gone = {batch.id for batch, _ in behind(settings, self._run.ledger, self._run.feed)}
        with self._run.ledger.reading() as connection:
            for batch in open_batches(connection, self._run.feed.name):
                waits = batch.state == "waiting" and batch.id not in gone
                do = "send again" if waits else "look for"
                self._tell({"do": do, "file": batch.name, "plans": batch.plans})

    def tell_volume(self, kind: str, figures: Mapping[str, int], _: str | None) -> None:
        """Tell that nothing of the source would go, or why all of it would."""
        do = "stop" if kind == TRIPPED else "accept"
        self._tell({"do": do, "reason": "volume", **figures})

    def _remember(self, page: Page) -> None:
        """Tell a file that the ledger has forgotten; its plans would count as sent, or not."""
        self._tell({"do": "remember", "file": page.name, "plans": len(page.plans)})
        self._files += 1
        for one in page.plans if page.feed == self._run.feed.name else ():
            entry = Entry(0, *one, UNKNOWN, 0, None, None, None, released=False)
            self._forgotten[one.plan_id].append(entry)

    def known(self, plan_ids: Collection[str]) -> dict[str, list[Entry]]:
        """Give what is known of some plans, or will be once it is remembered."""
        with self._run.ledger.reading() as connection:
            found = entries_of(connection, self._run.feed.name, sorted(plan_ids))
        for plan_id in self._forgotten.keys() & plan_ids:
            again = self._forgotten[plan_id]
            same = {(one.version, one.digest) for one in again}
            left = [one for one in found[plan_id] if (one.version, one.digest) not in same]
            found[plan_id] = [*left, *again]
        return found

    def keep(self, passing: Sequence[Passing]) -> None:
        """Keep nothing."""

    def writer(self) -> PlanWriter:
        """Give the writer of the file at hand."""
        return self._at_hand().writer

    def _at_hand(self) -> Draft:
        if self._draft is None:
            self._draft = Draft(self._run, self._complete, self._files)
        return self._draft

    def take(self, passing: Passing) -> None:
        """Tell which file a plan would go with."""
        self._tell({"do": "send", "file": self._at_hand().name, **_about(passing)})
        self._plans += 1
        if self._plans >= self._run.feed.batch_size:
            self.finish()

    def put_aside(self, passing: Passing) -> None:
        """Tell that a plan would not go, and why."""
        row = {"do": _ASIDE.get(passing.state, "hold"), **_about(passing)}
        if passing.state == HELD:
            row["reason"] = passing.reason
            row["rules"] = sorted({one.rule for one in passing.findings})
        self._tell(row)

    def finish(self) -> None:
        """Begin another file with the next plan."""
        if self._plans:
            self._files += 1
            self._plans = 0
            self.close()

    def close(self) -> None:
        """Drop the file at hand."""
        if self._draft is not None:
            self._draft.close()
            self._draft = None


_ASIDE: Final = {"superseded": "supersede", "waiting": "wait"}


def _about(passing: Passing) -> Row:
    return {"plan_id": passing.plan_id or None, "version": passing.version or None}


def _in(run: FeedRun, tell: _Tell) -> None:
    turns = _Turns(run)

    def each(file: RemoteFile, content: BinaryIO) -> None:
        with decoded(run, file.name, content) as found:
            sequence = found.envelope.sequence
            check_envelope(run, file.name, [plain_name(file.name)], found.envelope)
            tell({"do": "fetch", "file": file.name, "sequence": sequence})
            if (expected := turns.expected_before(found.envelope)) is not None:
                tell({"do": "hold", "file": file.name, "reason": SEQUENCE, "expected": expected})
                run.hold_back()
                return
            for one in found.arrivals:
                do = "take" if one.plan is not None else "hold"
                if one.plan is None:
                    run.hold_back()
                about = {"plan_id": one.plan_id, "version": one.version}
                tell({"do": do, "file": file.name, **about})

    _each_file(run, each)


class _Turns:
    """The numbers that files have had, or would have once those before them were read."""

    def __init__(self, run: FeedRun) -> None:
        self._run = run
        self._last: dict[Channel, Number | None] = {}

    def expected_before(self, envelope: Envelope) -> int | None:
        """Take a file's turn; give the number that is due instead, where it is not its turn."""
        channel = Channel("in", self._run.adapter.name, envelope.sender, envelope.receiver)
        if channel not in self._last:
            with self._run.ledger.reading() as connection:
                self._last[channel] = last_number(connection, channel)
        standing = stand(self._last[channel], envelope.sequence)
        if standing.place is not Place.NEXT:
            return standing.expected
        self._last[channel] = standing.number
        return None


def _acks(run: FeedRun, tell: _Tell) -> None:
    reads = acknowledgements_of(run)

    def each(file: RemoteFile, content: BinaryIO) -> None:
        with closing(opened(content, run.feed, run.endpoint.max_bytes)) as plain:
            read = reads.read(plain, plain_name(file.name))
        tell({"do": "fetch", "file": file.name, "batch": read.batch, "status": read.status})
        for one in read.answers:
            about = {"plan_id": one.plan_id, "version": one.version, "status": one.status}
            tell({"do": "apply", "file": file.name, **about})
            if one.status == REJECTED:
                run.hold_back()

    _each_file(run, each)


def _each_file(run: FeedRun, each: Callable[[RemoteFile, BinaryIO], None]) -> None:
    """Look at each new file of the endpoint; one that cannot be read stops no other."""
    with closing(Mailbox(run)) as mailbox:
        for file in mailbox.within_reach(mailbox.new_and_settled()):
            with run.tolerating(file=file.name), tempfile.TemporaryFile() as content:
                if mailbox.download(file, content):
                    each(file, content)


_DIRECTIONS: Final = {"out": _out, "in": _in, "acks": _acks}
