"""A run out: plans collected, judged, examined, and put on the desk that makes batches of them.

source --SourceIndex--> contents --decide--> examine --> desk: goes with the batch
                                      |          `-----> desk: held
                                      `----------------> desk: superseded; contradictory, held
ledger --pending--> what was released, or waits ---^
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import structlog

from iepbridge.checking import Checker, policy_of
from iepbridge.codecs.json_text import Parsed, parse_object
from iepbridge.crypto import Damaged
from iepbridge.errors import Unreadable
from iepbridge.finding import Finding
from iepbridge.iep_event import Completed, Once
from iepbridge.ledger.entries import Entry, payload, pending
from iepbridge.ledger.remembering import without_content
from iepbridge.ledger.schema import HELD, SUPERSEDED, UNKNOWN, WAITING
from iepbridge.ledger.volumes import IN_PART
from iepbridge.plan import Plan
from iepbridge.runs.before import VersionBefore
from iepbridge.runs.case import Case, waits
from iepbridge.runs.decide import CONTRADICTION, Content, Known, Verdict, decide
from iepbridge.runs.desk import BatchDesk, Desk
from iepbridge.runs.examine import Examined, contradiction, examine
from iepbridge.runs.feed_names import refuse_other_names
from iepbridge.runs.feed_run import FeedRun
from iepbridge.runs.finding_again import found_again
from iepbridge.runs.guard import guard_volume
from iepbridge.runs.person import numbers_of
from iepbridge.runs.source import Found, SourceIndex, source_files

_log = structlog.get_logger(__name__)

_AT_ONCE: Final = 200
"""How many plans are looked up in the ledger together."""

_Item = TypeVar("_Item")


def run_out(
    run: FeedRun, desk_of: Callable[[FeedRun, Callable[[Plan], Completed]], Desk] = BatchDesk
) -> None:
    """Carry out a run out, at the desk that is given."""
    refuse_other_names(run)
    before = VersionBefore(run.adapter, partial(_payload, run))
    complete = Once(before.complete)
    policy = policy_of(run.adapter, run.workplace.registry, run.workplace.settings)
    today = run.here_and_now().date()
    checker = Checker(run.adapter.significant, policy, today, complete, before)
    with closing(desk_of(run, complete)) as desk, SourceIndex() as index:
        desk.settle_open()
        Outbound(run, desk, index, checker, before).go()


def _payload(run: FeedRun, entry: Entry) -> bytes | None:
    with run.ledger.reading() as connection:
        return payload(connection, run.ledger.keyring, run.feed.name, entry)


class Outbound:
    """The plans of one run, on their way from the source to the desk."""

    def __init__(
        self, run: FeedRun, desk: Desk, index: SourceIndex, checker: Checker, before: VersionBefore
    ) -> None:
        self._run = run
        self._desk = desk
        self._index = index
        self._checker = checker
        self._before = before
        self._lost: frozenset[int] = frozenset()

    def go(self) -> None:
        """Take the source's plans, then those that the ledger has kept to go."""
        is_whole = self._collect()
        if not self._desk.closed:
            guard_volume(self._run, self._index, self._desk, is_whole=is_whole)
        with self._run.ledger.reading() as connection:
            self._lost = without_content(connection, self._run.feed.name)
        for groups in _chunks(self._index.groups(), _AT_ONCE):
            if self._desk.closed:
                break
            self._judge_all(groups)
        self._desk.finish()
        self._go_on_with_pending()
        self._desk.finish()

    def _collect(self) -> bool:
        """Find the plans of the source; say whether all its files could be read."""
        assert self._run.feed.source is not None
        paths = source_files(Path(self._run.feed.source))
        if not paths:
            _log.warning("source_matches_nothing")
        read = [self._add(path) for path in paths]
        self._run.count("plans_found", self._index.plans)
        return all(read)

    def _add(self, path: Path) -> bool:
        try:
            self._index.add(path)
        except Unreadable as refusal:
            self._run.problem(refusal, file=path.name)
            self._run.count(IN_PART)
            return False
        return True

    def _judge_all(self, groups: Sequence[list[Found]]) -> None:
        known = self._desk.known({group[0].plan_id for group in groups})
        if self._lost:
            self._desk.keep(found_again(self._index, groups, known, self._lost))
        for group in groups:
            own = group[0]
            entries = known.get(own.plan_id, [])
            if not own.plan_id:  # each is a plan of its own
                entries = [one for one in entries if one.digest == own.digest]
            self._judge(group, entries)

    def _judge(self, group: list[Found], entries: list[Entry]) -> None:
        own = {Content(one.version, one.digest): one for one in entries}
        places = {Content(one.version, one.digest): one for one in group}
        verdicts = decide(places, {content: _known(one) for content, one in own.items()})
        one_goes = Verdict.EXAMINE in verdicts.values()
        for content, verdict in verdicts.items():
            if verdict is Verdict.SKIP:
                self._skip(own.get(content), one_goes=one_goes)
        for content, line, parsed in self._lines([places[one] for one in _not_skipped(verdicts)]):
            if not self._desk.closed:
                plan_id = group[0].plan_id
                case = Case(content, plan_id, line, parsed, own.get(content), entries)
                self._carry_out(verdicts[content], case)

    def _lines(self, found: Sequence[Found]) -> list[tuple[Content, bytes, Parsed]]:
        """Read the contents of a plan again: all, or none where a file has changed meanwhile.

        That is told once a file; what it says now goes with the next run.
        """
        try:
            return [(Content(one.version, one.digest), *self._index.line(one)) for one in found]
        except Unreadable as refusal:
            if str(refusal) not in self._run.problems:
                self._run.problem(refusal)
            return []

    def _skip(self, entry: Entry | None, *, one_goes: bool) -> None:
        self._run.count("plans_unchanged")
        if entry is not None and entry.state == HELD and not one_goes:
            self._run.hold_back()

    def _carry_out(self, verdict: Verdict, case: Case) -> None:
        if verdict is Verdict.SUPERSEDE:
            self._run.count("plans_superseded")
            self._desk.put_aside(case.passing(SUPERSEDED))
        elif verdict is Verdict.CONTRADICT:
            self._hold(case, CONTRADICTION, (contradiction(case.plan_id, case.content.version),))
        elif case.has_version and any(one.state == UNKNOWN for one in case.known):
            self._wait(case)
        else:
            self._try_to_examine(case)

    def _try_to_examine(self, case: Case) -> None:
        """Examine a plan; where what was sent of it before cannot be read, it alone stays."""
        try:
            self._examine(case)
        except Damaged as damage:
            self._run.problem(damage, plan_id=case.plan_id)

    def _wait(self, case: Case) -> None:
        """Let a plan wait until the outcome of what was sent of it is known."""
        self._run.count("plans_waiting")
        if case.entry is None:
            self._desk.put_aside(replace(case.passing(WAITING), supersedes=case.older))
        elif case.entry.state == HELD and not case.entry.released:
            self._run.hold_back()

    def _examine(self, case: Case) -> None:
        self._before.look_at(case.known)
        told = examine(case.line, case.parsed, self._desk.writer, self._checker, case.entry)
        if told.reason is not None:
            self._hold(case, told.reason, told.findings)
            return
        self._run.count("plans_examined")
        passing = replace(case.passing(WAITING), noted=told.findings, numbers=_numbers(told))
        self._desk.take(replace(passing, supersedes=case.older))

    def _hold(self, case: Case, reason: str, findings: tuple[Finding, ...]) -> None:
        self._run.hold_back()
        older = case.of_versions_before if reason == CONTRADICTION else case.older
        if not case.has_version:
            older = ()
        passing = case.passing(HELD, reason)
        self._desk.put_aside(replace(passing, findings=findings, supersedes=older))

    def _go_on_with_pending(self) -> None:
        """Examine what a person released, or what waited, and no source file holds any more."""
        after = 0
        gone: set[str] = set()
        while not self._desk.closed:
            with self._run.ledger.reading() as connection:
                entries = pending(connection, self._run.feed.name, after, _AT_ONCE)
            if not entries:
                return
            after = entries[-1].id
            fresh = {one.plan_id for one in entries} - gone
            gone |= fresh
            for known in self._desk.known(fresh).values():
                self._take_up(known)

    def _take_up(self, known: Sequence[Entry]) -> None:
        """Take up the one pending content of a plan that goes by all that is known, if any."""
        own = {Content(one.version, one.digest): one for one in known}
        in_question = [content for content, one in own.items() if _pends(one) or _unclear(one)]
        verdicts = decide(in_question, {content: _known(one) for content, one in own.items()})
        for content, verdict in verdicts.items():
            entry = own[content]
            if verdict is Verdict.EXAMINE and _pends(entry) and not self._in_source(entry):
                self._take_from_ledger(content, entry, known)

    def _take_from_ledger(self, content: Content, entry: Entry, known: Sequence[Entry]) -> None:
        line = _payload(self._run, entry)
        if line is None:
            _log.warning("plan_has_no_content", plan_id=entry.plan_id, version=entry.version)
            self._run.count("plans_waiting")
        elif not self._desk.closed:
            case = Case(content, entry.plan_id, line, parse_object(line), entry, known)
            self._carry_out(Verdict.EXAMINE, case)

    def _in_source(self, entry: Entry) -> bool:
        """Say whether the source has had its say on a content in this run."""
        return self._index.has(entry.plan_id, entry.digest)


def _known(entry: Entry) -> Known:
    return Known(entry.state, entry.reason, entry.released, entry.batch_id is not None)


def _pends(entry: Entry) -> bool:
    """Say whether the ledger has a content to go: one that waits, or that a person released."""
    return waits(entry) or (entry.state == HELD and entry.released)


def _unclear(entry: Entry) -> bool:
    return entry.state == HELD and entry.reason == CONTRADICTION


def _numbers(told: Examined) -> tuple[str, ...]:
    """Give the numbers by which the person of a plan is found."""
    plan = told.arrival.plan
    return () if plan is None else numbers_of(plan)


def _not_skipped(verdicts: Mapping[Content, Verdict]) -> list[Content]:
    return [content for content, verdict in verdicts.items() if verdict is not Verdict.SKIP]


def _chunks(items: Iterator[_Item], size: int) -> Iterator[list[_Item]]:
    while chunk := list(islice(items, size)):
        yield chunk
