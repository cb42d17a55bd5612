"""What is JSON, what is not, and what is more of it than one plan may be."""

import json
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.codecs import json_text
from iepbridge.codecs.json_text import (
    LEVELS,
    TEXT_CHARACTERS,
    VALUES,
    NotJson,
    check_levels,
    has_more_values,
    parse_object,
)


def fault(text: bytes) -> NotJson:
    with pytest.raises(NotJson) as refused:
        parse_object(text)
    return refused.value


@pytest.fixture
def suite(corpora: Callable[[str], Path]) -> Path:
    return next(corpora("JSONTestSuite").rglob("test_parsing"))


def read(path: Path) -> bool:
    try:
        json_text._value(path.read_bytes())
    except NotJson:
        return False
    return True


@pytest.mark.corpora
def test_suite_what_is_no_json_is_refused(suite: Path) -> None:
    files = sorted(suite.glob("n_*.json"))
    assert len(files) == 188
    assert [path.name for path in files if read(path)] == []


@pytest.mark.corpora
def test_suite_what_is_json_is_read_but_for_repeated_keys(suite: Path) -> None:
    files = sorted(suite.glob("y_*.json"))
    assert len(files) == 95
    assert [path.name for path in files if not read(path)] == [
        "y_object_duplicated_key.json",
        "y_object_duplicated_key_and_value.json",
    ]


@pytest.mark.corpora
def test_suite_what_is_undecided_is_decided_by_utf8_and_size(suite: Path) -> None:
    """Of these 35 all are read that are UTF-8 without a byte order mark."""
    files = sorted(suite.glob("i_*.json"))
    assert len(files) == 35
    for path in files:
        try:
            path.read_bytes().decode()
        except UnicodeDecodeError:
            assert not read(path)
        else:
            assert read(path) == ("BOM" not in path.name), path.name


@pytest.mark.parametrize(
    ("text", "what", "column"),
    [
        (b'{"a": 1', "no JSON", 8),
        (b"{'a': 1}", "no JSON", 2),
        (b'{"a": 01}', "no JSON", 8),
        (b'{"a": 1} {}', "no JSON", 10),
        (b'{"a": "x\ty"}', "no JSON", 9),
        (b'{"a": "\\x"}', "no JSON", 8),
        (b'{"a": "\xff"}', "bytes that are not UTF-8", 8),
        (b'{"a": "\xed\xa0\x80"}', "bytes that are not UTF-8", 8),
        (b'{"a": "\xc0\x80"}', "bytes that are not UTF-8", 8),
        ('{"a": 1}'.encode("utf-16"), "bytes that are not UTF-8", 1),
        (b'{"a": NaN}', "NaN or Infinity, which are no JSON", None),
        (b'{"a": -Infinity}', "NaN or Infinity, which are no JSON", None),
        (b'{"a": {"b": 1, "b": 1}}', "a key that stands twice in one object", None),
        (b'{"a": 1, "\\u0061": 2}', "a key that stands twice in one object", None),
        (b"[]", "JSON, but no object", None),
        (b"7", "JSON, but no object", None),
        (b"null", "JSON, but no object", None),
        (b"\xef\xbb\xbf{}", "no JSON", 1),
        (b"", "no JSON", 1),
        (b"\x0c{}", "no JSON", 1),
    ],
)
def test_what_is_wrong_and_where(text: bytes, what: str, column: int | None) -> None:
    found = fault(text)
    assert (found.what, found.column) == (what, column)
    assert found.__cause__ is found.__context__ is None


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("15.750", Decimal("15.750")),
        ("1e3", Decimal("1E+3")),
        ("0.1", Decimal("0.1")),
        ("-0", 0),
        ("-0.0", Decimal(0)),
        ("123456789012.123456", Decimal("123456789012.123456")),
        ("1E+999999999", Decimal("1E+999999999")),
        ("0e99999999999999999999", Decimal(0)),
        ("0.000e-99999999999999999999", Decimal(0)),
        ("9" * 5000, int("9" * 40)),
        ("-" + "9" * 5000, -int("9" * 39)),
    ],
)
def test_numbers_are_read_exactly(number: str, value: object) -> None:
    data, _ = parse_object(b'{"a": %b}' % number.encode())
    assert data["a"] == value
    assert not isinstance(data["a"], float)


@pytest.mark.parametrize("exponent", ["e99999999999999999999", "E-99999999999999999999"])
def test_numbers_beyond_any_decimal_are_far_too_large(exponent: str) -> None:
    for mantissa in ("1", "-0.01", "10", "9.9"):
        data, _ = parse_object(b'{"a": %b%b}' % (mantissa.encode(), exponent.encode()))
        assert data["a"].adjusted() > 12


def test_lone_surrogates_are_json() -> None:
    assert parse_object(b'{"a": "\\ud800"}') == ({"a": "\ud800"}, False)
    assert parse_object(b'{"a": "\\ud83d\\ude00"}') == ({"a": "\U0001f600"}, True)


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


