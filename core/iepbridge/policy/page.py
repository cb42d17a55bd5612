"""The page of all rules, made from the rules themselves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from iepbridge.policy.rule import Rule

_HEAD: Final = """\
# What each policy asks

Made from the rules by `make policies`; edit the rules, not this page. `iepbridge check` applies
them, `iepbridge systems show` lists them, and [checking plans](check.md) says how severities are
changed. No rule applies to a draft.
"""


def policy_page(systems: Mapping[str, Sequence[Rule]]) -> str:
    """Give the page for systems by their titles, each with its rules."""
    return "\n".join([_HEAD, *(_section(*one) for one in systems.items() if one[1])])


def _section(title: str, rules: Sequence[Rule]) -> str:
    sources = dict.fromkeys(rule.source for rule in rules)
    lines = [f"## {title}", "", *_sources(sources), ""]
    lines += ["| rule | severity | the plan must | where | clause |", "|---|---|---|---|---|"]
    lines += [_row(rule) for rule in rules]
    return "\n".join([*lines, ""])


def _sources(sources: Iterable[str]) -> list[str]:
    return ["Source: " + "; ".join(f"*{one}*" for one in sources) + "."]


def _row(rule: Rule) -> str:
    severity = f"{rule.severity} or {rule.otherwise}" if rule.otherwise else rule.severity
    cells = (rule.id, severity, rule.must, rule.path, rule.clause)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
