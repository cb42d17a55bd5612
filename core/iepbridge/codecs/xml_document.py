"""A small XML document as plain nodes: read through the guarded reader, written by one form."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final, NoReturn
from xml.sax.saxutils import escape, quoteattr

import structlog

from iepbridge.acknowledgement import NotCarried
from iepbridge.codecs.capped import capped
from iepbridge.codecs.xml import XmlDocument
from iepbridge.codecs.xml_element import Element
from iepbridge.errors import Unreadable
from iepbridge.plan.refusals import UNFIT_CHARACTERS

_log = structlog.get_logger(__name__)
_INDENT: Final = "  "
_RETURN: Final = {"\r": "&#13;"}
_TOLD: Final = 20
_QUIET: Final = "{http://www.w3.org/"


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its name without the form's namespace, and what it holds.

    `text` is its own text, without its children's; one that is written has text or children.
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """How a document of one kind looks: its root and the children that the root may have.

    `record` is the child that stands for each of many; `title` says what it is, in messages.
    """

    title: str
    root: str
    record: str
    children: frozenset[str]
    namespace: str = ""
    encodings: frozenset[str] = frozenset({"UTF-8"})

    @property
    def home(self) -> str:
        """Give the namespace as it stands before a tag."""
        return f"{{{self.namespace}}}" if self.namespace else ""


class ReadDocument:
    """A document whose root has been read; `nodes` gives its known children as they are read."""

    def __init__(self, stream: BinaryIO, form: DocumentForm) -> None:
        self._form = form
        record = f"{form.home}{form.record}"
        self._document = XmlDocument(capped(stream), record=record, encodings=form.encodings)
        if self._document.root_tag != f"{form.home}{form.root}":
            within = f" in {form.namespace}" if form.namespace else ""
            raise Unreadable(
                f"This is no {form.title}: its outermost element is not {form.root}{within}. "
                "Check which system the file comes from."
            )
        self.attributes = self._document.root_attributes

    def nodes(self) -> Iterator[Node]:
        """Yield the root's children in order, once; unknown ones are passed over and logged."""
        passed_over: set[str] = set()
        for element in self._document.children():
            name = element.tag.removeprefix(self._form.home)
            if name in self._form.children:
                yield _node(element, self._form.home)
            elif not name.startswith(_QUIET) and len(passed_over) < _TOLD:
                passed_over.add(name)
        for name in sorted(passed_over):
            _log.warning("skipped_outside_plan", system=self._form.title, place=name)

    def refuse(self, place: str, expected: str) -> NoReturn:
        """Refuse the document for what stands, or does not stand, at a place."""
        raise Unreadable(
            f"The {self._form.title} has no {place} that is {expected}. "
            "Ask its sender for a file of this layout."
        )


def write_document(
    stream: BinaryIO, form: DocumentForm, attributes: Mapping[str, str], children: Iterable[Node]
) -> None:
    """Write a document in UTF-8, an element a line; raise `NotCarried`, with nothing written."""
    namespace = {"xmlns": form.namespace} if form.namespace else {}
    root = Node(form.root, {**namespace, **attributes}, children=tuple(children))
    text = "".join(_lines(root, ""))
    if UNFIT_CHARACTERS.search(text):
        raise NotCarried("XML cannot carry a control character or a lone surrogate.")
    stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())


def filled(attributes: Mapping[str, str | None]) -> dict[str, str]:
    """Give the attributes that say something."""
    return {name: value for name, value in attributes.items() if value}


def _node(element: Element, home: str) -> Node:
    texts = [element.text, *(child.tail for child in element)]
    return Node(
        element.tag.removeprefix(home),
        {str(name): str(value) for name, value in element.attrib.items()},
        "".join(filter(None, texts)),
        tuple(_node(child, home) for child in element),
    )


def _lines(node: Node, indent: str) -> Iterator[str]:
    start = f"{indent}{_start(node)}"
    if node.children:
        yield f"{start}>\n"
        for child in node.children:
            yield from _lines(child, indent + _INDENT)
        yield f"{indent}</{node.name}>\n"
    elif node.text:
        yield f"{start}>{escape(node.text, _RETURN)}</{node.name}>\n"
    else:
        yield f"{start}/>\n"


def _start(node: Node) -> str:
    attributes = (f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    return f"<{node.name}{''.join(attributes)}"
