"""What Missouri's policies ask of a plan: all rules, in order of their ids."""

from operator import attrgetter
from typing import Final

from iepbridge.policy import Rule
from iepbridge_toolbox import rules_agreement, rules_content, rules_making, rules_person

_ALL = (*rules_making.RULES, *rules_person.RULES, *rules_content.RULES, *rules_agreement.RULES)

RULES: Final[tuple[Rule, ...]] = tuple(sorted(_ALL, key=attrgetter("id")))
