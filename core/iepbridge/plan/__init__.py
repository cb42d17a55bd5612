"""The canonical plan: the hub that every state's format is translated into and out of."""

from iepbridge.plan.plan import FORM, Plan
from iepbridge.plan.reading import PlanData, plan_data, read_plan
from iepbridge.plan.refusals import PlanRefused, Problem

__all__ = ["FORM", "Plan", "PlanData", "PlanRefused", "Problem", "plan_data", "read_plan"]
