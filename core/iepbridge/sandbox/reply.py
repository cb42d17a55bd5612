"""What a system of the sandbox answers to a file, before it is written down in its own form."""

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from iepbridge.sandbox.parcel import Fault, FoundPlan

Result: TypeAlias = Literal["accepted", "warnings", "rejected"]

ACCEPTED: Final = "accepted"
WARNINGS: Final = "warnings"
REJECTED: Final = "rejected"


class Said(NamedTuple):
    """The answer to one plan; `by_chance` where nothing but the seed rejects it."""

    plan: FoundPlan
    result: Result
    faults: tuple[Fault, ...] = ()
    by_chance: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one file, or one part of it; `stem` is the file's name without its ending.

    `records` is how many were read, `received` RFC 3339; `faults` are about the whole file.
    """

    stem: str
    sequence: int
    received: str
    result: Result
    records: int = 0
    said: tuple[Said, ...] = field(default=(), repr=False)
    faults: tuple[Fault, ...] = ()
    part: int | None = None


def worst(said: tuple[Said, ...]) -> Result:
    """Give the result of a file that was read: of its plans not all are accepted, or all are."""
    return WARNINGS if any(one.result != ACCEPTED for one in said) else ACCEPTED
