"""The QA instrument: how often rules are kept, by rule, by plan and over all.

`policy.md`, "How rules run", 9: one check is one rule on one plan; NO if it is broken anywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from iepbridge.policy.rule import Result, Rule

MEASURE: Final = 90
"""The share in percent that the Texas procedure asks for, over all rules and plans."""


@dataclass(slots=True)
class Tally:
    """How many checks said yes, no, and did not apply."""

    yes: int = 0
    no: int = 0
    not_applicable: int = 0

    @property
    def share(self) -> float | None:
        """The part of yes among yes and no; None where nothing was counted."""
        counted = self.yes + self.no
        return self.yes / counted if counted else None

    @property
    def meets_measure(self) -> bool | None:
        """Say whether the share is at least the measure; None where nothing was counted."""
        counted = self.yes + self.no
        return 100 * self.yes >= MEASURE * counted if counted else None

    def count(self, result: Result) -> None:
        """Count one check."""
        if result is None:
            self.not_applicable += 1
        elif result:
            self.no += 1
        else:
            self.yes += 1

    def as_json(self) -> dict[str, Any]:
        """Give the tally as the report has it."""
        return {
            "yes": self.yes,
            "no": self.no,
            "not_applicable": self.not_applicable,
            "share": self.share,
        }


class Instrument:
    """Counts the checks of a set of plans."""

    def __init__(self, system: str, rules: Iterable[Rule]) -> None:
        self.system = system
        self.over_all = Tally()
        self.by_rule = {rule.id: Tally() for rule in rules}
        self.by_plan: dict[str, Tally] = {}

    def count(self, plan_id: str, results: Iterable[tuple[Rule, Result]]) -> None:
        """Count the checks of one plan."""
        own = self.by_plan[plan_id] = Tally()
        for rule, result in results:
            for tally in (self.over_all, self.by_rule[rule.id], own):
                tally.count(result)

    def as_json(self) -> dict[str, Any]:
        """Give the whole report."""
        return {
            "system": self.system,
            "plans": len(self.by_plan),
            "yes": self.over_all.yes,
            "no": self.over_all.no,
            "share": self.over_all.share,
            "meets_90": self.over_all.meets_measure,
            "rules": {rule: tally.as_json() for rule, tally in self.by_rule.items()},
            "by_plan": {plan: tally.as_json() for plan, tally in self.by_plan.items()},
        }
