"""The envelope's values, by rule 1 of the interface documents, and repeats and loose ends."""

import datetime
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from iepbridge.sandbox.parcel import Envelope, Fault, FileRefused, FoundPlan, Spot

_PARTY: Final = re.compile("[A-Za-z0-9]{1,8}")
_SEQUENCE: Final = re.compile("(?!000000)[0-9]{6}")
_CREATED: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-]([0-9]{2}:[0-9]{2}))"
)
VERSION: Final = re.compile("[1-9][0-9]{0,8}")


def envelope(
    sender: str | None, receiver: str | None, sequence: str | None, created: str | None
) -> Envelope:
    """Give the envelope of a created time by RFC 3339; raise `FileRefused` for malformed values."""
    for name, party in (("sender", sender), ("receiver", receiver)):
        if not _PARTY.fullmatch(party or ""):
            raise FileRefused("ENVELOPE", f"The {name} is not 1 to 8 letters and digits.")
    if not _SEQUENCE.fullmatch(sequence or ""):
        raise FileRefused("ENVELOPE", "The sequence is not six digits, from 000001.")
    return Envelope(sender or "", receiver or "", int(sequence or 0), _day(created or ""))


def _day(created: str) -> str:
    match = _CREATED.fullmatch(created)
    if match is None or not _is_time(match[2]) or not _is_time(match[4] or "00:00"):
        raise _malformed_time()
    if int(match[3]) > 60 or not is_day(match[1]):
        raise _malformed_time()
    return match[1].replace("-", "")


def _malformed_time() -> FileRefused:
    return FileRefused("ENVELOPE", "The created time is not one by RFC 3339.")


def _is_time(text: str) -> bool:
    return int(text[:2]) < 24 and int(text[3:]) < 60


def stated(what: str, stated_text: str | None, found: int) -> None:
    """Raise `FileRefused` where a count is not what was found."""
    text = stated_text or ""
    if not (text.isascii() and text.isdecimal() and int(text[:20]) == found):
        raise FileRefused("COUNT", f"{what} is not the number of what stands in the file: {found}.")


def unrepeated(plans: Iterable[FoundPlan]) -> None:
    """Raise `FileRefused` where a plan stands twice."""
    counted = Counter(plan.plan_id for plan in plans if plan.plan_id)
    if any(number > 1 for number in counted.values()):
        raise FileRefused("TWICE", "A plan stands in the file twice.")


def repeats(values: Iterable[str | None], what: str, spot: Spot) -> Iterator[Fault]:
    """Find values that stand more than once."""
    counted = Counter(value for value in values if value)
    if any(number > 1 for number in counted.values()):
        yield Fault("TWICE", f"{what} stands more than once.", spot)


def loose(
    references: Iterable[str | None], known: Collection[str | None], what: str, spot: Spot
) -> Iterator[Fault]:
    """Find references that lead nowhere."""
    if any(reference and reference not in known for reference in references):
        yield Fault("REFERENCE", f"{what} leads nowhere.", spot)


def is_day(iso: str) -> bool:
    """Say whether `YYYY-MM-DD` is a day that there is."""
    try:
        return datetime.date.fromisoformat(iso).isoformat() == iso
    except ValueError:
        return False
