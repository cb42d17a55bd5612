"""Versions compared: what changed in a plan, for whom that is significant, who must sign."""

from iepbridge.change.change import Change, ChangeKind, Effect
from iepbridge.change.compare import changes
from iepbridge.change.significance import Significance, is_significant
from iepbridge.change.signing import Signer, must_sign

__all__ = [
    "Change",
    "ChangeKind",
    "Effect",
    "Signer",
    "Significance",
    "changes",
    "is_significant",
    "must_sign",
]
