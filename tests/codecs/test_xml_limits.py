"""Each cap at its edge: the record before it is read, the one past it refuses the file."""

import io
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iepbridge.codecs.xml import XmlDocument, XmlLimits
from iepbridge.errors import Unreadable

LIMITS = XmlLimits(record_bytes=2_000, elements=40, depth=6, text=300, attributes=30)
BYTES = "is longer than {:,} bytes"
ELEMENTS = "has more than {:,} elements"
LEVELS = "is nested more than {:,} levels deep"
TEXT = "has a text or an attribute of more than {:,} characters"
ATTRIBUTES = "has more than {:,} attributes"
END = ", too much for one plan. Ask its sender for another file."


def outcome(
    data: str | bytes, limits: XmlLimits = LIMITS, record: str = "r", sizes: int = 2**20
) -> tuple[int, str]:
    """Give how many children came, and why no more did."""

    class Stream(io.BytesIO):
        def read(self, most: int | None = -1) -> bytes:
            return super().read(min(most or sizes, sizes))

    stream = Stream(data.encode() if isinstance(data, str) else data)
    encodings = frozenset({"UTF-8", "UTF-16"})
    count = 0
    try:
        document = XmlDocument(stream, record=record, encodings=encodings, limits=limits)
        for _ in document.children():
            count += 1
    except Unreadable as error:
        return count, str(error)
    return count, ""


def test_the_defaults_are_those_of_the_specification() -> None:
    limits = XmlLimits()
    assert (limits.record_bytes, limits.elements) == (16 * 2**20, 200_000)
    assert (limits.depth, limits.text) == (100, 1_000_000)


# --- One record at its edge, among others


def nested(levels: int) -> str:
    """Give a record that makes a file of so many levels."""
    return "<b>" * (levels - 3) + "<b/>" + "</b>" * (levels - 3)


