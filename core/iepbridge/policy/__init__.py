"""What a state's policy asks of a plan: rules with their clause, findings, the QA instrument."""

from iepbridge.policy.case import Case, Figures
from iepbridge.policy.policy import Policy, PolicySettings
from iepbridge.policy.rule import (
    KEPT,
    NOT_APPLICABLE,
    Break,
    Result,
    Rule,
    broken_at,
    each_has,
    missing,
)

__all__ = [
    "KEPT",
    "NOT_APPLICABLE",
    "Break",
    "Case",
    "Figures",
    "Policy",
    "PolicySettings",
    "Result",
    "Rule",
    "broken_at",
    "each_has",
    "missing",
]
