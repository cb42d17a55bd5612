"""The records of CWDS's acknowledgement: 120 bytes of windows-1252 each, then CR and LF."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple, NoReturn

from iepbridge.acknowledgement import NotCarried, Status
from iepbridge.codecs.fixed_text import UnknownEscape, escape, unescape
from iepbridge.errors import Unreadable

_CODE_PAGE: Final = "cp1252"
_SIZE: Final = 120
_END: Final = b"\r\n"
_CONTROL: Final = re.compile("[\x00-\x1f]")

STATUSES: Final[dict[str, Status]] = {"A": "accepted", "W": "warnings", "R": "rejected"}


class Field(NamedTuple):
    """A field of a record: where it begins, from 1, and its bytes."""

    name: str
    position: int
    length: int


SEQUENCE: Final = Field("Sequence", 3, 6)
FILE_STATUS: Final = Field("Status", 9, 1)
RECORDS_READ: Final = Field("Records read", 10, 7)
FILE_MESSAGE: Final = Field("Message", 17, 100)
PLAN_REF: Final = Field("PlanRef", 3, 36)
VERSION: Final = Field("Version", 39, 4)
PLAN_STATUS: Final = Field("Status", 43, 1)
RECORD_NUMBER: Final = Field("Record number", 3, 6)
FIELD_NAME: Final = Field("Field", 9, 20)
CODE: Final = Field("Code", 29, 16)
PLAN_MESSAGE: Final = Field("Message", 45, 70)
COUNT: Final = Field("count of A1", 3, 7)


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """One record as it was read: its number in the acknowledgement and its 120 characters."""

    number: int
    characters: str

    @property
    def type(self) -> str:
        """Give the record's type, such as A1."""
        return self.characters[:2]

    def text(self, field: Field) -> str:
        """Give a text, its filler taken off and its escapes undone."""
        try:
            return unescape(self._raw(field).rstrip(" "))
        except UnknownEscape:
            self.refuse(field, "free of unknown escapes")

    def digits(self, field: Field) -> str:
        """Give a number as its digits, zeros where it is blank."""
        raw = self._raw(field)
        if not raw.strip(" "):
            return "0" * field.length
        if not re.fullmatch("[0-9]+", raw):
            self.refuse(field, f"{field.length} digits")
        return raw

    def status(self, field: Field) -> Status:
        """Give a status from its code."""
        return STATUSES.get(self._raw(field)) or self.refuse(field, "A, W or R")

    def refuse(self, field: Field, expected: str) -> NoReturn:
        """Refuse the file for what stands in a field."""
        raise Unreadable(
            f"The CWDS acknowledgement's record {self.number:,} ({self.type}) has at position "
            f"{field.position} no {field.name} that is {expected}. "
            "Ask its sender for a file of this layout."
        )

    def _raw(self, field: Field) -> str:
        raw = self.characters[field.position - 1 : field.position - 1 + field.length]
        if _CONTROL.search(raw):
            self.refuse(field, "free of control characters")
        return raw


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """Yield the records of a buffered stream; one of another length is `Unreadable`."""
    number = 0
    while data := stream.read(_SIZE + len(_END)):
        number += 1
        if len(data) != _SIZE + len(_END) or not data.endswith(_END):
            raise Unreadable(
                f"The CWDS acknowledgement's record {number:,} is not {_SIZE} bytes with CR and "
                "LF behind them. The file may have been cut or changed; ask for it again."
            )
        yield Record(number, _decoded(data[:_SIZE], number))


def _decoded(data: bytes, number: int) -> str:
    try:
        return data.decode(_CODE_PAGE)
    except UnicodeDecodeError as error:
        place = error.start + 1
    raise Unreadable(
        f"The CWDS acknowledgement's record {number:,} has at position {place} a byte that "
        "windows-1252 lacks. Ask its sender for windows-1252."
    )


def number_cell(number: int, field: Field) -> bytes:
    """Give a number as it stands in a field, with zeros before it."""
    return f"{number:0{field.length}}".encode()


def cell(text: str) -> bytes:
    r"""Give a text as it stands in a field; `\e` closes one that ends in a space."""
    closed = f"{escape(text)}\\e" if text.endswith(" ") else escape(text)
    if _CONTROL.search(closed):
        raise NotCarried("A CWDS file carries no control characters but tab and line breaks.")
    try:
        return closed.encode(_CODE_PAGE)
    except UnicodeEncodeError:
        pass
    raise NotCarried("A character of a text is not in windows-1252.")


def filled_record(kind: str, values: Mapping[Field, bytes]) -> bytes:
    """Give a record with its CR and LF; raise `NotCarried` for a value longer than its field."""
    record = bytearray(kind.encode().ljust(_SIZE))
    for field, value in values.items():
        if len(value) > field.length:
            raise NotCarried(
                f"{field.name} takes {field.length} bytes in a record {kind}, and "
                f"{len(value):,} were given."
            )
        start = field.position - 1
        record[start : start + len(value)] = value
    return bytes(record) + _END
