"""The document that the rules of Indiana come from."""

from typing import Final

SOURCE: Final = "Region 4 Workforce Board, WIOA Adult Individual Employment Plan (IEP)"
