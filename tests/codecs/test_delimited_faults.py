"""Every fault of a delimited text: what it is called, and the line and column it is told at."""

import io
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.codecs.delimited import Dialect, NotDelimited, RowReader, read_rows
from iepbridge.codecs.delimited_form import CELL_CHARACTERS, MOST_CELLS, ROW_BYTES

PIPED = Dialect("|", "\r\n", byte_order_mark=True)
COMMAS = Dialect(",", "\n", byte_order_mark=False)
MARK = b"\xef\xbb\xbf"

BARE = "a quote inside a cell that does not begin with one"
BEHIND = "text behind the quote that closes a cell"
OPEN = "a quote that is not closed"
BREAK = "a line break that is not CR LF"
LAST = "no CR LF after the last row"
CODE = "bytes that are not UTF-8"
LONG = f"a cell of more than {CELL_CHARACTERS:,} characters"
UNENDED = f"{LONG}, as if its closing quote were missing"
WIDE = f"a row of more than {ROW_BYTES:,} bytes"
NO_MARK = "no byte order mark of UTF-8 (EF BB BF) at the beginning"


def fault(
    data: bytes, dialect: Dialect = PIPED, columns: int | None = None
) -> tuple[str, int, int | None]:
    with pytest.raises(NotDelimited) as caught:
        list(read_rows(io.BytesIO(data), dialect, columns))
    return caught.value.what, caught.value.line, caught.value.column


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        # Quotes in a cell without quotes around it
        ('a|6" b\r\n', BARE, 1, 4),
        ('a|6"|7"\r\n', BARE, 1, 4),
        ('a|b ""\r\n', BARE, 1, 5),
        ('é😀"\r\n', BARE, 1, 3),
        ('a|b"', BARE, 1, 4),
        ('a\r\nb|"c"\r\nd|e"\r\n"f"\r\n', BARE, 3, 4),
        ('a|"b\r\nc"|d"\r\n', BARE, 2, 5),
        (' "a"\r\n', BARE, 1, 2),
        # Text behind a closing quote
        ('"a"b\r\n', BEHIND, 1, 4),
        ('"a" \r\n', BEHIND, 1, 4),
        ('"a" "b"\r\n', BEHIND, 1, 4),
        ('""a\r\n', BEHIND, 1, 3),
        ('x|"a"b"\r\n', BEHIND, 1, 6),
        ('"a""b"c\r\n', BEHIND, 1, 7),
        ('x\r\ny|"a\r\nb" |c\r\n', f"{BEHIND}, which begins on line 2,", 3, 3),
        ('x|"a\r\ny|b\r\ny|"c"\r\n', f"{BEHIND}, which begins on line 1,", 3, 4),
        # Quotes that are not closed
        ('"', OPEN, 1, 1),
        ('"a', OPEN, 1, 1),
        ('a\r\nb|"c""\r\nd|e\r\n', OPEN, 2, 3),
        ('"a"|"b"|"c\r\n', OPEN, 1, 9),
        ('"a\r\nb"|"c\r\nd\r\n', OPEN, 2, 4),
        ('"""\r\n', OPEN, 1, 1),
        # Line breaks
        ("a|b\nc|d\n", BREAK, 1, 4),
        ("a|b\r\nc\n", BREAK, 2, 2),
        ("a\rb\r\n", BREAK, 1, 2),
        ("a\r\r\n", BREAK, 1, 2),
        ("a|\r", BREAK, 1, 3),
        ("a\rb", BREAK, 1, 2),
        ("\n", BREAK, 1, 1),
        ('"a"\n', BREAK, 1, 4),
        ('"a"\r', BREAK, 1, 4),
        ('"a\r\n"\rb\r\n', BREAK, 2, 2),
        # The last row
        ("a", LAST, 1, 2),
        ("a\r\nb|c", LAST, 2, 4),
        ('a\r\n"b\r\né"', LAST, 3, 3),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, what: str, line: int, column: int) -> None:
    assert fault(MARK + text.encode()) == (what, line, column)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"\xff\r\n", 1, 1),
        (b"a|\xc3\xa9\xe9\r\n", 1, 4),
        (b"a\r\nb\xc3\r\n", 2, 2),
        (b"a\r\n\xed\xa0\x80\r\n", 2, 1),
        (b"\xc0\x80\r\n", 1, 1),
        (b'a|"b\r\nc"|\xff\r\n', 2, 4),
        (b'a|"b\r\n\xff', 2, 1),
        (b"a\xf0\x9f\x98", 1, 2),
    ],
)
def test_bytes_that_are_not_utf8_are_refused(data: bytes, line: int, column: int) -> None:
    assert fault(MARK + data) == (CODE, line, column)


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        ("a\r\n", "a line break that is not LF", 1, 2),
        ('a\nb,"c"\r\n', "a line break that is not LF", 2, 6),
        ("a\nb", "no LF after the last row", 2, 2),
        ("\ufeffa\n", "a byte order mark at the beginning, where none belongs", 1, 1),
    ],
)
def test_another_dialect_has_faults_of_its_own(
    text: str, what: str, line: int, column: int
) -> None:
    assert fault(text.encode(), COMMAS) == (what, line, column)


