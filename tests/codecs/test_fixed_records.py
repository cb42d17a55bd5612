"""Records of one length from a stream: each in turn, and a refusal at the first wrong one."""

import io
from itertools import islice

import pytest

from iepbridge.codecs.fixed_records import FixedRecords, NotFixed

LENGTH = 4


def source(content: bytes) -> FixedRecords:
    return FixedRecords(io.BytesIO(content), LENGTH, "cp1252")


def given(records: FixedRecords, most: int = 1000) -> list[tuple[str, bool]]:
    return list(islice(records, most))


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200])
def test_each_record_is_given_in_turn(count: int) -> None:
    texts = [f"{number:04}" for number in range(count)]
    records = source("".join(f"{text}\r\n" for text in texts).encode() + b"\x1a")
    assert given(records, count) == [(text, True) for text in texts]
    assert records.number == count
    assert records.rest() == b"\x1a"
    assert records.filled == 4 * count


def test_bytes_that_are_no_spaces_are_counted_also_where_they_are_line_ends() -> None:
    records = source(b" a\r \r\n\x1a b \r\n")
    assert [text for text, _ in given(records, 2)] == [" a\r ", "\x1a b "]
    assert records.filled == 4


def test_a_control_byte_is_told_of_its_block() -> None:
    records = source(b"abcd\r\na\tcd\r\n")
    assert given(records, 2) == [("abcd", False), ("a\tcd", False)]


@pytest.mark.parametrize(
    ("content", "what", "number"),
    [
        (b"", "not 4 bytes with CR and LF behind them", 0),
        (b"abc", "not 4 bytes with CR and LF behind them", 0),
        (b"abcd\r\nabcd\n\n", "not 4 bytes with CR and LF behind them", 1),
        (b"abcd\r\nabcd\r", "not 4 bytes with CR and LF behind them", 1),
        (b"abcd\r\n", "not 4 bytes with CR and LF behind them", 1),
        (b"abcd\r\nab\x81d\r\nabcd\r\n", "byte 3 is not in cp1252", 1),
        (b"abcd\r\n\x9dbcd\r\nabcdef", "byte 1 is not in cp1252", 1),
    ],
)
def test_the_first_wrong_record_is_refused(content: bytes, what: str, number: int) -> None:
    records = source(content)
    with pytest.raises(NotFixed) as refused:
        given(records)
    assert refused.value.what == what
    assert records.number == number


def test_what_stands_behind_the_last_record_is_seen() -> None:
    for rest in (b"", b"\x1a", b"\x1a\x1a", b"more than one record of it"):
        records = source(b"abcd\r\n" + rest)
        assert [text for text, _ in given(records, 1)] == ["abcd"]
        assert records.rest()[:2] == rest[:2]
