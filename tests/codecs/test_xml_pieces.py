"""Where tags and records begin and end, as far as bytes can tell."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.codecs.xml_pieces import RecordTags, Vocabulary, has_gap, whole_tags

BLOCKS = st.lists(st.text("<>/ra ='", max_size=9).map(str.encode), max_size=9)


@given(BLOCKS, st.integers(0, 30))
def test_no_byte_is_lost_in_joining_or_cutting(blocks: list[bytes], most: int) -> None:
    data = b"".join(blocks)
    assert b"".join(whole_tags(blocks, most)) == data
    assert b"".join(RecordTags("r").pieces(data)) == data


@given(
    st.lists(st.sampled_from(["<r a='b c'>", "</r>", "<p:r/>", "text ", "\n"]), max_size=9),
    st.lists(st.integers(1, 9), min_size=1),
)
def test_no_piece_ends_inside_a_tag(parts: list[str], sizes: list[int]) -> None:
    data = "".join(parts).encode()
    places = [0, *accumulate(sizes * (len(data) // sum(sizes) + 1))]
    pieces = whole_tags((data[start:end] for start, end in pairwise(places)), 100)
    for piece in pieces:
        assert piece.rfind(b">") >= piece.rfind(b"<")


def test_a_tag_that_is_too_long_is_let_go() -> None:
    blocks = [b"<a ", *[b"x" * 10] * 10]
    assert max(map(len, whole_tags(blocks, 40))) <= 50


def test_text_is_not_held_back() -> None:
    blocks = [b"<a>", b"text ", b"more ", b"<b", b"/>"]
    assert [piece for piece in whole_tags(blocks, 100) if piece] == [
        b"<a>", b"text ", b"more ", b"<b/>",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "pieces"),
    [
        (b"<a>\n<r>1</r>\n<r/>x</a>", [b"<a>\n", b"<r>1</r>", b"\n", b"<r/>", b"x</a>"]),
        (b"<p:r b='1'>2</p:r ><q:r/>", [b"", b"<p:r b='1'>2</p:r >", b"<q:r/>", b""]),
        (b"<rr/><b:rr/><r.r/>", [b"<rr/><b:rr/><r.r/>"]),
        (b"<r", [b"<r"]),
        (b"r>/r <a r='r'>", [b"r>/r <a r='r'>"]),
    ],
)
def test_records_are_cut_out(data: bytes, pieces: list[bytes]) -> None:
    found = list(RecordTags("{urn:x}r").pieces(data))
    assert [one for one in found if one] == [one for one in pieces if one]


def test_the_places_of_tags() -> None:
    tags = RecordTags("r")
    data = b" <r>1</r> <r/> "
    assert (tags.first_start(data), tags.last_start(data)) == (1, 10)
    assert (tags.first_end(data), tags.last_end(data)) == (9, 14)
    none = b"<b></b>"
    assert (tags.first_start(none), tags.last_start(none)) == (0, 7)
    assert (tags.first_end(none), tags.last_end(none)) == (7, 7)


@given(st.integers(0, 4_000), st.integers(0, 6_000), st.integers(0, 4_000))
def test_a_gap_that_could_be_a_wide_tag_is_seen(before: int, gap: int, behind: int) -> None:
    data = b"<" * before + b"x" * gap + b"<" * behind
    if gap >= 3_200:
        assert has_gap(data)
    if gap < 1_600 and len(data) % 1_600 == 0:
        assert not has_gap(data)


def vocabulary(unit: str, count: int) -> Vocabulary:
    names = Vocabulary()
    piece = ""
    for number in range(count):
        piece += unit % number
        if len(piece) > 60_000:
            names.sample(piece.encode())
            piece = ""
    return names


@pytest.mark.parametrize(
    "unit",
    [
        "<a%0100d/>",
        "<a b%0100d = ''/>",
        '<a xmlns:a%0100d="urn:a"/>',
        "<a xmlns='urn:%0100d'/>",
        "<?a%0100d?>",
    ],
)
def test_ever_new_names_are_noticed(unit: str) -> None:
    assert vocabulary(unit, 900_000).is_too_big


@pytest.mark.parametrize(
    "unit",
    [
        "<a b='%0100d'>",
        "<a>%0100d</a>",
        "<a>name%0100d = x</a>",
        "<!-- %0100d -->",
        "</a>%0100d",
        "<a>\n    <b c:d='%0100d' e=''/>\n</a>\n",
    ],
)
def test_values_and_texts_are_no_names(unit: str) -> None:
    names = vocabulary(unit, 900_000)
    assert not names.is_too_big
    assert names._bytes < 1_000_000


def test_a_file_that_begins_with_no_bytes() -> None:
    names = Vocabulary()
    for _ in range(100):
        names.sample(b"")
    assert not names.is_too_big