@pytest.mark.parametrize(
    "data", [b"", b"a|b\r\n", "a\r\n".encode("utf-16"), MARK[:2], b"\r\n" + MARK]
)
def test_a_missing_or_other_mark_is_refused(data: bytes) -> None:
    assert fault(data) == (NO_MARK, 1, 1)


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("a|b\r\nc\r\n", "a row of 1 cells where 2 were expected", 2),
        ("a|b\r\nc|d|e\r\n", "a row of 3 cells where 2 were expected", 2),
        ("a|b\r\n\r\n", "a row of 1 cells where 2 were expected", 2),
        ('a|"b\r\n"\r\nc|d\r\n"|"\r\n', "a row of 1 cells where 2 were expected", 4),
        ('a|"b\r\nb"|c\r\n', "a row of 3 cells where 2 were expected", 1),
    ],
)
def test_a_row_with_another_number_of_cells_is_refused(text: str, what: str, line: int) -> None:
    assert fault(MARK + text.encode(), columns=2) == (what, line, None)


X = "x" * (CELL_CHARACTERS + 1)


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        (f"a\r\nb|{X}\r\n", LONG, 2, 3),
        (f'a|"{X}"\r\n', UNENDED, 1, 3),
        (f'"a\r\nb"|"{X[2:]}\r\n"|"\n"\r\n', UNENDED, 2, 4),
        (f'"a\r\n{X}', UNENDED, 1, 1),
        (f'"a\r\n{X[5:]}', OPEN, 1, 1),
        ('a|"' + "b|c\r\n" * 4_000_000, UNENDED, 1, 3),
        ("|".join([X[1:]] * 17) + "\r\n", WIDE, 1, None),
        ("a\r\n" + f'"{"|" * 1000}\r\n"|' * 17_000 + "b\r\n", WIDE, 2, None),
        ('a|"b"c' + '"' * ROW_BYTES, BEHIND, 1, 6),
        ("|" * (MOST_CELLS + 1) + "\r\n", f"a row of more than {MOST_CELLS:,} cells", 1, None),
    ],
    ids=[
        "plain",
        "quoted",
        "broken",
        "endless",
        "open",
        "swallowing",
        "wide",
        "deep",
        "stray",
        "many",
    ],
)
def test_what_is_too_long_is_refused(text: str, what: str, line: int, column: int | None) -> None:
    assert fault(MARK + text.encode()) == (what, line, column)


def test_a_long_row_is_not_taken_apart_beyond_its_columns() -> None:
    data = MARK + b"a|b\r\n" + b"|" * (CELL_CHARACTERS + 1) + b"\r\n"
    assert fault(data, columns=2) == ("a row of more than 2 cells", 2, None)


@pytest.mark.parametrize("lines", [1, 20_000, 40_000, 100_000])
def test_a_fault_behind_many_lines_of_a_row_has_its_own_line(lines: int) -> None:
    whole = 'a|"' + "b\r\n" * lines + '"|c"\r\n'
    assert fault(MARK + whole.encode()) == (BARE, lines + 1, 4)
    cut = 'a|b"' + "b\r\n" * lines + '"\r\n'
    assert fault(MARK + cut.encode()) == (BARE, 1, 4)
    coded = b'a|"' + b"b\r\n" * lines + b"\xff\r\n" + b"b\r\n" * lines
    assert fault(MARK + coded) == (CODE, lines + 1, 1)


def test_rows_before_the_fault_are_given() -> None:
    reader = RowReader(io.BytesIO(MARK + b'a|b\r\n"c"|d\r\ne"\r\n'), PIPED)
    read = []
    with pytest.raises(NotDelimited):
        read.extend(reader)
    assert (read, reader.line) == ([["a", "b"], ["c", "d"]], 3)


def test_a_fault_shows_nothing_of_the_text_and_can_be_sent_elsewhere() -> None:
    with pytest.raises(NotDelimited) as caught:
        list(read_rows(io.BytesIO(MARK + b'1,234 "Ann"\r\n'), PIPED))
    assert str(caught.value) == f"{BARE} (line 1, column 7)"
    assert str(NotDelimited("a row", 1234)) == "a row (line 1,234)"
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.what, again.line, again.column) == (str(caught.value), BARE, 1, 7)


@given(st.binary(max_size=30) | st.text('a|"\r\n\ufeff', max_size=30).map(str.encode))
def test_any_bytes_are_read_or_refused_within_them(data: bytes) -> None:
    data = MARK + data
    lines = data[3:].decode(errors="replace").split("\n")
    found = None
    try:
        list(read_rows(io.BytesIO(data), PIPED))
    except NotDelimited as fault:
        found = fault
    if found:
        assert 1 <= found.line <= len(lines)
        assert found.column is not None
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1
