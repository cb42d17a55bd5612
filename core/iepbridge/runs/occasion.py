"""What a run is for: written down inside the transactions that begin and end it."""

from typing import Final, Protocol

from iepbridge.ledger.transaction import Transaction


class Occasion(Protocol):
    """What brings a run about: a person's wish, or a slot of the feed's schedule."""

    def begun(self, tx: Transaction, run_id: int, /) -> None:
        """Write down which run it got; an exception leaves the run not begun."""

    def ended(self, tx: Transaction, run_id: int, /) -> None:
        """Write down that the run ended."""


class _ByHand:
    """A wish, which leaves no trace but the run."""

    def begun(self, _: Transaction, __: int) -> None:
        """Write nothing."""

    def ended(self, _: Transaction, __: int) -> None:
        """Write nothing."""


BY_HAND: Final[Occasion] = _ByHand()
