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
_LASTING: Final = (CONTRADICTION, REJECTED)
"""Reasons that only a person or a mended plan ends; others are looked at anew by each run."""


def decide(found: Collection[Content], known: Mapping[Content, Known]) -> dict[Content, Verdict]:
    """Judge each found content of one plan by what else was found and what is known of the plan.

    The highest version goes. Of several contents of it that are new at once, none goes.
    """
    top = max(one.version for one in (*found, *known))
    highest = [one for one in dict.fromkeys(found) if one.version == top]
    verdicts = {one: _older(known.get(one)) for one in found if one.version < top}
    return verdicts | _at_the_top(highest, known)


def _older(known: Known | None) -> Verdict:
    return Verdict.SUPERSEDE if known is None else Verdict.SKIP


def _at_the_top(found: Sequence[Content], known: Mapping[Content, Known]) -> dict[Content, Verdict]:
    new = [one for one in found if one not in known]
    if len(new) > 1:
        return {one: _after(known.get(one), Verdict.CONTRADICT) for one in found}
    if new:
        return {one: _after(known.get(one), Verdict.EXAMINE) for one in found}
    judged = {one: _again(known[one]) for one in found}
    return judged | dict.fromkeys(_all_but_the_last(judged), Verdict.SKIP)


def _all_but_the_last(judged: Mapping[Content, Verdict]) -> list[Content]:
    """Give the contents that stand back where a person released several of one version."""
    return [one for one, verdict in judged.items() if verdict is Verdict.EXAMINE][:-1]


def _after(known: Known | None, verdict: Verdict) -> Verdict:
    """Give the verdict of new contents; those that were known before them have had theirs."""
    return verdict if known is None else Verdict.SKIP


def _again(known: Known) -> Verdict:
    if known.state == WAITING and not known.batched:
        return Verdict.EXAMINE
    looked_at_anew = known.released or known.reason not in _LASTING
    return Verdict.EXAMINE if known.state == HELD and looked_at_anew else Verdict.SKIP
