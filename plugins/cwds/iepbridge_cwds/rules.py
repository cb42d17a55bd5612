"""What Pennsylvania's policy asks of a plan: all rules, in order of their ids."""

from operator import attrgetter
from typing import Final

from iepbridge.policy import Rule
from iepbridge_cwds import rules_content, rules_incentive, rules_making, rules_upkeep

_ALL = (*rules_making.RULES, *rules_content.RULES, *rules_upkeep.RULES, *rules_incentive.RULES)

RULES: Final[tuple[Rule, ...]] = tuple(sorted(_ALL, key=attrgetter("id")))
