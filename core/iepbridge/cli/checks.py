"""The deed behind `iepbridge check`: findings, or the QA instrument, for people and programs.

reader --Arrival--> Checker --Found--> lines, a table, or a workbook
"""

import argparse
import datetime
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import orjson
from rich.console import Console

from iepbridge import logs
from iepbridge.adapter import Adapter
from iepbridge.checking import ERROR, Checker, checker_of, never_before
from iepbridge.cli.check_view import Found, View, write_workbook
from iepbridge.cli.console import Voice, has_colours, is_terminal, say
from iepbridge.cli.progress import shown
from iepbridge.cli.source import Source, opened
from iepbridge.cli.telling import Report, begin, held_in_events, held_in_words, plans
from iepbridge.cli.translating import check_format, standard_output
from iepbridge.errors import Misuse, Unreadable
from iepbridge.exchange import Arrival, PlanReader
from iepbridge.finding import Finding
from iepbridge.formats import format_names, open_reader
from iepbridge.output import STANDARD, Outputs
from iepbridge.plan import Plan
from iepbridge.plan_store import PlanStore
from iepbridge.policy.qa import Instrument
from iepbridge.registry import Registry, load_registry
from iepbridge.settings import Settings, load_settings
from iepbridge.translate import Progress

_ERRORS_EXIT_CODE: Final = 1


class _Asked(NamedTuple):
    """What was asked for, and what is needed to do it."""

    arguments: argparse.Namespace
    voice: Voice
    registry: Registry
    settings: Settings
    adapter: Adapter
    today: datetime.date | None

    def reader(self) -> PlanReader:
        """Make a reader of the format of both files."""
        return open_reader(self.arguments.origin, self.registry, self.settings.overlays)


@dataclass(slots=True)
class _Tally:
    """What a check came to."""

    read: int = 0
    errors: int = 0
    findings: int = 0

    def note(self, findings: Iterable[Finding]) -> None:
        for one in findings:
            self.findings += 1
            self.errors += one.severity == ERROR


@dataclass(slots=True)
class _Previous:
    """The versions before, on disk, to be asked for by plan; and which of them were left out."""

    store: PlanStore
    held: int = 0
    report: Report = field(default_factory=Report)

    def read(self, path: str, reader: PlanReader, stream: BinaryIO) -> None:
        """Keep a file's plans; what makes it unreadable is told with its name."""
        try:
            for arrival in reader.read(stream):
                self._keep(arrival)
        except Unreadable as error:
            raise Unreadable(f"--previous {path}: {error}") from None

    def _keep(self, arrival: Arrival) -> None:
        if arrival.data is not None:
            self.store.add(arrival.data)
        else:
            self.held += 1
            self.report.held(arrival.findings)


def perform(arguments: argparse.Namespace) -> int:
    """Check plans, show what was found, and say by the exit code whether there are errors."""
    asked = _asked(arguments)
    tally = _Tally()
    with PlanStore() as store:
        previous = _Previous(store)
        _check(asked, previous, tally)
    if not asked.voice.silent:
        _tell(asked.voice, tally, previous)
    return _ERRORS_EXIT_CODE if tally.errors or previous.held else 0


def _asked(arguments: argparse.Namespace) -> _Asked:
    """Refuse what is wrong with the options before anything is read."""
    voice = begin(arguments)
    registry = load_registry()
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    check_format("--from", arguments.origin, format_names(registry)[0], registry.broken)
    if arguments.input == arguments.previous == STANDARD:
        raise Misuse("INPUT and --previous are both -; standard input has one file.")
    if arguments.qa and _is_workbook(arguments):
        raise Misuse("-o: --qa is written as JSON; name a file that ends in .json.")
    adapter = registry.adapter(arguments.system)
    return _Asked(arguments, voice, registry, settings, adapter, _day(arguments.as_of))


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Misuse(f"--as-of {text!r}: expected a day as YYYY-MM-DD.")
    return day


def _is_workbook(arguments: argparse.Namespace) -> bool:
    return (arguments.output or "").lower().endswith(".xlsx")


