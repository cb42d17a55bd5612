"""Policy applied to plans as they pass: a system's rules, on one day, with the version before.

plan --complete--> plan with its IEP event --Case--> rules --> findings
"""

import datetime
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from iepbridge.adapter import Adapter
from iepbridge.change import Significance, changes, is_significant
from iepbridge.errors import Misuse
from iepbridge.exchange import Arrival, PlanWriter, Written
from iepbridge.finding import Finding
from iepbridge.iep_event import Once
from iepbridge.plan import Plan
from iepbridge.policy import Case, Figures, Policy, PolicySettings, Result, Rule
from iepbridge.registry import Registry
from iepbridge.settings import Settings

ERROR: Final = "error"

Before = Callable[[str], Plan | None]
"""Gives the version before of a plan, by its id; None where it is not known."""


def never_before(_: str) -> None:
    """Know no version before."""


@dataclass(frozen=True, slots=True)
class Checker:
    """Applies one system's rules to plans, on one day.

    A writer that is given `complete` completes each plan only once together with the rules.
    """

    significant: Significance
    policy: Policy
    today: datetime.date
    complete: Once
    before: Before = never_before

    def findings(self, plan: Plan) -> tuple[Finding, ...]:
        """Give what the rules find."""
        return self.policy.findings(self._case(plan))

    def results(self, plan: Plan) -> list[tuple[Rule, Result]]:
        """Give what each rule says."""
        return self.policy.results(self._case(plan))

    def told(self, plan: Plan, results: list[tuple[Rule, Result]]) -> tuple[Finding, ...]:
        """Give the findings that results come to."""
        return self.policy.told(plan, results)

    def _case(self, plan: Plan) -> Case:
        previous = self.before(plan.plan_id)
        significant = None
        if previous is not None:
            found = changes(previous, plan)
            significant = is_significant(found, self.significant, plan)
        completed = self.complete(plan).plan
        figures = self.policy.settings.figures
        return Case(completed, self.today, figures, previous, significant)


def policy_of(adapter: Adapter, registry: Registry, settings: Settings) -> Policy:
    """Give the rules of a system as the configuration wants them; refuse ids that no rule has."""
    known = {rule.id for one in registry.adapters.values() for rule in one.rules}
    for own in settings.severity:
        if own not in known:
            near = difflib.get_close_matches(own, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            raise Misuse(f"[policy] severity: no rule {own!r}{hint}")
    figures = Figures(settings.iep_activity_days)
    return Policy(adapter.rules, PolicySettings(settings.severity, figures))  # type: ignore[arg-type]


def checker_of(
    adapter: Adapter,
    registry: Registry,
    settings: Settings,
    today: datetime.date | None = None,
    before: Before = never_before,
) -> Checker:
    """Give the checker of a system as the configuration wants it; today is here and now."""
    policy = policy_of(adapter, registry, settings)
    day = today or datetime.datetime.now().astimezone().date()
    return Checker(adapter.significant, policy, day, Once(adapter.complete), before)


class CheckedWriter:
    """A `PlanWriter` that writes no plan with an error of policy; warnings go with the plan."""

    def __init__(self, writer: PlanWriter, checker: Checker) -> None:
        self._writer = writer
        self._checker = checker

    def add(self, arrival: Arrival) -> Written:
        """Write a plan that the rules let pass, and that the format can take."""
        assert arrival.plan is not None
        found = self._checker.findings(arrival.plan)
        if not found:
            return self._writer.add(arrival)
        if ERROR in [one.severity for one in found]:
            return Written(found)
        written = self._writer.add(arrival)
        if written.findings:
            return Written((*found, *written.findings))
        return Written((), written.losses, found)

    def finish(self) -> None:
        """Write what stands after the last plan."""
        self._writer.finish()

    def close(self) -> None:
        """Let go of what waits outside the stream."""
        self._writer.close()
