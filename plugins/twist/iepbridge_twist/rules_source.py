"""The document that the rules of Texas come from."""

from typing import Final

SOURCE: Final = "Procedure: Customer Individual Employment Plan (IEP)"
