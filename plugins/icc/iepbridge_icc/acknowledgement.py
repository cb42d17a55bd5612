"""ICC's acknowledgement: rows in `<name of the zip without .zip>_RESULT.txt`.

A message's place is the member and the row in it: `SERVICE.txt:3`, `SERVICE.txt`. Each row has a
result of its own; a plan's is the worst of its rows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
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
    worst,
)
from iepbridge.adapter import Acknowledgements
from iepbridge.codecs.capped import capped
from iepbridge.codecs.delimited import Dialect, NotDelimited, read_rows, row_writer
from iepbridge.errors import Unreadable
from iepbridge.plan.refusals import UNFIT_CHARACTERS

NAMES: Final = Names(
    re.compile("ICC_IEP_[A-Za-z0-9]{1,8}_[0-9]{8}_(?!000000)[0-9]{6}"), ".zip", "_RESULT.txt"
)
acknowledgement_name = NAMES.acknowledgement_name
answered_file = NAMES.answered_file

_DIALECT: Final = Dialect(delimiter="|", newline="\r\n", byte_order_mark=True)
_BATCH: Final = "BATCH"
_PLAN_MEMBER: Final = "PLAN.txt"
_STATUSES: Final[dict[str, Status]] = {"A": "accepted", "W": "warnings", "R": "rejected"}
_CODES: Final = {status: code for code, status in _STATUSES.items()}
_NUMBER: Final = re.compile("0*[1-9][0-9]{0,8}")
_SEQUENCE: Final = re.compile("(?!0+$)[0-9]{1,6}")
_PLACE: Final = re.compile(r"(?P<member>(?!BATCH\b)[A-Z]*(?:\.txt)?)(?::(?P<row>[1-9][0-9]{0,8}))?")


class _Row(NamedTuple):
    """A row as it stands in the file, its columns in order."""

    member: str = ""
    plan_ref: str = ""
    plan_version: str = ""
    row: str = ""
    result: str = ""
    code: str = ""
    message: str = ""


_HEADER: Final = _Row("Member", "PlanRef", "PlanVersion", "Row", "Result", "Code", "Message")


@dataclass(slots=True)
class _Plan:
    """What the rows of one plan say."""

    version: int | None = None
    rows: list[tuple[Status, Message | None]] = field(default_factory=list)


def read_acknowledgement(stream: BinaryIO, name: str) -> Acknowledgement:
    """Read an acknowledgement that came under a name; raise `Unreadable` when it is none."""
    try:
        return settled(_read(stream, name))
    except NotDelimited as error:
        fault = str(error)
    raise Unreadable(
        f"The ICC acknowledgement is not the delimited text that was agreed on: {fault}. "
        "Ask its sender for another file."
    )


def _read(stream: BinaryIO, name: str) -> Acknowledgement:
    rows = map(_Row._make, read_rows(capped(stream), _DIALECT, len(_HEADER)))
    if next(rows, None) != _HEADER:
        raise Unreadable(
            f"This is no ICC acknowledgement: its first row is not {'|'.join(_HEADER)}. "
            "Check which system the file comes from."
        )
    batch = next(rows, None)
    if batch is None or batch.member != _BATCH or batch.plan_ref:
        raise Unreadable(
            "The ICC acknowledgement has no BATCH row behind its header. "
            "Ask its sender for a complete file."
        )
    return _whole(batch, rows, name)


def _whole(batch: _Row, rows: Iterator[_Row], name: str) -> Acknowledgement:
    status = _status(batch, 1)
    sequence = _sequence(batch, status)
    found = NAMES.answered(name, sequence)
    plans, about = _collected(rows)
    answers = tuple(_answer(plan_id, plan) for plan_id, plan in plans.items())
    results = worst([*(one.status for one in answers), *(result for result, _ in about)])
    own = "warnings" if status == "accepted" and results != "accepted" else status
    messages = _messages(own, about)
    if batch.code or batch.message:
        messages = (Message(batch.code, batch.message), *messages)
    read = Acknowledgement(found.batch, sequence, None, own, messages, answers, part=found.part)
    return replace(read, closes_unnamed=_closes_unnamed(read))


def _closes_unnamed(read: Acknowledgement) -> bool:
    """Say whether plans without a row are accepted.

    Unless its name is known it may be a part; and one with the result W in which nothing says why
    may have been cut, since ICC states no count.
    """
    if read.batch is None or read.part is not None or read.status == "rejected":
        return False
    told = read.messages or any(one.status != "accepted" for one in read.answers)
    return read.status == "accepted" or bool(told)


def _collected(
    rows: Iterator[_Row],
) -> tuple[dict[str, _Plan], list[tuple[Status, Message | None]]]:
    """Give the plans by id, in the order of their first rows, and what belongs to no plan."""
    plans: dict[str, _Plan] = {}
    about: list[tuple[Status, Message | None]] = []
    for number, row in enumerate(rows, 2):
        if row.member == _BATCH:
            _refuse(number, "Member", "that of a plan: BATCH stands once")
        said = (_status(row, number), _message(row, number))
        version = _version(row, number)
        if not row.plan_ref:
            about.append(said)
            continue
        plan = plans.setdefault(row.plan_ref, _Plan(version))
        plan.version = plan.version or version
        if version not in (None, plan.version):
            _refuse(number, "PlanVersion", "that of the plan's other rows")
        plan.rows.append(said)
    return plans, about


def _answer(plan_id: str, plan: _Plan) -> Answer:
    status = worst(result for result, _ in plan.rows)
    return Answer(plan_id, plan.version, status, _messages(status, plan.rows))


def _messages(own: Status, rows: Sequence[tuple[Status, Message | None]]) -> tuple[Message, ...]:
    return tuple(
        message if result == own else Message(message.code, message.text, message.place, result)
        for result, message in rows
        if message
    )


def _message(row: _Row, number: int) -> Message | None:
    """Give what a row says beside its result: a code, a text, or where something is not right."""
    if row.row and not _NUMBER.fullmatch(row.row):
        _refuse(number, "Row", "a whole number from 1")
    if not row.code and not row.message and (row.result == "A" or not row.row):
        return None
    place = f"{row.member}:{int(row.row)}" if row.row else row.member
    return Message(row.code, row.message, place)


def _status(row: _Row, number: int) -> Status:
    return _STATUSES.get(row.result) or _refuse(number, "Result", "A, W or R")


def _version(row: _Row, number: int) -> int | None:
    if row.plan_version and not _NUMBER.fullmatch(row.plan_version):
        _refuse(number, "PlanVersion", "a whole number from 1")
    return int(row.plan_version) if row.plan_version else None


def _sequence(batch: _Row, status: Status) -> int | None:
    if not batch.row and status == "rejected":
        return None
    if not _SEQUENCE.fullmatch(batch.row):
        _refuse(1, "Row", "the sequence, six digits from 000001")
    return int(batch.row)


def _refuse(number: int, column: str, expected: str) -> NoReturn:
    raise Unreadable(
        f"The ICC acknowledgement's row {number:,} has no {column} that is {expected}. "
        "Ask its sender for a file of this layout."
    )


def write_acknowledgement(acknowledgement: Acknowledgement, stream: BinaryIO) -> None:
    """Write an acknowledgement; raise `NotCarried`, with nothing written, where it cannot be."""
    _check(acknowledgement)
    written = row_writer(_DIALECT)
    text = "".join(map(written, [_HEADER, *_rows(acknowledgement)]))
    if UNFIT_CHARACTERS.search(text):
        raise NotCarried("An ICC file carries no control character and no lone surrogate.")
    stream.write(_DIALECT.mark + text.encode())


def _check(acknowledgement: Acknowledgement) -> None:
    check(acknowledgement)
    NAMES.check(acknowledgement)
    check_left_out(acknowledgement, "received", "records_read", "answers.participant")
    status = acknowledgement.status
    if acknowledgement.sequence is None and status != "rejected":
        raise NotCarried("An ICC acknowledgement says which sequence it answers.")
    if acknowledgement.closes_unnamed != _closes_unnamed(acknowledgement):
        raise NotCarried(
            "An ICC acknowledgement closes plans without a row, unless it is a part, rejects the "
            "file, or has warnings and says of what."
        )
    if any(one.status == status for one in acknowledgement.messages):
        raise NotCarried("A message's status is left out where it is that of the file.")


def _rows(acknowledgement: Acknowledgement) -> Iterator[_Row]:
    """Yield the rows behind the header; a first message without a place goes into BATCH."""
    status, messages = acknowledgement.status, acknowledgement.messages
    sequence = "" if acknowledgement.sequence is None else f"{acknowledgement.sequence:06}"
    batch = _Row(_BATCH, row=sequence, result=_CODES[status])
    if messages and not messages[0].place and messages[0].status is None:
        batch = batch._replace(code=messages[0].code, message=messages[0].text)
        messages = messages[1:]
    yield batch
    for message in messages:
        yield _row(message, status)
    for answer in acknowledgement.answers:
        yield from _plan_rows(answer)


def _plan_rows(answer: Answer) -> Iterator[_Row]:
    if not answer.plan_id:
        raise NotCarried("An ICC acknowledgement names each plan.")
    if any(
        worst([one.status or "accepted", answer.status]) == one.status for one in answer.messages
    ):
        raise NotCarried("A message's status is better than its plan's, or left out.")
    own = {
        "plan_ref": answer.plan_id,
        "plan_version": "" if answer.version is None else str(answer.version),
    }
    if all(one.status for one in answer.messages):
        yield _Row(_PLAN_MEMBER, result=_CODES[answer.status])._replace(**own)
    for message in answer.messages:
        yield _row(message, answer.status)._replace(**own)


def _row(message: Message, status: Status) -> _Row:
    place = _PLACE.fullmatch(message.place)
    if not place:
        raise NotCarried("A place in ICC is a member's name, with : and a row's number.")
    result = _CODES[message.status or status]
    row = _Row(place["member"], "", "", place["row"] or "", result, message.code, message.text)
    if not (message.code or message.text or (row.row and result != "A")):
        raise NotCarried(
            "A row of ICC that says nothing but A, or nothing of a row, is no message."
        )
    return row


ACKNOWLEDGEMENTS: Final = Acknowledgements(
    read=read_acknowledgement,
    write=write_acknowledgement,
    name=acknowledgement_name,
    answered=answered_file,
)
"""What the adapter gives."""
