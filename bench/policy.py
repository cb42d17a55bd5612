"""What the rules of a system add to a translation, in one process."""

import datetime
import io
from functools import partial

from bench.rounds import ratio, timed
from bench.sides import ENVELOPE, SYSTEMS, Outputs, Workload, into_nothing, registry, workload
from bench.table import show

from iepbridge.checking import CheckedWriter, checker_of
from iepbridge.formats import open_reader, open_writer
from iepbridge.registry import CANONICAL
from iepbridge.settings import Settings
from iepbridge.translate import ReportLines, translate

COUNT = 300  # short rounds, and many: what else the machine does falls on both sides alike
ROUNDS = 60
GOAL = 1.15
_TODAY = datetime.date(2024, 12, 31)  # in the middle of the sampled plans


def run(count: int, rounds: int) -> None:
    """Print a row for each system."""
    rows = [_row(workload(system, count), rounds) for system in SYSTEMS]
    show(
        f"policy: times the translation without rules, {count:,} plans, {rounds} rounds"
        f" (goal: at most {GOAL})",
        ("system", "rules", "with / without", "half of the rounds"),
        rows,
    )
    print("  Every rule is a warning here, so that both sides write the same plans.")


def _row(work: Workload, rounds: int) -> tuple[str, ...]:
    sides = {
        "with": partial(into_nothing, _translated, work, True),
        "without": partial(into_nothing, _translated, work, False),
    }
    found = ratio(timed(sides, rounds), "with", "without")
    count = len(registry().adapter(work.system).rules)
    return work.system, str(count), str(found), found.spread


def _translated(work: Workload, checked: bool, outputs: Outputs) -> None:
    adapter = registry().adapter(work.system)
    reader = open_reader(CANONICAL, registry())
    settings = Settings(severity={rule.id: "warning" for rule in adapter.rules})
    checker = checker_of(adapter, registry(), settings, _TODAY)
    complete = checker.complete if checked else None
    writer = open_writer(
        work.system, registry(), outputs.plans, ENVELOPE, losses=True, complete=complete
    )
    if checked:
        writer = CheckedWriter(writer, checker)
    report = ReportLines(outputs.findings, outputs.losses)
    translate(reader, io.BytesIO(work.lines), writer, report=report)
