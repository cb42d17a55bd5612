"""The deed behind `iepbridge diff`: two files of plans in, what differs out."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, TypeAlias

from rich.console import Console

from iepbridge import logs
from iepbridge.change.files import Difference, differences
from iepbridge.cli.console import Voice, has_colours, is_terminal, say
from iepbridge.cli.diff_lines import Lines, Systems, deed, significant_for
from iepbridge.cli.diff_view import View
from iepbridge.cli.progress import shown
from iepbridge.cli.source import Source, opened
from iepbridge.cli.telling import Report, begin, held_in_events, held_in_words, plans
from iepbridge.cli.translating import standard_output
from iepbridge.codecs.jsonl import JsonLinesReader
from iepbridge.errors import Misuse, Unreadable
from iepbridge.exchange import Arrival
from iepbridge.output import STANDARD, Outputs
from iepbridge.registry import load_registry

_Writer: TypeAlias = Lines | View
_Opened: TypeAlias = tuple[Source, BinaryIO]

_HELD_EXIT_CODE: Final = 1


@dataclass(slots=True)
class _Side:
    """One of the two files: its name on the command line, and what was read of it."""

    name: str
    path: str
    read: int = 0
    held: int = 0
    report: Report = field(default_factory=Report)

    def arrivals(self, file: _Opened, speaking: Voice) -> Iterator[Arrival]:
        """Read the file, counting; what makes it unreadable is told with its name."""
        source, stream = file
        with shown(source, speaking, f"Reading {self.name}") as progress:
            try:
                for arrival in JsonLinesReader().read(stream):
                    self._count(arrival)
                    yield arrival
                    if progress is not None:
                        progress(self.read)
            except Unreadable as error:
                raise Unreadable(f"{self.name} {self.path}: {error}") from None

    def _count(self, arrival: Arrival) -> None:
        self.read += 1
        if arrival.plan is None:
            self.held += 1
            self.report.held(arrival.findings)


@dataclass(slots=True)
class _Tally:
    """How many plans were changed, added and removed."""

    changed: int = 0
    significant: int = 0
    added: int = 0
    removed: int = 0

    def count(self, one: Difference, systems: Systems) -> None:
        what = deed(one)
        self.changed += what == "changed"
        self.added += what == "added"
        self.removed += what == "removed"
        self.significant += bool(significant_for(one.changes, one, systems))


def perform(arguments: argparse.Namespace) -> int:
    """Compare as the options say and give the exit code."""
    speaking = begin(arguments)
    if arguments.old == arguments.new == STANDARD:
        raise Misuse("OLD and NEW are both -; standard input has one file, so name the other.")
    sides = (_Side("OLD", arguments.old), _Side("NEW", arguments.new))
    tally = _compared(arguments, speaking, *sides)
    if not speaking.silent:
        _tell(speaking, sides, tally)
    return _HELD_EXIT_CODE if any(side.held for side in sides) else 0


def _systems(name: str | None) -> Systems:
    registry = load_registry()
    names = sorted(registry.adapters) if name is None else [name]
    return {own: registry.adapter(own).significant for own in names}


def _compared(arguments: argparse.Namespace, speaking: Voice, old: _Side, new: _Side) -> _Tally:
    systems = _systems(arguments.system)
    tally = _Tally()
    with (
        opened(old.path, "OLD") as before,
        opened(new.path, "NEW") as now,
        Outputs(now[0].status, standard_output(), {"OLD": before[0].status}) as outputs,
    ):
        to = outputs.open(arguments.output, "-o")
        writer = _writer(arguments, to.stream, systems)
        for one in differences(old.arrivals(before, speaking), new.arrivals(now, speaking)):
            tally.count(one, systems)
            writer.add(one)
        writer.finish()
        outputs.publish(to)
    return tally


def _writer(arguments: argparse.Namespace, stream: BinaryIO, systems: Systems) -> _Writer:
    if arguments.json or arguments.output != STANDARD or not is_terminal(sys.stdout):
        return Lines(stream, systems)
    return View(stream, systems, width=Console().width, colours=has_colours(sys.stdout))


def _tell(speaking: Voice, sides: tuple[_Side, _Side], tally: _Tally) -> None:
    if speaking.person:
        say(_in_words(sides, tally))
        for side in sides:
            _tell_held(side)
    else:
        _log(sides, tally)


def _in_words(sides: tuple[_Side, _Side], tally: _Tally) -> str:
    old, new = sides
    return (
        f"{plans(old.read)} before, {new.read:,} now: {tally.changed:,} changed"
        f" ({tally.significant:,} significantly), {tally.added:,} added, {tally.removed:,} removed."
    )


def _tell_held(side: _Side) -> None:
    if not side.held:
        return
    told = side.report.first
    say(f"{side.name}: {plans(side.held)} not compared.")
    say("\n".join(held_in_words(told, len(told))))
    if side.held > len(told):
        say(
            f"  and {side.held - len(told):,} more. All of them: iepbridge translate --from"
            " canonical --to canonical FILE --findings FILE"
        )


def _log(sides: tuple[_Side, _Side], tally: _Tally) -> None:
    old, new = sides
    log = logs.logger()
    for side in sides:
        held_in_events(log.bind(file=side.name), side.report.first, side.held)
    log.info(
        "compared",
        old=old.read,
        new=new.read,
        changed=tally.changed,
        significant=tally.significant,
        added=tally.added,
        removed=tally.removed,
        held=old.held + new.held,
    )
