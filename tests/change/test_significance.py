"""For whom a change is significant, by the table; and who must sign for it."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.plan.examples import SMALLEST

from iepbridge.change import Change, ChangeKind, Significance, is_significant, must_sign
from iepbridge.plan import Plan, read_plan
from iepbridge.plan.codes import Program
from iepbridge.registry import load_registry

ALL = {"cwds", "icc", "toolbox", "twist"}
TABLE: dict[str, set[str]] = {
    "goal": ALL,
    "barrier": ALL,
    "household": {"toolbox", "icc", "cwds"},
    "name": {"toolbox", "cwds"},
    "work_activity": {"cwds"},
    "service": {"cwds", "twist"},
    "record": set(),
    "other": {"cwds"},
}


def plan(**fields: Any) -> Plan:
    return read_plan({**SMALLEST, "version": 3, **fields})


def test_the_table_names_every_kind() -> None:
    assert set(TABLE) == set(get_args(ChangeKind))


@pytest.mark.parametrize("program", get_args(Program))
@pytest.mark.parametrize("kind", TABLE)
def test_each_kind_is_significant_for_the_systems_of_the_table(kind: Any, program: str) -> None:
    new = plan(program=program)
    found = {
        name
        for name, adapter in load_registry().adapters.items()
        if is_significant([Change(kind, "somewhere")], adapter.significant, new)
    }
    also = {"toolbox"} if (kind, program) == ("work_activity", "tanf_mwa") else set()
    assert found == TABLE[kind] | also


def test_the_page_has_the_same_table(repository: Path) -> None:
    text = (repository / "docs" / "diff.md").read_text("utf-8").partition("significant for |")[2]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", text, re.MULTILINE)
    always = {"all": ALL, "none": set()}
    told = {kind: always.get(cell) or set(re.findall(r"`(\w+)`", cell)) for kind, cell in rows}
    assert told.pop("work_activity") == {"cwds", "toolbox", "tanf_mwa"}
    assert told == {kind: systems for kind, systems in TABLE.items() if kind != "work_activity"}


def test_a_system_that_says_nothing_hears_of_goals_and_barriers() -> None:
    new = plan()
    heard = {
        kind
        for kind in TABLE
        if is_significant([Change(kind, "x")], Significance(), new)  # type: ignore[arg-type]
    }
    assert heard == {"goal", "barrier"}


def test_a_kind_that_nobody_knows_is_significant_for_none() -> None:
    change: Any = Change("added", "")  # type: ignore[arg-type]
    adapters = load_registry().adapters.values()
    assert not any(is_significant([change], one.significant, plan()) for one in adapters)
    assert not is_significant([], Significance(tuple(get_args(ChangeKind))), plan())


def signature(role: str, **fields: Any) -> dict[str, Any]:
    return {"role": role, "signed_on": "2026-01-05", "plan_version": 3, **fields}


BOTH = ("participant", "case_manager")


@pytest.mark.parametrize(
    ("signatures", "owed"),
    [
        (None, BOTH),
        ([], BOTH),
        ([signature("participant")], ("case_manager",)),
        ([signature("guardian")], ("case_manager",)),
        ([signature("case_manager")], ("participant",)),
        ([signature("case_manager"), signature("guardian")], ()),
        ([signature("case_manager", plan_version=2)], BOTH),
        ([signature("case_manager", plan_version=None)], BOTH),
        ([signature("participant", signed_on=None)], BOTH),
        ([signature("guardian", signed_on=None), signature("participant")], ("case_manager",)),
    ],
)
def test_those_must_sign_who_have_not_signed_this_version(
    signatures: list[dict[str, Any]] | None, owed: tuple[str, ...]
) -> None:
    new = plan(signatures=signatures)
    assert must_sign(new, significant=True) == owed
    assert must_sign(new, significant=False) == ()
