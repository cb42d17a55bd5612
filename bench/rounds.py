"""Timing side by side: in each round every side runs once, and ratios are taken within a round."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

Times: TypeAlias = Mapping[str, list[float]]
"""Seconds of each side, a number for each round."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the rounds' ratios, and the quartiles around it."""

    middle: float
    low: float
    high: float

    @property
    def spread(self) -> str:
        """Write the range in which half of the rounds lie."""
        return f"{self.low:.2f}-{self.high:.2f}"

    def __str__(self) -> str:
        return f"{self.middle:.2f}"


def timed(sides: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """Run the sides in turn and time each in CPU seconds.

    What there is before counts for no side: the garbage collector leaves it alone.
    """
    gc.collect()
    gc.freeze()
    times = interleaved({name: partial(seconds, work) for name, work in sides.items()}, rounds)
    gc.unfreeze()
    return times


def interleaved(measures: Mapping[str, Callable[[], float]], rounds: int) -> Times:
    """Measure in turn, each second round in the other order, one round more than is counted."""
    times: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds + 1):
        order = list(measures.items())
        for name, measure in order if number % 2 else reversed(order):
            taken = measure()
            if number:
                times[name].append(taken)
    return times


def seconds(work: Callable[[], object]) -> float:
    """Give the CPU seconds that work takes in this process."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def ratio(times: Times, one: str, other: str) -> Ratio:
    """Compare two sides round by round."""
    ratios = [ours / theirs for ours, theirs in zip(times[one], times[other], strict=True)]
    if len(ratios) == 1:
        return Ratio(ratios[0], ratios[0], ratios[0])
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return Ratio(middle, low, high)
