"""What becomes of sound plans and of answers, by seed: the same for the same seed and files."""

import hashlib
from dataclasses import dataclass
from typing import Final

from iepbridge.sandbox.parcel import Fault, FoundPlan
from iepbridge.sandbox.reply import ACCEPTED, REJECTED, WARNINGS, Said

_WORDS: Final = {
    REJECTED: ("E-210", "The person's case is not open here on these dates; see the case."),
    WARNINGS: ("W-105", "The office that is stated closes soon; see the board's list."),
}
_MOST_LATE: Final = 3


@dataclass(frozen=True, slots=True)
class Shares:
    """Which part of sound plans is rejected or gets a warning, and of answers comes late."""

    rejected: float = 0.08
    warned: float = 0.12
    late: float = 0.2


def chance(seed: int, *about: object) -> float:
    """Give a number from 0 up to 1 that depends on the seed and these values alone."""
    text = "\0".join(map(str, (seed, *about)))
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:6]) / float(1 << 48)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Judges plans and answers by seed; `all_late` lets every answer come late."""

    seed: int
    shares: Shares = Shares()
    all_late: bool = False

    def plan(self, system: str, plan: FoundPlan, refused_before: str | None) -> Said:
        """Answer a plan; `refused_before` is the digest of its content rejected by chance last.

        A plan is rejected by chance once: any other content of it passes after that.
        """
        faults = [*plan.faults, *_unnamed(plan)]
        if any(not one.warning for one in faults):
            return Said(plan, REJECTED, tuple(faults))
        if self._rejects(system, plan, refused_before):
            return Said(plan, REJECTED, (*faults, _word(plan, REJECTED)), by_chance=True)
        if chance(self.seed, "warn", system, plan.plan_id, plan.version) < self.shares.warned:
            faults.append(_word(plan, WARNINGS))
        return Said(plan, WARNINGS if faults else ACCEPTED, tuple(faults))

    def _rejects(self, system: str, plan: FoundPlan, refused_before: str | None) -> bool:
        if refused_before is not None:
            return refused_before == plan.digest
        drawn = chance(self.seed, "reject", system, plan.plan_id, plan.version)
        return drawn < self.shares.rejected

    def delay(self, system: str, name: str) -> int:
        """Give after how many further pickups a file is answered."""
        if not self.all_late and chance(self.seed, "late", system, name) >= self.shares.late:
            return 0
        return 1 + int(chance(self.seed, "delay", system, name) * _MOST_LATE)

    def parts(self, system: str, name: str, plans: int) -> int:
        """Give how many parts an answer of so many plans comes in: two or three, if it can."""
        return max(1, min(plans, 2 + (chance(self.seed, "parts", system, name) < 0.5)))


def _word(plan: FoundPlan, result: str) -> Fault:
    code, text = _WORDS[result]
    return Fault(code, text, plan.spot, warning=result == WARNINGS)


def _unnamed(plan: FoundPlan) -> list[Fault]:
    if plan.plan_id and plan.version is not None:
        return []
    return [Fault("REQUIRED", "The plan's id or version is missing or malformed.", plan.spot)]
