"""A sound plan: fit for every system, true to every policy, its days in order."""

from collections.abc import Iterator

import pytest

from iepbridge.plan import PlanData
from iepbridge.sample.assembly import sound_plan
from iepbridge.sample.case import Case, open_case
from iepbridge.sample.draw import Draw


def cases(count: int, *, tanf: bool = False) -> Iterator[Case]:
    draw = Draw()
    for number in range(count):
        draw.begin(17, number)
        yield open_case(draw, number, tanf=tanf)


@pytest.fixture(scope="module")
def sound() -> list[tuple[Case, PlanData]]:
    return [(case, sound_plan(case)) for case in cases(1_500)]


def test_days_stand_in_their_order() -> None:
    for case in cases(1_500):
        days = [day for day in case.days if day is not None]
        determined, enrolled, origin, started, event, *later = days
        assert determined <= enrolled <= origin <= event
        assert started <= event <= later[0]
        assert later == sorted(later)


def test_a_first_version_has_one_iep_event() -> None:
    for case in cases(500):
        assert case.version > 1 or case.days.origin == case.days.event


def test_everything_is_discussed_that_policy_asks_for(sound: list[tuple[Case, PlanData]]) -> None:
    for _, plan in sound:
        assert {"credentials", "goals", "services", "case_notes", "signatures"} <= plan.keys()
        assert "veteran" in plan["participant"]


def test_every_barrier_has_an_action(sound: list[tuple[Case, PlanData]]) -> None:
    for _, plan in sound:
        actions = [a for goal in plan["goals"] for a in goal.get("actions", ())]
        owed = [barrier["barrier_id"] for barrier in plan.get("barriers") or ()]
        assert sorted(owed) == sorted(a["barrier_id"] for a in actions if "barrier_id" in a)


def test_actions_are_numbered_through(sound: list[tuple[Case, PlanData]]) -> None:
    for case, plan in sound:
        ids = [a["action_id"] for goal in plan["goals"] for a in goal.get("actions", ())]
        assert ids == [f"{case.mark}A{number}" for number in range(1, len(ids) + 1)]


def test_goals_follow_the_pattern(sound: list[tuple[Case, PlanData]]) -> None:
    for case, plan in sound:
        assert tuple(goal["term"] for goal in plan["goals"]) == case.pattern
        categories = [goal.get("category") for goal in plan["goals"] if "category" in goal]
        assert len(set(categories)) == len(categories) == case.pattern.count("interim")


def test_the_last_interim_goal_ends_with_a_follow_up(sound: list[tuple[Case, PlanData]]) -> None:
    for _, plan in sound:
        last = [goal for goal in plan["goals"] if goal["term"] == "interim"][-1]
        assert last["actions"][-1]["follow_up"] is True


def test_an_achieved_goal_has_no_open_action(sound: list[tuple[Case, PlanData]]) -> None:
    for _, plan in sound:
        for goal in plan["goals"]:
            if goal.get("status") == "achieved":
                ends = [action["actual_end_on"] for action in goal.get("actions", ())]
                assert all(end <= goal["achieved_on"] for end in ends)


def test_a_closed_plan_tells_when_and_why_the_participant_left(
    sound: list[tuple[Case, PlanData]],
) -> None:
    closed = [plan for _, plan in sound if plan["status"] == "closed"]
    assert closed
    for plan in closed:
        assert plan["eligibility"]["exited_on"] <= plan["closed_on"]
        assert plan["eligibility"]["exit_reason"]
        assert plan["reviews"][-1]["trigger"] == "exit"


def test_a_minor_has_a_guardian_sign(sound: list[tuple[Case, PlanData]]) -> None:
    for case, plan in sound:
        minor = case.days.started - case.born < 18 * 365
        roles = {signature["role"] for signature in plan["signatures"]}
        assert not minor or "guardian" in roles


def test_who_works_has_a_job_that_goes_on(sound: list[tuple[Case, PlanData]]) -> None:
    for case, plan in sound:
        if case.employment in ("employed", "underemployed") and plan.get("work_history"):
            assert any("ended_on" not in job for job in plan["work_history"])


def test_temporary_assistance_asks_for_family_and_activities() -> None:
    for case in cases(300, tanf=True):
        plan = sound_plan(case)
        assert case.program in ("tanf_cap", "tanf_mwa")
        assert {"family_members", "activities", "barriers"} <= plan.keys()
