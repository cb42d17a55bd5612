"""Delimited text: what is read, with which cells, and the way back."""

import csv
import io
import json
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.codecs.delimited import (
    Dialect,
    NotDelimited,
    RowReader,
    cell_writer,
    read_rows,
    row_writer,
)
from iepbridge.codecs.delimited_form import CELL_CHARACTERS, ROW_BYTES

PIPED = Dialect("|", "\r\n", byte_order_mark=True)
DIALECTS = [
    PIPED,
    Dialect(",", "\n", byte_order_mark=False),
    Dialect("\t", "\r\n", byte_order_mark=False, last_newline=False),
    Dialect(";", "\n", byte_order_mark=True, last_newline=False),
    Dialect("^", "\r\n", byte_order_mark=True),
    Dialect("é", "\n", byte_order_mark=True),
]
MARK = b"\xef\xbb\xbf"
QUOTE = '"'
Table = list[list[str]]

cells = st.text("ab |,;\t^é\"'\r\n\0\ufeff\u2028😀", max_size=12) | st.text(max_size=12)
tables = st.lists(st.lists(cells, min_size=1, max_size=5), max_size=6)


def rows(text: str | bytes, dialect: Dialect = PIPED, columns: int | None = None) -> Table:
    """Read a text that has no byte order mark yet."""
    data = text.encode() if isinstance(text, str) else text
    return list(read_rows(io.BytesIO(dialect.mark + data), dialect, columns))


def written(table: Table, dialect: Dialect) -> str:
    return "".join(map(row_writer(dialect), table))


# --- What is read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a|b\r\n", [["a", "b"]]),
        ("a|b\r\nc\r\n", [["a", "b"], ["c"]]),
        ("\r\n", [[""]]),
        ("|\r\n\r\n", [["", ""], [""]]),
        (" a | \r\n", [[" a ", " "]]),
        ('""|""\r\n', [["", ""]]),
        ('"a"|b|"c"\r\n', [["a", "b", "c"]]),
        ('"a|b"|c\r\n', [["a|b", "c"]]),
        ('"|||"\r\n', [["|||"]]),
        ('"a""b"|""""|""""""\r\n', [['a"b', '"', '""']]),
        ('"""a"""|"|"""\r\n', [['"a"', '|"']]),
        ('a|"b\r\nc"|d\r\ne\r\n', [["a", "b\r\nc", "d"], ["e"]]),
        ('"\r"|"\n"|"\r\n"|"\n\r"\r\n', [["\r", "\n", "\r\n", "\n\r"]]),
        ('"a\n\n""\n""|\r\n"|"\r\n"\r\n', [['a\n\n"\n"|\r\n', "\r\n"]]),
        ("a\0|\0\r\n", [["a\0", "\0"]]),
        ("\x0b\x0c\x1c\x85|\u2028\u2029\r\n", [["\x0b\x0c\x1c\x85", "\u2028\u2029"]]),
        ("\ufeffa\r\n", [["\ufeffa"]]),
        ("é|😀\r\n", [["é", "😀"]]),
        ("a'b|\\n\r\n", [["a'b", "\\n"]]),
    ],
)
def test_rows_are_lists_of_cells(text: str, expected: Table) -> None:
    assert rows(text) == expected


def test_lf_ends_rows_where_the_dialect_says_so() -> None:
    assert rows('a,"b\r\nc"\nd,e\n', DIALECTS[1]) == [["a", "b\r\nc"], ["d", "e"]]


def test_the_last_newline_may_be_left_out_where_the_dialect_says_so() -> None:
    for text in ("a\tb\r\nc\td", "a\tb\r\nc\td\r\n", 'a\tb\r\nc\t"d"'):
        assert rows(text, DIALECTS[2]) == [["a", "b"], ["c", "d"]]


def test_every_row_has_the_number_of_columns() -> None:
    assert rows('a|b\r\n"|"|\r\n', columns=2) == [["a", "b"], ["|", ""]]


