"""Rules on agreeing to a plan: signatures with the release of information, and a copy."""

from typing import Final

from iepbridge.policy import KEPT, NOT_APPLICABLE, Case, Result, Rule, broken_at
from iepbridge.policy.case import last_of_participant
from iepbridge_toolbox.rules_sources import BOTH, CAP


def _signed_with_release(case: Case) -> Result:
    if case.plan.completed_on is None:
        return NOT_APPLICABLE
    version = _version_to_sign(case)
    if not case.signed_by_both(version):
        return broken_at(["signatures"])
    signatures = case.of_participant(version)
    for _, signature in signatures:
        if signature.release_of_information:
            return KEPT
    return broken_at([f"signatures[{last_of_participant(signatures)}].release_of_information"])


def _copy_given(case: Case) -> Result:
    if case.plan.completed_on is None:
        return NOT_APPLICABLE
    path = case.lacks_copy(_version_to_sign(case))
    return KEPT if path is None else broken_at([path])


def _version_to_sign(case: Case) -> int:
    """Give this version where it must be signed itself, else the newest that anyone signed."""
    version = case.plan.version
    return version if version == 1 or case.significant else case.newest_signed or 1


RULES: Final = (
    Rule(
        id="MO-13",
        severity="error",
        must="once completed, be signed by participant or guardian, with the release of"
        " information, and by the case manager: its first version, and again for each significant"
        " change",
        path="signatures where one is missing, else signatures[i].release_of_information",
        message="The signature of participant (or guardian) or case manager is missing, or the"
        " release of information with it; the plan is a contract that both sign, again when major"
        " changes are made.",
        remedy="Review the plan with the participant, have both sign it and the participant release"
        " the information, and enter each signature with its date and the version signed.",
        clause="CAP, signature block; MWA, major changes",
        source=BOTH,
        check=_signed_with_release,
    ),
    Rule(
        id="MO-14",
        severity="warning",
        must="once completed, have given the participant a copy of the version that was to be"
        " signed",
        path="signatures[i].copy_given_on, or signatures",
        message="No copy of the signed plan is recorded as given, and the participant is to have"
        " one.",
        remedy="Give the participant a copy and enter the day with their signature.",
        clause="CAP, signature block",
        source=CAP,
        check=_copy_given,
    ),
)
