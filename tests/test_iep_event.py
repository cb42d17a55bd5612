"""Rule 8: the IEP event is derived where a plan has none between its start and completion."""

from typing import Any

import pytest

from iepbridge.iep_event import as_it_is, with_iep_event
from iepbridge.plan import Plan, plan_data, read_plan

EVENT = {"service_id": "S1", "category": "iep_development"}


def _plan(**fields: Any) -> Plan:
    name = {"first": "Ann", "last": "Lee"}
    base = {"schema": "iep/1", "plan_id": "P", "version": 3, "program": "other", "status": "active"}
    return read_plan({**base, "participant": {"name": name}, **fields})


@pytest.mark.parametrize(
    ("started", "completed", "event", "derived"),
    [
        (None, None, None, False),
        (None, None, "2024-01-05", False),
        ("2024-01-05", None, None, True),
        ("2024-01-05", None, "2024-01-04", True),
        ("2024-01-05", None, "2024-01-05", False),
        ("2024-01-05", None, "2030-01-05", False),
        ("2024-01-05", "2024-01-08", "2024-01-08", False),
        ("2024-01-05", "2024-01-08", "2024-01-09", True),
    ],
)
def test_the_window_is_closed_at_both_ends(
    started: str | None, completed: str | None, event: str | None, derived: bool
) -> None:
    services = [{**EVENT, "started_on": event}] if event else None
    plan = _plan(started_on=started, completed_on=completed, services=services)
    done = with_iep_event(plan)
    assert bool(done.losses) is derived
    assert len(done.plan.services or ()) == len(services or ()) + derived


def test_an_event_without_a_start_does_not_count() -> None:
    assert with_iep_event(_plan(started_on="2024-01-05", services=[EVENT])).losses


def test_the_derived_event_has_what_the_plan_knows() -> None:
    plan = _plan(
        started_on="2024-01-05",
        completed_on="2024-01-08",
        case_manager={"employer": "JobWorks"},
        agency={"provider": "Board"},
        services=[{"service_id": "IEP-3", "category": "other"}],
    )
    done = with_iep_event(plan)
    assert plan_data(done.plan)["services"][1] == {
        "service_id": "IEP-3-2",
        "category": "iep_development",
        "provider": "JobWorks",
        "started_on": plan.started_on,
        "ended_on": plan.completed_on,
        "outcome": "successful",
    }
    assert [path for path, _, _ in done.losses] == [
        "services[1].service_id",
        "services[1].category",
        "services[1].provider",
        "services[1].started_on",
        "services[1].ended_on",
        "services[1].outcome",
    ]
    assert {kind for _, kind, _ in done.losses} == {"defaulted"}
    assert done.losses[3][2].endswith("2024-01-05.")


def test_the_provider_is_the_agencys_where_no_employer_is_known() -> None:
    done = with_iep_event(_plan(started_on="2024-01-05", agency={"provider": "Board"}))
    assert done.plan.services is not None
    assert done.plan.services[0].provider == "Board"
    assert done.plan.services[0].outcome is None


def test_nothing_is_added_where_a_system_has_no_event() -> None:
    plan = _plan(started_on="2024-01-05")
    assert as_it_is(plan).plan is plan
