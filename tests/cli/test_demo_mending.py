"""A rejected plan of the demo, mended in its source."""

from pathlib import Path
from typing import Any

import pytest

from iepbridge.cli.demo_mending import find_plan, mended, replace_plan
from iepbridge.codecs.jsonl import plan_line
from iepbridge.plan import read_plan
from iepbridge.sample import sample_plans, write_samples


def numbered() -> dict[str, Any]:
    """Give a plan with a signature and a number at Texas."""
    return next(
        plan
        for plan in sample_plans(100, 1)
        if (plan["participant"].get("identifiers") or {}).get("twist")
        and any(one.get("plan_version") == plan["version"] for one in plan.get("signatures") or ())
    )


def test_the_number_is_another_the_version_the_next_and_signed_anew() -> None:
    plan = numbered()
    better = mended(plan, "twist")
    assert better is not None
    read_plan(better)
    assert better["version"] == plan["version"] + 1
    was, now = (one["participant"]["identifiers"] for one in (plan, better))
    assert was["twist"] != now["twist"]
    assert len(was["twist"]) == len(now["twist"])
    assert {**was, "twist": None} == {**now, "twist": None}
    signed = [one["plan_version"] for one in better["signatures"] if "plan_version" in one]
    assert signed.count(better["version"]) == signed.count(plan["version"]) > 0


def test_the_rest_is_as_it_was() -> None:
    plan = numbered()
    better = mended(plan, "twist")
    assert better is not None
    changed = {"version", "participant", "signatures"}
    assert {k: v for k, v in plan.items() if k not in changed} == {
        k: v for k, v in better.items() if k not in changed
    }


@pytest.mark.parametrize("numbers", [None, {}, {"icc": "1"}, {"twist": ""}, {"twist": "12X"}])
def test_a_plan_without_such_a_number_is_not_mended(numbers: dict[str, str] | None) -> None:
    plan = numbered()
    without = {**plan, "participant": {**plan["participant"], "identifiers": numbers}}
    assert mended(without, "twist") is None


def test_one_line_of_the_source_changes_and_no_other(tmp_path: Path) -> None:
    source = tmp_path / "plans.jsonl"
    with source.open("wb") as stream:
        write_samples(stream, 5, 1)
    before = source.read_bytes().splitlines(keepends=True)
    plan_id = [*sample_plans(5, 1)][2]["plan_id"]
    plan = {**find_plan(source, str(plan_id)), "version": 77}
    replace_plan(source, plan)
    after = source.read_bytes().splitlines(keepends=True)
    assert after == [*before[:2], plan_line(plan), *before[3:]]
    assert find_plan(source, str(plan_id))["version"] == 77
