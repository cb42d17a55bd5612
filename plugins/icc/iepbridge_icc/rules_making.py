"""What Indiana asks of how a plan is made and agreed: assessment, signatures, reviews."""

from typing import Final

from iepbridge.policy import KEPT, NOT_APPLICABLE, Break, Case, Result, Rule, broken_at
from iepbridge_icc.rules_source import SOURCE

_PARTICIPANT_SIDE: Final = frozenset({"participant", "guardian"})


def _rests_on_scores(case: Case) -> Result:
    found = any(one.scores for one in case.plan.assessments or ())
    return KEPT if found else (Break("assessments"),)


def _is_signed(case: Case) -> Result:
    plan = case.plan
    if plan.completed_on is None:
        return NOT_APPLICABLE
    if plan.version == 1 or case.significant:
        signed = case.signed_by_both(plan.version)
    else:
        versions = {one.plan_version for one in plan.signatures or ()}
        signed = any(case.signed_by_both(one) for one in versions if one is not None)
    return KEPT if signed else (Break("signatures"),)


def _is_signed_when_funded(case: Case) -> Result:
    funded = any(
        one.funding and one.started_on is not None and one.started_on <= case.today
        for one in case.plan.services or ()
    )
    if not funded:
        return NOT_APPLICABLE
    signed = any(
        one.role in _PARTICIPANT_SIDE and one.signed_on is not None and one.plan_version is not None
        for one in case.plan.signatures or ()
    )
    return KEPT if signed else (Break("signatures"),)


def _reviews_tell_progress(case: Case) -> Result:
    reviews = case.plan.reviews
    if not reviews:
        return NOT_APPLICABLE
    return broken_at(
        [f"reviews[{at}].progress" for at, one in enumerate(reviews) if one.progress is None]
    )


def _is_made_with_participant(case: Case) -> Result:
    development = case.plan.development
    absent = development is not None and development.participant_present is False
    return (Break("development.participant_present"),) if absent else KEPT


RULES: Final = (
    Rule(
        id="IN-07",
        severity="warning",
        must="rest on an assessment with scores",
        path="assessments",
        message="The plan has no assessment with scores; it should be based on the objective "
        "assessment, with the results of tests.",
        remedy="Record the assessment that the plan is based on, with its scores.",
        clause="A",
        source=SOURCE,
        check=_rests_on_scores,
    ),
    Rule(
        id="IN-08",
        severity="error",
        must="once completed, be signed by participant (or guardian) and case manager: for this "
        "version where it is the first or its change is significant, else for any one version",
        path="signatures",
        message="The plan is completed but not signed by both sides: a dated signature of the "
        "participant (or a guardian) or of the case manager is missing for the version that "
        "needs them.",
        remedy="Have participant and case manager sign and date the plan, and record each "
        "signature with the version that was signed.",
        clause="A",
        source=SOURCE,
        check=_is_signed,
    ),
    Rule(
        id="IN-14",
        severity="error",
        must="be signed by the participant or a guardian, for any version, once a service with "
        "funding has started",
        path="signatures",
        message="A funded service has started, but the participant has not signed the plan; "
        "whoever receives funding must have a signed plan on file.",
        remedy="Have the participant or a guardian sign and date the plan, and record the "
        "signature with the version that was signed.",
        clause="A, note",
        source=SOURCE,
        check=_is_signed_when_funded,
    ),
    Rule(
        id="IN-15",
        severity="warning",
        must="have the progress in every review",
        path="reviews[i].progress",
        message="This review does not tell the progress; a review should document what the "
        "participant has completed and reached.",
        remedy="Describe progress, activities completed and other accomplishments in the review.",
        clause="A",
        source=SOURCE,
        check=_reviews_tell_progress,
    ),
    Rule(
        id="IN-18",
        severity="warning",
        must="be made with the participant",
        path="development.participant_present",
        message="The plan was made without the participant; it is to be developed jointly, with "
        "goals that both agree on.",
        remedy="Go through the plan with the participant, and record that the participant took "
        "part.",
        clause="A",
        source=SOURCE,
        check=_is_made_with_participant,
    ),
)
