"""Instants as text: UTC to the microsecond, in a form that sorts as it reads."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

Instant: TypeAlias = str
"""UTC, as in `2026-11-02T02:00:00.000000Z`."""

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, with its zone."""

_FORM: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


def system_clock() -> datetime:
    """Give the present moment by this machine's clock."""
    return datetime.now(UTC)


def instant(moment: datetime) -> Instant:
    """Write a moment that has a zone; one without is a `ValueError`."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone is no instant.")
    moment = moment.astimezone(UTC)
    return f"{moment.year:04}{moment.strftime(_FORM)[-23:]}"


def moment(text: Instant) -> datetime:
    """Read an instant back."""
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)


def later(text: Instant, seconds: float) -> Instant:
    """Give the instant some seconds after another."""
    return instant(moment(text) + timedelta(seconds=seconds))
