"""Plain words for what libxml2 calls a fault, made from the name of its type alone."""

import pytest
from lxml import etree

from iepbridge.codecs.xml_faults import GUARDS, Fault, close, feed, line_reached, reason, refuse
from iepbridge.errors import Unreadable


def parser() -> etree.XMLParser:
    return etree.XMLPullParser(("end",), tag="r", **GUARDS)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ERR_TAG_NAME_MISMATCH", "an end tag that does not match its start tag"),
        ("ERR_GT_REQUIRED", "gt required"),
        ("NS_ERR_QNAME", "qname"),
        ("", "it cannot be parsed"),
    ],
)
def test_a_reason_comes_from_the_type(kind: str, expected: str) -> None:
    assert reason(kind) == expected


def test_a_place_is_told_where_there_is_one() -> None:
    with pytest.raises(Unreadable, match=r"XML at line 1,234, column 5: gt required\. Ask"):
        refuse(Fault("ERR_GT_REQUIRED", 1_234, 5))
    with pytest.raises(Unreadable, match=r"XML: gt required\. Ask"):
        refuse(Fault("ERR_GT_REQUIRED", 0, 0))


def test_a_fault_is_found_whether_or_not_lxml_raises_it() -> None:
    assert feed(parser(), b"<a></b>") == Fault("ERR_TAG_NAME_MISMATCH", 1, 8)
    assert feed(parser(), b"<a>&b;") == Fault("ERR_UNDECLARED_ENTITY", 1, 7)
    assert feed(parser(), b"<a><b:c/>") == Fault("NS_ERR_UNDEFINED_NAMESPACE", 1, 8)
    assert feed(parser(), b"<a xmlns='relative'>") is None


def test_a_file_that_ends_too_early_is_a_fault() -> None:
    unfinished = parser()
    assert feed(unfinished, b"<a><b>") is None
    assert close(unfinished) == Fault("ERR_TAG_NOT_FINISHED", 1, 7)
    assert close(parser()) == Fault("ERR_DOCUMENT_EMPTY", 0, 0)


def test_lxml_keeps_no_message_of_a_fault() -> None:
    etree.clear_error_log()
    for data in (b"<a></secret>", b"<a>&secret;", b"<a><secret:c/>", b"<a secret='' secret=''/>"):
        assert feed(parser(), data)
    empty = etree.XMLSyntaxError("", 0, 0, 0)
    assert "secret" not in str(empty.error_log)


@pytest.mark.parametrize(
    "data", [b"<a>\n\n", b"<a>\n\n<b", b"<a>\n\n<b c='", b"<a>\n\n<!-- ", b"<a>\n</a>\n"]
)
def test_the_line_reached(data: bytes) -> None:
    half_way = parser()
    assert feed(half_way, data) is None
    assert line_reached(half_way) == 3
