"""What is to be done with a plan that came in: taken, known already, or held for a person. Pure."""

from collections.abc import Callable, Sequence
from enum import Enum

from iepbridge.change import changes
from iepbridge.ledger.entries import Entry
from iepbridge.ledger.schema import HELD
from iepbridge.plan import Plan


class Welcome(Enum):
    """What is to be done with a plan."""

    TAKE = "take"
    SKIP = "skip"
    HOLD = "hold"


def welcome(
    plan: Plan, digest: bytes, known: Sequence[Entry], read: Callable[[Entry], Plan | None]
) -> Welcome:
    """Judge a plan by what was taken of it before; `read` gives a plan as it was taken.

    A higher version is taken, and the same one with changes to its record alone; a lower one, or
    the same with any other change, is held and never merged.
    """
    if any((one.version, one.digest) == (plan.version, digest) for one in known):
        return Welcome.SKIP
    taken = [one for one in known if one.was_sent]
    last = max(taken, key=lambda one: (one.version, one.id), default=None)
    if last is None or plan.version > last.version:
        return Welcome.TAKE
    if plan.version < last.version:
        return Welcome.HOLD
    before = read(last)
    only_record = before is not None and all(
        change.kind == "record" for change in changes(before, plan)
    )
    return Welcome.TAKE if only_record else Welcome.HOLD


def is_held(plan_version: int, digest: bytes, known: Sequence[Entry]) -> bool:
    """Say whether a content that is known waits for a person."""
    return any(
        one.state == HELD and (one.version, one.digest) == (plan_version, digest) for one in known
    )
