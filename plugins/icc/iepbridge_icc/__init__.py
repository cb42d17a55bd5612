"""The adapter for ICC (Indiana); its mapping is data, under `mappings/icc`."""

from iepbridge.adapter import Adapter
from iepbridge.hookspecs import hookimpl
from iepbridge.iep_event import Completed, with_iep_event
from iepbridge.mapping.files import shipped_folder
from iepbridge.plan import Plan
from iepbridge_icc.acknowledgement import ACKNOWLEDGEMENTS


@hookimpl
def iepbridge_adapter() -> Adapter:
    """Give the adapter of Indiana Career Connect."""
    return Adapter(
        name="icc",
        title="ICC (Indiana)",
        mappings=shipped_folder("icc"),
        acknowledgements=ACKNOWLEDGEMENTS,
        complete=_with_activity,
    )


def _with_activity(plan: Plan) -> Completed:
    """Enter and exit an activity on the day the plan was completed; before, there is none."""
    if plan.completed_on is None:
        return Completed(plan)
    return with_iep_event(plan, plan.completed_on)