def _check(asked: _Asked, previous: _Previous, tally: _Tally) -> None:
    arguments = asked.arguments
    with ExitStack() as stack:
        source, stream = stack.enter_context(opened(arguments.input))
        before = _opened_previous(asked, stack)
        also = {} if before is None else {"--previous": before[0].status}
        outputs = stack.enter_context(Outputs(source.status, standard_output(), also))
        to = outputs.open(arguments.output or STANDARD, "-o")
        checker = _checker(asked, previous)
        reader = asked.reader()
        if before is not None:
            previous.read(arguments.previous, asked.reader(), before[1])
        with shown(source, asked.voice, "Checking") as progress:
            arrivals = _counted(reader.read(stream), tally, progress)
            if arguments.qa:
                _write_qa(asked, _measured(asked, checker, arrivals, tally), to.stream)
            else:
                _write_findings(asked, _found(checker, arrivals, tally), to.stream)
        outputs.publish(to)


def _opened_previous(asked: _Asked, stack: ExitStack) -> tuple[Source, BinaryIO] | None:
    path = asked.arguments.previous
    return None if path is None else stack.enter_context(opened(path, "--previous"))


def _checker(asked: _Asked, previous: _Previous) -> Checker:
    before = never_before if asked.arguments.previous is None else previous.store.get
    return checker_of(asked.adapter, asked.registry, asked.settings, asked.today, before)


def _counted(
    arrivals: Iterator[Arrival], tally: _Tally, progress: Progress | None
) -> Iterator[Arrival]:
    for arrival in arrivals:
        tally.read += 1
        yield arrival
        if progress is not None:
            progress(tally.read)


def _found(checker: Checker, arrivals: Iterator[Arrival], tally: _Tally) -> Iterator[Found]:
    for arrival in arrivals:
        findings = arrival.findings
        if arrival.plan is not None:
            findings = (*findings, *checker.findings(arrival.plan))
        tally.note(findings)
        for one in findings:
            yield Found(one, _date(arrival.plan))


def _date(plan: Plan | None) -> datetime.date | None:
    return (plan.completed_on or plan.started_on) if plan else None


def _measured(
    asked: _Asked, checker: Checker, arrivals: Iterator[Arrival], tally: _Tally
) -> Instrument:
    instrument = Instrument(asked.adapter.name, checker.policy.rules)
    for arrival in arrivals:
        tally.note(arrival.findings)
        if arrival.plan is not None:
            results = checker.results(arrival.plan)
            instrument.count(arrival.plan.plan_id, results)
            tally.note(checker.told(arrival.plan, results))
    return instrument


def _write_findings(asked: _Asked, found: Iterator[Found], stream: BinaryIO) -> None:
    if _is_workbook(asked.arguments):
        write_workbook(stream, found)
    elif _goes_to_person(asked.arguments):
        with _view(stream) as view:
            view.findings(found)
    else:
        stream.writelines(one.finding.line() for one in found)


def _write_qa(asked: _Asked, instrument: Instrument, stream: BinaryIO) -> None:
    if _goes_to_person(asked.arguments):
        with _view(stream) as view:
            view.qa(instrument)
    else:
        stream.write(orjson.dumps(instrument.as_json(), option=orjson.OPT_APPEND_NEWLINE))


def _goes_to_person(arguments: argparse.Namespace) -> bool:
    return arguments.output is None and not arguments.json and is_terminal(sys.stdout)


def _view(stream: BinaryIO) -> View:
    return View(stream, width=Console().width, colours=has_colours(sys.stdout))


def _tell(voice: Voice, tally: _Tally, previous: _Previous) -> None:
    """Say what the check came to, and which versions before could not be compared with."""
    told = previous.report.first
    if not voice.person:
        held_in_events(logs.logger().bind(file="--previous"), told, previous.held)
        facts = {"read": tally.read, "findings": tally.findings, "errors": tally.errors}
        logs.logger().info("checked", **facts)
        return
    if previous.held:
        say(f"--previous: {plans(previous.held)} not compared with.")
        say("\n".join(held_in_words(told, len(told))))
    say(_in_words(tally))


def _in_words(tally: _Tally) -> str:
    noun = "finding" if tally.findings == 1 else "findings"
    errors = "error" if tally.errors == 1 else "errors"
    counted = f"{tally.findings:,} {noun}, {tally.errors:,} {errors}"
    return f"{plans(tally.read)} checked, {counted}."
