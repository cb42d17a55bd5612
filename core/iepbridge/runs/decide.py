"""What is to be done with the contents of one plan that a source holds: pure, and total.

    contents found, contents known --decide--> Verdict of each found content

A *content* is a version and the digest of what it says: one version may come with several contents
(a signature was added), and then the one that the ledger has not seen is the newer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from iepbridge.ledger.schema import HELD, WAITING


class Content(NamedTuple):
    """One content of a plan: its version, and the SHA-256 of what it says."""

    version: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of a content: its state, and why it is held, if it is.

    `batched` says that it has a place in a batch; `released`, that a person let it go once.
    """

    state: str
    reason: str | None = None
    released: bool = False
    batched: bool = False


class Verdict(Enum):
    """What is to be done with a content."""

    EXAMINE = "examine"
    """Look at it: it goes, unless policy or format hold it."""
    SKIP = "skip"
    """Nothing: the ledger knows it, and what became of it."""
    SUPERSEDE = "supersede"
    """Enter it as superseded: a newer one is there."""
    CONTRADICT = "contradict"
    """Hold it: two contents claim to be one version, and none is known to be the newer."""


CONTRADICTION: Final = "contradiction"
REJECTED: Final = "rejected"
NO_VERSION: Final = 0
"""What stands for a version that cannot be read."""


def decide(found: Collection[Content], known: Mapping[Content, Known]) -> dict[Content, Verdict]:
    """Judge each found content of one plan by what else was found and what is known of the plan.

    The highest version goes. Of several contents of it that are new at once, none goes. What was
    held is looked at anew by each run; what was rejected, only where a person released it. A
    content without a usable version stands beside the others, to be held.
    """
    top = max(one.version for one in (*found, *known))
    highest = [one for one in dict.fromkeys(found) if one.version == top]
    versions = [one for one in found if NO_VERSION < one.version < top]
    unusable = [one for one in found if one.version == NO_VERSION < top]
    verdicts = {one: _older(known.get(one)) for one in versions}
    verdicts |= {one: _beside(known.get(one)) for one in unusable}
    return verdicts | _at_the_top(highest, known)


def newly_due(found: Collection[Content], known: Collection[Content]) -> list[Content]:
    """Give the contents of one plan that are looked at, or contradict another, for the first time.

    Those without a usable version are not among them: they never go.
    """
    top = max(one.version for one in (*found, *known))
    new = [one for one in found if one.version == top and one not in known]
    return new if top > NO_VERSION else []


def _beside(known: Known | None) -> Verdict:
    examined = known is None or _looked_at_anew(known)
    return Verdict.EXAMINE if examined else Verdict.SKIP


def _older(known: Known | None) -> Verdict:
    return Verdict.SUPERSEDE if known is None else Verdict.SKIP


def _at_the_top(found: Sequence[Content], known: Mapping[Content, Known]) -> dict[Content, Verdict]:
    new = [one for one in found if one not in known]
    if len(new) > 1:
        return {one: _after(known.get(one), Verdict.CONTRADICT) for one in found}
    going = new or _one_that_goes({one: known[one] for one in found})
    return {one: Verdict.EXAMINE if one in going else Verdict.SKIP for one in found}


def _after(known: Known | None, verdict: Verdict) -> Verdict:
    """Give the verdict of new contents; those that were known before them have had theirs."""
    return verdict if known is None else Verdict.SKIP


def _one_that_goes(known: Mapping[Content, Known]) -> list[Content]:
    """Give the one of known contents that is looked at anew, if any.

    Where a contradiction is among them, a person's word ends it, or that the others are gone.
    """
    released = [one for one, own in known.items() if own.released and _held(own)]
    unclear = [one for one, own in known.items() if own.reason == CONTRADICTION and _held(own)]
    if released or len(unclear) > 1:
        return released[-1:]
    return unclear or [one for one, own in known.items() if _looked_at_anew(own)][-1:]


def _looked_at_anew(known: Known) -> bool:
    if known.state == WAITING:
        return not known.batched
    return _held(known) and known.reason != REJECTED


def _held(known: Known) -> bool:
    return known.state == HELD