EDGES = [
    (LEVELS.format(6), nested(6), nested(7)),
    (LEVELS.format(6), f"<c/>{nested(6)}<c/>", f"<c/>{nested(7)}<c/>"),
    (ELEMENTS.format(40), "<b/>" * 39, "<b/>" * 40),
    (ELEMENTS.format(40), "<b><c/></b>" * 19 + "<b/>", "<b><c/></b>" * 20),
    (TEXT.format(300), "x" * 300, "x" * 301),
    (TEXT.format(300), "é" * 300, "é" * 301),
    (TEXT.format(300), "😀" * 300, "😀" * 301),
    (TEXT.format(300), "&amp;" * 300, "&amp;" * 301),
    (TEXT.format(300), "x" * 300 + "<b/>" + "x" * 300, "<b/>" + "x" * 301),
    (TEXT.format(300), "x" * 100 + "<!-- x -->" + "x" * 200, "x" * 100 + "<!-- x -->" + "x" * 201),
    (TEXT.format(300), "x<![CDATA[" + "<" * 299 + "]]>", "x<![CDATA[" + "<" * 300 + "]]>"),
    (TEXT.format(300), "<b c='" + "é" * 300 + "'/>", "<b c='" + "é" * 301 + "'/>"),
    (TEXT.format(300), "<b>" + "x" * 300 + "</b>", "<b>" + "x" * 301 + "</b>"),
    (ATTRIBUTES.format(30), "<b c='' d=''/>" * 15, "<b c='' d=''/>" * 15 + "<b c=''/>"),
    (BYTES.format(2_000), "<!--" + "x" * 1_986 + "-->", "<!--" + "x" * 1_987 + "-->"),
]  # fmt: skip
FRAMES = [
    "<a><r>{}</r></a>",
    "<a>\n<r>{}</r>\n</a>",
    "<a><h>x</h><r/> <r>1</r>\n\n<r>{}</r><r/><t/></a>",
    "<a>" + "<r>xx</r>" * 200 + "<r>{}</r>" + "<r>yy</r>" * 200 + "</a>",
    "<!-- <r> --><a><r/><!-- </r> --><r>{}</r></a>",
]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("cap", "fits", "exceeds"), EDGES)
def test_a_cap_at_its_edge(cap: str, fits: str, exceeds: str, frame: str) -> None:
    for sizes in (1, 13, 2**20):
        assert outcome(frame.format(fits), sizes=sizes)[1] == ""
        count, message = outcome(frame.format(exceeds), sizes=sizes)
        before = frame[: frame.index("{}")]
        assert count == before.count("<r>x") + before.count("<r>1") + before.count("<r/>") + (
            before.count("<h>")
        )
        ordinal = before.split("-->")[-1].count("<r") + (before.count("--><a><r/>"))
        assert message.startswith(f"Record {ordinal} (line {before.count(chr(10)) + 1}) {cap}{END}")


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("tag", ["r", "p:r", "é"])
def test_a_record_s_bytes_are_those_of_utf_8_from_tag_to_tag(tag: str, codec: str) -> None:
    frame = f"<a xmlns:p='urn:p'>\n  <{tag} b='>'>{{}}</{tag} >\n<x/></a>"
    record = tag.replace("p:", "{urn:p}")
    inner = 2_000 - len(
        frame.replace("<a xmlns:p='urn:p'>\n  ", "").replace("\n<x/></a>", "").encode()
    )
    inner += len("{}")
    for more, expected in ((0, ""), (1, f"Record 1 (line 2) {BYTES.format(2_000)}{END}")):
        comments = "<!---->" * ((inner + more) // 7) + "é" * ((inner + more) % 7 // 2)
        comments += "x" * (inner + more - len(comments.encode()))
        assert outcome(frame.format(comments).encode(codec), record=record)[1] == expected


# --- What stands between two records


@pytest.mark.parametrize(
    ("cap", "fits", "exceeds"),
    [
        (ELEMENTS.format(40), "<b/>" * 40, "<b/>" * 41),
        (ELEMENTS.format(40), "<b><c/></b>" * 20, "<b><c/></b>" * 20 + "<b/>"),
        (ATTRIBUTES.format(30), "<b c=''/>" * 30, "<b c=''/>" * 31),
        (TEXT.format(300), "x" * 300, "x" * 301),
        (TEXT.format(300), "<b/>" + " " * 300, "<b/>" + " " * 301),
        (TEXT.format(300), "<b>" + "x" * 300 + "</b>", "<b>" + "x" * 301 + "</b>"),
        (LEVELS.format(6), "<b>" * 5 + "</b>" * 5, "<b>" * 6 + "</b>" * 6),
    ],
)  # fmt: skip
def test_what_stands_between_has_the_same_caps(cap: str, fits: str, exceeds: str) -> None:
    for frame, where in (
        ("<a>{}<r/></a>", "What stands before the first record"),
        ("<a>{}</a>", "What stands before the first record"),
        ("<a><r>1</r>{}<r/></a>", "What stands behind record 1"),
        ("<a><r/><r>1</r>{}</a>", "What stands behind record 2"),
    ):
        for sizes in (1, 13, 2**20):
            assert outcome(frame.format(fits), sizes=sizes)[1] == ""
            message = outcome(frame.format(exceeds), sizes=sizes)[1]
            assert message.startswith(where)
            assert message.endswith(f"{cap}{END}")


@pytest.mark.parametrize("record", ["<r>1</r>", "<r/>", "<r><r/></r>"])
def test_the_bytes_between_two_records(record: str) -> None:
    for size, fits in ((2_000, True), (2_001, False)):
        between = "<!---->" * (size // 7) + "\n" * (size % 7)
        message = outcome(f"<a>{record}{between}{record}{between}{record}</a>")[1]
        assert message == "" if fits else f"behind record 1 (line {1 + size % 7})" in message


def test_each_stretch_is_counted_by_itself() -> None:
    inner = "<b/>" * 35 + "x" * 290
    assert outcome("<a>" + f"{inner}<r>{inner}</r>" * 50 + f"{inner}</a>") == (50 * 36 + 35, "")


# --- While it arrives


@pytest.mark.parametrize(
    ("start", "unit", "cap"),
    [
        ("<a><r/><r>", "<b/>", ELEMENTS.format(40)),
        ("<a><r/><r>", "<b>", ELEMENTS.format(40)),  # levels are counted at the record's end
        ("<a><r/><r>", "<b c='' d='' e='' f='' g='' h=''/>", ATTRIBUTES.format(30)),
        ("<a><r/><r>", "<!-- -->", BYTES.format(2_000)),
        ("<a><r/><r><b>", "x ", "has a text, tag or comment of more than 300 characters"),
        ("<a><r/><r><!--", "x ", "has a text, tag or comment of more than 300 characters"),
        ("<a><r/>", "<b/>", ELEMENTS.format(40)),
        ("<a><r/>", "<!-- -->", BYTES.format(2_000)),
        ("<a><r/>", " ", BYTES.format(2_000)),
    ],
)
def test_what_never_ends_is_stopped(start: str, unit: str, cap: str) -> None:
    class Endless(io.RawIOBase):
        start_bytes = start.encode()

        def read(self, size: int = -1) -> bytes:
            data, self.start_bytes = self.start_bytes, b""
            return data or unit.encode() * max(1, size // len(unit))

    with pytest.raises(Unreadable) as caught:
        for _ in XmlDocument(Endless(), record="r", limits=LIMITS).children():
            pass
    where = "Record 2 (line 1) " if "<r>" in start else "What stands behind record 1 "
    assert str(caught.value).startswith(where)
    assert cap in str(caught.value) or BYTES.format(2_000) in str(caught.value)


# --- Any file of records, against counting by hand

RECORDS = st.lists(
    st.tuples(
        st.integers(30, 42) | st.integers(0, 5),  # elements
        st.integers(3, 7),  # levels
        st.integers(298, 302) | st.integers(0, 50),  # characters of a text
        st.integers(28, 32) | st.integers(0, 5),  # attributes
        st.sampled_from(["", " ", "<!-- <r> -->", "<h/>", "x"]),  # behind it
    ),
    max_size=12,
)


def made(elements: int, levels: int, text: int, attributes: int) -> tuple[str, bool]:
    deep = max(0, levels - 2)
    wide = max(0, elements - 1 - deep)
    values = [f"<b c{number}=''/>" for number in range(min(attributes, wide))]
    inner = "<b>" * deep + "</b>" * deep + "x" * text + "".join(values)
    inner += "<b/>" * (wide - len(values))
    record = f"<r>{inner}</r>"
    fits = deep + 2 <= 6 and 1 + deep + wide <= 40 and text <= 300 and len(values) <= 30
    return record, fits and len(record) <= 2_000


@given(RECORDS, st.integers(1, 300), st.sampled_from(["utf-8", "utf-16"]))
@example([(40, 3, 300, 30, "")], 1, "utf-8")
def test_the_first_record_past_a_cap_refuses_the_file(
    records: list[tuple[int, int, int, int, str]], sizes: int, codec: str
) -> None:
    parts = [(*made(*numbers), behind) for *numbers, behind in records]
    data = "<a>" + "".join(record + behind for record, _, behind in parts) + "</a>"
    came = list(accumulate(1 + (behind == "<h/>") for _, _, behind in parts))
    wrong = next((index for index, (_, fits, _) in enumerate(parts) if not fits), None)
    count, message = outcome(data.encode(codec), sizes=sizes)
    if wrong is None:
        assert (count, message) == (came[-1] if came else 0, "")
    else:
        assert count == (came[wrong - 1] if wrong else 0)
        assert message.startswith(f"Record {wrong + 1} (line 1) ")


# --- The caps of the specification themselves


def many(record: str) -> tuple[int, str]:
    return outcome(f"<a>\n<r/>\n<r>{record}</r>\n</a>", XmlLimits())


@pytest.mark.parametrize(
    ("cap", "fits", "exceeds"),
    [
        (ELEMENTS.format(200_000), "<b/>" * 199_999, "<b/>" * 200_000),
        (LEVELS.format(100), "<b>" * 98 + "</b>" * 98, "<b>" * 99 + "</b>" * 99),
        (LEVELS.format(100), "<b>" * 98 + "</b>" * 98, "<b>" * 400 + "</b>" * 400),
        (TEXT.format(1_000_000), "é" * 1_000_000, "é" * 1_000_001),
        (TEXT.format(1_000_000), "&#10;" * 1_000_000, "&#10;" * 1_000_001),
        (TEXT.format(1_000_000), f"<b c='{'😀' * 1_000_000}'/>", f"<b c='{'😀' * 1_000_001}'/>"),
        (BYTES.format(2**24), ("x" * 999_993 + "<b/>") * 16, ("x" * 999_993 + "<b/>") * 17),
        ("has a text, tag or comment of more than 1,000,000", "x" * 1_000_000, "x" * 11_000_000),
        ("has an element with more than 1,000 attributes",
         "<b " + " ".join(f"c{n}=''" for n in range(1_000)) + "/>",
         "<b " + " ".join(f"c{n}=''" for n in range(1_001)) + "/>"),
        ("has an element with more than 1,000 attributes",
         "<b c='>' " + " ".join(f"c{n}=''" for n in range(999)) + "/>",
         "<b c='>' " + " ".join(f"c{n}=''" for n in range(50_000)) + "/>"),
    ],
)  # fmt: skip
def test_the_real_caps(cap: str, fits: str, exceeds: str) -> None:
    assert many(fits) == (2, "")
    count, message = many(exceeds)
    assert count == 1
    assert message.startswith(f"Record 2 (line 3) {cap}")


@pytest.mark.parametrize("size", [2**24 - 1, 2**24, 2**24 + 1])
def test_sixteen_mebibytes_to_the_byte(size: int) -> None:
    inner = "<b/>".join("x" * 999_990 for _ in range(16))
    inner += "<!--" + "y" * (size - len(inner) - len("<r><!----></r>")) + "-->"
    count, message = many(inner)
    assert (count, message == "") == ((2, True) if size <= 2**24 else (1, False))


def test_a_start_tag_over_many_pieces_is_looked_at_whole() -> None:
    for value in ("<r b='" + ">" * 1_000_001 + "'/>", "<r b='>' c='" + "x" * 1_000_001 + "'/>"):
        assert TEXT.format(1_000_000) in outcome(f"<a>{value}<r/></a>", XmlLimits())[1]
    wide = " ".join(f"c{number}=''" for number in range(100_000))
    expected = "has an element with more than 1,000 attributes"
    assert expected in outcome(f"<a><r b='>' {wide}/></a>", XmlLimits())[1]


@pytest.mark.parametrize("lines", [10, 70_000, 200_000])
def test_the_line_of_a_record_far_down(lines: int) -> None:
    data = "<a>" + "\n" * lines + "<r>" + "<b>" * 99 + "</b>" * 99 + "</r></a>"
    assert outcome(data, XmlLimits())[1].startswith(f"Record 1 (line {lines + 1:,}) {LEVELS[:9]}")


@pytest.mark.parametrize("lines", [10, 70_000])
def test_the_line_of_what_stands_behind_the_last_record(lines: int) -> None:
    data = "<a>" + "\n" * lines + "<r/><b/>" + "x" * 1_000_001 + "</a>"
    message = outcome(data, XmlLimits())[1]
    place = f" (line {lines + 1})" if lines < 65_535 else ""  # the parser has ended, and is silent
    assert message.startswith(f"What stands behind record 1{place} has a text")
