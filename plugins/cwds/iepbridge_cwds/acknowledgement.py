"""CWDS's acknowledgement: records of 120 bytes in `<file name without .dat>.ack`.

A message's place is the number of the record and the field in it: `000012/Title`, `000012`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, NamedTuple, NoReturn

from iepbridge.acknowledgement import (
    Acknowledgement,
    Answer,
    Message,
    Names,
    NotCarried,
    Status,
    check,
    check_left_out,
    settled,
)
from iepbridge.adapter import Acknowledgements
from iepbridge.codecs.capped import capped
from iepbridge.codecs.fixed_text import UnknownEscape, escape, unescape
from iepbridge.errors import Unreadable

NAMES: Final = Names(
    re.compile(r"CWDSIEP\.[A-Za-z0-9]{1,8}\.[0-9]{8}\.(?!000000)[0-9]{6}"), ".dat", ".ack"
)
acknowledgement_name = NAMES.acknowledgement_name
answered_file = NAMES.answered_file

_CODE_PAGE: Final = "cp1252"
_SIZE: Final = 120
_END: Final = b"\r\n"
_STATUSES: Final[dict[str, Status]] = {"A": "accepted", "W": "warnings", "R": "rejected"}
_CODES: Final = {status: code for code, status in _STATUSES.items()}
_CONTROL: Final = re.compile("[\x00-\x1f]")
_PLACE: Final = re.compile(r"(?P<record>[0-9]{6})(?:/(?P<field>.+))?", re.DOTALL)
_NO_RECORD: Final = "000000"


class _Field(NamedTuple):
    """A field of a record: where it begins, from 1, and its bytes."""

    name: str
    position: int
    length: int


_SEQUENCE: Final = _Field("Sequence", 3, 6)
_FILE_STATUS: Final = _Field("Status", 9, 1)
_RECORDS_READ: Final = _Field("Records read", 10, 7)
_FILE_MESSAGE: Final = _Field("Message", 17, 100)
_PLAN_REF: Final = _Field("PlanRef", 3, 36)
_VERSION: Final = _Field("Version", 39, 4)
_PLAN_STATUS: Final = _Field("Status", 43, 1)
_RECORD_NUMBER: Final = _Field("Record number", 3, 6)
_FIELD_NAME: Final = _Field("Field", 9, 20)
_CODE: Final = _Field("Code", 29, 16)
_PLAN_MESSAGE: Final = _Field("Message", 45, 70)
_COUNT: Final = _Field("count of A1", 3, 7)


def read_acknowledgement(stream: BinaryIO, name: str) -> Acknowledgement:
    """Read an acknowledgement that came under a name; raise `Unreadable` when it is none."""
    records = _records(capped(stream))
    head = next(records, None)
    if head is None or head.type != "A0":
        raise Unreadable(
            "This is no CWDS acknowledgement: its first record is not A0. "
            "Check which system the file comes from."
        )
    read = _head(head, name)
    return settled(replace(read, answers=tuple(_answers(records))))


@dataclass(frozen=True, slots=True, repr=False)
class _Record:
    """One record as it was read: its number in the acknowledgement and its 120 characters."""

    number: int
    characters: str

    @property
    def type(self) -> str:
        return self.characters[:2]

    def text(self, field: _Field) -> str:
        """Give a text, its filler taken off and its escapes undone."""
        try:
            return unescape(self._raw(field).rstrip(" "))
        except UnknownEscape:
            self.refuse(field, "free of unknown escapes")

    def digits(self, field: _Field) -> str:
        """Give a number as its digits, zeros where it is blank."""
        raw = self._raw(field)
        if not raw.strip(" "):
            return "0" * field.length
        if not re.fullmatch("[0-9]+", raw):
            self.refuse(field, f"{field.length} digits")
        return raw

    def status(self, field: _Field) -> Status:
        return _STATUSES.get(self._raw(field)) or self.refuse(field, "A, W or R")

    def refuse(self, field: _Field, expected: str) -> NoReturn:
        raise Unreadable(
            f"The CWDS acknowledgement's record {self.number:,} ({self.type}) has at position "
            f"{field.position} no {field.name} that is {expected}. "
            "Ask its sender for a file of this layout."
        )

    def _raw(self, field: _Field) -> str:
        raw = self.characters[field.position - 1 : field.position - 1 + field.length]
        if _CONTROL.search(raw):
            self.refuse(field, "free of control characters")
        return raw


def _records(stream: BinaryIO) -> Iterator[_Record]:
    number = 0
    while data := stream.read(_SIZE + len(_END)):
        number += 1
        if len(data) != _SIZE + len(_END) or not data.endswith(_END):
            raise Unreadable(
                f"The CWDS acknowledgement's record {number:,} is not {_SIZE} bytes with CR and "
                "LF behind them. The file may have been cut or changed; ask for it again."
            )
        yield _Record(number, _decoded(data[:_SIZE], number))


def _decoded(data: bytes, number: int) -> str:
    try:
        return data.decode(_CODE_PAGE)
    except UnicodeDecodeError as error:
        place = error.start + 1
    raise Unreadable(
        f"The CWDS acknowledgement's record {number:,} has at position {place} a byte that "
        "windows-1252 lacks. Ask its sender for windows-1252."
    )


def _head(record: _Record, name: str) -> Acknowledgement:
    status = record.status(_FILE_STATUS)
    sequence = int(record.digits(_SEQUENCE))
    records_read = int(record.digits(_RECORDS_READ))
    unknown = None if status == "rejected" else 0
    if sequence == 0 and status != "rejected":
        record.refuse(_SEQUENCE, "a number from 000001")
    found = NAMES.answered(name, sequence or None)
    text = record.text(_FILE_MESSAGE)
    return Acknowledgement(
        found.batch,
        sequence or None,
        None,
        status,
        (Message("", text),) if text else (),
        records_read=records_read or unknown,
        part=found.part,
    )


def _answers(records: Iterator[_Record]) -> Iterator[Answer]:
    """Yield the answers up to the A9 and check its count."""
    count = 0
    plan: _Record | None = None
    messages: list[Message] = []
    for record in records:
        if record.type == "A2" and plan:
            messages += _message(record)
            continue
        if plan:
            yield _answer(plan, messages)
        plan, messages = record, []
        if record.type != "A1":
            _end(record, records, count)
            return
        count += 1
    raise Unreadable(
        "The CWDS acknowledgement has no A9 at its end. It may have been cut; ask for it again."
    )


def _end(record: _Record, records: Iterator[_Record], count: int) -> None:
    if record.type != "A9":
        raise Unreadable(
            f"The CWDS acknowledgement's record {record.number:,} is out of place: expected one "
            "A0, each plan's A1 with its A2, one A9. Ask its sender for another file."
        )
    stated = int(record.digits(_COUNT))
    if stated != count:
        raise Unreadable(
            f"The CWDS acknowledgement states {stated:,} plans (A9) and has {count:,}. "
            "It may have been cut; ask for it again."
        )
    if next(records, None):
        raise Unreadable(
            "The CWDS acknowledgement goes on behind its A9. Ask its sender for another file."
        )


def _answer(record: _Record, messages: list[Message]) -> Answer:
    return Answer(
        record.text(_PLAN_REF) or None,
        int(record.digits(_VERSION)) or None,
        record.status(_PLAN_STATUS),
        tuple(messages),
    )


def _message(record: _Record) -> Iterator[Message]:
    number, field = record.digits(_RECORD_NUMBER), record.text(_FIELD_NAME)
    place = f"{number}/{field}" if field else number.removeprefix(_NO_RECORD)
    said = Message(record.text(_CODE), record.text(_PLAN_MESSAGE), place)
    if said.says_something:
        yield said


def write_acknowledgement(acknowledgement: Acknowledgement, stream: BinaryIO) -> None:
    """Write an acknowledgement; raise `NotCarried`, with nothing written, where it cannot be."""
    _check(acknowledgement)
    records = [_a0(acknowledgement)]
    for answer in acknowledgement.answers:
        records.append(_a1(answer))
        records += map(_a2, answer.messages)
    count = len(acknowledgement.answers)
    records.append(_filled("A9", {_COUNT: _number(count, _COUNT)}))
    stream.write(b"".join(record + _END for record in records))


def in_pieces(message: Message) -> tuple[Message, ...]:
    """Give a message as one or more that fit into an A2; their texts joined are its text.

    Nothing joins them on reading: a person reads them one after the other.
    """
    text, texts, start = message.text, [], 0
    while len(_cell(text[start : start + _PLAN_MESSAGE.length + 1])) > _PLAN_MESSAGE.length:
        size = _fitting(text[start : start + _PLAN_MESSAGE.length])
        texts.append(text[start : start + size])
        start += size
    return tuple(replace(message, text=one) for one in [*texts, text[start:]])


def _fitting(text: str) -> int:
    """Give how many characters of a text fit into an A2, one at least."""
    sizes = range(len(text), 1, -1)
    return next((n for n in sizes if len(_cell(text[:n])) <= _PLAN_MESSAGE.length), 1)


def _check(acknowledgement: Acknowledgement) -> None:
    check(acknowledgement)
    NAMES.check(acknowledgement)
    check_left_out(
        acknowledgement, "received", "closes_unnamed", "messages.status", "answers.participant"
    )
    refused = acknowledgement.status == "rejected"
    if not refused and None in (acknowledgement.sequence, acknowledgement.records_read):
        raise NotCarried("A CWDS acknowledgement says which sequence was read, and how much of it.")
    if refused and acknowledgement.records_read == 0:
        raise NotCarried("Records read of a refused CWDS file are from 1, or not known.")
    if refused and acknowledgement.answers:
        raise NotCarried("A CWDS acknowledgement of a refused file names no plan.")
    if any(one.code or one.place for one in acknowledgement.messages):
        raise NotCarried("A message about a whole CWDS file has a text alone.")
    if len(acknowledgement.messages) > 1:
        raise NotCarried("A CWDS acknowledgement has one message about the whole file.")


def _a0(acknowledgement: Acknowledgement) -> bytes:
    text = acknowledgement.messages[0].text if acknowledgement.messages else ""
    values = {
        _SEQUENCE: _number(acknowledgement.sequence or 0, _SEQUENCE),
        _FILE_STATUS: _CODES[acknowledgement.status].encode(),
        _RECORDS_READ: _number(acknowledgement.records_read or 0, _RECORDS_READ),
        _FILE_MESSAGE: _cell(text),
    }
    return _filled("A0", values)


def _a1(answer: Answer) -> bytes:
    values = {
        _PLAN_REF: _cell(answer.plan_id or ""),
        _VERSION: _number(answer.version or 0, _VERSION),
        _PLAN_STATUS: _CODES[answer.status].encode(),
    }
    return _filled("A1", values)


def _a2(message: Message) -> bytes:
    place = _PLACE.fullmatch(message.place or _NO_RECORD)
    if not place or message.place == _NO_RECORD:
        raise NotCarried("A place in CWDS is a record's number, six digits, and / with a field.")
    values = {
        _RECORD_NUMBER: place["record"].encode(),
        _FIELD_NAME: _cell(place["field"] or ""),
        _CODE: _cell(message.code),
        _PLAN_MESSAGE: _cell(message.text),
    }
    return _filled("A2", values)


def _number(number: int, field: _Field) -> bytes:
    return f"{number:0{field.length}}".encode()


def _cell(text: str) -> bytes:
    r"""Give a text as it stands in a field; `\e` closes one that ends in a space."""
    closed = f"{escape(text)}\\e" if text.endswith(" ") else escape(text)
    if _CONTROL.search(closed):
        raise NotCarried("A CWDS file carries no control characters but tab and line breaks.")
    try:
        return closed.encode(_CODE_PAGE)
    except UnicodeEncodeError:
        pass
    raise NotCarried("A character of a text is not in windows-1252.")


def _filled(kind: str, values: dict[_Field, bytes]) -> bytes:
    record = bytearray(kind.encode().ljust(_SIZE))
    for field, value in values.items():
        if len(value) > field.length:
            raise NotCarried(
                f"{field.name} takes {field.length} bytes in a record {kind}, and "
                f"{len(value):,} were given."
            )
        start = field.position - 1
        record[start : start + len(value)] = value
    return bytes(record)


ACKNOWLEDGEMENTS: Final = Acknowledgements(
    read=read_acknowledgement,
    write=write_acknowledgement,
    name=acknowledgement_name,
    answered=answered_file,
)
"""What the adapter gives."""
