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
_DAY: Final = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_TIME: Final = re.compile(r"(?P<hour>[0-2][0-9])(?P<minute>[0-5][0-9])(?:[0-5][0-9]|60)")
_MODES: Final = {"P": False, "T": True}
BYTES: Final = "bytes"
"""What a count of bytes is called among the counts."""

_POSITION: Final = re.compile(r"@[0-9]+\Z")
_COUNT: Final = re.compile(r"[0-9]{1,15}")
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
    """Say whether a text is a count: up to fifteen digits."""
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
    if field.kind in ("count", "byte count"):
        return str(frame.counts[field.counted or BYTES])
    if field.kind == "release":
        return layout.release
    if field.kind == "file id":
        return file_id(layout, envelope)
    if field.kind == "mode":
        return "T" if envelope.test else "P"
    if field.kind == "created day":
        return envelope.created[:10].replace("-", "")
    if field.kind == "created time":
        return envelope.created[11:19].replace(":", "")
    values = {
        "envelope.sender": envelope.sender,
        "envelope.receiver": envelope.receiver,
        "envelope.sequence": f"{envelope.sequence:06}",
        "envelope.created": envelope.created,
    }
    return values[field.canonical]


def _is_day(text: str) -> bool:
    match = _DAY.fullmatch(text)
    try:
        return match is not None and bool(datetime.date(*map(int, match.groups())))
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    return match is not None and int(match["hour"]) < 24


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
            "byte count": (_COUNT.fullmatch, "a count"),
            "created day": (_is_day, "a day that exists, as CCYYMMDD"),
            "created time": (_is_time, "a time as HHMMSS"),
            "mode": (_MODES.__contains__, "P or T"),
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
            self._created(),
            self._text_of("mode") == "T",
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

    def _created(self) -> str:
        """Give the created time; one in two fields comes without its offset."""
        day, time = self._text_of("created day"), self._text_of("created time")
        if not day:
            return self._text_of("created")
        return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2] or '00'}:{time[2:4]}:{time[4:]}"

    def _text_of(self, kind: str) -> str:
        return next((self._texts[one.place] for one in self._layout.frame if one.kind == kind), "")

    def counts(self, found: Mapping[str, int]) -> None:
        """Refuse the file where a stated count is not what was found."""
        for field in self._layout.frame:
            if field.kind in ("count", "byte count"):
                stated, counted = int(self._texts[field.place]), found[field.counted or BYTES]
                if stated != counted:
                    name = _POSITION.sub("", field.place)
                    raise Unreadable(
                        f"The {self._layout.title} file states {name} {stated:,} and has "
                        f"{counted:,}. It may have been cut; ask for it again."
                    )

    def _envelope_fields(self) -> list[FrameField]:
        return [field for field in self._layout.frame if field.canonical]
