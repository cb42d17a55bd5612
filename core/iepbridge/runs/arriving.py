"""What is to be done with a plan that came in: taken, known already, or held for a person. Pure."""

from collections.abc import Callable, Sequence
from enum import Enum

from iepbridge.change import changes
from iepbridge.ledger.entries import Entry
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

    A higher version is taken, and the same one with changes to its record alone, also where they
    set it back; a lower one, or the same with any other change, is held and never merged.
    """
    again = same(plan.version, digest, known)
    last = max((one for one in known if one.was_sent), key=_order, default=None)
    if again is not None and (again == last or not again.was_sent):
        return Welcome.SKIP
    if last is None or plan.version > last.version:
        return Welcome.TAKE
    if plan.version == last.version and _differ_in_record(read(last), plan):
        return Welcome.TAKE
    return Welcome.HOLD if again is None else Welcome.SKIP


def same(version: int, digest: bytes, known: Sequence[Entry]) -> Entry | None:
    """Give the entry of a content that is known."""
    return next((one for one in known if (one.version, one.digest) == (version, digest)), None)


def _order(entry: Entry) -> tuple[int, int, int]:
    """Put contents in the order they were taken in, of the same version by their batches."""
    return entry.version, entry.batch_id or 0, entry.id


def _differ_in_record(before: Plan | None, plan: Plan) -> bool:
    """Say whether two contents differ in their record alone; not where the first was purged."""
    return before is not None and all(one.kind == "record" for one in changes(before, plan))
