"""What every run works with, given from outside: settings, adapters, ledger, clock, connections."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from iepbridge.ledger.instants import Clock, system_clock
from iepbridge.ledger.transaction import Ledger
from iepbridge.registry import Registry
from iepbridge.settings import EndpointSettings, Settings
from iepbridge.transports import Session, open_session

Connect = Callable[[EndpointSettings, Mapping[str, EndpointSettings]], Session]
Told = Callable[[str, int], None]
"""Hears how far a run is: what is counted, and how many there are by now."""


def say_nothing(_: str, __: int) -> None:
    """Hear, and do nothing."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """What every run works with."""

    settings: Settings
    registry: Registry
    ledger: Ledger
    clock: Clock = system_clock
    connect: Connect = open_session
    told: Told = say_nothing
    volume_accepted_by: str | None = None
    """Who lets a run go that does far more or fewer than usual; None where nobody has."""
