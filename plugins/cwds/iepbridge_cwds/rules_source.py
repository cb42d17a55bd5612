"""The document that the rules come from."""

from typing import Final

SOURCE: Final = "SCPa Works Individual Employment Plan Policy #P-4-7.22"
