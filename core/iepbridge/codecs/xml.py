"""The one XML reader of the program: a guarded stream of the children of a file's root."""

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, TypeAlias, cast

from lxml import etree
from lxml.etree import _Element as Element

from iepbridge.codecs.xml_blocks import utf8_blocks
from iepbridge.codecs.xml_faults import (
    GUARDS,
    RESOURCE_LIMIT,
    Fault,
    close,
    feed,
    line_reached,
    refuse,
)
from iepbridge.codecs.xml_limits import Caps, XmlLimits
from iepbridge.codecs.xml_opening import read_opening
from iepbridge.codecs.xml_pieces import RecordTags, Vocabulary, whole_tags
from iepbridge.errors import Unreadable

__all__ = ["XmlDocument", "XmlLimits"]

_Events: TypeAlias = Iterator[tuple[str, Element]]

_UTF8 = frozenset({"UTF-8"})
_LIMITS = XmlLimits()
_END = b""
_BLOCK_BYTES = 65536
_MOST_LINES = 65535  # libxml2 keeps an element's line in 16 bits
_WHITE_SPACE = " \t\r\n"


class XmlDocument:
    """An XML file of many records, each a child of the root with the tag `record`.

    Names are written `{namespace}local`. Everything that is wrong raises `Unreadable`: what is
    wrong up to the root's start tag when the document is made, the rest when `children` gets
    there. `stray_text` tells, after the last child, of text directly under the root.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        record: str,
        encodings: frozenset[str] = _UTF8,
        limits: XmlLimits = _LIMITS,
    ) -> None:
        self._limits = limits
        self._tags = RecordTags(record)
        self._caps = Caps(limits, self._tags)
        self._names = Vocabulary()
        size = min(_BLOCK_BYTES, max(1, limits.quiet_bytes // 4))
        pieces = self._cut(utf8_blocks(stream, encodings, size))
        opening = read_opening(pieces, limits.text)
        self.root_tag = opening.tag
        self.root_attributes = opening.attributes
        self.stray_text = False
        self._pieces = chain(opening.pieces, pieces)
        self._parser = etree.XMLPullParser(("start", "end"), tag=(opening.tag, record), **GUARDS)
        self._root: Element | None = None
        self._emptied: Element | None = None
        self._records = 0
        self._has_ended = False

    def children(self) -> Iterator[Element]:
        """Yield each child of the root, whole and in order, records as they end; only once.

        A child is emptied and taken out of the root when the next one is asked for. One with
        another tag than the record's is yielded when the next record begins.
        """
        for event, record in self._boundaries():
            self._check(self._caps.at_end())
            if event == "start":
                if self._emptied is not None and record.getprevious() is self._emptied:
                    self._drop(self._emptied)
                else:
                    yield from self._between(record)
                self._records += 1
                self._caps.begin(record)
                self._check(self._caps.of_start(record))
            else:
                self._check(self._caps.of_child(record), record)
                yield record
                # It stays in the root, as libxml2 may be adding text behind it.
                _empty(record)
                self._emptied = record
                self._caps.begin()
        self._check(self._caps.at_end())
        yield from self._between(None)

    def _cut(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Cut the blocks into pieces that may break a cap with no more than one record each."""
        for block in whole_tags(blocks, self._limits.record_bytes):
            if len(block) > self._limits.quiet_bytes:
                yield from filter(None, self._tags.pieces(block))
            elif block:
                yield block

    def _boundaries(self) -> _Events:
        """Parse, and yield where a record starts and ends."""
        for piece in chain(self._pieces, [_END]):
            limit = self._feed(piece)
            for event, element in cast("_Events", self._parser.read_events()):
                parent = element.getparent()
                if parent is None:
                    self._enter(element)
                elif parent is self._root:
                    yield event, element
            self._watch(limit)

    def _enter(self, root: Element) -> None:
        """Begin to count behind the root's start tag."""
        if self._root is None:
            self._root = root
            self._caps.begin()

    def _feed(self, piece: bytes) -> Fault | None:
        """Parse a piece; give the fault that may be one of our own caps."""
        self._caps.enter(piece)
        self._names.sample(piece)
        self._has_ended = not piece
        fault = close(self._parser) if self._has_ended else feed(self._parser, piece)
        if fault and fault.kind != RESOURCE_LIMIT:
            refuse(fault)
        return fault

    def _watch(self, limit: Fault | None) -> None:
        """Stop what grows too big while it is still arriving."""
        if self._root is not None:
            others = 0 if self._emptied is None else 1
            self._check(self._caps.so_far(self._root, others))
        if limit:
            last = self._root[-1] if self._root is not None and len(self._root) else None
            self._check(self._caps.of_unfinished(last), last)
        if self._names.is_too_big:
            raise Unreadable(
                "The XML file has too many different names. Ask its sender for another file."
            )

    def _between(self, record: Element | None) -> Iterator[Element]:
        """Yield the children before a record, or the last ones, and take them out of the root."""
        root = self._root
        assert root is not None
        self._note(root.text, root)
        for child in root.iterchildren():
            if child is record:
                break
            if child is not self._emptied:
                self._check(self._caps.of_child(child), child)
                yield child
                _empty(child)
            self._drop(child)

    def _drop(self, child: Element) -> None:
        """Take an emptied child and the text behind it out of the root."""
        self._note(child.tail, child)
        self._root.remove(child)  # type: ignore[union-attr]
        self._emptied = None

    def _note(self, text: str | None, before: Element) -> None:
        if text:
            self._check(self._caps.of_text(text), before)
            self.stray_text = self.stray_text or bool(text.strip(_WHITE_SPACE))

    def _check(self, broken: str | None, at: Element | None = None) -> None:
        if broken:
            raise Unreadable(
                f"{self._where(at)} {broken}, too much for one plan. "
                "Ask its sender for another file."
            )

    def _where(self, at: Element | None) -> str:
        """Name the record with its line, or the record behind which something stands."""
        element = self._caps.record if at is None else at
        line = 0 if element is None else cast("int", element.sourceline)
        if not 0 < line < _MOST_LINES:
            line = 0 if self._has_ended else line_reached(self._parser)
        place = f" (line {line:,})" if line else ""
        if self._caps.record is not None:
            return f"Record {self._records:,}{place}"
        before = f"behind record {self._records:,}" if self._records else "before the first record"
        return f"What stands {before}{place}"


def _empty(element: Element) -> None:
    """Free what is in an element, but not the text behind it."""
    element.clear(keep_tail=True)  # type: ignore[call-arg]
