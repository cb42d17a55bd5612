"""CWDS's acknowledgement: records of 120 bytes in `<file name without .dat>.ack`.

A message's place is the number of the record and the field in it: `000012/Title`, `000012`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from iepbridge.acknowledgement import (
    Acknowledgement,
    Answer,
    Message,
    Names,
    NotCarried,
    check,
    check_left_out,
    settled,
)
from iepbridge.adapter import Acknowledgements
from iepbridge.codecs.capped import capped
from iepbridge.errors import Unreadable
from iepbridge_cwds.acknowledgement_records import (
    CODE,
    COUNT,
    FIELD_NAME,
    FILE_MESSAGE,
    FILE_STATUS,
    PLAN_MESSAGE,
    PLAN_REF,
    PLAN_STATUS,
    RECORD_NUMBER,
    RECORDS_READ,
    SEQUENCE,
    STATUSES,
    VERSION,
    Record,
    cell,
    filled_record,
    number_cell,
    read_records,
)

NAMES: Final = Names(
    re.compile(r"CWDSIEP\.[A-Za-z0-9]{1,8}\.[0-9]{8}\.(?!000000)[0-9]{6}"), ".dat", ".ack"
)
acknowledgement_name = NAMES.acknowledgement_name
answered_file = NAMES.answered_file

_CODES: Final = {status: code for code, status in STATUSES.items()}
_PLACE: Final = re.compile(r"(?P<record>[0-9]{6})(?:/(?P<field>.+))?", re.DOTALL)
_NO_RECORD: Final = "000000"


def read_acknowledgement(stream: BinaryIO, name: str) -> Acknowledgement:
    """Read an acknowledgement that came under a name; raise `Unreadable` when it is none."""
    records = read_records(capped(stream))
    head = next(records, None)
    if head is None or head.type != "A0":
        raise Unreadable(
            "This is no CWDS acknowledgement: its first record is not A0. "
            "Check which system the file comes from."
        )
    read = _head(head, name)
    return settled(replace(read, answers=tuple(_answers(records))))


def _head(record: Record, name: str) -> Acknowledgement:
    status = record.status(FILE_STATUS)
    sequence = int(record.digits(SEQUENCE))
    records_read = int(record.digits(RECORDS_READ))
    unknown = None if status == "rejected" else 0
    if sequence == 0 and status != "rejected":
        record.refuse(SEQUENCE, "a number from 000001")
    found = NAMES.answered(name, sequence or None)
    text = record.text(FILE_MESSAGE)
    return Acknowledgement(
        found.batch,
        sequence or None,
        None,
        status,
        (Message("", text),) if text else (),
        records_read=records_read or unknown,
        part=found.part,
    )


def _answers(records: Iterator[Record]) -> Iterator[Answer]:
    """Yield the answers up to the A9 and check its count."""
    count = 0
    plan: Record | None = None
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


def _end(record: Record, records: Iterator[Record], count: int) -> None:
    if record.type != "A9":
        raise Unreadable(
            f"The CWDS acknowledgement's record {record.number:,} is out of place: expected one "
            "A0, each plan's A1 with its A2, one A9. Ask its sender for another file."
        )
    stated = int(record.digits(COUNT))
    if stated != count:
        raise Unreadable(
            f"The CWDS acknowledgement states {stated:,} plans (A9) and has {count:,}. "
            "It may have been cut; ask for it again."
        )
    if next(records, None):
        raise Unreadable(
            "The CWDS acknowledgement goes on behind its A9. Ask its sender for another file."
        )


def _answer(record: Record, messages: list[Message]) -> Answer:
    return Answer(
        record.text(PLAN_REF) or None,
        int(record.digits(VERSION)) or None,
        record.status(PLAN_STATUS),
        tuple(messages),
    )


def _message(record: Record) -> Iterator[Message]:
    number, field = record.digits(RECORD_NUMBER), record.text(FIELD_NAME)
    place = f"{number}/{field}" if field else number.removeprefix(_NO_RECORD)
    said = Message(record.text(CODE), record.text(PLAN_MESSAGE), place)
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
    records.append(filled_record("A9", {COUNT: number_cell(count, COUNT)}))
    stream.write(b"".join(records))


def in_pieces(message: Message) -> tuple[Message, ...]:
    """Give a message as one or more that fit into an A2; their texts joined are its text.

    Nothing joins them on reading: a person reads them one after the other.
    """
    text, texts, start = message.text, [], 0
    while len(cell(text[start : start + PLAN_MESSAGE.length + 1])) > PLAN_MESSAGE.length:
        size = _fitting(text[start : start + PLAN_MESSAGE.length])
        texts.append(text[start : start + size])
        start += size
    return tuple(replace(message, text=one) for one in [*texts, text[start:]])


def _fitting(text: str) -> int:
    """Give how many characters of a text fit into an A2, one at least."""
    sizes = range(len(text), 1, -1)
    return next((n for n in sizes if len(cell(text[:n])) <= PLAN_MESSAGE.length), 1)


def _check(acknowledgement: Acknowledgement) -> None:
    check(acknowledgement)
    NAMES.check(acknowledgement)
    check_left_out(
        acknowledgement, "received", "closes_unnamed", "messages.status", "answers.participant"
    )
    refused = acknowledgement.status == "rejected"
    if not refused and None in (acknowledgement.sequence, acknowledgement.records_read):
        raise NotCarried("A CWDS acknowledgement says which sequence was read, and how much of it.")
    if (acknowledgement.records_read or 0) < 0:
        raise NotCarried("Records read are not fewer than none.")
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
        SEQUENCE: number_cell(acknowledgement.sequence or 0, SEQUENCE),
        FILE_STATUS: _CODES[acknowledgement.status].encode(),
        RECORDS_READ: number_cell(acknowledgement.records_read or 0, RECORDS_READ),
        FILE_MESSAGE: cell(text),
    }
    return filled_record("A0", values)


def _a1(answer: Answer) -> bytes:
    values = {
        PLAN_REF: cell(answer.plan_id or ""),
        VERSION: number_cell(answer.version or 0, VERSION),
        PLAN_STATUS: _CODES[answer.status].encode(),
    }
    return filled_record("A1", values)


def _a2(message: Message) -> bytes:
    place = _PLACE.fullmatch(message.place or _NO_RECORD)
    if not place or message.place == _NO_RECORD:
        raise NotCarried("A place in CWDS is a record's number, six digits, and / with a field.")
    values = {
        RECORD_NUMBER: place["record"].encode(),
        FIELD_NAME: cell(place["field"] or ""),
        CODE: cell(message.code),
        PLAN_MESSAGE: cell(message.text),
    }
    return filled_record("A2", values)


ACKNOWLEDGEMENTS: Final = Acknowledgements(
    read=read_acknowledgement,
    write=write_acknowledgement,
    name=acknowledgement_name,
    answered=answered_file,
)
"""What the adapter gives."""
