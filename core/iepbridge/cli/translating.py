"""The deed behind `iepbridge translate`: from the options to the outputs and what is told."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from iepbridge import logs
from iepbridge.checking import CheckedWriter, checker_of
from iepbridge.cli import envelope
from iepbridge.cli.console import Voice, say
from iepbridge.cli.parser import near
from iepbridge.cli.progress import shown
from iepbridge.cli.source import opened
from iepbridge.cli.telling import Report, begin, held_in_events, held_in_words, in_words
from iepbridge.errors import FirstProblem, Misuse, Unreadable
from iepbridge.exchange import Envelope, PlanReader, PlanWriter
from iepbridge.formats import format_names, open_reader, open_writer
from iepbridge.output import Output, Outputs
from iepbridge.registry import CANONICAL, Registry, load_registry
from iepbridge.settings import Settings, load_settings
from iepbridge.translate import Summary, translate


class _Asked(NamedTuple):
    """What was asked for, and what is needed to do it."""

    arguments: argparse.Namespace
    voice: Voice
    registry: Registry
    settings: Settings


class _Opened(NamedTuple):
    """The outputs of one translation; a report that nobody asked for is None."""

    target: Output
    loss: Output | None
    findings: Output | None

    def asked_for(self) -> list[Output]:
        """Give the outputs there are, the translated plans last."""
        return [output for output in (self.findings, self.loss, self.target) if output]


def perform(arguments: argparse.Namespace) -> int:
    """Translate as the options say and give the exit code."""
    speaking = begin(arguments)
    settings = load_settings(arguments.config, os.environ, Path.cwd())
    asked = _Asked(arguments, speaking, load_registry(), settings)
    _check_formats(asked)
    reader = open_reader(arguments.origin, asked.registry, settings.overlays)
    summary, report = _translated(asked, reader)
    _tell(asked, summary, report)
    return 0 if summary.clean else 1


def _check_formats(asked: _Asked) -> None:
    readable, writable = format_names(asked.registry)
    broken = asked.registry.broken
    check_format("--from", asked.arguments.origin, readable, broken)
    if asked.arguments.target in set(readable) - set(writable):
        raise Misuse(f"--to: {asked.arguments.target} can be read only.")
    check_format("--to", asked.arguments.target, writable, broken)


def check_format(
    option: str, name: str, known: Iterable[str], broken: Mapping[str, object]
) -> None:
    """Raise `Misuse` for a format that is not installed; a broken one says later what it lacks."""
    names = sorted(known)
    if name not in names and name not in broken:
        installed = ", ".join(names)
        raise Misuse(f"{option}: no format {name!r}{near(name, names)} Installed: {installed}.")


def _translated(asked: _Asked, reader: PlanReader) -> tuple[Summary, Report]:
    arguments = asked.arguments
    with (
        opened(arguments.input) as (source, stream),
        Outputs(source.status, standard_output()) as outputs,
        shown(source, asked.voice) as progress,
    ):
        to = _opened(outputs, arguments)
        report = Report(_stream(to.findings), _stream(to.loss))
        work = partial(
            translate,
            reader,
            stream,
            _writer(asked, to),
            on_error=arguments.on_error,
            report=report,
            progress=progress,
        )
        return _published(outputs, to, work), report


def _stream(output: Output | None) -> BinaryIO | None:
    return None if output is None else output.stream


def _writer(asked: _Asked, to: _Opened) -> PlanWriter:
    arguments, settings = asked.arguments, asked.settings
    if arguments.policy and arguments.target == CANONICAL:
        raise Misuse("--policy: the rules are those of --to, and canonical has none.")
    complete = None
    if arguments.policy:
        checker = checker_of(asked.registry.adapter(arguments.target), asked.registry, settings)
        complete = checker.complete
    writer = open_writer(
        arguments.target,
        asked.registry,
        to.target.stream,
        _envelope(arguments),
        losses=to.loss is not None or asked.voice.person,
        overlays=settings.overlays,
        complete=complete,
    )
    return CheckedWriter(writer, checker) if arguments.policy else writer


def _published(outputs: Outputs, to: _Opened, work: Callable[[], Summary]) -> Summary:
    """Let the outputs of finished work appear; of refused work, the findings that are known."""
    try:
        summary = work()
    except (FirstProblem, Unreadable):
        if to.findings is not None:
            outputs.publish(to.findings)
        raise
    outputs.publish(*to.asked_for())
    return summary


def standard_output() -> int | None:
    """Give the file descriptor of standard output, None where it is closed."""
    return None if sys.stdout is None else sys.stdout.fileno()


def _opened(outputs: Outputs, arguments: argparse.Namespace) -> _Opened:
    return _Opened(
        outputs.open(arguments.output, "-o"),
        outputs.open(arguments.loss, "--loss") if arguments.loss is not None else None,
        outputs.open(arguments.findings, "--findings") if arguments.findings is not None else None,
    )


def _envelope(arguments: argparse.Namespace) -> Envelope:
    return Envelope(
        arguments.sender,
        arguments.receiver,
        arguments.sequence,
        arguments.created or envelope.now(),
    )


def _tell(asked: _Asked, summary: Summary, report: Report) -> None:
    unexplained = summary.held if asked.arguments.findings is None else 0
    if asked.voice.silent:
        return
    if asked.voice.person:
        say("\n".join(in_words(summary)))
        if unexplained:
            say("\n".join(held_in_words(report.first, unexplained)))
        _tell_places(asked.arguments)
    else:
        _log(asked, summary, report, unexplained)


def _tell_places(arguments: argparse.Namespace) -> None:
    places = {"": arguments.output, "losses ": arguments.loss, "findings ": arguments.findings}
    files = [f"{what}{path}" for what, path in places.items() if path not in (None, "-")]
    if files:
        say(f"Written: {', '.join(files)}")


def _log(asked: _Asked, summary: Summary, report: Report, unexplained: int) -> None:
    log = logs.logger()
    if unexplained:
        held_in_events(log, report.first, unexplained)
    log.info(
        "translated",
        origin=asked.arguments.origin,
        target=asked.arguments.target,
        read=summary.read,
        written=summary.written,
        held=summary.held,
        findings=summary.findings,
        losses=summary.losses if asked.arguments.loss else None,
    )
