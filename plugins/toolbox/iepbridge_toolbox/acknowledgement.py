"""Toolbox's acknowledgement: `AckBatch` in `<file name without .xml>_ack.xml`.

A message's place is the section, then `#` and the part's ref where there is one:
`GoalsAndBarriers#goal-1`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Final

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
from iepbridge.codecs.xml_document import (
    DocumentForm,
    Node,
    ReadDocument,
    filled,
    write_document,
)
from iepbridge.mapping.frame import is_created

NAMES: Final = Names(
    re.compile("TBX_IEP_[A-Za-z0-9]{1,8}_[0-9]{8}_(?!000000)[0-9]{6}"), ".xml", "_ack.xml"
)
acknowledgement_name = NAMES.acknowledgement_name
answered_file = NAMES.answered_file

SECTIONS: Final = (
    "Personal", "Credentials", "Veteran", "DesiredPositions", "WorkHistory", "FamilyMembers",
    "GoalsAndBarriers", "AdditionalComments", "ActivityPlan", "SignatureBlock",
)  # fmt: skip
"""The sections of the form, in which a place begins."""

_FORM: Final = DocumentForm(
    "Toolbox acknowledgement",
    root="AckBatch",
    record="Ack",
    children=frozenset({"Ack", "Error"}),
    namespace="urn:iepbridge:toolbox:ack:2",
    encodings=frozenset({"UTF-8", "UTF-16"}),
)
_STATUSES: Final[dict[str, Status]] = {
    "Accepted": "accepted",
    "Warnings": "warnings",
    "Rejected": "rejected",
}
_WORDS: Final = {status: word for word, status in _STATUSES.items()}
_VERSION: Final = re.compile("0*[1-9][0-9]{0,8}")
_UNKNOWN_SEQUENCE: Final = "000000"


def read_acknowledgement(stream: BinaryIO, name: str) -> Acknowledgement:
    """Read an acknowledgement that came under a name; raise `Unreadable` when it is none."""
    document = ReadDocument(stream, _FORM)
    status = _status(document, "@result", document.attributes)
    sequence = _sequence(document, status)
    received = document.attributes.get("received", "")
    if not is_created(received):
        document.refuse("@received", "a time by RFC 3339 with its offset")
    found = NAMES.answered(name, sequence)
    messages: list[Message] = []
    answers: list[Answer] = []
    for node in document.nodes():
        if node.name == "Error":
            messages += _messages([node])
        else:
            answers.append(_answer(document, node, len(answers) + 1))
    return settled(
        Acknowledgement(
            found.batch,
            sequence,
            received,
            status,
            tuple(messages),
            tuple(answers),
            part=found.part,
        )
    )


def _sequence(document: ReadDocument, status: Status) -> int | None:
    text = document.attributes.get("sequence", "")
    if status == "rejected" and text == _UNKNOWN_SEQUENCE:
        return None
    if not re.fullmatch("(?!000000)[0-9]{6}", text):
        document.refuse("@sequence", "six digits, from 000001")
    return int(text)


def _status(document: ReadDocument, place: str, attributes: Mapping[str, str]) -> Status:
    found = _STATUSES.get(attributes.get("result", ""))
    return found or document.refuse(place, "Accepted, Warnings or Rejected")


def _answer(document: ReadDocument, node: Node, number: int) -> Answer:
    place = f"Ack[{number:,}]"
    plan_id, version = node.attributes.get("planRef"), node.attributes.get("version", "")
    if not plan_id:
        document.refuse(f"{place}/@planRef", "filled")
    if not _VERSION.fullmatch(version):
        document.refuse(f"{place}/@version", "a whole number from 1")
    status = _status(document, f"{place}/@result", node.attributes)
    return Answer(plan_id, int(version), status, tuple(_messages(node.children)))


def _messages(nodes: Iterable[Node]) -> Iterator[Message]:
    for node in nodes:
        section, ref = node.attributes.get("section", ""), node.attributes.get("ref", "")
        place = f"{section}#{ref}" if ref else section
        said = Message(node.attributes.get("code", ""), node.text, place)
        if node.name == "Error" and said.says_something:
            yield said


def write_acknowledgement(acknowledgement: Acknowledgement, stream: BinaryIO) -> None:
    """Write an acknowledgement; raise `NotCarried`, with nothing written, where it cannot be."""
    _check(acknowledgement)
    attributes = {
        "sequence": f"{acknowledgement.sequence or 0:06}",
        "received": acknowledgement.received or "",
        "result": _WORDS[acknowledgement.status],
    }
    errors = map(_error, acknowledgement.messages)
    write_document(stream, _FORM, attributes, [*errors, *map(_ack, acknowledgement.answers)])


def _check(acknowledgement: Acknowledgement) -> None:
    check(acknowledgement)
    NAMES.check(acknowledgement)
    check_left_out(
        acknowledgement, "records_read", "closes_unnamed", "messages.status", "answers.participant"
    )
    refused = acknowledgement.status == "rejected"
    if not refused and acknowledgement.sequence is None:
        raise NotCarried("A Toolbox acknowledgement says which sequence it answers.")
    if not is_created(acknowledgement.received or ""):
        raise NotCarried("A Toolbox acknowledgement says when the file was received (RFC 3339).")
    if refused and acknowledgement.answers:
        raise NotCarried("A Toolbox acknowledgement of a refused file names no plan.")
    if not refused and acknowledgement.messages:
        raise NotCarried("Only a Toolbox file that was refused has messages of its own.")


def _ack(answer: Answer) -> Node:
    if answer.plan_id is None or answer.version is None:
        raise NotCarried("A Toolbox acknowledgement names each plan and its version.")
    attributes = {
        "planRef": answer.plan_id,
        "version": str(answer.version),
        "result": _WORDS[answer.status],
    }
    return Node("Ack", attributes, children=tuple(map(_error, answer.messages)))


def _error(message: Message) -> Node:
    section, hash_sign, ref = message.place.partition("#")
    if not message.code:
        raise NotCarried("A message of Toolbox has a code.")
    if section not in ("", *SECTIONS) or (hash_sign and not ref):
        raise NotCarried("A place in Toolbox is a section of the form, # with a ref, or both.")
    attributes = {"code": message.code, "section": section, "ref": ref}
    return Node("Error", filled(attributes), message.text)


ACKNOWLEDGEMENTS: Final = Acknowledgements(
    read=read_acknowledgement,
    write=write_acknowledgement,
    name=acknowledgement_name,
    answered=answered_file,
)
"""What the adapter gives."""
