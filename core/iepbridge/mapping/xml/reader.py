"""Reads one XML file of plans: its frame checked, each plan by the compiled code."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import structlog

from iepbridge.codecs.xml import XmlDocument
from iepbridge.codecs.xml_element import Element
from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival, Envelope
from iepbridge.mapping.arrivals import arrival_of, refuse_second
from iepbridge.mapping.compiled import Compiled
from iepbridge.mapping.frame import FrameCheck
from iepbridge.mapping.xml.form import counted, xml_file
from iepbridge.mapping.xml.reading import XmlReading
from iepbridge.seen import SeenIds

_log = structlog.get_logger(__name__)


class XmlPlanReader:
    """A `PlanReader` for a mapping of codec xml."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self.envelope: Envelope | None = None

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        """Yield the plans of a file; raise `Unreadable` when the whole file is refused."""
        with SeenIds() as seen:
            yield from _File(self._compiled, stream, seen, self._hear).arrivals()

    def _hear(self, envelope: Envelope) -> None:
        self.envelope = envelope


class _File:
    """The reading of one file."""

    def __init__(
        self, compiled: Compiled, stream: BinaryIO, seen: SeenIds, hear: Callable[[Envelope], None]
    ) -> None:
        self._compiled = compiled
        self._hear = hear
        self._layout = compiled.layout
        self._file = xml_file(self._layout)
        self._tags = [f"{self._file.home}{name}" for name in counted(self._layout)]
        self._seen = seen
        self._home = self._file.home
        self._record = f"{self._home}{self._layout.plan.name}"
        encodings = frozenset(self._file.encodings)
        self._document = XmlDocument(stream, record=self._record, encodings=encodings)
        self._check = FrameCheck(self._layout)
        self._found = dict.fromkeys(counted(self._layout), 0)
        self._reached = ""
        self._skipped: set[str] = set()

    def arrivals(self) -> Iterator[Arrival]:
        self._root()
        for child in self._document.children():
            if child.tag == self._record:
                yield self._plan(child)
            else:
                self._frame(child)
        self._end()

    def _root(self) -> None:
        file = self._file
        if self._document.root_tag != f"{self._home}{file.root}":
            raise Unreadable(
                f"This is no {self._layout.title} file: its outermost element is not {file.root}"
                f"{f' in {file.namespace}' if file.namespace else ''}. "
                "Check which system the file comes from."
            )
        known = {field.place for field in self._layout.frame}
        for name, value in self._document.root_attributes.items():
            if f"@{name}" in known:
                self._check.take(f"@{name}", value)
            else:
                self._skip(f"@{name}")
        self._check.check([one for one in self._layout.frame if one.place.startswith("@")])
        if not file.first:
            self._hear(self._check.envelope())

    def _frame(self, child: Element) -> None:
        file = self._file
        name = child.tag.removeprefix(self._home)
        if name not in (file.first, file.last):
            self._skip(name)
            return
        order = ["", file.first, file.last]
        if order.index(name) != order.index(self._reached) + 1:
            self._misplaced(name)
        self._reached = name
        known = {field.place for field in self._layout.frame}
        for inner in child:
            self._inner(f"{name}/{inner.tag.removeprefix(self._home)}", inner, known)
        self._check.check([one for one in self._layout.frame if one.place.startswith(f"{name}/")])
        if name == file.first:
            self._hear(self._check.envelope())

    def _inner(self, place: str, inner: Element, known: set[str]) -> None:
        if place not in known:
            self._skip(place)
        elif self._check.has(place):
            raise Unreadable(
                f"The {self._layout.title} file has {place} twice. Ask its sender for another file."
            )
        else:
            self._check.take(place, inner.text)

    def _plan(self, element: Element) -> Arrival:
        if self._reached != self._file.first:
            self._misplaced(self._layout.plan.name)
        reading = XmlReading(element, self._home, self._layout, self._tags)
        data = self._compiled.read(element, reading)
        for name, count in zip(self._found, reading.count, strict=True):
            self._found[name] += count
        refuse_second(self._layout, data, self._seen)
        return arrival_of(self._layout, data, reading, characters_checked=True)

    def _end(self) -> None:
        if self._reached != self._file.last:
            raise Unreadable(
                f"The {self._layout.title} file has no {self._file.last or 'Header'}. "
                "It may have been cut; ask its sender for it again."
            )
        if self._document.stray_text:
            self._skip("text()")
        self._check.counts(self._found)

    def _misplaced(self, name: str) -> None:
        file = self._file
        raise Unreadable(
            f"The {self._layout.title} file has {name} in a wrong place: expected one "
            f"{file.first}, the plans, one {file.last}. Ask its sender for another file."
        )

    def _skip(self, place: str) -> None:
        """Say once that something outside the plans is not known; it is no fault."""
        if place.startswith(("{http://www.w3.org/", "@{http://www.w3.org/")):
            return
        if place not in self._skipped and len(self._skipped) < 20:
            self._skipped.add(place)
            _log.warning("skipped_outside_plan", system=self._layout.system, place=place)
