"""The beginning of an XML file, up to its root's start tag: where a DOCTYPE would stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NoReturn

from lxml import etree

from iepbridge.codecs.xml_blocks import refuse_doctype
from iepbridge.codecs.xml_faults import GUARDS, Fault, close, fault_of, feed, refuse
from iepbridge.codecs.xml_pieces import MOST_ATTRIBUTES
from iepbridge.errors import Unreadable

_MOST_BYTES: Final = 4 * 2**20
_END: Final = b""


@dataclass(frozen=True, slots=True)
class Opening:
    """The root's start tag, names as `{namespace}local`, and the pieces read so far."""

    tag: str
    attributes: dict[str, str]
    pieces: list[bytes]


def read_opening(pieces: Iterator[bytes], most_text: int) -> Opening:
    """Read as far as the root's start tag; refuse whatever is wrong up to there."""
    target: Any = _Target()
    parser = etree.XMLParser(target=target, **GUARDS)
    read: list[bytes] = []
    data = bytearray()
    place = 0
    for piece in chain(pieces, [_END]):
        read.append(piece)
        data += piece
        place = refuse_doctype(data, place)
        _advance(parser, piece)
        if len(data) > _MOST_BYTES:
            _refuse(f"more than {_MOST_BYTES:,} bytes before its first child")
        if target.tag is not None:
            break
    _check(target, most_text)
    return Opening(target.tag, target.attributes, [piece for piece in read if piece])


class _Seen(Exception):
    """Ends the parse: what it was for has been seen."""


class _Target:
    """What the parser calls; both calls end it before it reads another byte."""

    def __init__(self) -> None:
        self.tag: str | None = None
        self.attributes: dict[str, str] = {}
        self.namespaces = 0

    def doctype(self, *_: str | None) -> None:
        refuse_doctype(b"<!DOCTYPE")

    def start(self, tag: str, attributes: dict[str, str], namespaces: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = dict(attributes)
        self.namespaces = len(namespaces)
        raise _Seen

    def close(self) -> None:
        """Be there, as lxml asks."""


def _advance(parser: etree.XMLParser, piece: bytes) -> None:
    fault: Fault | None
    try:
        fault = feed(parser, piece) if piece else close(parser)
    except _Seen:
        fault = fault_of(parser)
    if fault:
        refuse(fault)


def _check(target: _Target, most_text: int) -> None:
    if target.namespaces > MOST_ATTRIBUTES or len(target.attributes) > MOST_ATTRIBUTES:
        _refuse(f"more than {MOST_ATTRIBUTES:,} attributes or namespaces in its outermost element")
    if any(len(value) > most_text for value in target.attributes.values()):
        _refuse(f"an attribute of more than {most_text:,} characters in its outermost element")


def _refuse(what: str) -> NoReturn:
    raise Unreadable(f"The XML file has {what}. Ask its sender for another file.")
