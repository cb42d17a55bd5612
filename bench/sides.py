"""The same work twice: by the product, and by hand with the product's model.

Both sides read the same bytes and write the same: the file, a line for each loss and finding.
"""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, NamedTuple, TypeAlias
from unittest import mock

import orjson
from bench.baseline import cwds, icc, toolbox, twist

from iepbridge.exchange import Arrival, Envelope
from iepbridge.finding import Finding
from iepbridge.formats import open_reader, open_writer
from iepbridge.mapping import arrivals
from iepbridge.plan import Plan, PlanRefused, read_plan
from iepbridge.registry import CANONICAL, Registry, load_registry
from iepbridge.sample import sample_plans
from iepbridge.translate import ReportLines, translate

SYSTEMS = ("twist", "toolbox", "icc", "cwds")
ENVELOPE = Envelope("SAMPLE", "STATE", 1, "2026-01-05T02:00:00-06:00")
HAND: dict[str, ModuleType] = {"twist": twist, "toolbox": toolbox, "icc": icc, "cwds": cwds}
_CHECKED = ("twist", "toolbox", "cwds")
"""Systems whose files cannot hold a control character, or whose reader has looked for them."""

_Fault: TypeAlias = tuple[str, str, str]
_NOTES = {
    "dropped": "The file has no place for it.",
    "defaulted": "Derived.",
    "flattened": "Written into a text for a person.",
    "generalised": "Comes back as a wider code.",
    "unmapped": "Kept as an extension.",
}


class Outputs(NamedTuple):
    """Where one run writes to."""

    plans: BinaryIO
    losses: BinaryIO
    findings: BinaryIO


def into_nothing(side: Callable[..., None], *arguments: object) -> None:
    """Run a side with outputs that cost only what writing to a file does before the disk."""
    with ExitStack() as stack:
        nowhere = [stack.enter_context(Path(os.devnull).open("wb", 1 << 20)) for _ in range(3)]
        side(*arguments, Outputs(*nowhere))


def kept() -> Outputs:
    """Give outputs that stay in memory, to be looked at."""
    return Outputs(io.BytesIO(), io.BytesIO(), io.BytesIO())


def content(stream: BinaryIO) -> bytes:
    """Give what was written to an output that was kept."""
    stream.seek(0)
    return stream.read()


@dataclass(frozen=True, slots=True)
class Workload:
    """The same plans in three forms: canonical lines, whole arrivals, a system's file."""

    system: str
    lines: bytes
    arrivals: list[Arrival]
    file: bytes


@cache
def registry() -> Registry:
    """Give the installed systems."""
    return load_registry()


def workload(system: str, count: int, seed: int = 1) -> Workload:
    """Sample plans that the system takes; nearly nine in ten do."""
    fit = (arrival for arrival in _sampled(count, seed) if _fits(system, arrival))
    chosen = list(islice(fit, count))
    lines = b"".join(_line(arrival.data) for arrival in chosen)
    outputs = kept()
    product_out(system, lines, outputs)
    return Workload(system, lines, chosen, content(outputs.plans))


def _sampled(count: int, seed: int) -> Iterator[Arrival]:
    lines = b"".join(map(_line, sample_plans(2 * count + 20, seed)))
    return open_reader(CANONICAL, registry()).read(io.BytesIO(lines))


def _fits(system: str, arrival: Arrival) -> bool:
    return arrival.plan is not None and not HAND[system].encode(arrival.plan, [])[0]


# The product


def product_out(system: str, lines: bytes, outputs: Outputs) -> None:
    """Carry canonical lines to a system's file."""
    _product(CANONICAL, system, lines, outputs)


def product_in(system: str, file: bytes, outputs: Outputs) -> None:
    """Carry a system's file to canonical lines."""
    _product(system, CANONICAL, file, outputs)


def _product(origin: str, target: str, source: bytes, outputs: Outputs) -> None:
    reader = open_reader(origin, registry())
    writer = open_writer(target, registry(), outputs.plans, ENVELOPE, losses=True)
    report = ReportLines(outputs.findings, outputs.losses)
    translate(reader, io.BytesIO(source), writer, report=report)


class _Arrived(NamedTuple):
    """A `PlanReader` that has read already."""

    arrivals: list[Arrival]

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        assert not stream.read()
        return iter(self.arrivals)


def product_writer(work: Workload, outputs: Outputs) -> None:
    """Write plans that are in memory; nothing is read or validated."""
    writer = open_writer(work.system, registry(), outputs.plans, ENVELOPE, losses=True)
    report = ReportLines(outputs.findings, outputs.losses)
    translate(_Arrived(work.arrivals), io.BytesIO(), writer, report=report)


def product_arrivals(work: Workload) -> None:
    """Read a file into plans, each checked by the model; nothing is written."""
    for _ in open_reader(work.system, registry()).read(io.BytesIO(work.file)):
        pass


def product_reader(work: Workload) -> None:
    """Read a file into plan data; nothing is validated by the model or written."""
    plan = work.arrivals[0].plan

    def taken(*_: object, **__: object) -> Plan | None:
        return plan

    with mock.patch.object(arrivals, "read_plan", taken):
        product_arrivals(work)


# By hand


def hand_out(system: str, lines: bytes, outputs: Outputs) -> None:
    """Carry canonical lines to a system's file; they are read by the product's reader."""
    arrived = open_reader(CANONICAL, registry()).read(io.BytesIO(lines))
    _WRITERS[system](arrived, outputs)


