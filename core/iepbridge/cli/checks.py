"""The deed behind `iepbridge check`: findings, or the QA instrument, for people and programs.

reader --Arrival--> Checker --findings--> lines, a table, or a workbook
"""

import argparse
import datetime
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from iepbridge import logs
from iepbridge.checking import ERROR, Before, Checker, checker_of, never_before
from iepbridge.cli.console import Voice, is_terminal, say
from iepbridge.cli.progress import shown
from iepbridge.cli.source import opened
from iepbridge.cli.telling import begin, plans
from iepbridge.cli.translating import check_format, standard_output
from iepbridge.errors import Misuse
from iepbridge.exchange import Arrival
from iepbridge.finding import Finding
from iepbridge.formats import format_names, open_reader
from iepbridge.output import STANDARD, Outputs
from iepbridge.plan import Plan
from iepbridge.plan_store import PlanStore
from iepbridge.policy.qa import Instrument
from iepbridge.privacy import escaped
from iepbridge.registry import Registry, load_registry
from iepbridge.settings import Settings, load_settings
from iepbridge.translate import described

_ERRORS_EXIT_CODE: Final = 1
_SHOWN: Final = 200
_HELD_SHOWN: Final = 10
_STYLES: Final = {"error": "red", "warning": "yellow", "info": ""}
_COLUMNS: Final = (
    *(("plan", 24), ("date", 12), ("message", 70), ("rule", 12), ("field", 36)),
    *(("severity", 10), ("what to do", 60), ("clause", 30), ("version", 8)),
)


class _Found(NamedTuple):
    """A finding with the date of its plan: completed, else started."""

    finding: Finding
    date: datetime.date | None


@dataclass(slots=True)
class _Summary:
    """What a check came to."""

    read: int = 0
    errors: int = 0
    findings: int = 0
    first: list[_Found] = field(default_factory=list)

    def note(self, found: list[_Found]) -> None:
        self.findings += len(found)
        self.errors += sum(one.finding.severity == ERROR for one in found)
        if len(self.first) < _SHOWN:
            self.first += found[: _SHOWN - len(self.first)]


def perform(arguments: argparse.Namespace) -> int:
    """Check plans, show what was found, and say by the exit code whether there are errors."""
    voice = begin(arguments)
    registry = load_registry()
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    check_format("--from", arguments.origin, format_names(registry)[0], registry.broken)
    summary = _Summary()
    if arguments.input == arguments.previous == STANDARD:
        raise Misuse("INPUT and --previous are both -; standard input has one file.")
    with ExitStack() as stack:
        source, stream = stack.enter_context(opened(arguments.input))
        held: list[Finding] = []
        before, also = _before(arguments, registry, settings, stack, held)
        outputs = stack.enter_context(Outputs(source.status, standard_output(), also))
        progress = stack.enter_context(shown(source, voice, "Checking"))
        checker = _checker(arguments, registry, settings, before)
        reader = open_reader(arguments.origin, registry, settings.overlays)
        to = outputs.open(arguments.output or STANDARD, "-o")
        person = arguments.output is None and not arguments.json and is_terminal(sys.stdout)
        arrivals = _counted(reader.read(stream), summary, progress)
        if arguments.qa:
            _write_qa(arguments, checker, arrivals, summary, to.stream, person)
        else:
            _write_findings(arguments, _found(checker, arrivals, summary), to.stream, person)
        if person:
            _print(arguments, summary)
        else:
            outputs.publish(to)
    if not voice.silent:
        _tell(voice, summary, held)
    return _ERRORS_EXIT_CODE if summary.errors or held else 0


def _tell(voice: Voice, summary: _Summary, held: list[Finding]) -> None:
    """Say what the check came to, and which plans of --previous could not be compared with."""
    if not voice.person:
        for one in held:
            told = {"plan_id": one.plan_id, "rule": one.rule, "path": one.path}
            logs.logger().warning("plan_held", file="--previous", **told, message=one.message)
        facts = {"read": summary.read, "findings": summary.findings, "errors": summary.errors}
        logs.logger().info("checked", **facts)
        return
    for one in held[:_HELD_SHOWN]:
        say(f"--previous, plan {one.plan_id or 'not known'}, is left out: {described(one)}")
    say(_in_words(summary))


def _checker(
    arguments: argparse.Namespace, registry: Registry, settings: Settings, before: Before
) -> Checker:
    adapter = registry.adapter(arguments.system)
    return checker_of(adapter, registry, settings, _today(arguments.as_of), before)


