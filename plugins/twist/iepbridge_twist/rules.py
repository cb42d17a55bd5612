"""What Texas asks of a plan: the rules TX-01 to TX-20."""

from typing import Final

from iepbridge.policy import Rule
from iepbridge_twist import rules_actions, rules_goals, rules_record

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (*rules_goals.RULES, *rules_actions.RULES, *rules_record.RULES), key=lambda rule: rule.id
    )
)
