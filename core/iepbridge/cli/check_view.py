"""What a check found, for people: blocks at a terminal, rows of a workbook, the QA figures."""

import datetime
import io
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import BinaryIO, Final, NamedTuple, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from iepbridge.finding import Finding
from iepbridge.policy.qa import Instrument, Tally
from iepbridge.privacy import escaped

SHOWN: Final = 200
"""How many findings are shown at a terminal."""

_RULE_WIDTH: Final = len("MODEL-1")
_SEVERITY_WIDTH: Final = len("warning")
_STYLES: Final = {"error": "red", "warning": "yellow", "info": ""}
_COLUMNS: Final = (
    *(("plan", 24), ("date", 12), ("message", 70), ("rule", 12), ("field", 36)),
    *(("severity", 10), ("what to do", 60), ("clause", 30), ("version", 8)),
)


class Found(NamedTuple):
    """A finding with the date of its plan: completed, else started."""

    finding: Finding
    date: datetime.date | None


class View:
    """Writes what was found as text for a terminal of some width."""

    def __init__(self, stream: BinaryIO, *, width: int, colours: bool) -> None:
        self._text = io.TextIOWrapper(stream, "utf-8", write_through=True)
        self._console = Console(
            file=self._text, width=width, force_terminal=colours, no_color=not colours
        )

    def findings(self, found: Iterable[Found]) -> None:
        """Write the first findings, a block for each plan, and how many more there are."""
        all_of_them = (one.finding for one in found)
        first = islice(all_of_them, SHOWN)
        for (plan_id, version), several in groupby(first, attrgetter("plan_id", "version")):
            self._console.print(_heading(plan_id, version))
            self._console.print(_block(several))
        more = sum(1 for _ in all_of_them)
        if more:
            told = f"{more:,} more; all of them with --json, or in a workbook with -o FILE.xlsx."
            self._console.print(Text(told))

    def qa(self, instrument: Instrument) -> None:
        """Write how often each rule is kept, and whether all of them are as often as asked."""
        table = Table("rule", "yes", "no", "does not apply", "share")
        for rule, tally in instrument.by_rule.items():
            table.add_row(rule, *_figures(tally))
        table.add_row("all", *_figures(instrument.over_all), style="bold")
        self._console.print(table)
        self._console.print(Text(_verdict(instrument.over_all)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.detach()  # the stream stays open


def _heading(plan_id: str | None, version: int | None) -> Text:
    said = "" if version is None else f"version {version}"
    return Text.assemble((plan_id or "a plan without a usable id", "bold"), "  ", said)


def _block(several: Iterable[Finding]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=0)
    table.add_column(min_width=_RULE_WIDTH)
    table.add_column(min_width=_SEVERITY_WIDTH)
    for one in several:
        severity = Text(one.severity, style=_STYLES[one.severity])
        said = Text(escaped(f"{one.message} {one.remedy}"))
        if place := " ".join(filter(None, (one.path, one.clause and f"({one.clause})"))):
            said = Text("\n").join([Text(escaped(place)), said])
        said.overflow = "fold"
        table.add_row("", one.rule, severity, said)
    return table


def _figures(tally: Tally) -> Iterator[str]:
    yield from map(str, (tally.yes, tally.no, tally.not_applicable))
    yield "-" if tally.share is None else f"{100 * tally.share:.1f} %"


def _verdict(over_all: Tally) -> str:
    if over_all.meets_measure is None:
        return "Nothing was counted."
    what = "meets" if over_all.meets_measure else "is below"
    return f"This {what} the 90 % that the Texas procedure asks for."


def write_workbook(stream: BinaryIO, found: Iterable[Found]) -> None:
    """Write a workbook with a row for each finding."""
    from iepbridge.codecs.workbook_out import write_table  # noqa: PLC0415  slow to load

    write_table(stream, "Findings", _COLUMNS, map(_row, found))


def _row(found: Found) -> list[str | datetime.date | None]:
    one = found.finding
    version = "" if one.version is None else str(one.version)
    what = (one.message, one.rule, one.path, one.severity, one.remedy, one.clause)
    return [one.plan_id or "not known", found.date, *what, version]
