"""XML as it is to be read from outside: no DTD, no entity, no network; judged by a schema.

The schemas were written by hand from the interface documents, and know no mapping.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib import resources
from typing import Any, BinaryIO, Final, NamedTuple

from lxml import etree

from iepbridge.sandbox.parcel import Fault, FileRefused, Spot

Element = etree._Element  # noqa: SLF001  lxml's own name for what it gives

_ATTRIBUTE: Final = re.compile(r"attribute '([A-Za-z]+)'")
_STEP: Final = re.compile(r"([^\[\]]+)(?:\[([0-9]+)\])?")
_MOST_FAULTS: Final = 20
_MEANINGS: Final = (
    ("ENUMERATION", "CODE", "Not a code of its table."),
    ("MAXLENGTH", "LENGTH", "Longer than its place."),
    ("MINLENGTH", "EMPTY", "Empty, where nothing is left out."),
    ("PATTERN", "FORM", "Not of the form of its place."),
    ("FIXED", "FORM", "Not of the form of its place."),
    ("COMPLEX_TYPE_3_2_1", "UNKNOWN", "Not known here."),
    ("COMPLEX_TYPE_4", "REQUIRED", "Required, and not there."),
    ("ELEMENT_CONTENT", "STRUCTURE", "An element is missing, unknown or out of order."),
    ("", "FORM", "Not what the interface document has here."),
)
"""Part of the name of libxml2's complaint, the code and the text of ours."""


class Violation(NamedTuple):
    """What a schema refuses: the steps from the element that was judged, and an attribute."""

    code: str
    text: str
    steps: tuple[Element, ...]
    attribute: str


def children(
    stream: BinaryIO, root: str, names: Collection[str], encodings: Collection[str]
) -> Iterator[Element]:
    """Give the root as it begins, then its children of these names, each as it ends and once.

    Raises `FileRefused` for what is no such document.
    """
    tags = [root, *names]
    try:
        events = etree.iterparse(
            stream,
            events=("start", "end"),
            tag=tags,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        first: Element | None = None
        for event, element in events:
            if first is None:
                first = _root(element, root)
                yield first
            elif event == "end" and element.getparent() is first:
                yield element
                _forget(first, element)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise FileRefused("UNREADABLE", f"Not well-formed XML: line {line}.") from None
    if first is None:
        raise FileRefused("UNREADABLE", "The root is not that of the interface document.")
    _check_encoding(first, encodings)


def _check_encoding(root: Element, encodings: Collection[str]) -> None:
    """Check what was declared, which is known once all is read."""
    document: Any = root.getroottree().docinfo
    if (document.encoding or "UTF-8").upper() not in encodings:
        raise FileRefused("UNREADABLE", "The encoding is not that of the interface document.")


def _root(element: Element, root: str) -> Element:
    document: Any = element.getroottree().docinfo  # its stubs lack half of it
    if document.doctype or document.internalDTD is not None:
        raise FileRefused("UNREADABLE", "A DOCTYPE is not taken.")
    if (document.xml_version or "1.0") != "1.0":
        raise FileRefused("UNREADABLE", "XML of another version than 1.0.")
    if element.tag != root or element.getparent() is not None:
        raise FileRefused("UNREADABLE", "The root is not that of the interface document.")
    return element


def _forget(root: Element, element: Element) -> None:
    element.clear()
    while (before := element.getprevious()) is not None:
        root.remove(before)


@cache
def _schema(name: str) -> etree.XMLSchema:
    source = resources.files(__package__).joinpath(name)
    return etree.XMLSchema(etree.fromstring(source.read_bytes()))


def violations(element: Element, schema: str) -> list[Violation]:
    """Judge an element and what is in it by a schema; the first of each place counts."""
    judge = _schema(schema)
    if judge.validate(element):
        return []
    found: dict[tuple[str, str], Violation] = {}
    log: Any = judge.error_log
    for error in log:
        attribute = _ATTRIBUTE.search(error.message)
        place = (error.path or "", attribute[1] if attribute else "")
        _, code, text = next(one for one in _MEANINGS if one[0] in error.type_name)
        found.setdefault(place, Violation(code, text, _walked(element, place[0]), place[1]))
    return list(found.values())[:_MOST_FAULTS]


def _walked(element: Element, path: str) -> tuple[Element, ...]:
    """Follow libxml2's path, whose first step is the element itself; elements by name or `*`."""
    steps = [element]
    for step in path.split("/")[2:]:
        match = _STEP.fullmatch(step)
        own = [one for one in steps[-1] if match and match[1] in ("*", one.tag)]
        at = int(match[2] or 1) - 1 if match else 0
        if at >= len(own):
            break
        steps.append(own[at])
    return tuple(steps)


def local_name(element: Element) -> str:
    """Give an element's name without its namespace."""
    return etree.QName(element).localname


def path_to(element: Element, within: Element) -> str:
    """Give the path to an element from below another; `[n]` from the second of one name on."""
    steps = []
    while element is not within:
        parent = element.getparent()
        if parent is None:
            break
        number = [one for one in parent if one.tag == element.tag].index(element) + 1
        name = local_name(element)
        steps.append(name if number == 1 else f"{name}[{number}]")
        element = parent
    return "/".join(reversed(steps))


def digest_of(element: Element) -> str:
    """Give the SHA-256 of what an element says, however it is written."""
    return hashlib.sha256(etree.tostring(element, method="c14n", with_tail=False)).hexdigest()


def whole_file(found: Collection[Violation], what: str) -> None:
    """Raise `FileRefused` where a part of the envelope is not as the document has it."""
    for one in found:
        name = one.attribute or local_name(one.steps[-1])
        raise FileRefused("ENVELOPE", f"{what}, {name}: {one.text}")


def fault(violation: Violation, spot: Spot) -> Fault:
    """Give the fault of a plan that a violation is."""
    return Fault(violation.code, violation.text, spot)
