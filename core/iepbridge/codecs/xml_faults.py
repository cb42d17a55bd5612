"""What libxml2 found wrong, in plain words made from the type of its error, never its message."""

from dataclasses import dataclass
from typing import Any, Final, NoReturn

from lxml import etree

from iepbridge.errors import Unreadable

GUARDS: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
    "strip_cdata": True,
    "collect_ids": False,
    "encoding": "UTF-8",  # what is fed was made UTF-8, whatever its declaration says
}
"""How every parser here is set up."""

RESOURCE_LIMIT: Final = "ERR_RESOURCE_LIMIT"

_REASONS: Final = {
    "ERR_ATTRIBUTE_REDEFINED": "a tag has an attribute twice",
    "ERR_DOCUMENT_EMPTY": "it is empty or holds no element",
    "ERR_DOCUMENT_END": "something stands after the end of the outermost element",
    "ERR_INVALID_CHAR": "a character that XML 1.0 does not allow",
    "ERR_INVALID_ENCODING": "bytes that are not in its encoding",
    "ERR_LT_IN_ATTRIBUTE": "a < in an attribute's value",
    "ERR_NAME_TOO_LONG": "a name of more than 50,000 bytes",
    "ERR_RESERVED_XML_NAME": "an XML declaration that does not stand at the very beginning",
    "ERR_TAG_NAME_MISMATCH": "an end tag that does not match its start tag",
    "ERR_TAG_NOT_FINISHED": "it ends inside an element, as if it had been cut",
    "ERR_UNDECLARED_ENTITY": "an entity that XML does not know",
    "NS_ERR_ATTRIBUTE_REDEFINED": "a tag has an attribute twice",
    "NS_ERR_UNDEFINED_NAMESPACE": "a prefix without its namespace",
    "WAR_NS_URI": "a namespace that is no URI",
    RESOURCE_LIMIT: "a tag or comment longer than any plan may be",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file: libxml2's name of its type, and where it was found, from 1."""

    kind: str
    line: int
    column: int


def feed(parser: etree.XMLParser, data: bytes) -> Fault | None:
    """Feed a parser and give the fault that it met, whether or not it raised one.

    After an undeclared entity lxml goes on, and would take the bytes that follow for a document
    of their own, DOCTYPE and all; of a namespace fault it tells at the end at most.
    """
    try:
        parser.feed(data)
    except (etree.LxmlError, LookupError, ValueError):
        return fault_of(parser) or Fault("", 0, 0)
    return fault_of(parser)


def close(parser: etree.XMLParser) -> Fault | None:
    """End a parser's input and give the fault that it met, as `feed` does."""
    try:
        parser.close()
    except (etree.LxmlError, LookupError, ValueError):
        return fault_of(parser) or Fault("ERR_DOCUMENT_EMPTY", 0, 0)
    return fault_of(parser)


def line_reached(parser: etree.XMLParser) -> int:
    """Give the line that a parser has come to by making it fail there; 0 when it has ended."""
    fault = feed(parser, b"\0") or close(parser)
    return fault.line if fault else 0


def fault_of(parser: etree.XMLParser) -> Fault | None:
    """Give the first error in a parser's log; warnings, of which it keeps a hundred, are none."""
    log = parser.feed_error_log
    if not len(log):
        return None
    for entry in log:
        if entry.level >= etree.ErrorLevels.ERROR:
            etree.clear_error_log()  # lxml's own copy, whose messages quote the file
            return Fault(entry.type_name, entry.line, entry.column)
    return None


def refuse(fault: Fault) -> NoReturn:
    """Refuse the file for a fault."""
    place = f" at line {fault.line:,}, column {fault.column:,}" if fault.line else ""
    raise Unreadable(
        f"The file is not well-formed XML{place}: {reason(fault.kind)}. "
        "Ask its sender for another file."
    )


def reason(kind: str) -> str:
    """Say in plain words what a type of error means: `ERR_GT_REQUIRED` is 'gt required'."""
    plain = kind.removeprefix("NS_").removeprefix("ERR_").replace("_", " ").lower()
    return _REASONS.get(kind, plain or "it cannot be parsed")
