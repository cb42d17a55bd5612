"""Whether the scheduler lives: when it looked last, and what it found then."""

import time
from typing import Final

_LIVE_SECONDS: Final = 120.0
"""Longer than any wait of the loop on the ledger."""


class Pulse:
    """What the loop tells of itself, for the pages of health."""

    def __init__(self) -> None:
        self.ledger_is_there = True
        self.configuration_is_good = True
        self._at: float | None = None

    def beat(self, *, ledger_is_there: bool) -> None:
        """Note that the loop looked, and whether the ledger could be read."""
        self.ledger_is_there = ledger_is_there
        self._at = time.monotonic()

    @property
    def has_ticked(self) -> bool:
        """Whether the loop has looked at all."""
        return self._at is not None

    @property
    def is_live(self) -> bool:
        """Whether the loop looked lately."""
        return self._at is not None and time.monotonic() - self._at < _LIVE_SECONDS

    def troubles(self) -> list[str]:
        """Give what keeps it from being ready."""
        found = {
            "the loop has not looked yet, or stands still": not self.is_live,
            "the ledger cannot be read": not self.ledger_is_there,
            "the configuration is wrong; the one before is in use": not self.configuration_is_good,
        }
        return [what for what, is_so in found.items() if is_so]
