"""The same work twice: by the product, and by hand with the product's model.

Both sides read the same bytes and write the same: the file, a line for each loss and finding.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import islice
from types import ModuleType
from typing import Any, NamedTuple
from unittest import mock

import orjson
from bench.baseline import toolbox, twist

from iepbridge.exchange import Arrival, Envelope
from iepbridge.finding import Finding
from iepbridge.formats import open_reader, open_writer
from iepbridge.mapping import arrivals
from iepbridge.plan import Plan, PlanRefused, read_plan
from iepbridge.registry import CANONICAL, Registry, load_registry
from iepbridge.sample import sample_plans
from iepbridge.translate import ReportLines, translate

SYSTEMS = ("twist", "toolbox")
ENVELOPE = Envelope("SAMPLE", "STATE", 1, "2026-01-05T02:00:00-06:00")
HAND: dict[str, ModuleType] = {"twist": twist, "toolbox": toolbox}
_NOTES = {
    "dropped": "The file has no place for it.",
    "defaulted": "Derived.",
    "flattened": "Written into a text for a person.",
    "generalised": "Comes back as a wider code.",
    "unmapped": "Kept as an extension.",
}


class Output(NamedTuple):
    """What one run wrote."""

    plans: bytes
    losses: bytes
    findings: bytes


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
    return Workload(system, lines, chosen, product_out(system, lines).plans)


def _sampled(count: int, seed: int) -> Iterator[Arrival]:
    lines = b"".join(map(_line, sample_plans(2 * count + 20, seed)))
    return open_reader(CANONICAL, registry()).read(io.BytesIO(lines))


def _fits(system: str, arrival: Arrival) -> bool:
    return arrival.plan is not None and not HAND[system].encode(arrival.plan, [])[0]


# The product


def product_out(system: str, lines: bytes) -> Output:
    """Carry canonical lines to a system's file."""
    return _product(CANONICAL, system, lines)


def product_in(system: str, file: bytes) -> Output:
    """Carry a system's file to canonical lines."""
    return _product(system, CANONICAL, file)


def _product(origin: str, target: str, content: bytes) -> Output:
    plans, losses, findings = io.BytesIO(), io.BytesIO(), io.BytesIO()
    reader = open_reader(origin, registry())
    writer = open_writer(target, registry(), plans, ENVELOPE, losses=True)
    translate(reader, io.BytesIO(content), writer, report=ReportLines(findings, losses))
    return Output(plans.getvalue(), losses.getvalue(), findings.getvalue())


class _Arrived(NamedTuple):
    """A `PlanReader` that has read already."""

    arrivals: list[Arrival]

    def read(self, _: io.BytesIO) -> Iterator[Arrival]:
        return iter(self.arrivals)


def product_writer(work: Workload) -> None:
    """Write plans that are in memory; nothing is read or validated."""
    writer = open_writer(work.system, registry(), io.BytesIO(), ENVELOPE, losses=True)
    report = ReportLines(io.BytesIO(), io.BytesIO())
    translate(_Arrived(work.arrivals), io.BytesIO(), writer, report=report)  # type: ignore[arg-type]


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
        for _ in open_reader(work.system, registry()).read(io.BytesIO(work.file)):
            pass


# By hand


def hand_out(system: str, lines: bytes) -> Output:
    """Carry canonical lines to a system's file; they are read by the product's reader."""
    return _written(system, open_reader(CANONICAL, registry()).read(io.BytesIO(lines)))


def hand_writer(work: Workload) -> None:
    """Write plans that are in memory."""
    _written(work.system, iter(work.arrivals))


def _written(system: str, arrived: Iterator[Arrival]) -> Output:
    encode = _encode(system)
    out: list[str] = []
    count = 0
    totals = [0, 0, 0, 0, 0]
    report = _HandReport()
    for arrival in arrived:
        plan = arrival.plan
        if plan is None:
            report.findings += [finding.line() for finding in arrival.findings]
            continue
        faults, losses = encode(plan, out, totals)
        if faults:
            report.faults(plan.plan_id, plan.version, faults)
        else:
            count += 1
        if losses:
            report.lost(plan, losses)
    if system == "twist":
        text = [twist.header(ENVELOPE), *out, twist.trailer(totals)]
    else:
        text = [toolbox.header(ENVELOPE, count), *out, toolbox.trailer()]
    return report.output("".join(text).encode())


def _encode(system: str) -> Callable[[Plan, list[str], list[int]], Any]:
    if system == "twist":
        return twist.encode
    return lambda plan, out, _: toolbox.encode(plan, out)


def hand_in(system: str, file: bytes) -> Output:
    """Carry a system's file to canonical lines, each plan checked by the model."""
    out: list[bytes] = []
    report = _HandReport()
    for data, faults, unmapped in HAND[system].stream(io.BytesIO(file)):
        if faults:
            report.faults(data.get("plan_id"), data.get("version"), faults)
            continue
        try:
            plan = read_plan(data, characters_checked=True, tidied=True)  # as it is made here
        except PlanRefused as refused:
            report.findings += [
                problem.finding(data.get("plan_id"), data.get("version")).line()
                for problem in refused.problems
            ]
            continue
        if unmapped:
            keys = [(f"extensions.{system}.{key}", "unmapped") for key in unmapped]
            report.lost(plan, keys)
        out.append(_line(data))
    return report.output(b"".join(out))


def hand_reader(work: Workload) -> None:
    """Read a file into plan data; nothing is validated by the model or written."""
    for _ in HAND[work.system].stream(io.BytesIO(work.file)):
        pass


class _HandReport:
    """Lines for losses and findings as quick as a hand writes them: no object for each."""

    def __init__(self) -> None:
        self.losses: list[bytes] = []
        self.findings: list[bytes] = []
        self._tails: dict[tuple[str, str], bytes] = {}

    def lost(self, plan: Plan, losses: list[tuple[str, str]]) -> None:
        head = f'{{"plan_id":"{plan.plan_id}","version":{plan.version},'.encode()
        tails = self._tails
        for loss in losses:
            tail = tails.get(loss)
            if tail is None:
                path, kind = loss
                line = orjson.dumps({"path": path, "kind": kind, "note": _NOTES[kind]})
                tail = tails[loss] = line[1:] + b"\n"
            self.losses.append(head + tail)

    def faults(
        self, plan_id: str | None, version: int | None, faults: list[tuple[str, str, str]]
    ) -> None:
        for rule, path, limits in faults:
            finding = Finding(plan_id, version, rule, "error", path, limits, "Mend it there.")
            self.findings.append(finding.line())

    def output(self, plans: bytes) -> Output:
        return Output(plans, b"".join(self.losses), b"".join(self.findings))


def _line(data: Any) -> bytes:
    return orjson.dumps(data, default=_number, option=orjson.OPT_APPEND_NEWLINE)


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError
