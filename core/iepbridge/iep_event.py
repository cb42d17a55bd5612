"""The IEP event: systems that record the making of a plan get one, derived where it is missing.

Rule 8 of the interface documents' common page.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from iepbridge.finding import DEFAULTED, LossKind
from iepbridge.plan import Plan
from iepbridge.plan.parts import Service

IEP_DEVELOPMENT: Final = "iep_development"


@dataclass(frozen=True, slots=True)
class Completed:
    """A plan made ready for a system, with what was added: (path, kind, note) for each leaf."""

    plan: Plan
    losses: tuple[tuple[str, LossKind, str], ...] = ()


class Once:
    """Completes plans and remembers the last: rules and writer ask for one plan after the other."""

    def __init__(self, complete: Callable[[Plan], Completed]) -> None:
        self._complete = complete
        self._plan: Plan | None = None
        self._done: Completed | None = None

    def __call__(self, plan: Plan) -> Completed:
        """Give the completed plan."""
        if self._done is None or plan is not self._plan:
            self._plan, self._done = plan, self._complete(plan)
        return self._done


def as_it_is(plan: Plan) -> Completed:
    """Add nothing: for systems without an IEP event."""
    return Completed(plan)


def with_iep_event(plan: Plan, on: datetime.date | None = None) -> Completed:
    """Add the derived IEP event as last service, unless the plan has one or never started.

    It starts on the day `on`, or when development began.
    """
    if plan.started_on is None or _has_event(plan):
        return Completed(plan)
    return with_new_event(plan, on or plan.started_on)


def iep_events(plan: Plan) -> dict[str, Service]:
    """Give the plan's own IEP events by id."""
    found = (one for one in plan.services or () if one.category == IEP_DEVELOPMENT)
    return {one.service_id: one for one in found}


def with_new_event(plan: Plan, on: datetime.date) -> Completed:
    """Add a derived IEP event as last service, whatever events the plan has; it starts on a day."""
    services = plan.services or []
    event = _derived(plan, on)
    place = f"services[{len(services)}]"
    losses: tuple[tuple[str, LossKind, str], ...] = tuple(
        (f"{place}.{name}", DEFAULTED, f"Derived; comes back as {value}.")
        for name, value in event.__dict__.items()
        if value is not None
    )
    return Completed(plan.model_copy(update={"services": [*services, event]}), losses)


def _has_event(plan: Plan) -> bool:
    """Say whether an IEP event starts between the start and the completion of this version."""
    first = plan.started_on or datetime.date.min
    last = plan.completed_on or datetime.date.max
    for service in plan.services or ():
        started = service.started_on if service.category == IEP_DEVELOPMENT else None
        if started is not None and first <= started <= last:
            return True
    return False


def _derived(plan: Plan, on: datetime.date) -> Service:
    # Each value is one that the model has taken already, or is made here: no need to ask again.
    return Service.model_construct(
        service_id=_free_id(plan),
        category=IEP_DEVELOPMENT,
        provider=staff_employer(plan),
        started_on=on,
        ended_on=plan.completed_on,
        outcome="successful" if plan.completed_on else None,
    )


def _free_id(plan: Plan) -> str:
    taken = {service.service_id for service in plan.services or ()}
    base = own = f"IEP-{plan.version}"
    number = 1
    while own in taken:
        number += 1
        own = f"{base}-{number}"
    return own


def staff_employer(plan: Plan) -> str | None:
    """Give who employs the staff: the case manager's employer, else the agency's provider."""
    employer = plan.case_manager.employer if plan.case_manager else None
    return employer or (plan.agency.provider if plan.agency else None)
