"""The children of an XML file's root: whole, in order, freed; and every fault of a file."""

import io
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from iepbridge.codecs.xml import XmlDocument
from iepbridge.errors import Unreadable

BOTH = frozenset({"UTF-8", "UTF-16"})


class Chunks(io.RawIOBase):
    """A stream that gives as many bytes at a time as it was told, again and again."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = io.BytesIO(data)
        self._sizes = sizes
        self._reads = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self._reads += 1
        return self._data.read(min(size, self._sizes[self._reads % len(self._sizes)]))


def document(data: bytes, record: str = "r") -> XmlDocument:
    return XmlDocument(io.BytesIO(data), record=record, encodings=BOTH)


def children(data: bytes, record: str = "r") -> list[bytes]:
    found = document(data, record).children()
    return [etree.tostring(child, with_tail=False) for child in found]


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        children(data)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


# --- What is read


def test_every_child_comes_whole_and_in_order() -> None:
    inner = [b"<h>1</h>", b"<r>2</r>", b"<x/>", b"<x><y/></x>", b"<r>3</r>", b"<r/>", b"<t/>"]
    assert children(b"<a>%b\n<u/></a>" % b" ".join(inner)) == [*inner, b"<u/>"]


@pytest.mark.parametrize("data", [b"<a/>", b"<a></a>", b"<a> </a>", b"<a>x</a>"])
def test_a_root_without_children(data: bytes) -> None:
    assert children(data) == []


def test_the_root_is_known_before_its_children() -> None:
    read = document(b"<p:a xmlns:p='urn:x' one='1' p:two='&lt;2'><r/></p:a>")
    assert read.root_tag == "{urn:x}a"
    assert read.root_attributes == {"one": "1", "{urn:x}two": "<2"}


def test_a_record_is_known_by_its_namespace_not_its_prefix() -> None:
    data = (
        b"<a xmlns='urn:x' xmlns:p='urn:x'><r/><p:r/><r xmlns='urn:y'/><q:r xmlns:q='urn:x'/></a>"
    )
    stream = document(data, "{urn:x}r").children()
    assert [child.tag for child in stream] == ["{urn:x}r", "{urn:x}r", "{urn:y}r", "{urn:x}r"]


@pytest.mark.parametrize("root", ["a", "r"])
def test_a_record_further_down_is_no_record(root: str) -> None:
    data = f"<{root}><r><r/><b><r>1</r></b></r><h><r/></h><r/></{root}>".encode()
    assert children(data) == [b"<r><r/><b><r>1</r></b></r>", b"<h><r/></h>", b"<r/>"]


def test_texts_merge_over_comments_instructions_and_cdata() -> None:
    data = b"<a><r>a<!-- no -->b<?no no?>c<![CDATA[<d>]]>&amp;&#101;<x/>f<!---->g</r></a>"
    (record,) = ([r.text, r[0].tail, len(r)] for r in document(data).children())
    assert record == ["abc<d>&e", "fg", 1]


def test_white_space_is_kept_in_texts_and_attributes_as_xml_says() -> None:
    data = b"<a><r b=' 1\n&#10;&#13;2 '> 3\r\n4&#13; </r></a>"
    ((value, text),) = ((r.get("b"), r.text) for r in document(data).children())
    assert (value, text) == (" 1 \n\r2 ", " 3\n4\r ")


@pytest.mark.parametrize(
    ("data", "stray"),
    [
        (b"<a>\n<r/> \t<x/>\r\n</a>", False),
        (b"<a>&#32;<r/></a>", False),
        (b"<a>.<r/></a>", True),
        (b"<a><r/>.</a>", True),
        (b"<a><r/>.<r/></a>", True),
        (b"<a><r/><x/>.<x/><r/></a>", True),
        (b"<a><h/>.<r/></a>", True),
        (b"<a><r/><!-- . --><r/></a>", False),
        (b"<a><r/><![CDATA[ ]]><r/></a>", False),
        (b"<a><r/> <!-- . --> . <r/></a>", True),
        (b"<a>.</a>", True),
        ("<a><r/>\u00a0</a>".encode(), True),  # no white space to XML
        (b"<a><r>.</r></a>", False),
    ],
)
def test_stray_text_is_told(data: bytes, stray: bool) -> None:
    for size in (1, 4, 7, 100):
        read = XmlDocument(Chunks(data, [size]), record="r")
        list(read.children())
        assert read.stray_text is stray


def test_no_more_is_read_than_the_root_needs() -> None:
    stream = io.BytesIO(b"<a>" + b"<r>x</r>" * 100_000 + b"</a>")
    read = XmlDocument(stream, record="r")
    assert read.root_tag == "a"
    assert stream.tell() <= 65_536


def test_a_child_is_freed_when_the_next_is_asked_for() -> None:
    stream = document(b"<a><h><b/></h> <r i='1'><b/></r>x<r>2</r><t/></a>").children()
    before = next(stream)
    for child in stream:
        assert len(before) == 0
        assert before.attrib == {}
        assert before.getparent() is None
        before = child


def test_what_is_kept_of_a_freed_child_stays_usable() -> None:
    data = b"<a xmlns:p='urn:p'>" + b"<r><p:b c='1'>2</p:b></r>" * 5_000 + b"</a>"
    kept = [child[0] for child in document(data).children()]
    assert {(b.tag, b.get("c"), b.text) for b in kept} == {("{urn:p}b", "1", "2")}


# --- However it arrives

NAMES = st.sampled_from(["r", "b", "rr", "é", "p:r", "p:x"])
TEXTS = st.text(st.sampled_from("a \n<>&'\"é€😀"), max_size=6)


def escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
    )


def element(name: str, value: str, inner: list[str]) -> str:
    attribute = f" v='{escaped(value)}'" if value else ""
    return f"<{name}{attribute}>{''.join(inner)}</{name}>" if inner else f"<{name}{attribute}/>"


MISC = st.sampled_from(["<!-- <r> -->", "<?r </r>?>", " ", "\n"])
CDATA = TEXTS.map(lambda text: f"<![CDATA[<r>{text.replace(']]>', '')}</r>]]>")
NODES = st.recursive(
    TEXTS.map(escaped) | MISC | CDATA,
    lambda inner: st.builds(element, NAMES, TEXTS, st.lists(inner, max_size=4)),
    max_leaves=12,
)
DOCUMENTS = st.builds(
    lambda before, inner: f"{before}<a xmlns:p='urn:p'>{''.join(inner)}</a>",
    st.sampled_from(["", "<?xml version='1.0'?>", "<!-- <!DOCTYPE x> -->\n"]),
    st.lists(NODES, max_size=8),
)
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=4)


def plain(data: str) -> tuple[list[bytes], bool]:
    """Read a document with the ordinary parser."""
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, strip_cdata=True)
    root = etree.fromstring(data.encode(), parser)
    texts = [root.text, *(child.tail for child in root)]
    found = [etree.tostring(child, with_tail=False) for child in root]
    return found, any((text or "").strip(" \t\r\n") for text in texts)


@given(DOCUMENTS, SIZES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]))
@example("<a xmlns:p='urn:p'><r/>é😀<r/>x</a>", [1], "utf-16-be")
@example("<?xml version='1.0'?><a xmlns:p='urn:p'/>", [11, 16], "utf-16")
def test_chunks_of_any_size_give_the_same_children(
    text: str, sizes: list[int], encoding: str
) -> None:
    data = (f"\ufeff{text}" if encoding == "utf-16-be" else text).encode(encoding)
    read = XmlDocument(Chunks(data, sizes), record="r", encodings=BOTH)
    found = [etree.tostring(child, with_tail=False) for child in read.children()]
    assert (found, read.stray_text) == plain(text)


@given(DOCUMENTS, SIZES, st.integers(0, 400), st.sampled_from([b"", b"<", b"\xff", b"&", b"\0"]))
def test_chunks_of_any_size_give_the_same_refusal(
    text: str, sizes: list[int], place: int, damage: bytes
) -> None:
    data = text.encode()
    place %= len(data)
    data = data[:place] + damage + data[place + 1 :]

    def outcome(stream: io.RawIOBase | io.BytesIO) -> object:
        try:
            read = XmlDocument(stream, record="r")
            return [etree.tostring(one, with_tail=False) for one in read.children()]
        except Unreadable:
            return "refused"

    assert outcome(Chunks(data, sizes)) == outcome(io.BytesIO(data))


# --- What is refused


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "it is empty or holds no element"),
        (b"\xef\xbb\xbf", "it is empty or holds no element"),
        (b" \n ", "line 2, column 2: it is empty or holds no element"),
        (b"<!-- -->", "holds no element"),
        (b"PK\x03\x04", "line 1, column 1: it is empty or holds no element"),
        (b"<a>", "line 1, column 4: it ends inside an element"),
        (b"<a>\n<r>\n</r", "line 3"),
        (b"<a><r></a>", "line 1, column 11: an end tag that does not match its start tag"),
        (b"<a>\n<r b='1' b='2'/></a>", "line 2, column 15: a tag has an attribute twice"),
        (b"<a/>\n<a/>", "line 2, column 1: something stands after the end"),
        (b"<a/>x", "line 1, column 5: something stands after the end"),
        (b"<a/><!-- -->\0", "something stands after the end"),
        (b"<a/>\n<?xml version='1.0'?>", "line 2, column 6: an XML declaration that does not"),
        (b"<a><r>&nbsp;</r></a>", "line 1, column 13: an entity that XML does not know"),
        (b"<a><r b='&nbsp;'/></a>", "an entity that XML does not know"),
        (b"<a><p:r/></a>", "line 1, column 8: a prefix without its namespace"),
        (b"<p:a/>", "a prefix without its namespace"),
        (b"<a xmlns='x y'/>", "a namespace that is no URI"),
        (b"<a><r>\n\xff</r></a>", "line 2, column 1: bytes that are not in its encoding"),
        (b"<a><r>\xed\xa0\x80</r></a>", "line 1, column 7: bytes that are not in its encoding"),
        (b"<a><r>\xc3</r></a>", "line 1, column 7: bytes that are not in its encoding"),
        (b"<a><!--\xff--></a>", "bytes that are not in its encoding"),
        (b"<a><r b='\xff'/></a>", "bytes that are not in its encoding"),
        (b"<a><r>\x00</r></a>", "line 1, column 7: a character that XML 1.0 does not allow"),
        (b"<a><r>&#x1F;</r></a>", "a character that XML 1.0 does not allow"),
        ("<a><r>\ufffe</r></a>".encode(), "a character that XML 1.0 does not allow"),
        (b"<a><r b='<'/></a>", "a < in an attribute's value"),
        (b"<a><r>]]></r></a>", "misplaced cdata end"),
        (b"<a><" + b"n" * 60_000 + b"/></a>", "a name of more than 50,000 bytes"),
        ("\ufeff<a>\n<r>\ud800</r></a>".encode("utf-16-le", "surrogatepass"), "line 2, column 4"),
        ("\ufeff<a>\n<r>\udc00x</r></a>".encode("utf-16-be", "surrogatepass"), "line 2, column 4"),
        ("\ufeff<a><r/></a>".encode("utf-16-le") + b"\n", "something stands after the end"),
        ("\ufeff<a><r/>".encode("utf-16-le") + b"<", "line 1, column 8"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_place_and_a_plain_reason(
    data: bytes, expected: str
) -> None:
    message = refusal(data)
    assert message.startswith("The file is not well-formed XML")
    assert expected in message
    assert message.endswith("Ask its sender for another file.")


def test_a_file_cut_anywhere_is_refused() -> None:
    data = "<?xml version='1.0'?>\n<a b='é'><h>x</h><r>&amp;<![CDATA[y]]></r><!-- --></a>".encode()
    assert all(refusal(data[:size]) for size in range(len(data)))


def test_no_message_quotes_the_file() -> None:
    secret = b"SECRET-123"
    for data in (
        b"<a><r>123-45-6789</SECRET-123></a>",
        b"<a><r SECRET-123='' SECRET-123=''/></a>",
        b"<a><r>&SECRET-123;</r></a>",
        b"<a><SECRET-123:r/></a>",
        b"<a xmlns='SECRET-123 x'/>",
        b"<?xml version='1.0' encoding='SECRET-123' ?x?><a/>",
        b"<a><?SECRET-123:x ?></a>",
    ):
        assert secret.decode() not in refusal(data)
        assert "SECRET" not in str(list(etree.clear_error_log() or []))


def test_what_follows_a_fault_is_not_taken_for_a_file_of_its_own() -> None:
    # lxml goes on after an undeclared entity, and would begin again with the next bytes it gets.
    first = b"<a><r>&x;</r>"
    second = b"<!DOCTYPE a [<!ENTITY y 'z'>]><a><r>&y;</r></a>"
    with pytest.raises(Unreadable, match="an entity that XML does not know"):
        list(XmlDocument(Chunks(first + second, [len(first)]), record="r").children())


def test_a_namespace_fault_is_found_though_a_warning_follows() -> None:
    # lxml itself looks at the last entry of its log only.
    assert "a prefix without its namespace" in refusal(b"<a><p:b/><c xmlns='relative'/></a>")


def test_warnings_are_no_faults() -> None:
    data = b"<a>" + b"<r xml:space='x'><b xmlns='relative'/></r>" * 500 + b"</a>"
    assert len(children(data)) == 500


def test_a_stream_that_fails_is_not_the_file_s_fault() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        XmlDocument(Broken(), record="r")


def test_ever_new_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iepbridge.codecs.xml_pieces._ONE_IN", 1)
    monkeypatch.setattr("iepbridge.codecs.xml_pieces._MOST_NAME_BYTES", 1_000_000)
    old = b"<r><b/></r>" * 200_000
    new = b"".join(b"<r><b%0100d/></r>" % number for number in range(20_000))
    assert len(children(b"<a>%b</a>" % old)) == 200_000
    assert "too many different names" in refusal(b"<a>%b</a>" % new)


# --- Memory and time


def measured(code: str) -> int:
    """Run code in a process of its own; give the most memory it had above the start, in KiB."""
    script = (
        "import io, resource\n"
        "from iepbridge.codecs.xml import XmlDocument\n"
        "from iepbridge.errors import Unreadable\n"
        "list(XmlDocument(io.BytesIO(b'<a><r/></a>'), record='r').children())\n"
        "def most(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = most()\n"
        f"{code}\n"
        "print(most() - before)"
    )
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(run.stdout)


STREAM = """
class Repeated(io.RawIOBase):
    def __init__(self, unit, count):
        self.parts = iter([b"<a>", *[unit * 100] * (count // 100), b"</a>"])
    def read(self, size=-1):
        return next(self.parts, b"")
"""


@pytest.mark.linux
@pytest.mark.parametrize(
    "unit",
    [
        b"<r><b>" + b"x" * 400 + b"</b></r>\n",
        b"<r><b c='1'/></r><!-- x --><h>1</h>x",
        b"<r><r><r/></r></r>",
    ],
)
def test_memory_is_flat_for_any_number_of_records(unit: bytes) -> None:
    read = f"for _ in XmlDocument(Repeated({unit!r}, 200_000), record='r').children(): pass"
    assert measured(f"{STREAM}\n{read}") < 6_000


@pytest.mark.linux
@pytest.mark.parametrize(
    ("data", "expected_mb"),
    [
        ("b'<a><r>' + b'<b/>' * 5_000_000 + b'</r></a>'", 60),
        ("b'<a>' + b'<b/>' * 5_000_000 + b'</a>'", 60),
        ("b'<a><r>' + b'<b c=\"\" d=\"\" e=\"\" f=\"\" g=\"\" h=\"\" i=\"\"/>' * 500_000", 320),
        ("b'<a><r>' + b'x' * 20_000_000 + b'</r></a>'", 60),
        ("b'<a><r>' + b'<b>' * 5_000_000", 20),
        ("b'<a><r b=\"' + b'x' * 20_000_000 + b'\"/></a>'", 120),
        ("b'<a><r><!--' + b'<r ' * 7_000_000 + b'--></r></a>'", 120),
        ("b'<a>%b</a>' % b''.join(b'<r><b%0120d/></r>' % i for i in range(700_000))", 120),
        ("b'<a>%b</a>' % b''.join(b'<r c%0120d=\"\"/>' % i for i in range(700_000))", 120),
        ("b'<a>%b</a>' % b''.join(b'<r xmlns=\"urn:%0120d\"/>' % i for i in range(700_000))", 120),
        ("b'<a>%b</a>' % b''.join(b'<?c%0120d?><r/>' % i for i in range(700_000))", 120),
    ],
)  # fmt: skip
def test_memory_is_bounded_while_too_much_arrives(data: str, expected_mb: int) -> None:
    read = (
        f"data = {data}\n"
        "before = most()\n"
        "try:\n"
        "    for _ in XmlDocument(io.BytesIO(data), record='r').children(): pass\n"
        "except Unreadable: pass\n"
        "else: raise SystemExit('was read')"
    )
    assert measured(read) < expected_mb * 1_024


def joined(pattern: str) -> Callable[[int], bytes]:
    return lambda count: b"".join((pattern % number).encode() for number in range(count))


def inside(
    start: bytes, unit: bytes | Callable[[int], bytes], end: bytes
) -> Callable[[int], bytes]:
    make = unit if callable(unit) else lambda count: unit * count
    return lambda count: start + make(count) + end


LINEAR = {
    "records": inside(b"<a>", b"<r>12</r>", b"</a>"),
    "between": inside(b"<a>", b"<b/>", b"</a>"),
    "elements": inside(b"<a><r>", b"<b/>", b"</r></a>"),
    "attributes": inside(b"<a><r ", joined("a%d='' "), b"/></a>"),
    "attributes of the root": inside(b"<a ", joined("a%d='' "), b"/>"),
    "attributes behind a >": inside(b"<a><r b='>' ", joined("a%d='' "), b"/></a>"),
    "namespaces": inside(b"<a><r ", joined("xmlns:a%d='u:%%d' "), b"/></a>"),
    "names": inside(b"<a>", joined("<r><b%090d/></r>"), b"</a>"),
    "comments": inside(b"<a><r>", b"<!-- -->", b"</r></a>"),
    "one comment": inside(b"<a><r><!--", b"<r> - ", b"--></r></a>"),
    "one comment without >": inside(b"<a><r><!--", b"<r ", b"--></r></a>"),
    "one comment before the root": inside(b"<!--", b"<!DOCTYPE ", b"--><a/>"),
    "instructions": inside(b"<a><r>", b"<?r?>", b"</r></a>"),
    "cdata": inside(b"<a><r>", b"<![CDATA[]]>", b"</r></a>"),
    "one cdata": inside(b"<a><r><![CDATA[", b"<r></r>", b"]]></r></a>"),
    "less-than signs": inside(b"<a><r>", b"<", b"</r></a>"),
    "references": inside(b"<a><r>", b"&#10;", b"</r></a>"),
    "a value": inside(b"<a><r b='", b"> &amp;", b"'/></a>"),
    "levels": inside(b"<a>", b"<r>" + b"<b>" * 90 + b"</b>" * 90 + b"</r>", b"</a>"),
    "white space in a tag": inside(b"<a><r", b" ", b"/></a>"),
    "white space between": inside(b"<a><r/>", b" ", b"<r/></a>"),
    "doctype": inside(b"<!DOCTYPE ", b"x", b"><a/>"),
    "entities": inside(b"<!DOCTYPE a [", joined("<!ENTITY e%d ''>"), b"]><a/>"),
}


@pytest.mark.parametrize("name", LINEAR)
def test_twice_the_input_takes_no_more_than_about_twice_the_time(name: str) -> None:
    unit = len(LINEAR[name](1_000)) // 1_000
    once, twice = (spent(LINEAR[name](size // unit)) for size in (1_200_000, 2_400_000))
    assert twice < 0.4 or twice < 5 * once


def spent(data: bytes) -> float:
    def run() -> float:
        start = time.process_time()
        try:
            for _ in XmlDocument(io.BytesIO(data), record="r").children():
                pass
        except Unreadable:
            pass
        return time.process_time() - start

    first = run()
    return first if first > 0.5 else min(first, run())
