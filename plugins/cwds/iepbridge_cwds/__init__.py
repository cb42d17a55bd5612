"""The adapter for CWDS (Pennsylvania); its mapping is data, under `mappings/cwds`."""

import datetime

from iepbridge.adapter import Adapter
from iepbridge.change import Significance
from iepbridge.hookspecs import hookimpl
from iepbridge.iep_event import Completed, with_iep_event
from iepbridge.mapping.files import shipped_folder
from iepbridge.plan import Plan
from iepbridge_cwds.acknowledgement import ACKNOWLEDGEMENTS
from iepbridge_cwds.rules import RULES
from iepbridge_cwds.rules_making import REQUIRED_INSTRUMENTS


@hookimpl
def iepbridge_adapter() -> Adapter:
    """Give the adapter of the Commonwealth Workforce Development System."""
    return Adapter(
        name="cwds",
        title="CWDS (Pennsylvania)",
        mappings=shipped_folder("cwds"),
        acknowledgements=ACKNOWLEDGEMENTS,
        complete=_with_service,
        rules=RULES,
        significant=Significance(("household", "name", "work_activity", "service", "other")),
    )


def _with_service(plan: Plan) -> Completed:
    """Derive WIS02 on the day on which all required assessments had been reviewed.

    Only where that day lies within the development of this version; else it is the first day.
    """
    day = _all_reviewed_on(plan)
    if day is not None and plan.started_on is not None:
        last = plan.completed_on or datetime.date.max
        if plan.started_on <= day <= last:
            return with_iep_event(plan, day)
    return with_iep_event(plan)


def _all_reviewed_on(plan: Plan) -> datetime.date | None:
    """Give the latest of the four instruments' earliest review dates, if each has one."""
    reviewed = [
        [
            assessment.reviewed_on
            for assessment in plan.assessments or ()
            if assessment.instrument == instrument and assessment.reviewed_on is not None
        ]
        for instrument in REQUIRED_INSTRUMENTS
    ]
    return max(map(min, reviewed)) if all(reviewed) else None
