"""What a system answers to a file: accepted, with warnings or rejected, the file and each plan."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple, TypeAlias

from iepbridge.errors import Unreadable

Status: TypeAlias = Literal["accepted", "warnings", "rejected"]

ACCEPTED: Final = "accepted"
WARNINGS: Final = "warnings"
REJECTED: Final = "rejected"
_WORSE: Final = {ACCEPTED: 0, WARNINGS: 1, REJECTED: 2}
_PLAIN_NAME: Final = re.compile("[^/\x00-\x1f\x7f]+")
_MOST_PARTS: Final = 999_999
_HIGHEST_SEQUENCE: Final = 999999
_ID_CHARACTERS: Final = 36
_TEXT_CHARACTERS: Final = 1_000_000  # what a reader of any format takes
_HIGHEST_VERSION: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class Message:
    """What the system says about a file or a plan; what is empty was not said.

    `place` is where in the answered file, written as the system's own page does. `status` is how
    this message alone counts, where that is other than the answer's (ICC says it row by row).
    """

    code: str
    text: str = field(repr=False)
    place: str = ""
    status: Status | None = None

    @property
    def says_something(self) -> bool:
        """Say whether anything but the status is filled."""
        return bool(self.code or self.text or self.place)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one plan. One whose id or version was not stated belongs to no plan of ours.

    `participant` is the system's own number for the person, where it is repeated (TWIST).
    """

    plan_id: str | None
    version: int | None
    status: Status
    messages: tuple[Message, ...] = ()
    participant: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One acknowledgement file.

    `batch` is the answered file's name without its ending, None where neither the file nor its
    name tells; `sequence` is as the file states it, None where the system did not know it; `part`
    is the file's number where the answer comes in several. `messages` are about the whole file;
    rejected, it was refused whole. `closes_unnamed` says that plans without an answer here are
    accepted; else they are still open. `received` is RFC 3339.
    """

    batch: str | None
    sequence: int | None
    received: str | None
    status: Status
    messages: tuple[Message, ...] = ()
    answers: tuple[Answer, ...] = ()
    records_read: int | None = None
    part: int | None = None
    closes_unnamed: bool = False

    @property
    def rejects(self) -> bool:
        """Say whether the file, or anything in it, was rejected."""
        answers = (one.status for one in self.answers)
        return REJECTED in (self.status, *answers, *(one.status for one in self.messages))


class NotCarried(ValueError):
    """The system's acknowledgement has no place for this; the reason shows no value."""


class AnsweredFile(NamedTuple):
    """What an acknowledgement's name tells: the answered file's name without ending, the part."""

    batch: str | None
    part: int | None


@dataclass(frozen=True, slots=True)
class Names:
    """How a system names its files and their acknowledgements.

    `stem` is the form of a file's name without `ending`; it ends in the six-digit sequence.
    """

    stem: re.Pattern[str]
    ending: str
    acknowledgement_ending: str

    def acknowledgement_name(self, file_name: str, part: int | None = None) -> str:
        """Name the acknowledgement of a file, or one part of it."""
        stem = file_name.removesuffix(self.ending)
        if stem == file_name or not _PLAIN_NAME.fullmatch(stem):
            raise NotCarried(f"No plain file name with the ending {self.ending} was given.")
        _check_part(part)
        number = "" if part is None else f".{part}"
        return f"{stem}{number}{self.acknowledgement_ending}"

    def answered_file(self, name: str) -> AnsweredFile | None:
        """Tell which file an acknowledgement of this name answers; None for any other name."""
        whole = name.removesuffix(self.acknowledgement_ending)
        if whole == name:
            return None
        if self.stem.fullmatch(whole):
            return AnsweredFile(whole, None)
        stem, _, number = whole.rpartition(".")
        if self.stem.fullmatch(stem) and re.fullmatch("[1-9][0-9]{0,5}", number):
            return AnsweredFile(stem, int(number))
        return None

    def sequence_of(self, batch: str | None) -> int | None:
        """Give the sequence at the end of a file's name, None where it is no name of the system."""
        return int(batch[-6:]) if batch and self.stem.fullmatch(batch) else None

    def answered(self, name: str, sequence: int | None) -> AnsweredFile:
        """Tell which file is answered; refuse one whose name and stated sequence disagree."""
        found = self.answered_file(name) or AnsweredFile(None, None)
        named = self.sequence_of(found.batch)
        if named is not None and sequence not in (None, named):
            raise Unreadable(
                f"The acknowledgement answers the file with the sequence {sequence:06}, and is "
                f"named after that with {named:06}. Ask its sender which is right."
            )
        return found

    def check(self, acknowledgement: Acknowledgement) -> None:
        """Raise `NotCarried` where the file's name cannot tell batch and part, or tells others."""
        batch, sequence = acknowledgement.batch, acknowledgement.sequence
        if sequence is not None and not 0 < sequence <= _HIGHEST_SEQUENCE:
            raise NotCarried(f"A sequence is a number from 1 to {_HIGHEST_SEQUENCE}.")
        named = self.sequence_of(batch)
        if batch is not None and named is None:
            raise NotCarried("The batch is no file name of this system without its ending.")
        if named is not None and sequence not in (None, named):
            raise NotCarried("The sequence is not that of the batch's name.")
        if batch is None and acknowledgement.part is not None:
            raise NotCarried("A part needs the batch that it is a part of.")
        _check_part(acknowledgement.part)