def hand_writer(work: Workload, outputs: Outputs) -> None:
    """Write plans that are in memory."""
    _WRITERS[work.system](iter(work.arrivals), outputs)


def _write_twist(arrived: Iterator[Arrival], outputs: Outputs) -> None:
    totals = [0, 0, 0, 0, 0]
    report = _HandReport(outputs)
    write = outputs.plans.write
    write(twist.header(ENVELOPE).encode())
    for arrival in arrived:
        if plan := report.whole(arrival):
            out: list[str] = []
            faults, losses = twist.encode(plan, out, totals)
            write("".join(out).encode())
            report.told(plan, faults, losses)
    write(twist.trailer(totals).encode())


def _write_toolbox(arrived: Iterator[Arrival], outputs: Outputs) -> None:
    report = _HandReport(outputs)
    out: list[str] = []
    for arrival in arrived:
        if plan := report.whole(arrival):
            faults, losses = toolbox.encode(plan, out)
            report.told(plan, faults, losses)
    # Its head says how many plans follow: in memory, where the product has a temporary file.
    outputs.plans.write(toolbox.header(ENVELOPE, len(out)).encode())
    outputs.plans.writelines(text.encode() for text in out)
    outputs.plans.write(toolbox.trailer().encode())


def _write_icc(arrived: Iterator[Arrival], outputs: Outputs) -> None:
    totals = [0] * len(icc.tables.COLUMNS)
    report = _HandReport(outputs)
    out: list[icc.Rows] = []
    for arrival in arrived:
        if plan := report.whole(arrival):
            faults, losses = icc.encode(plan, out, totals)
            report.told(plan, faults, losses)
    outputs.plans.write(icc.packed(out, totals, ENVELOPE))


def _write_cwds(arrived: Iterator[Arrival], outputs: Outputs) -> None:
    totals = [0, 0, 0]
    report = _HandReport(outputs)
    out: list[bytes] = []
    for arrival in arrived:
        if plan := report.whole(arrival):
            faults, losses = cwds.encode(plan, out, totals)
            report.told(plan, faults, losses)
    # Its header says how many records follow: in memory, where the product goes back to it.
    outputs.plans.write(cwds.header(ENVELOPE, totals[0]))
    outputs.plans.writelines(out)
    outputs.plans.write(cwds.trailer(totals))


_WRITERS = {
    "twist": _write_twist,
    "toolbox": _write_toolbox,
    "icc": _write_icc,
    "cwds": _write_cwds,
}


def hand_in(system: str, file: bytes, outputs: Outputs) -> None:
    """Carry a system's file to canonical lines, each plan checked by the model."""
    report = _HandReport(outputs)
    write = outputs.plans.write
    checked = system in _CHECKED
    for data, faults, unmapped in HAND[system].stream(io.BytesIO(file)):
        if faults:
            report.faults(data.get("plan_id"), data.get("version"), faults)
            continue
        try:
            plan = read_plan(data, characters_checked=checked, tidied=True)  # as it is made here
        except PlanRefused as refused:
            report.refused(data.get("plan_id"), data.get("version"), refused)
            continue
        if unmapped:
            report.lost(plan, [(f"extensions.{system}.{key}", "unmapped") for key in unmapped])
        write(_line(data))


def hand_reader(work: Workload) -> None:
    """Read a file into plan data; nothing is validated by the model or written."""
    for _ in HAND[work.system].stream(io.BytesIO(work.file)):
        pass


class _HandReport:
    """Lines for losses and findings as quick as a hand writes them: no object for each loss."""

    def __init__(self, outputs: Outputs) -> None:
        self._losses = outputs.losses
        self._findings = outputs.findings
        self._tails: dict[tuple[str, str], bytes] = {}

    def whole(self, arrival: Arrival) -> Plan | None:
        if arrival.plan is None:
            self._findings.writelines(finding.line() for finding in arrival.findings)
        return arrival.plan

    def told(self, plan: Plan, faults: list[_Fault], losses: list[tuple[str, str]]) -> None:
        if faults:
            self.faults(plan.plan_id, plan.version, faults)
        if losses:
            self.lost(plan, losses)

    def lost(self, plan: Plan, losses: list[tuple[str, str]]) -> None:
        head = f'{{"plan_id":"{plan.plan_id}","version":{plan.version},'.encode()
        self._losses.write(head.join([b"", *map(self._tail, losses)]))

    def _tail(self, loss: tuple[str, str]) -> bytes:
        tail = self._tails.get(loss)
        if tail is None:
            path, kind = loss
            line = orjson.dumps({"path": path, "kind": kind, "note": _NOTES[kind]})
            tail = self._tails[loss] = line[1:] + b"\n"
        return tail

    def faults(self, plan_id: str | None, version: int | None, faults: list[_Fault]) -> None:
        for rule, path, limits in faults:
            finding = Finding(plan_id, version, rule, "error", path, limits, "Mend it there.")
            self._findings.write(finding.line())

    def refused(self, plan_id: str | None, version: int | None, refused: PlanRefused) -> None:
        for problem in refused.problems:
            self._findings.write(problem.finding(plan_id, version).line())


def _line(data: Any) -> bytes:
    return orjson.dumps(data, default=_number, option=orjson.OPT_APPEND_NEWLINE)


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError
