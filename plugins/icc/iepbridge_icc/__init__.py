"""The adapter for ICC (Indiana); its mapping is data, under `mappings/icc`."""

from iepbridge.adapter import Adapter
from iepbridge.change import Significance
from iepbridge.exchange import PlanReader
from iepbridge.hookspecs import hookimpl
from iepbridge.iep_event import Completed, iep_events, with_iep_event, with_new_event
from iepbridge.mapping.files import shipped_folder
from iepbridge.mapping.layout import Layout
from iepbridge.plan import Plan
from iepbridge_icc.acknowledgement import ACKNOWLEDGEMENTS
from iepbridge_icc.rules import RULES

_CATEGORY = ("services", "[]", "category")


@hookimpl
def iepbridge_adapter() -> Adapter:
    """Give the adapter of Indiana Career Connect."""
    return Adapter(
        name="icc",
        title="ICC (Indiana)",
        mappings=shipped_folder("icc"),
        acknowledgements=ACKNOWLEDGEMENTS,
        inputs={"icc-report": _report_reader},
        complete=_with_activity,
        update=_with_activity_of_update,
        rules=RULES,
        significant=Significance(("household",)),
    )


def _report_reader(layout: Layout) -> PlanReader:
    """Read the site's own report of services, with the codes of the mapping."""
    from iepbridge_icc.report import ReportReader  # noqa: PLC0415  loads the workbook library

    fields = (one for one in layout.every_field() if one.canonical == _CATEGORY)
    table = next(one.table for one in fields if one.table is not None)
    return ReportReader({codes[0]: category for codes, category in table.reading.items()})


def _with_activity_of_update(plan: Plan, before: Plan, significant: bool) -> Completed:
    """Give a significant change an activity of its own, unless the plan brings one; others none."""
    made = plan.started_on is not None and plan.completed_on is not None
    if not (made and significant) or _brings_event(plan, before):
        return Completed(plan)
    assert plan.completed_on is not None
    return with_new_event(plan, plan.completed_on)


def _brings_event(plan: Plan, before: Plan) -> bool:
    return bool(iep_events(plan).keys() - iep_events(before).keys())


def _with_activity(plan: Plan) -> Completed:
    """Enter and exit an activity on the day the plan was completed; before, there is none."""
    if plan.completed_on is None:
        return Completed(plan)
    return with_iep_event(plan, plan.completed_on)
