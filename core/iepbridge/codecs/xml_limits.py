"""What one plan in an XML file may be, and whether what is being read is more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element as Element

from iepbridge.codecs.xml_pieces import MOST_ATTRIBUTES, RecordTags, has_gap

_SHALLOW: Final = 12  # deeper than any layout: one look at this depth settles nearly every record
_LEAST_ELEMENT: Final = len("<b/>")
_LEAST_ATTRIBUTE: Final = len(' a=""')
_WIDE: Final = f"has an element with more than {MOST_ATTRIBUTES:,} attributes"


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """The most that one plan may be, and as much again for what stands between two plans.

    `record_bytes` are bytes as UTF-8 from the start tag to the end tag, `depth` counts the root,
    `text` are characters of one text or attribute value. Attributes have a cap of their own since
    one takes more memory than an element, in fewer bytes.
    """

    record_bytes: int = 16 * 2**20
    elements: int = 200_000
    depth: int = 100
    text: int = 1_000_000
    attributes: int = 1_000_000

    @property
    def quiet_bytes(self) -> int:
        """So few bytes can break no cap but depth."""
        return min(
            self.record_bytes,
            self.text,
            self.elements * _LEAST_ELEMENT,
            self.attributes * _LEAST_ATTRIBUTE,
        )


class Caps:
    """Tells which cap is broken by what is being read: a record, or what stands between two.

    Bytes are enough nearly always: a tree is looked at only when its bytes would do for breaking
    a cap. Each answer is None, or words that say what "it" is too much of.
    """

    def __init__(self, limits: XmlLimits, tags: RecordTags) -> None:
        self._limits = limits
        self._tags = tags
        self._looks = _Looks(limits)
        self._quiet_bytes = limits.quiet_bytes
        self._piece = b""
        self._offset = 0
        self._has_gap = self._has_started = False
        self.begin()

    def enter(self, piece: bytes) -> None:
        """Go on to the next piece of the file."""
        self._offset += len(self._piece)
        self._piece = piece
        self._has_gap = has_gap(piece)
        self._may_be_wide |= self._has_gap
        self._has_started = False

    def begin(self, record: Element | None = None) -> None:
        """Begin, somewhere in this piece, a record or what stands behind one."""
        self.record = record
        self._first = self._piece
        self._origin = self._offset
        self._quiet_until = self._look_after = self._offset + self._quiet_bytes
        self._is_quiet = True
        self._may_be_wide = self._has_gap
        self._elements = 0
        self._attributes = 0

    def of_start(self, record: Element) -> str | None:
        """Check the attributes of a piece's first record: its tag may fill the pieces before."""
        if self._has_started:
            return None
        self._has_started = True
        if len(record.attrib) > MOST_ATTRIBUTES:
            return _WIDE
        if any(len(value) > self._limits.text for value in record.attrib.values()):
            return self._long_text()
        return None

    def so_far(self, root: Element, others: int) -> str | None:
        """Check what is still being read; `others` children of the root are no part of it."""
        end = self._offset + len(self._piece)
        if end <= self._look_after:
            return None
        size = end - self._start()
        top, uncounted = (root, -others) if self.record is None else (self.record, 1)
        elements = self._looks.elements(top) + uncounted
        attributes = self._looks.attributes(top)
        self._look_after = end + min(
            self._limits.record_bytes - size,
            (self._limits.elements - elements) * _LEAST_ELEMENT,
            (self._limits.attributes - attributes) * _LEAST_ATTRIBUTE,
        )
        return self._too_many(size, elements, attributes)

    def at_end(self) -> str | None:
        """Check the bytes of what ends in this piece: at its end tag, or where a record begins."""
        self._is_quiet = self._offset + len(self._piece) <= self._quiet_until
        if self._is_quiet:
            return None
        tags = self._tags
        end = (tags.first_start if self.record is None else tags.first_end)(self._piece)
        return self._too_many(self._offset + end - self._start(), 0, 0)

    def of_child(self, child: Element) -> str | None:
        """Check the next child of the root in what has just ended."""
        if self._may_be_wide and self._looks.is_wide(child):
            return _WIDE
        if not self._is_quiet:
            self._elements += self._looks.elements(child) + 1
            self._attributes += self._looks.attributes(child)
            broken = self._too_many(0, self._elements, self._attributes)
            if broken or self._looks.has_long_text(child):
                return broken or self._long_text()
        return self.of_levels(child)

    def of_levels(self, child: Element) -> str | None:
        """Check how deep a child of the root goes."""
        if self._looks.is_too_deep(child):
            return f"is nested more than {self._limits.depth:,} levels deep"
        return None

    def of_text(self, text: str) -> str | None:
        """Check a text that stands directly under the root."""
        return self._long_text() if len(text) > self._limits.text else None

    def of_unfinished(self, child: Element | None) -> str:
        """Say what libxml2's own, higher limits stopped at."""
        broken = None if child is None else self.of_levels(child)
        return broken or f"has a text, tag or comment of more than {self._limits.text:,} characters"

    def _start(self) -> int:
        """Give the offset at which a record begins, or what stands behind one."""
        last = self._tags.last_end if self.record is None else self._tags.last_start
        return self._origin + last(self._first)

    def _too_many(self, size: int, elements: int, attributes: int) -> str | None:
        if size > self._limits.record_bytes:
            return f"is longer than {self._limits.record_bytes:,} bytes"
        if elements > self._limits.elements:
            return f"has more than {self._limits.elements:,} elements"
        if attributes > self._limits.attributes:
            return f"has more than {self._limits.attributes:,} attributes"
        return None

    def _long_text(self) -> str:
        return f"has a text or an attribute of more than {self._limits.text:,} characters"


class _Looks:
    """Exact looks at a tree, one XPath each."""

    def __init__(self, limits: XmlLimits) -> None:
        steps = limits.depth - 1  # from a child of the root to what is one level too deep
        too_long = f"[string-length() > {limits.text}]"
        self._elements = _xpath("count(descendant::*)")
        self._attributes = _xpath("count(descendant-or-self::*/@*)")
        self._wide = _xpath(f"boolean(descendant-or-self::*/@*[{MOST_ATTRIBUTES + 1}])")
        self._long_text = _xpath(f"boolean(descendant-or-self::*/text(){too_long})")
        self._long_value = _xpath(f"boolean(descendant-or-self::*/@*{too_long})")
        self._deep = _xpath(_below(min(steps, _SHALLOW)))
        self._too_deep = _xpath(_below(steps))

    def elements(self, element: Element) -> int:
        return int(self._elements(element))

    def attributes(self, element: Element) -> int:
        return int(self._attributes(element))

    def is_wide(self, element: Element) -> bool:
        return bool(self._wide(element))

    def has_long_text(self, element: Element) -> bool:
        return bool(self._long_text(element) or self._long_value(element))

    def is_too_deep(self, child: Element) -> bool:
        return bool(len(child) and self._deep(child) and self._too_deep(child))


def _below(steps: int) -> str:
    return f"boolean(self::*{'/*' * steps})"


def _xpath(expression: str) -> Callable[[Element], Any]:
    return etree.XPath(expression, regexp=False, smart_strings=False)
