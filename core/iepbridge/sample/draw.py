"""The chance behind one plan: the same draws for the same seed on every Python and machine."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

_Option = TypeVar("_Option")


class Draw:
    """Draws for plan after plan; only `Random.random()` is used, which Python promises to keep."""

    __slots__ = ("_random", "digest", "roll")

    def __init__(self) -> None:
        self._random = random.Random(0)  # noqa: S311 - samples are to be repeatable, not secret
        self.digest = ""
        self.roll = self._random.random

    def begin(self, seed: int, number: int) -> None:
        """Start over for plan `number` of `seed`; `digest` is 64 hexadecimal digits of the two."""
        self.digest = hashlib.sha256(b"%d:%d" % (seed, number)).hexdigest()
        self._random.seed(int(self.digest[:16], 16))

    def pick(self, options: Sequence[_Option]) -> _Option:
        """Give one of the options, each as likely as the others."""
        return options[int(self.roll() * len(options))]

    def chance(self, share: float) -> bool:
        """Say yes in this share of cases, from 0 to 1."""
        return self.roll() < share

    def between(self, low: int, high: int) -> int:
        """Give a whole number from low to high, both included; low where high is below it."""
        return low + int(self.roll() * (high - low + 1)) if high > low else low
