"""Whether a run would do far more, or far less, than the runs of its feed before it: pure figures.

Volume of the run, Past of the feed, Limits --unusual--> the figures that are out of bounds
"""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final, NamedTuple, TypeAlias

RUNS: Final = 10
"""How many runs before this one say what is usual."""

ENOUGH: Final = 3
"""How many of them there must be."""

SLIGHT: Final = 100
"""What is no more than one in so many plans of the source is nothing unusual."""

NOT_EMPTY: Final = 10
"""From how many plans usually found on an empty source is unusual, however few that is."""


class Volume(NamedTuple):
    """A run in figures, in plans.

    `found` in the source; `due`, those with content that the ledger does not know; of these,
    `changed` were sent before, and `closed` are closed now and were not as they were sent last.
    """

    found: int
    due: int
    changed: int
    closed: int


class Past(NamedTuple):
    """What the feed did before: its last runs that sent something, the latest first.

    `found` is what its last runs found in the source, whether or not they sent any.
    """

    runs: Sequence[Volume] = ()
    found: Sequence[int] = ()


class Limits(NamedTuple):
    """What is unusual: `high` and `low` are multiples, `least` and `first` are plans.

    A difference of up to `least` is nothing, nor are more by a hundredth of the source. `first` is
    the most that may be due while there is no history; None is any number.
    """

    high: float = 4.0
    low: float = 0.3
    least: int = 50
    first: int | None = None


class Unusual(NamedTuple):
    """A figure out of bounds: a field of `Volume`, its number, the limit, and what is usual.

    Below the limit, where that lies below what is usual; `usual` is None without a history.
    """

    what: str
    number: int
    limit: int
    usual: int | None


_Found: TypeAlias = Iterator[Unusual]


def unusual(volume: Volume, past: Past, limits: Limits, *, is_whole: bool) -> tuple[Unusual, ...]:
    """Give the figures that are out of bounds.

    That a source has few plans says nothing unless it `is_whole`: all its files could be read.
    """
    few = _below(volume, past, limits) if is_whole and len(past.found) >= ENOUGH else ()
    above = _above if len(past.runs) >= ENOUGH else _above_first
    return (*few, *above(volume, past, limits))


def _above_first(volume: Volume, _: Past, limits: Limits) -> _Found:
    if limits.first is not None and volume.due > limits.first:
        yield Unusual("due", volume.due, limits.first, None)


def _above(volume: Volume, past: Past, limits: Limits) -> _Found:
    """Tell what is far above busy runs, too: Mondays and ends of months are nothing unusual."""
    least = max(limits.least, _usual(past, "found") / SLIGHT)
    for what in ("due", "changed", "closed"):
        usual, number = _usual(past, what), getattr(volume, what)
        most = int(max(_busy(past, what) * limits.high, usual + least))
        if number > most:
            yield Unusual(what, number, most, round(usual))


def _below(volume: Volume, past: Past, limits: Limits) -> _Found:
    """Tell a source with too few plans; as few as a run lately went through with are not."""
    usual = median(past.found)
    fewest = min(usual * limits.low, usual - limits.least)
    if limits.low and usual >= NOT_EMPTY:
        fewest = max(fewest, 1)
    if volume.found < min(fewest, *past.found):
        yield Unusual("found", volume.found, _up(fewest), round(usual))


def _usual(past: Past, what: str) -> float:
    return median(_each(past, what))


def _busy(past: Past, what: str) -> int:
    """Give the second largest: one odd run, as the first of a feed, says nothing."""
    return sorted(_each(past, what))[-2]


def _each(past: Past, what: str) -> list[int]:
    place = Volume._fields.index(what)
    return [one[place] for one in past.runs]


def _up(number: float) -> int:
    return -int(-number // 1)
