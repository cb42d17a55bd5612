"""A system's rules as a deployment wants them, applied to plans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from iepbridge.finding import Finding, Severity
from iepbridge.plan import Plan
from iepbridge.policy.case import Case, Figures
from iepbridge.policy.rule import NOT_APPLICABLE, Break, Result, Rule

Setting: TypeAlias = Severity | Literal["off"]


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """`[policy]` of a configuration: severities by rule, and figures."""

    severity: Mapping[str, Setting] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)


class Policy:
    """The rules of one system that are not switched off, in their order."""

    def __init__(self, rules: Sequence[Rule], settings: PolicySettings | None = None) -> None:
        self.settings = settings or PolicySettings()
        self._configured = self.settings.severity
        self.rules = tuple(one for one in rules if self._configured.get(one.id) != "off")

    def results(self, case: Case) -> list[tuple[Rule, Result]]:
        """Give what each rule finds; none applies to a draft."""
        if case.plan.status == "draft":
            return [(rule, NOT_APPLICABLE) for rule in self.rules]
        return [(rule, rule.check(case)) for rule in self.rules]

    def told(self, plan: Plan, results: Iterable[tuple[Rule, Result]]) -> list[Finding]:
        """Give a finding for each place that breaks a rule."""
        return [
            Finding(
                plan.plan_id,
                plan.version,
                rule.id,
                self._severity(rule, one),
                one.path,
                rule.message,
                rule.remedy,
                rule.clause,
            )
            for rule, result in results
            for one in result or ()
        ]

    def _severity(self, rule: Rule, one: Break) -> Severity:
        configured = self._configured.get(rule.id)
        if configured is not None and configured != "off":
            return configured
        return one.severity or rule.severity
