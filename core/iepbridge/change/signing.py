"""Who must still sign a version whose change is significant."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from iepbridge.plan import Plan

Signer: TypeAlias = Literal["participant", "case_manager"]

_SIGNS_FOR: Final[Mapping[str, Signer]] = {
    "participant": "participant",
    "guardian": "participant",
    "case_manager": "case_manager",
}


def must_sign(new: Plan, *, significant: bool) -> tuple[Signer, ...]:
    """Give the parties that owe a significant change a dated signature for this version."""
    if not significant:
        return ()
    signed = {
        _SIGNS_FOR[one.role]
        for one in new.signatures or ()
        if one.signed_on is not None and one.plan_version == new.version
    }
    return tuple(role for role in ("participant", "case_manager") if role not in signed)