def _today(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Misuse(f"--as-of {text!r}: expected a day as YYYY-MM-DD.")
    return day


def _before(
    arguments: argparse.Namespace,
    registry: Registry,
    settings: Settings,
    stack: ExitStack,
    held: list[Finding],
) -> tuple[Before, dict[str, os.stat_result]]:
    """Keep the versions before, to be asked by plan; they lie on disk, not in memory.

    Gives how they are asked for, and the file's status; `held` takes why plans were left out.
    """
    if arguments.previous is None:
        return never_before, {}
    store = stack.enter_context(PlanStore())
    with opened(arguments.previous, "--previous") as (source, stream):
        reader = open_reader(arguments.origin, registry, settings.overlays)
        for arrival in reader.read(stream):
            if arrival.data is not None:
                store.add(arrival.data)
            held += arrival.findings
        return store.get, {"--previous": source.status}


def _counted(
    arrivals: Iterator[Arrival], summary: _Summary, progress: Callable[[int], None] | None
) -> Iterator[Arrival]:
    for arrival in arrivals:
        summary.read += 1
        yield arrival
        if progress is not None:
            progress(summary.read)


def _found(checker: Checker, arrivals: Iterator[Arrival], summary: _Summary) -> Iterator[_Found]:
    for arrival in arrivals:
        findings = arrival.findings
        if arrival.plan is not None:
            findings = (*findings, *checker.findings(arrival.plan))
        found = [_Found(one, _date(arrival.plan)) for one in findings]
        summary.note(found)
        yield from found


def _date(plan: Plan | None) -> datetime.date | None:
    return (plan.completed_on or plan.started_on) if plan else None


def _write_findings(
    arguments: argparse.Namespace, found: Iterator[_Found], stream: BinaryIO, person: bool
) -> None:
    if _is_workbook(arguments):
        from iepbridge.codecs.workbook_out import write_table  # noqa: PLC0415  slow to load

        write_table(stream, "Findings", _COLUMNS, map(_row, found))
        return
    for one in found:
        if not person:
            stream.write(one.finding.line())


def _is_workbook(arguments: argparse.Namespace) -> bool:
    return (arguments.output or "").lower().endswith(".xlsx")


def _row(found: _Found) -> list[str | datetime.date | None]:
    one = found.finding
    version = "" if one.version is None else str(one.version)
    what = (one.message, one.rule, one.path, one.severity, one.remedy, one.clause)
    return [one.plan_id or "not known", found.date, *what, version]


def _write_qa(
    arguments: argparse.Namespace,
    checker: Checker,
    arrivals: Iterator[Arrival],
    summary: _Summary,
    stream: BinaryIO,
    person: bool,
) -> None:
    instrument = Instrument(arguments.system, checker.policy.rules)
    for _ in _measured(instrument, checker, arrivals, summary):
        pass
    if _is_workbook(arguments):
        raise Misuse("-o: --qa is written as JSON; name a file that ends in .json.")
    if person:
        _print_qa(instrument)
    else:
        stream.write(orjson.dumps(instrument.as_json(), option=orjson.OPT_APPEND_NEWLINE))


def _measured(
    instrument: Instrument, checker: Checker, arrivals: Iterator[Arrival], summary: _Summary
) -> Iterator[None]:
    for arrival in arrivals:
        found = list(arrival.findings)
        if arrival.plan is not None:
            results = checker.results(arrival.plan)
            instrument.count(arrival.plan.plan_id, results)
            found += checker.told(arrival.plan, results)
        summary.note([_Found(one, None) for one in found])
        yield


def _print(arguments: argparse.Namespace, summary: _Summary) -> None:
    if arguments.qa:
        return
    table = Table("plan", "rule", "severity", "where", "what is wrong, and what to do", "clause")
    for one, _ in summary.first:
        said = Text(escaped(f"{one.message} {one.remedy}"), overflow="fold")
        severity = Text(one.severity, style=_STYLES[one.severity])
        plan, path = Text(one.plan_id or "not known"), Text(escaped(one.path or ""))
        table.add_row(plan, Text(one.rule), severity, path, said, Text(one.clause or ""))
    if summary.first:
        Console().print(table)
    if summary.findings > len(summary.first):
        more = summary.findings - len(summary.first)
        say(f"{more:,} more; all of them with --json, or in a workbook with -o FILE.xlsx.")


def _print_qa(instrument: Instrument) -> None:
    table = Table("rule", "yes", "no", "does not apply", "share")
    for rule, tally in instrument.by_rule.items():
        row = (rule, tally.yes, tally.no, tally.not_applicable, _percent(tally.share))
        table.add_row(*map(str, row))
    over = instrument.over_all
    last = ("all", over.yes, over.no, over.not_applicable, _percent(over.share))
    table.add_row(*map(str, last), style="bold")
    Console().print(table)
    verdict = {None: "Nothing was counted.", True: "This meets", False: "This is below"}
    meets = over.meets_measure
    tail = "" if meets is None else " the 90 % that the Texas procedure asks for."
    say(f"{verdict[meets]}{tail}")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _in_words(summary: _Summary) -> str:
    noun = "finding" if summary.findings == 1 else "findings"
    errors = "error" if summary.errors == 1 else "errors"
    counted = f"{summary.findings:,} {noun}, {summary.errors:,} {errors}"
    return f"{plans(summary.read)} checked, {counted}."
