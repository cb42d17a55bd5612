"""The options of the envelope: who sends a file to whom, its number and its time."""

import argparse
import datetime
import re
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9]{1,8}")
_SEQUENCE: Final = re.compile(r"[0-9]{1,6}")
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-5][0-9])"
)


def add_envelope(parser: argparse.ArgumentParser) -> None:
    """Add the four options; with all of them given, the output is the same bytes every time."""
    group = parser.add_argument_group("envelope of the output")
    group.add_argument(
        "--sender", type=name, default="LOCAL", metavar="S", help="1-8 of A-Z a-z 0-9 (LOCAL)"
    )
    group.add_argument(
        "--receiver", type=name, default="LOCAL", metavar="R", help="1-8 of A-Z a-z 0-9 (LOCAL)"
    )
    group.add_argument("--sequence", type=sequence, default=1, metavar="N", help="1 to 999999 (1)")
    group.add_argument(
        "--created",
        type=created,
        metavar="TIME",
        help="as 2026-01-05T08:30:00-06:00 (now, with the local offset)",
    )


def name(text: str) -> str:
    """Read a sender or receiver."""
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("expected 1 to 8 of A-Z a-z 0-9, such as GCWS")
    return text


def sequence(text: str) -> int:
    """Read a file's number; leading zeros are fine."""
    if not _SEQUENCE.fullmatch(text) or int(text) == 0:
        raise argparse.ArgumentTypeError("expected a number from 1 to 999999")
    return int(text)


def created(text: str) -> str:
    """Read a time as RFC 3339 with its offset, a time that exists, and give it as text."""
    time = text.upper()
    try:
        if _TIME.fullmatch(time):
            datetime.datetime.fromisoformat(time)
            return time
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(
        "expected a time that exists, with its offset, such as 2026-01-05T08:30:00-06:00"
    )


def now() -> str:
    """Give the present time to the second, with the local offset."""
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")
