"""How much memory the command takes, for few plans and for many."""

import statistics

from bench.command import Bench, bench, cases
from bench.table import show

COUNT = 100_000
ROUNDS = 1
FEW = 10_000
MOST_RATIO = 1.1
MOST_MEBIBYTES = 64
REPORTS = ("loss", "findings")


def run(count: int, rounds: int) -> None:
    """Print a row for each system and way."""
    few = min(FEW, max(1, count // 10))
    with bench(count + few) as work:
        imported = work.run().peak
        rows = [_row(work, case, (few, count), rounds, imported) for case in cases()]
    show(
        f"memory: peak of `iepbridge translate`, {count:,} against {few:,} plans, rounds: {rounds}"
        f" (goal: at most {MOST_RATIO} times, {MOST_MEBIBYTES} MiB above imports alone)",
        ("system", "way", "many / few", "MiB above imports alone", "time a plan, many / few"),
        rows,
    )
    print(f"  Loss report and findings are written; imports alone are {imported / 2**20:.0f} MiB.")


def _row(
    work: Bench, case: tuple[str, str], counts: tuple[int, int], rounds: int, imported: int
) -> tuple[str, ...]:
    system, way = case
    few, many = counts
    taken = [
        [work.translate(system, way, count, *REPORTS) for count in counts] for _ in range(rounds)
    ]
    ratio = statistics.median(large.peak / small.peak for small, large in taken)
    above = max(one.peak for pair in taken for one in pair) - imported
    each = statistics.median(large.cpu / many * few / small.cpu for small, large in taken)
    if way == "in":
        work.forget(system, few)
        work.forget(system, many)
    return system, way, f"{ratio:.2f}", f"{above / 2**20:.0f}", f"{each:.2f}"