def worst(statuses: Iterable[Status]) -> Status:
    """Give the worst of some statuses; none is accepted."""
    return max(statuses, key=_WORSE.__getitem__, default=ACCEPTED)


def settled(read: Acknowledgement) -> Acknowledgement:
    """Refuse answers that contradict each other; give what they come to.

    A file that is said to be accepted and has a plan that is not, or is not quite, has warnings.
    """
    if read.status == REJECTED and any(one.status != REJECTED for one in read.answers):
        raise Unreadable(
            "The acknowledgement rejects the whole file and accepts a plan of it. "
            "Ask its sender which is right."
        )
    if _has_plan_twice(read.answers):
        raise Unreadable(
            "The acknowledgement answers one plan twice. Ask its sender for a file with one "
            "answer a plan."
        )
    if read.status == ACCEPTED and _implied(read) != ACCEPTED:
        return replace(read, status=WARNINGS)
    return read


def check(acknowledgement: Acknowledgement) -> None:
    """Raise `NotCarried` for what no system's acknowledgement says."""
    if acknowledgement.status == REJECTED and not acknowledgement.messages:
        raise NotCarried("A file that was refused whole needs a message that says why.")
    if acknowledgement.status == ACCEPTED and _implied(acknowledgement) != ACCEPTED:
        raise NotCarried("A file with a plan that is not accepted has the status warnings.")
    if acknowledgement.status == REJECTED and any(
        one.status != REJECTED for one in acknowledgement.answers
    ):
        raise NotCarried("No plan of a file that was refused whole is accepted.")
    if _has_plan_twice(acknowledgement.answers):
        raise NotCarried("A plan is answered once.")
    for message in _messages(acknowledgement):
        _check_message(message)
    for answer in acknowledgement.answers:
        _check_plan(answer)


def check_left_out(acknowledgement: Acknowledgement, *left_out: str) -> None:
    """Raise `NotCarried` where a field that a system has no place for says something.

    `messages.status` and `answers.participant` name what is in the messages and answers.
    """
    for name in left_out:
        first, _, inner = name.partition(".")
        value = getattr(acknowledgement, first)
        if inner:
            owned = _messages(acknowledgement) if first == "messages" else value
            value = next((one for one in owned if getattr(one, inner) is not None), None)
        if value not in (None, False, ()):
            raise NotCarried(f"This system's acknowledgement has no place for {name}.")


def _check_part(part: int | None) -> None:
    if part is not None and not 0 < part <= _MOST_PARTS:
        raise NotCarried(f"Parts are numbered from 1 to {_MOST_PARTS:,}.")


def _check_message(message: Message) -> None:
    if not message.says_something:
        raise NotCarried("A message says something.")
    if max(map(len, (message.code, message.text, message.place))) > _TEXT_CHARACTERS:
        raise NotCarried(f"A message has at most {_TEXT_CHARACTERS:,} characters.")


def _check_plan(answer: Answer) -> None:
    if answer.plan_id is not None and not 0 < len(answer.plan_id) <= _ID_CHARACTERS:
        raise NotCarried(f"A plan's id has 1 to {_ID_CHARACTERS} characters.")
    if answer.version is not None and not 0 < answer.version <= _HIGHEST_VERSION:
        raise NotCarried(f"A plan's version is a number from 1 to {_HIGHEST_VERSION:,}.")


def _messages(acknowledgement: Acknowledgement) -> Iterable[Message]:
    yield from acknowledgement.messages
    for answer in acknowledgement.answers:
        yield from answer.messages


def _implied(acknowledgement: Acknowledgement) -> Status:
    answers = worst(one.status for one in acknowledgement.answers)
    return worst([answers, *(one.status or ACCEPTED for one in acknowledgement.messages)])


def _has_plan_twice(answers: Iterable[Answer]) -> bool:
    ids = [one.plan_id for one in answers if one.plan_id is not None]
    return len(ids) != len(set(ids))
