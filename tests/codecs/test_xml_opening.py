"""Any DOCTYPE is refused before it is read, and nothing is read that is not needed."""

import io
from itertools import count

import pytest
from lxml import etree

from iepbridge.codecs.xml import XmlDocument, XmlLimits
from iepbridge.codecs.xml_faults import GUARDS
from iepbridge.codecs.xml_opening import _Target
from iepbridge.errors import Unreadable

BEFORE = [
    "",
    "\ufeff",
    "\n \t",
    "<!-- <a> -->",
    "<!---->" * 1_000,
    "<!--" + "x" * 300_000 + "-->",
    "<?x <a> ?>",
    "<?x " + "?" * 300_000 + "?>",
    "<?xml version='1.0'?>\n",
]
DOCTYPES = [
    "<!DOCTYPE",
    "<!DOCTYPE>",
    "<!DOCTYPE a>",
    "<!DOCTYPE " + "a" * 100_000,
    "<!DOCTYPE a [",
    "<!DOCTYPE a [<!ENTITY b '" + "b" * 100 + "'>]>",
    "<!DOCTYPE a SYSTEM 'a.dtd'>",
    "<!DOCTYPE a PUBLIC '' 'http://127.0.0.1:9/'>",
]


class Endless(io.RawIOBase):
    """A stream that begins in some way and never ends, and knows how much of it was read."""

    def __init__(self, start: bytes, unit: bytes) -> None:
        self._start = start
        self._unit = unit
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        data, self._start = (self._start + self._unit * (size // len(self._unit)))[:size], b""
        self.read_bytes += len(data)
        assert self.read_bytes < 2**26, "reads on and on"
        return data


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        XmlDocument(io.BytesIO(data), record="r")
    return str(caught.value)


@pytest.mark.parametrize("before", BEFORE, ids=count())
@pytest.mark.parametrize("doctype", DOCTYPES, ids=count())
def test_a_doctype_is_refused_whatever_stands_before_it(before: str, doctype: str) -> None:
    message = refusal(f"{before}{doctype}<a><r/></a>".encode())
    assert message.startswith("The file has a document type declaration (DOCTYPE)")
    assert message.endswith("Ask its sender for a file without one.")


def test_the_parser_would_refuse_a_doctype_that_was_not_seen_in_the_bytes() -> None:
    parser = etree.XMLParser(target=_Target(), **GUARDS)
    with pytest.raises(Unreadable, match="DOCTYPE"):
        parser.feed(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_a_doctype_is_refused_however_it_arrives(size: int) -> None:
    class Slow(io.BytesIO):
        def read(self, most: int | None = -1) -> bytes:
            return super().read(size)

    with pytest.raises(Unreadable, match="DOCTYPE"):
        XmlDocument(Slow(b"<!-- x -->\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), record="r")


@pytest.mark.parametrize(
    "text",
    [
        "<!-- <!DOCTYPE a> --><a/>",
        "<!---><!DOCTYPE a>--><a/>",
        "<?x <!DOCTYPE a> ?><a/>",
        "<a b='&lt;!DOCTYPE a>'><![CDATA[<!DOCTYPE a>]]></a>",
    ],
)
def test_what_only_looks_like_a_doctype_is_read(text: str) -> None:
    assert list(XmlDocument(io.BytesIO(text.encode()), record="r").children()) == []


def test_a_doctype_in_the_wrong_place_is_a_fault() -> None:
    for text in (b"<a><!DOCTYPE a></a>", b"<a/><!DOCTYPE a>", b"<a><r><!DOCTYPE a></r></a>"):
        with pytest.raises(Unreadable, match="not well-formed"):
            list(XmlDocument(io.BytesIO(text), record="r").children())


def test_a_doctype_is_refused_before_its_subset_is_read() -> None:
    stream = Endless(b"<!DOCTYPE a [", b"<!ENTITY b 'c'>")
    with pytest.raises(Unreadable, match="DOCTYPE"):
        XmlDocument(stream, record="r")
    assert stream.read_bytes <= 65_536


@pytest.mark.parametrize(
    ("start", "unit"),
    [(b"<!--", b"x"), (b"", b"<!-- -->"), (b"", b" "), (b"", b"<?x?>"), (b"<a b='", b"x"),
     (b"<a ", b" "), (b"<", b"a"), (b"<?x ", b"?"), (b"<!DOCTYPE ", b" "), (b"<?xml ", b" ")],
)  # fmt: skip
def test_a_beginning_without_end_is_refused(start: bytes, unit: bytes) -> None:
    stream = Endless(start, unit)
    with pytest.raises(Unreadable):
        XmlDocument(stream, record="r")
    assert stream.read_bytes < 2**25


def test_the_root_has_bounds_too() -> None:
    attributes = " ".join(f"a{number}=''" for number in range(1_001))
    namespaces = " ".join(f"xmlns:a{number}='urn:a'" for number in range(1_001))
    expected = "more than 1,000 attributes or namespaces in its outermost element"
    assert expected in refusal(f"<a {attributes}/>".encode())
    assert expected in refusal(f"<a {namespaces}/>".encode())
    for start in (b" " * 5_000_000, b"<!--" + b"x" * 5_000_000 + b"-->"):
        assert "more than 4,194,304 bytes before its first child" in refusal(start + b"<a/>")


def test_the_root_s_attributes_keep_to_the_cap_on_texts() -> None:
    def root(size: int) -> dict[str, str]:
        stream = io.BytesIO(f"<a b='{'é' * size}'/>".encode())
        return XmlDocument(stream, record="r", limits=XmlLimits(text=50)).root_attributes

    assert root(50) == {"b": "é" * 50}
    with pytest.raises(Unreadable, match="more than 50 characters in its outermost element"):
        root(51)


def test_a_root_of_a_million_wide_characters_is_read() -> None:
    stream = io.BytesIO(f"<a b='{'😀' * 1_000_000}'/>".encode())
    assert len(XmlDocument(stream, record="r").root_attributes["b"]) == 1_000_000
