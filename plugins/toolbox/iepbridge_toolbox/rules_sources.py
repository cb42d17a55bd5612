"""The documents that the rules come from; the page on MWA is known by its place in a manual."""

from typing import Final

CAP: Final = "Individual Employment Plan (IEP) Policy, Career Assistance Program (CAP)"
MWA: Final = (
    "Temporary Assistance/Case Management Manual, 0265.000.00, Missouri Work Assistance (MWA)"
)
BOTH: Final = f"{CAP}; {MWA}"
