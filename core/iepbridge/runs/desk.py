"""The desk of a run out; this one makes batches of the plans it takes, and sends each once made."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Protocol

from iepbridge.errors import IepbridgeError
from iepbridge.exchange import PlanWriter
from iepbridge.iep_event import Completed
from iepbridge.ledger.batches import Batch, open_batches
from iepbridge.ledger.entering import Passing, keep_content, record
from iepbridge.ledger.entries import Entry, entries_of
from iepbridge.plan import Plan
from iepbridge.runs.feed_run import ENDING, FeedRun
from iepbridge.runs.making import Draft
from iepbridge.runs.remembering import recover
from iepbridge.runs.sending import Content, send

_UNKNOWN: Final = 7
_ASIDE: Final = 500
"""How many plans that do not go are written down together."""


class Desk(Protocol):
    """Where a run puts what it has decided; that of a dry run only tells."""

    def settle_open(self) -> None:
        """Look to the batches that are still to go."""

    def tell_volume(self, kind: str, figures: Mapping[str, int], by: str | None) -> None:
        """Take what the volume guard says of the run."""

    def known(self, plan_ids: Collection[str]) -> dict[str, list[Entry]]:
        """Give what is known of some plans, oldest entry first."""

    def keep(self, passing: Sequence[Passing]) -> None:
        """Take contents that the source has and the ledger has lost."""

    @property
    def closed(self) -> bool:
        """Say whether nothing more can go in this run."""

    def writer(self) -> PlanWriter:
        """Give the writer of the batch at hand."""

    def take(self, passing: Passing) -> None:
        """Take a plan that was written into the batch at hand."""

    def put_aside(self, passing: Passing) -> None:
        """Take a plan that does not go."""

    def finish(self) -> None:
        """Let go what was taken so far."""

    def close(self) -> None:
        """Drop what was not let go."""


class BatchDesk:
    """Makes batches of what it takes; closed once one could not be delivered."""

    def __init__(self, run: FeedRun, complete: Callable[[Plan], Completed]) -> None:
        self._run = run
        self._complete = complete
        self._draft: Draft | None = None
        self._taken: list[Passing] = []
        self._aside: list[Passing] = []
        self.closed = False

    def settle_open(self) -> None:
        """Look for the feed's batches without an outcome, and send those that wait."""
        recover(self._run)
        with self._run.ledger.reading() as connection:
            found = open_batches(connection, self._run.feed.name)
        for batch in found:
            if not self.closed:
                self._send(batch)

    def _send(self, batch: Batch, content: Content | None = None) -> None:
        """Send a batch; one whose outcome stays unknown keeps back its own plans only."""
        try:
            send(self._run, batch, content)
        except ENDING:
            raise
        except IepbridgeError as error:
            self._run.problem(error, batch=batch.id)
            self.closed = error.exit_code != _UNKNOWN

    def tell_volume(self, kind: str, figures: Mapping[str, int], by: str | None) -> None:
        """Write down that the volume was unusual, and what came of it."""
        with self._run.writing() as tx:
            run, told = self._run, dict(figures)
            tx.event(kind, feed=run.feed.name, run_id=run.id, figures=told, by=by)

    def known(self, plan_ids: Collection[str]) -> dict[str, list[Entry]]:
        """Give what the ledger knows of some plans."""
        with self._run.ledger.reading() as connection:
            return entries_of(connection, self._run.feed.name, sorted(plan_ids))

    def keep(self, passing: Sequence[Passing]) -> None:
        """Keep contents that a restored ledger has lost."""
        if passing:
            with self._run.writing() as tx:
                keep_content(tx, self._run.feed.name, passing)
            self._run.count("contents_found_again", len(passing))

    def writer(self) -> PlanWriter:
        """Give the writer of the batch at hand."""
        if self._draft is None:
            self._draft = Draft(self._run, self._complete)
        return self._draft.writer

    def take(self, passing: Passing) -> None:
        """Take a plan that was written into the batch at hand; a full batch goes."""
        self._taken.append(passing)
        if len(self._taken) >= self._run.feed.batch_size:
            self._let_go()

    def put_aside(self, passing: Passing) -> None:
        """Take a plan that does not go."""
        self._aside.append(passing)
        if len(self._aside) >= _ASIDE:
            self._write_down()

    def finish(self) -> None:
        """Write down and send what is at hand."""
        self._write_down()
        if self._taken:
            self._let_go()

    def close(self) -> None:
        """Let go of a batch that was not finished."""
        if self._draft is not None:
            self._draft.close()
            self._draft = None

    def _write_down(self) -> None:
        if self._aside:
            with self._run.writing() as tx:
                record(tx, self._run.feed.name, self._run.id, self._aside)
            self._aside = []

    def _let_go(self) -> None:
        draft, taken = self._draft, self._taken
        assert draft is not None
        batch = draft.commit(taken)
        self._taken = []
        self._run.count("batches_made")
        self._run.count("plans_sent", len(taken))
        self._send(batch, draft.content)
        self.close()
