"""How time grows with the number of plans: the exponent, 1 where it is in proportion."""

import math
import statistics

from bench.command import Bench, bench, cases
from bench.table import show

COUNT = 100_000
ROUNDS = 3
MOST = 1.05
_SHARES = (0.1, 0.3, 1.0)


def run(count: int, rounds: int) -> None:
    """Print a row for each system and way."""
    counts = [max(1, round(count * share)) for share in _SHARES]
    with bench(sum(counts)) as work:
        rows = [_row(work, case, counts, rounds) for case in cases()]
    show(
        f"growth: time as a power of the number of plans, {', '.join(f'{one:,}' for one in counts)}"
        f" plans, rounds: {rounds} (goal: at most {MOST})",
        ("system", "way", "exponent", "a plan of the most / of the fewest"),
        rows,
    )


def _row(work: Bench, case: tuple[str, str], counts: list[int], rounds: int) -> tuple[str, ...]:
    times = {count: list[float]() for count in counts}
    for _ in range(rounds):
        for count in counts:
            times[count].append(work.translate(*case, count, "loss", "findings").cpu)
    middle = [statistics.median(times[count]) for count in counts]
    each = (middle[-1] / counts[-1]) / (middle[0] / counts[0])
    if case[1] == "in":
        for count in counts:
            work.forget(case[0], count)
    return *case, f"{exponent(counts, middle):.3f}", f"{each:.2f}"


def exponent(counts: list[int], times: list[float]) -> float:
    """Fit a line through the logarithms, by least squares, and give its slope."""
    logs = [math.log(count) for count in counts], [math.log(time) for time in times]
    return statistics.linear_regression(*logs).slope
