"""What Indiana asks of a plan: the rules IN-01 to IN-18."""

from typing import Final

from iepbridge.policy import Rule
from iepbridge_icc import rules_content, rules_making, rules_record

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (*rules_content.RULES, *rules_making.RULES, *rules_record.RULES), key=lambda rule: rule.id
    )
)
