"""Plans to one system and back: what was sent, held, lost, and whether it came back."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from iepbridge.cli.source import opened
from iepbridge.exchange import Arrival, Envelope
from iepbridge.finding import Finding, Loss
from iepbridge.formats import open_reader, open_writer
from iepbridge.mapping.read import read_layout
from iepbridge.output import Outputs
from iepbridge.registry import CANONICAL, Registry
from iepbridge.translate import Reporter, ReportLines, Summary, translate

_INDEX: Final = re.compile(r"\[[0-9]+\]")


class Bench(NamedTuple):
    """What all round trips share."""

    registry: Registry
    overlays: tuple[Path, ...]
    samples: Path
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What one round trip gave.

    `examples` is the first finding of each rule; `fields` counts losses by field (without
    indexes) and kind. Plans that lost something are not compared, so not `differing`.
    """

    system: str
    sent: Path
    out: Summary
    examples: Mapping[str, Finding]
    fields: Counter[tuple[str, str]]
    returned: int
    same: int
    differing: int

    @property
    def good(self) -> bool:
        """Say that all that was sent came back, and nothing other than it went."""
        return not self.differing and self.returned == self.out.written


@dataclass(slots=True)
class _Account:
    """What is kept of one way out: who was held, who lost something, what was lost."""

    held: set[str | None] = field(default_factory=set)
    lossy: set[str | None] = field(default_factory=set)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, Finding] = field(default_factory=dict)


class _Report(ReportLines):
    """Report lines, and the account."""

    def __init__(self, findings: BinaryIO, losses: BinaryIO, account: _Account) -> None:
        super().__init__(findings, losses)
        self._account = account

    def held(self, findings: Sequence[Finding]) -> None:
        self._account.held.update(finding.plan_id for finding in findings)
        for finding in findings:
            self._account.examples.setdefault(finding.rule, finding)

    def lost(self, losses: Sequence[Loss]) -> None:
        super().lost(losses)
        self._account.lossy.add(losses[0].plan_id)
        self._account.fields.update((_INDEX.sub("[]", loss.path), loss.kind) for loss in losses)


def round_trip(bench: Bench, system: str, folder: Path) -> RoundTrip:
    """Write the samples in a system's format into a folder, with reports, and read them back."""
    layout = read_layout(system, bench.registry.adapter(system).mappings, bench.overlays)
    sent, back = folder / f"plans{layout.file.extension}", folder / "back.jsonl"
    account = _Account()
    out = _sent(bench, system, sent, account)
    _read_back(bench, system, sent, back)
    returned, same, differing = _compared(bench, back, account)
    return RoundTrip(system, sent, out, account.examples, account.fields, returned, same, differing)


def _sent(bench: Bench, system: str, path: Path, account: _Account) -> Summary:
    with Outputs() as outputs:
        names = ("findings.jsonl", "loss.jsonl", path.name)
        findings, losses, to = (outputs.open(str(path.with_name(n)), "--folder") for n in names)
        report = _Report(findings.stream, losses.stream, account)
        summary = _carried(bench, (CANONICAL, bench.samples), (system, to.stream), report)
        outputs.publish(findings, losses, to)
    return summary


def _read_back(bench: Bench, system: str, path: Path, back: Path) -> None:
    with Outputs() as outputs:
        to = outputs.open(str(back), "--folder")
        _carried(bench, (system, path), (CANONICAL, to.stream), None)
        outputs.publish(to)


def _carried(
    bench: Bench,
    origin: tuple[str, Path],
    target: tuple[str, BinaryIO],
    report: Reporter | None,
) -> Summary:
    reader = open_reader(origin[0], bench.registry, bench.overlays)
    losses = report is not None
    writer = open_writer(
        target[0],
        bench.registry,
        target[1],
        bench.envelope,
        losses=losses,
        overlays=bench.overlays,
    )
    with opened(str(origin[1])) as (_, stream):
        return translate(reader, stream, writer, report=report)


def _compared(bench: Bench, back: Path, account: _Account) -> tuple[int, int, int]:
    """Count the plans that came back, those that are as they were, and those that differ.

    Only a plan that lost nothing can be asked to be as it was.
    """
    sent = (one for one in _plans(bench, bench.samples) if one.plan_id not in account.held)
    returned = same = differing = 0
    for one, other in zip_longest(sent, _plans(bench, back)):
        returned += other is not None
        if one is None or other is None or one.plan_id != other.plan_id:
            differing += 1
        elif one.plan_id not in account.lossy:
            same += one.plan == other.plan
            differing += one.plan != other.plan
    return returned, same, differing


def _plans(bench: Bench, path: Path) -> Iterator[Arrival]:
    with opened(str(path)) as (_, stream):
        yield from open_reader(CANONICAL, bench.registry, bench.overlays).read(stream)
