"""The Big List of Naughty Strings, through every free text of a plan and back.

Each comes back equal, or as its loss line says, or holds its plan for its length, its characters,
or since the model takes no such character.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.code_page import into_code_page
from tests.plugins.test_hurting_texts import comes_back
from tests.plugins.test_laws import SYSTEMS, fitted, write
from tests.plugins.texts import full_plan, places, text_paths, with_texts

from iepbridge.plan import PlanRefused, read_plan

NO_CHARACTER = 6


@pytest.fixture(scope="module")
def naughty(corpora: Callable[[str], Path]) -> list[str]:
    """Give the strings that are not empty, each once."""
    strings = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    return list(dict.fromkeys(filter(None, strings)))


@pytest.mark.corpora
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_naughty_string_comes_back_as_the_report_says(system: str, naughty: list[str]) -> None:
    plan = full_plan(system)
    paths = list(text_paths(plan))
    came = 0
    for text in naughty:
        data = with_texts(plan, dict.fromkeys(paths, text))
        if refused := _refused(data):
            assert refused == {NO_CHARACTER}
            continue
        (written,) = write(system, data)[1]
        rules = {one.path: one.rule for one in written.findings}
        assert set(rules.values()) <= {"FMT-LENGTH", "FMT-CHARSET"}
        charset = {path for path, rule in rules.items() if rule == "FMT-CHARSET"}
        is_formless = system == "cwds" and into_code_page(text) is None
        assert charset == (set(places(system)) if is_formless else set())
        comes_back(system, fitted(system, data))
        came += 1
    assert came > len(naughty) - 10


def _refused(data: dict[str, Any]) -> set[int]:
    """Give the numbers of what the model refuses in a plan."""
    try:
        read_plan(data)
    except PlanRefused as refused:
        return {one.number for one in refused.problems}
    return set()