def test_levels() -> None:
    for levels in (1, 2, LEVELS):
        check_levels(parse_object(nested(levels)).data)
    for levels in (LEVELS + 1, 150, 199):
        with pytest.raises(NotJson, match="deeper than 100 levels"):
            check_levels(parse_object(nested(levels)).data)
    for levels in (250, 900, 100_000):
        assert fault(nested(levels)).what == "nested deeper than 100 levels"


def test_scalars_are_no_level() -> None:
    check_levels(json.loads("[" * LEVELS + "1" + "]" * LEVELS))


def listed(values: int, item: bytes = b"1") -> bytes:
    """Write an object of so many values: the object, its list, and the items."""
    return b'{"a": [' + b", ".join([item] * (values - 2)) + b"]}"


@pytest.mark.parametrize("item", [b"1", b'"x, [{ \\" y"', b"[ ]", b"{}", b'"\\\\"'])
def test_values_are_counted(item: bytes) -> None:
    assert not has_more_values(listed(VALUES, item))
    assert has_more_values(listed(VALUES + 1, item))
    assert len(parse_object(listed(VALUES, item)).data["a"]) == VALUES - 2
    assert fault(listed(VALUES + 1, item)).what == "more than 200,000 values in one plan"


def test_values_inside_of_values_are_counted() -> None:
    pair = b'{"k": [7]}'
    assert has_more_values(listed(VALUES, pair))
    assert has_more_values(b"[" * (VALUES + 1) + b"]" * VALUES * 3)
    assert not has_more_values(b"[" * VALUES + b"]" * VALUES * 3)


@pytest.mark.parametrize("character", ["x", "é", "\U0001f600"])
def test_texts_are_counted_in_characters(character: str) -> None:
    longest = json.dumps({"a": character * TEXT_CHARACTERS}, ensure_ascii=False).encode()
    assert parse_object(longest).data["a"] == character * TEXT_CHARACTERS
    over = "a text of more than 1,000,000 characters"
    for tree in (
        {"a": [character * (TEXT_CHARACTERS + 1)]},
        {character * (TEXT_CHARACTERS + 1): 1},
    ):
        assert fault(json.dumps(tree, ensure_ascii=False).encode()).what == over


HOSTILE = {
    "unterminated escapes": b'{"a": "' + b'\\"' * 1_000_000,
    "quotes": b'{"a": ' + b'"' * 2_000_000,
    "open lists": b"[" * 2_000_000,
    "open objects": b'{"a":' * 400_000,
    "one integer": b'{"a": ' + b"1" * 2_000_000 + b"}",
    "one decimal": b'{"a": 0.' + b"1" * 2_000_000 + b"}",
    "one exponent": b'{"a": 1e' + b"1" * 2_000_000 + b"}",
    "one key": b'{"' + b"k" * 2_000_000 + b'": 1}',
    "escaped text": b'{"a": "' + b"\\u00e9" * 300_000 + b'"}',
    "surrogates": b'{"a": "' + b"\\ud800" * 300_000 + b'"}',
    "empty lists": b'{"a": [' + b"[]," * 600_000 + b"[]]}",
    "spaces": b'{"a": ' + b" " * 2_000_000 + b"}",
    "open lists with spaces": b"[ " * 1_000_000,
    "colons": b'{"a"' + b":" * 2_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_time_and_no_memory(name: str) -> None:
    text = HOSTILE[name]
    started = time.process_time()
    with suppress(NotJson):
        parse_object(text)
    assert time.process_time() - started < 2 * len(text) / 1e6


def test_too_many_values_are_refused_before_they_take_memory() -> None:
    text = b'{"a": [' + b"[]," * 1_000_000 + b"[]]}"
    tracemalloc.start()
    try:
        assert fault(text).what == "more than 200,000 values in one plan"
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text(max_size=5)
    | st.sampled_from(["\ud800", "\x00", "\uffff"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=3), TREES), st.booleans())
def test_law_what_the_standard_library_writes_is_read(tree: object, ascii_only: bool) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    try:
        text.decode()
    except UnicodeDecodeError:
        assert fault(text).what == "bytes that are not UTF-8"
    else:
        assert parse_object(text).data == tree


@given(
    st.text(alphabet='{}[]:,"\\ truefalsnl0123456789.eE+-\x00\x1fé\ufeff', max_size=12),
    st.sampled_from(["%s", '{"a":%s}', '{"a":"%s"}', '{"a":1%s}']),
)
def test_law_jiter_takes_nothing_that_the_standard_does_not(inner: str, frame: str) -> None:
    text = (frame % inner).encode()
    plain, value = json_text._by_jiter(text)
    if plain:
        assert json_text._by_the_standard(text) == value


@given(st.binary(max_size=8))
def test_law_jiter_takes_no_bytes_that_are_no_text(inner: bytes) -> None:
    text = b'{"a":"' + inner + b'"}'
    if json_text._by_jiter(text)[0]:
        text.decode()
