"""The product's translation against straight-line code by hand, in one process."""

from collections.abc import Callable
from functools import partial

from bench.rounds import ratio, timed
from bench.sides import (
    SYSTEMS,
    Workload,
    hand_in,
    hand_out,
    hand_reader,
    hand_writer,
    into_nothing,
    product_in,
    product_out,
    product_reader,
    product_writer,
    workload,
)
from bench.table import show

from bench import alike

COUNT = 2_000
ROUNDS = 9
GOAL = 1.2
_HEAD = ("system", "way", "whole", "half of the rounds", "alone", "half of the rounds", "its share")


def run(count: int, rounds: int) -> None:
    """Print a row for each system and way."""
    rows = []
    for system in SYSTEMS:
        work = workload(system, count)
        alike.check(work)
        rows += [_row(work, way, sides, rounds) for way, sides in _ways(work).items()]
    show(
        f"translate: times the hand-written code, {count:,} plans, {rounds} rounds"
        f" (goal: whole at most {GOAL})",
        _HEAD,
        rows,
    )
    print(
        "  whole: bytes to bytes, with the model, the checks, the loss report and the findings;\n"
        "  alone: only the writer or reader, without the model and JSON; its share of the whole."
    )


def _ways(work: Workload) -> dict[str, dict[str, Callable[[], object]]]:
    return {
        "out": {
            "product": partial(into_nothing, product_out, work.system, work.lines),
            "hand": partial(into_nothing, hand_out, work.system, work.lines),
            "product alone": partial(into_nothing, product_writer, work),
            "hand alone": partial(into_nothing, hand_writer, work),
        },
        "in": {
            "product": partial(into_nothing, product_in, work.system, work.file),
            "hand": partial(into_nothing, hand_in, work.system, work.file),
            "product alone": partial(product_reader, work),
            "hand alone": partial(hand_reader, work),
        },
    }


def _row(
    work: Workload, way: str, sides: dict[str, Callable[[], object]], rounds: int
) -> tuple[str, ...]:
    times = timed(sides, rounds)
    whole, alone = ratio(times, "product", "hand"), ratio(times, "product alone", "hand alone")
    share = ratio(times, "product alone", "product")
    return (
        work.system,
        way,
        str(whole),
        whole.spread,
        str(alone),
        alone.spread,
        f"{share.middle:.0%}",
    )