def test_the_line_on_which_a_row_begins_is_known() -> None:
    text = 'a\r\n"b\nb"\r\n"c\rc"\r\n"d\r\n\r\nd"\r\n\r\ne\r\n'
    reader = RowReader(io.BytesIO(MARK + text.encode()), PIPED)
    assert [(row[0][:1], reader.line) for row in reader] == [
        ("a", 1), ("b", 2), ("c", 4), ("d", 5), ("", 8), ("e", 9)
    ]  # fmt: skip


def test_the_number_of_columns_can_be_said_after_the_header() -> None:
    reader = RowReader(io.BytesIO(MARK + b"a|b\r\nc\r\n"), PIPED)
    read = iter(reader)
    reader.columns = len(next(read))
    with pytest.raises(NotDelimited, match=r"1 cells where 2 were expected \(line 2\)"):
        next(read)


def test_the_longest_cells_and_rows_are_read() -> None:
    longest = "x" * CELL_CHARACTERS
    text = f'{longest}|"{longest}"|"{longest[2:]}|\n"|"{CELL_CHARACTERS * 2 * QUOTE}"\r\n'
    read = [["é" + longest[1:], longest, longest[2:] + "|\n", QUOTE * CELL_CHARACTERS]]
    assert rows("é" + text[1:], columns=4) == read

    most = "|".join(["x" * 999_999] * 16)
    whole = f'{most}|"\n'.ljust(ROW_BYTES - 3) + '"\r\n'
    assert len(whole) == ROW_BYTES
    assert len(rows(whole + "a\r\n")[0]) == 17


@pytest.mark.parametrize(
    "dialect", [("", "\n"), ("||", "\n"), ('"', "\n"), ("\r", "\n"), ("|", "\r")]
)
def test_a_dialect_that_cannot_be_is_refused(dialect: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"^(A delimiter is|Rows end in)"):
        Dialect(*dialect, byte_order_mark=False)


# --- Others' judgement


@given(st.text('ab|"\r\n', max_size=14) | st.text('|"\n', max_size=14))
def test_csv_agrees_on_everything_that_is_read(text: str) -> None:
    for newline in ("\n", "\r\n"):
        dialect = Dialect("|", newline, byte_order_mark=False)
        whole = text.replace("\r\n", "\n").replace("\n", newline) + newline
        try:
            read = rows(whole, dialect)
        except NotDelimited:
            continue
        found = csv.reader(io.StringIO(whole, newline=""), delimiter="|", strict=True)
        assert read == [row or [""] for row in found]


@given(st.text('ab|"\r\n', max_size=14) | st.text('|"\n', max_size=14))
def test_exactly_the_grammar_is_read(text: str) -> None:
    """Read character by character, by the rules as RFC 4180 has them, and compare."""
    for newline in ("\n", "\r\n"):
        dialect = Dialect("|", newline, byte_order_mark=False)
        try:
            read: Table | None = rows(text, dialect)
        except NotDelimited:
            read = None
        assert read == by_the_book(text, newline)


def by_the_book(text: str, newline: str) -> Table | None:
    """Give the rows of a text, None where it breaks a rule."""
    found: Table = []
    row: list[str] = []
    while text:
        if text.startswith('"'):
            cell, text = "", text[1:]
            while not text.startswith('"') or text.startswith('""'):
                if not text:
                    return None
                length = 2 if text.startswith('""') else 1
                cell, text = cell + text[0], text[length:]
            text = text[1:]
        else:
            cell = text[: next((n for n, c in enumerate(text) if c in '|"\r\n'), len(text))]
            text = text[len(cell) :]
        row.append(cell)
        if text.startswith(newline):
            found, row, text = [*found, row], [], text[len(newline) :]
        elif text.startswith("|"):
            text = text[1:]
            if not text:
                return None
        else:
            return None
    return found


