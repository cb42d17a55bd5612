"""TWIST's acknowledgement: `TwistIepAck` in `<FileId>.ack.xml`, read and written."""

import re
from collections.abc import Iterable, Iterator
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
from iepbridge.errors import Unreadable
from iepbridge.mapping.frame import is_created

NAMES: Final = Names(
    re.compile("TWIST_IEP_[A-Za-z0-9]{1,8}_[0-9]{8}_(?!000000)[0-9]{6}"), ".xml", ".ack.xml"
)
acknowledgement_name = NAMES.acknowledgement_name
answered_file = NAMES.answered_file

_RELEASE: Final = "3.2"
_HEAD: Final = ("FileId", "Received", "Status")
_FORM: Final = DocumentForm(
    "TWIST acknowledgement",
    root="TwistIepAck",
    record="Customer",
    children=frozenset({*_HEAD, "Message", "Customer"}),
)
_STATUSES: Final[dict[str, Status]] = {"A": "accepted", "W": "warnings", "R": "rejected"}
_CODES: Final = {status: code for code, status in _STATUSES.items()}
_VERSION: Final = re.compile("0*[1-9][0-9]{0,8}")


def read_acknowledgement(stream: BinaryIO, name: str) -> Acknowledgement:
    """Read an acknowledgement that came under a name; raise `Unreadable` when it is none."""
    document = ReadDocument(stream, _FORM)
    if document.attributes.get("version") != _RELEASE:
        document.refuse("version", f"the release {_RELEASE}")
    return settled(_Reading(document).acknowledgement(name))


class _Reading:
    """The reading of one document."""

    def __init__(self, document: ReadDocument) -> None:
        self._document = document
        self._head: dict[str, str] = {}
        self._messages: list[Message] = []
        self._answers: list[Answer] = []
        for node in document.nodes():
            self._take(node)

    def acknowledgement(self, name: str) -> Acknowledgement:
        batch, received = self._of_head("FileId"), self._of_head("Received")
        named = NAMES.answered_file(name)
        if named and named.batch != batch:
            raise Unreadable(
                "The TWIST acknowledgement's FileId is not that of the file it is named after. "
                "Ask its sender which is right."
            )
        if not is_created(received):
            self._document.refuse("Received", "a time by RFC 3339 with its offset")
        return Acknowledgement(
            batch,
            NAMES.sequence_of(batch),
            received,
            self._status("Status", self._head.get("Status")),
            tuple(self._messages),
            tuple(self._answers),
            part=named.part if named else None,
        )

    def _take(self, node: Node) -> None:
        if node.name == "Customer":
            self._answers.append(self._answer(node))
        elif node.name == "Message":
            self._messages += _messages([node])
        elif node.name in self._head:
            self._document.refuse(node.name, "its only one")
        else:
            self._head[node.name] = node.text

    def _of_head(self, name: str) -> str:
        return self._head.get(name) or self._document.refuse(name, "filled")

    def _answer(self, node: Node) -> Answer:
        place = f"Customer[{len(self._answers) + 1:,}]"
        values = node.attributes
        return Answer(
            values.get("planRef") or None,
            self._version(f"{place}/@planVersion", values.get("planVersion")),
            self._status(f"{place}/@status", values.get("status")),
            tuple(_messages(node.children)),
            values.get("twistId") or None,
        )

    def _version(self, place: str, text: str | None) -> int | None:
        if text and not _VERSION.fullmatch(text):
            self._document.refuse(place, "a whole number from 1")
        return int(text) if text else None

    def _status(self, place: str, text: str | None) -> Status:
        return _STATUSES.get(text or "") or self._document.refuse(place, "A, W or R")


def _messages(nodes: Iterable[Node]) -> Iterator[Message]:
    for node in nodes:
        values = node.attributes
        said = Message(values.get("code", ""), node.text, values.get("path", ""))
        if node.name == "Message" and said.says_something:
            yield said


def write_acknowledgement(acknowledgement: Acknowledgement, stream: BinaryIO) -> None:
    """Write an acknowledgement; raise `NotCarried`, with nothing written, where it cannot be."""
    _check(acknowledgement)
    batch, received = acknowledgement.batch or "", acknowledgement.received or ""
    nodes = [
        Node("FileId", text=batch),
        Node("Received", text=received),
        Node("Status", text=_CODES[acknowledgement.status]),
        *map(_message_node, acknowledgement.messages),
        *map(_customer, acknowledgement.answers),
    ]
    write_document(stream, _FORM, {"version": _RELEASE}, nodes)


def _check(acknowledgement: Acknowledgement) -> None:
    check(acknowledgement)
    check_left_out(acknowledgement, "records_read", "closes_unnamed", "messages.status")
    batch = acknowledgement.batch
    if not batch:
        raise NotCarried("A TWIST acknowledgement names the batch that it answers.")
    if acknowledgement.sequence != NAMES.sequence_of(batch):
        raise NotCarried("The sequence is not that of the batch's name.")
    if acknowledgement.part is not None:
        NAMES.check(acknowledgement)
    if not is_created(acknowledgement.received or ""):
        raise NotCarried("A TWIST acknowledgement says when the file was received (RFC 3339).")
    if acknowledgement.status == "rejected" and acknowledgement.answers:
        raise NotCarried("A TWIST acknowledgement of a refused file names no plan.")


def _customer(answer: Answer) -> Node:
    if answer.participant == "":
        raise NotCarried("A participant's number is not empty.")
    attributes = {
        "twistId": answer.participant,
        "planRef": answer.plan_id,
        "planVersion": None if answer.version is None else str(answer.version),
        "status": _CODES[answer.status],
    }
    return Node("Customer", filled(attributes), children=tuple(map(_message_node, answer.messages)))


def _message_node(message: Message) -> Node:
    return Node("Message", filled({"code": message.code, "path": message.place}), message.text)


ACKNOWLEDGEMENTS: Final = Acknowledgements(
    read=read_acknowledgement,
    write=write_acknowledgement,
    name=acknowledgement_name,
    answered=answered_file,
)
"""What the adapter gives."""
