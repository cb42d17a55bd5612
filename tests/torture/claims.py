"""Claims, and what tries them: each is a sentence over a function that goes through its cases.

@claim("A cut connection loses nothing")
def cut_anywhere(trial):
    for byte in trial.sampled(range(6305)):
        with trial.case(f"cut at byte {byte}"):
            assert ...
"""

import random
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from tests.torture.spreading import Workshop, tried_by_hands
from tests.torture.table import Result

Item = TypeVar("Item")
Try = Callable[["Trial"], None]
CLAIMS: dict[str, Try] = {}
ALONE: set[str] = set()
"""The claims that one process tries alone, whatever hands there are."""


def claim(words: str, *, alone: bool = False) -> Callable[[Try], Try]:
    """Register a function that tries a claim, under the sentence that is printed for it."""

    def registered(function: Try) -> Try:
        if words in CLAIMS:
            raise ValueError(f"Claimed twice: {words}")
        CLAIMS[words] = function
        if alone:
            ALONE.add(words)
        return function

    return registered


class Trial:
    """The trial of one claim: counts cases, keeps what failed, chooses by a seed.

    `most` is the number of cases that `sampled` may choose; None for all of them. `hands` is how
    many processes may work at once.
    """

    def __init__(self, seed: int, most: int | None = None, hands: int = 1) -> None:
        self.seed = seed
        self.most = most
        self.hands = hands
        self.random = random.Random(seed)
        self.cases = 0
        self.failures: list[str] = []

    @contextmanager
    def case(self, name: str) -> Iterator[None]:
        """Count a case; whatever it raises is a failure, and the trial goes on."""
        self.cases += 1
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a broken case may raise anything
            self._broke(f"{name}: {_told(error)}")

    def spread(self, items: Sequence[Item], workshop: Workshop[Item]) -> None:
        """Try each item as a case of its own, in processes side by side."""
        for failure in tried_by_hands(items, workshop, self.hands, _told):
            self.cases += 1
            if failure is not None:
                self._broke(failure)

    def _broke(self, failure: str) -> None:
        self.failures.append(failure)
        print(f"  {failure}", file=sys.stderr, flush=True)

    def sampled(self, items: Sequence[Item]) -> list[Item]:
        """Choose by the seed as many items as may be tried, in their order."""
        if self.most is None or len(items) <= self.most:
            return list(items)
        places = sorted(self.random.sample(range(len(items)), self.most))
        return [items[place] for place in places]


def tried(words: str, seed: int, most: int | None = None, hands: int = 1) -> Result:
    """Try a registered claim; what ends its trial early is a failure too."""
    trial = Trial(seed, most, hands)
    try:
        CLAIMS[words](trial)
    except Exception as error:  # noqa: BLE001 - a broken case may raise anything
        trial.failures.append(f"the trial ended: {_told(error)}")
    return Result(words, trial.cases, trial.failures, seed)


def _told(error: Exception) -> str:
    """Give type, place and text of what a case raised."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())
    return f"{type(error).__name__} at {place.name}:{place.lineno} {text}".rstrip()
