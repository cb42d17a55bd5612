"""Rules on how a plan is made: when, with whom, and by what means."""

from typing import Final

from iepbridge.plan.parts import Development
from iepbridge.policy import KEPT, NOT_APPLICABLE, Case, Result, Rule, broken_at
from iepbridge_toolbox.rules_person import is_at_work
from iepbridge_toolbox.rules_sources import BOTH, MWA


def _completed_before_activities(case: Case) -> Result:
    plan = case.plan
    starts = [one.started_on for one in plan.activities or () if one.started_on is not None]
    if plan.version != 1 or not starts:
        return NOT_APPLICABLE
    first = min(starts)
    if plan.completed_on is None:
        return KEPT if first > case.today else broken_at(["completed_on"])
    return KEPT if plan.completed_on <= first else broken_at(["completed_on"])


def _made_together(case: Case) -> Result:
    present = _development(case).participant_present
    return KEPT if present else broken_at(["development.participant_present"])


def _made_in_person(case: Case) -> Result:
    made = _development(case)
    if made.mode == "telephone":
        return KEPT if made.telephone_reason else broken_at(["development.telephone_reason"])
    return KEPT if made.mode == "in_person" else broken_at(["development.mode"])


def _telephone_only_at_work(case: Case) -> Result:
    if case.plan.program != "tanf_mwa":
        return NOT_APPLICABLE
    by_telephone = _development(case).mode == "telephone"
    return broken_at(["development.mode"]) if by_telephone and not is_at_work(case.plan) else KEPT


def _development(case: Case) -> Development:
    return case.plan.development or _UNKNOWN


_UNKNOWN: Final = Development()

RULES: Final = (
    Rule(
        id="MO-01",
        severity="error",
        must="in its first version, be completed on or before the start of the first activity",
        path="completed_on",
        message="The plan was not completed by the day on which the first activity started, and"
        " it must be completed before employment and training activities begin.",
        remedy="Complete the plan with the participant, or correct the day of completion or the"
        " start of the activity.",
        clause="MWA, first paragraph",
        source=MWA,
        check=_completed_before_activities,
    ),
    Rule(
        id="MO-02",
        severity="error",
        must="be made with the participant taking part, in the room or on the line",
        path="development.participant_present",
        message="The plan does not say that the participant took part in making it, and it must"
        " not be completed without the participant, whose plan it is.",
        remedy="Make the plan together with the participant, and record that they took part.",
        clause="CAP, guidelines; MWA, last paragraph",
        source=BOTH,
        check=_made_together,
    ),
    Rule(
        id="MO-03",
        severity="warning",
        must="be made in person; by telephone only with a reason",
        path="development.mode, or development.telephone_reason",
        message="The plan does not say that it was made in person, or why by telephone; only in"
        " very rare instances may it be made by telephone.",
        remedy="Record how the plan was made, by telephone with the reason; if it was made in"
        " another way, go through it with the participant in person.",
        clause="CAP, guidelines; MWA, last paragraph",
        source=BOTH,
        check=_made_in_person,
    ),
    Rule(
        id="MO-18",
        severity="warning",
        must="for Missouri Work Assistance, be made by telephone only when the participant is"
        " employed or underemployed",
        path="development.mode",
        message="The plan was made by telephone, and the participant is not recorded as employed;"
        " the telephone is only for when a meeting would interrupt the participant's employment.",
        remedy="Meet the participant and go through the plan in person, or correct the employment"
        " status.",
        clause="MWA, last paragraph",
        source=MWA,
        check=_telephone_only_at_work,
    ),
)
