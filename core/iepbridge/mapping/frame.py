"""What stands around the plans of a file: the envelope and the counts, written and checked."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iepbridge.errors import Unreadable
from iepbridge.exchange import Envelope
from iepbridge.mapping.layout import FrameField, Layout

_PARTY: Final = re.compile(r"[A-Za-z0-9]{1,8}")
_SEQUENCE: Final = re.compile(r"(?!000000)[0-9]{6}")
_COUNT: Final = re.compile(r"[0-9]{1,12}")
_CREATED: Final = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?P<minute>[0-2][0-9]:[0-5][0-9]):"
    r"(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-](?P<offset>[0-2][0-9]:[0-5][0-9]))"
)


def is_created(text: str) -> bool:
    """Say whether a text is a time by RFC 3339, with its offset, that exists."""
    match = _CREATED.fullmatch(text)
    if match is None:
        return False
    try:
        datetime.date.fromisoformat(match["day"])
        datetime.time.fromisoformat(match["minute"])
        datetime.time.fromisoformat(match["offset"] or "00:00")
    except ValueError:
        return False
    return True


def is_count(text: str) -> bool:
    """Say whether a text is a count: up to twelve digits."""
    return _COUNT.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Frame:
    """The values around the plans of one file; `counts` by the name of the element counted."""

    envelope: Envelope
    counts: Mapping[str, int]


def file_id(layout: Layout, envelope: Envelope) -> str:
    """Give the file's name without its ending, from the envelope (rule 1)."""
    values = {
        "sender": envelope.sender,
        "receiver": envelope.receiver,
        "day": envelope.created[:10].replace("-", ""),
        "sequence": f"{envelope.sequence:06}",
    }
    name = layout.file.name
    for key, value in values.items():
        name = name.replace(f"{{{key}}}", value)
    return name


def frame_value(layout: Layout, field: FrameField, frame: Frame) -> str:
    """Give the text of one place of the frame."""
    envelope = frame.envelope
    if field.kind == "count":
        return str(frame.counts[field.counted])
    if field.kind == "release":
        return layout.release
    if field.kind == "file id":
        return file_id(layout, envelope)
    values = {
        "envelope.sender": envelope.sender,
        "envelope.receiver": envelope.receiver,
        "envelope.sequence": f"{envelope.sequence:06}",
        "envelope.created": envelope.created,
    }
    return values[field.canonical]


class FrameCheck:
    """Takes the texts of a frame as they are read, and refuses the file where one is wrong."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._texts: dict[str, str] = {}
        self._forms: Mapping[str, tuple[Callable[[str], object], str]] = {
            "release": (layout.release.__eq__, f"the release {layout.release}"),
            "party": (_PARTY.fullmatch, "1 to 8 letters and digits"),
            "sequence": (_SEQUENCE.fullmatch, "six digits, from 000001"),
            "created": (is_created, "a time by RFC 3339 with its offset"),
            "file id": (str, "the file's name without its ending"),
            "count": (_COUNT.fullmatch, "a count"),
        }

    def take(self, place: str, text: str | None) -> None:
        """Take the text of a place; places that the mapping does not name are not asked for."""
        self._texts[place] = text or ""

    def has(self, place: str) -> bool:
        """Say whether a place was taken already."""
        return place in self._texts

    def check(self, fields: Sequence[FrameField]) -> None:
        """Refuse the file unless every field is there and has its form."""
        for field in fields:
            text = self._texts.get(field.place, "")
            fits, expected = self._forms[field.kind]
            if not text:
                raise Unreadable(
                    f"The {self._layout.title} file has no {field.place}; expected {expected}. "
                    "Ask its sender for a complete file."
                )
            if not fits(text):
                raise Unreadable(
                    f"The {self._layout.title} file's {field.place} is not {expected}. "
                    "Ask its sender for a file of this layout."
                )

    def envelope(self) -> Envelope:
        """Give the envelope, once its fields have been checked; refuse a file id that disagrees."""
        texts = {field.canonical: self._texts[field.place] for field in self._envelope_fields()}
        envelope = Envelope(
            texts["envelope.sender"],
            texts["envelope.receiver"],
            int(texts["envelope.sequence"]),
            texts["envelope.created"],
        )
        for field in self._layout.frame:
            if field.kind == "file id" and self._texts[field.place] != file_id(
                self._layout, envelope
            ):
                raise Unreadable(
                    f"The {self._layout.title} file's {field.place} disagrees with its sender, "
                    "created time or sequence. Ask its sender which is right."
                )
        return envelope

    def counts(self, found: Mapping[str, int]) -> None:
        """Refuse the file where a stated count is not what was found."""
        for field in self._layout.frame:
            if field.kind == "count":
                stated = int(self._texts[field.place])
                if stated != found[field.counted]:
                    raise Unreadable(
                        f"The {self._layout.title} file states {field.place} {stated:,} and has "
                        f"{found[field.counted]:,}. It may have been cut; ask for it again."
                    )

    def _envelope_fields(self) -> list[FrameField]:
        return [field for field in self._layout.frame if field.canonical]
