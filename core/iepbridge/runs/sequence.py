"""Where a file that came stands in the sequence of its sender's files: rule 1 of the documents."""

from enum import Enum
from typing import Final, NamedTuple

from iepbridge.ledger.sequences import HIGHEST, Number

_HALF: Final = HIGHEST // 2


class Place(Enum):
    """In its turn, too early, or once more."""

    NEXT = "next"
    GAP = "gap"
    REPEAT = "repeat"


class Standing(NamedTuple):
    """A file's place; `expected` is the sequence that is due, None before the first file."""

    place: Place
    number: Number
    expected: int | None


def stand(last: Number | None, sequence: int) -> Standing:
    """Say where a sequence stands after the last that was read; the first fixes the start."""
    if last is None:
        return Standing(Place.NEXT, Number(0, sequence), None)
    due = last.following
    ahead = (sequence - due.sequence) % HIGHEST
    if ahead == 0:
        return Standing(Place.NEXT, due, due.sequence)
    if ahead < _HALF:
        cycle = due.cycle + (sequence < due.sequence)
        return Standing(Place.GAP, Number(cycle, sequence), due.sequence)
    cycle = due.cycle - (sequence > due.sequence)
    return Standing(Place.REPEAT, Number(cycle, sequence), due.sequence)
