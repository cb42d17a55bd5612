"""docs/policies.md is the rules, and nothing else."""

from pathlib import Path

from iepbridge.policy.page import policy_page
from iepbridge.registry import load_registry


def test_the_page_is_made_from_the_rules(repository: Path) -> None:
    adapters = sorted(load_registry().adapters.values(), key=lambda one: one.name)
    page = policy_page({adapter.title: adapter.rules for adapter in adapters})
    found = (repository / "docs" / "policies.md").read_text("utf-8")
    assert found == page, "run `make policies`"


def test_every_rule_has_its_clause_and_its_words() -> None:
    for adapter in load_registry().adapters.values():
        for rule in adapter.rules:
            texts = (rule.must, rule.path, rule.message, rule.remedy, rule.clause, rule.source)
            assert all(texts), rule.id
        ids = [rule.id for rule in adapter.rules]
        assert ids == sorted(set(ids))
