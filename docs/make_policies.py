# ruff: noqa: INP001  a script beside the page it makes
"""Write docs/policies.md from the rules of the installed adapters."""

from pathlib import Path

from iepbridge.policy.page import policy_page
from iepbridge.registry import load_registry

if __name__ == "__main__":
    adapters = sorted(load_registry().adapters.values(), key=lambda one: one.name)
    page = policy_page({adapter.title: adapter.rules for adapter in adapters})
    Path(__file__).with_name("policies.md").write_text(page, "utf-8")