@pytest.mark.corpora
def test_csv_spectrum(corpora: Callable[[str], Path]) -> None:
    """Eleven of its twelve are read; in the other, quotes stand in a cell that is not quoted."""
    folder = corpora("csv-spectrum")
    files = sorted((folder / "csvs").glob("*.csv"))
    assert len(files) == 12
    for file in files:
        data = file.read_bytes()
        newline = "\r\n" if b"\r\n" in data else "\n"
        dialect = Dialect(",", newline, byte_order_mark=False, last_newline=False)
        if file.stem == "location_coordinates":
            with pytest.raises(NotDelimited) as caught:
                rows(data, dialect)
            assert str(caught.value) == (
                "a quote inside a cell that does not begin with one (line 2, column 22)"
            )
            continue
        header, *rest = rows(data, dialect)
        expected = json.loads((folder / "json" / f"{file.stem}.json").read_text("utf-8"))
        assert [dict(zip(header, row, strict=True)) for row in rest] == expected


# --- There and back


@pytest.mark.parametrize("dialect", DIALECTS, ids=repr)
@given(table=tables)
def test_what_was_written_is_read(dialect: Dialect, table: Table) -> None:
    if not dialect.byte_order_mark and table and table[0][0].startswith("\ufeff"):
        return
    assert rows(written(table, dialect), dialect) == table
    by_cell = (dialect.delimiter.join(map(cell_writer(dialect), row)) for row in table)
    assert written(table, dialect) == "".join(row + dialect.newline for row in by_cell)


@given(tables)
def test_what_csv_writes_in_quotes_is_read(table: Table) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter="|", quoting=csv.QUOTE_ALL).writerows(table)
    assert rows(text.getvalue()) == table


def test_quotes_are_written_only_where_they_must_be() -> None:
    written_cell = cell_writer(PIPED)
    texts = ["", " ", "a b", "a,b", "\u2028", "a|b", 'a"b', "a\rb", "a\nb"]
    assert [written_cell(text).startswith('"') for text in texts] == [False] * 5 + [True] * 4
    assert written_cell('"|') == '"""|"'


# --- Memory


class Long(io.RawIOBase):
    """A beginning, then the same block many times; never there as a whole."""

    def __init__(self, begin: bytes, block: bytes, times: int) -> None:
        self._parts: Iterator[bytes] = chain([begin], repeat(block, times))
        self.bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        part = next(self._parts, b"")
        buffer[: len(part)] = part
        self.bytes += len(part)
        return len(part)


def peak(stream: Long, dialect: Dialect = PIPED) -> int:
    """Read to the end or the fault; give the most memory that took."""
    tracemalloc.start()
    try:
        with suppress(NotDelimited):
            deque(read_rows(io.BufferedReader(stream), dialect, 2), maxlen=0)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_file_takes_no_more_memory_than_a_short_one() -> None:
    blocks = [b'a|"b|\r\n"\r\n' * 500, b"a|b\r\n" * 1000]
    for block in blocks:
        short, long = (Long(MARK, block, times) for times in (2, 30))
        assert peak(long) < peak(short) + 50_000
        assert long.bytes == len(MARK) + 30 * len(block)


@pytest.mark.parametrize(
    ("begin", "block"),
    [
        (b'a|"b', b"x" * 8192),
        (b'a|"b', b"some|cells|of|one|row\r\n" * 300),
        (b'a|"b\r\nc""|', b"|" * 8192),
        (b"a", b"x" * 8192),
        (b"a", b"|" * 8192),
        (b"a", b'"' * 8192),
        (b'"', b"\r\n".rjust(64) * 128),
    ],
)
def test_no_row_grows_without_end(begin: bytes, block: bytes) -> None:
    stream = Long(MARK + begin, block, 4096)
    assert peak(stream) < 5 * ROW_BYTES
    assert stream.bytes < ROW_BYTES + 100_000


def test_a_quote_too_many_is_found_at_once_among_many_rows() -> None:
    stream = Long(MARK + b'a|6"\r\n', b"a|b\r\n" * 1000, 4096)
    assert peak(stream) < 500_000
    assert stream.bytes < 150_000
