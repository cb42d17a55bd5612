"""How runs end: what each did in figures, and the exit code that several come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_ORDER: Final = (2, 7, 6, 8, 4, 5, 3, 1, 0)
"""Of several exit codes the first of these is told (`cli.md`, `run`)."""

DONE: Final = 0
HELD_BACK: Final = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: `counts` by what was counted, `problems` as they are told, `code` in all.

    `run` is its number in the ledger; None where it was not begun.
    """

    feed: str
    code: int
    counts: Mapping[str, int]
    problems: tuple[str, ...] = ()
    run: int | None = None


def gravest(codes: Iterable[int]) -> int:
    """Give the exit code that several come to; one that is none of these is graver than all."""
    found = set(codes) or {DONE}
    foreign = found.difference(_ORDER)
    return max(foreign) if foreign else next(code for code in _ORDER if code in found)
