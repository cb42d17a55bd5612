"""The beginning of an XML file, up to its root's start tag: where a DOCTYPE would stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn

from lxml import etree

from iepbridge.codecs.xml_blocks import doctype_refused
from iepbridge.codecs.xml_faults import GUARDS, Fault, close, fault_of, feed, refuse
from iepbridge.codecs.xml_limits import XmlLimits
from iepbridge.errors import Unreadable

_END = b""
_MOST_NAMESPACES = 1_000  # looking one up takes time for each


@dataclass(frozen=True, slots=True)
class Opening:
    """The root's start tag, names as `{namespace}local`, and the pieces read so far."""

    tag: str
    attributes: dict[str, str]
    pieces: list[bytes]


def read_opening(pieces: Iterator[bytes], limits: XmlLimits) -> Opening:
    """Read as far as the root's start tag; refuse whatever is wrong up to there."""
    target: Any = _Target()
    parser = etree.XMLParser(target=target, **GUARDS)
    read: list[bytes] = []
    size = 0
    for piece in chain(pieces, [_END]):
        read.append(piece)
        size += len(piece)
        _advance(parser, target, piece)
        if target.tag is not None:
            break
        if size > limits.record_bytes:
            _refuse(f"more than {limits.record_bytes:,} bytes before its outermost element")
    _check(target, limits)
    return Opening(target.tag, target.attributes, read)


class _Seen(Exception):
    """Ends the parse: what it was for has been seen."""


class _Target:
    """What the parser calls; both calls end it, before it reads another byte."""

    def __init__(self) -> None:
        self.tag: str | None = None
        self.attributes: dict[str, str] = {}
        self.namespaces = 0
        self.has_doctype = False

    def doctype(self, *_: str | None) -> None:
        self.has_doctype = True
        raise _Seen

    def start(self, tag: str, attributes: dict[str, str], namespaces: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = dict(attributes)
        self.namespaces = len(namespaces)
        raise _Seen

    def close(self) -> None:
        """Be there, as lxml asks."""


def _advance(parser: etree.XMLParser, target: _Target, piece: bytes) -> None:
    fault: Fault | None
    try:
        fault = feed(parser, piece) if piece else close(parser)
    except _Seen:
        fault = fault_of(parser)
    if target.has_doctype:
        doctype_refused()
    if fault:
        refuse(fault)


def _check(target: _Target, limits: XmlLimits) -> None:
    if len(target.attributes) > limits.attributes:
        _refuse(f"more than {limits.attributes:,} attributes in its outermost element")
    if any(len(value) > limits.text for value in target.attributes.values()):
        _refuse(f"an attribute of more than {limits.text:,} characters in its outermost element")
    if target.namespaces > _MOST_NAMESPACES:
        _refuse(f"more than {_MOST_NAMESPACES:,} namespaces in its outermost element")


def _refuse(what: str) -> NoReturn:
    raise Unreadable(f"The XML file has {what}. Ask its sender for another file.")
