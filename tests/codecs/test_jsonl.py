"""Canonical plans as JSON Lines: what a file gives, what makes it unreadable, and the way back."""

import io
import json
import re
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plan.examples import FULL, SMALLEST, changed
from tests.strategies import plans

from iepbridge.codecs.json_text import NotJson
from iepbridge.codecs.jsonl import (
    LINE_BYTES,
    JsonLinesReader,
    JsonLinesWriter,
    content_digest,
    plan_line,
)
from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival, PlanReader, PlanWriter, Written
from iepbridge.plan import PlanData, plan_data, read_plan
from iepbridge.plan.absence import tidy
from iepbridge.plan.paths import leaves

GOOD = b'{"schema":"iep/1","plan_id":"%b","version":1,"program":"wioa_adult","status":"draft",%b}\n'
PEOPLE = b'"participant":{"name":{"first":"Ann","last":"Example"}}'


def line(plan_id: str = "P-1", more: bytes = b"") -> bytes:
    """Write the smallest plan as a line, with more fields."""
    return GOOD % (plan_id.encode(), PEOPLE + (b"," + more if more else b""))


def arrivals(content: bytes) -> list[Arrival]:
    return list(JsonLinesReader().read(io.BytesIO(content)))


def one(content: bytes) -> Arrival:
    (arrival,) = arrivals(content)
    return arrival


def rules(arrival: Arrival) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.path) for finding in arrival.findings]


def written(*found: Arrival) -> bytes:
    stream = io.BytesIO()
    writer = JsonLinesWriter(stream)
    for arrival in found:
        assert writer.add(arrival) == Written()
    writer.finish()
    return stream.getvalue()


def unreadable(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        arrivals(content)
    cause = refused.value.__context__
    if cause is not None:
        assert isinstance(cause, NotJson)
        assert cause.__context__ is None
    return str(refused.value)


def test_reader_and_writer_are_what_formats_are() -> None:
    reader: PlanReader = JsonLinesReader()
    writer: PlanWriter = JsonLinesWriter(io.BytesIO())
    assert (type(reader), type(writer)) == (JsonLinesReader, JsonLinesWriter)


def test_a_whole_plan() -> None:
    arrival = one(line())
    assert arrival == Arrival("P-1", 1, read_plan(SMALLEST), SMALLEST)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\r\n \t\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"]
)
def test_a_file_without_plans(content: bytes) -> None:
    assert arrivals(content) == []


def test_blank_lines_line_ends_and_byte_order_mark_are_skipped() -> None:
    plain = arrivals(line("A") + line("B"))
    first, second = line("A"), line("B")
    assert arrivals(b"\n \t\n" + first + b"\r\n\n" + second.rstrip(b"\n")) == plain
    assert arrivals(b"\xef\xbb\xbf" + first + second) == plain
    assert (
        arrivals(first.replace(b"\n", b"\r\n") + b"  " + second.replace(b"\n", b" \r\n")) == plain
    )
    assert arrivals(first.replace(b'":', b'" :\r\t ') + second) == plain


def test_a_byte_order_mark_stands_at_the_start_alone() -> None:
    assert "(line 2, column 1)" in unreadable(line("A") + b"\xef\xbb\xbf" + line("B"))


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_lines_end_with_a_line_feed_alone(separator: str) -> None:
    joined = line("A").strip() + separator.encode() + line("B")
    assert "(line 1, column" in unreadable(joined)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x7f", "\ufeff"])
def test_separators_inside_of_texts_stay(separator: str) -> None:
    more = json.dumps({"comments": f"a{separator}b"}, ensure_ascii=False)[1:-1].encode()
    found = one(line(more=more))
    assert found.plan
    assert found.plan.comments == f"a{separator}b"
    assert arrivals(written(found)) == [found]


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "an open object": (b"{", "no JSON (line 2, column 2)"),
    "a list": (b"[]", "JSON, but no object (line 2)"),
    "a text": (b'"x"', "JSON, but no object (line 2)"),
    "Latin-1": (b'{"a": "\xe9"}', "bytes that are not UTF-8 (line 2, column 8)"),
    "NaN": (b'{"a": NaN}', "NaN or Infinity, which are no JSON (line 2)"),
    "Infinity": (b'{"a": Infinity}', "NaN or Infinity, which are no JSON (line 2)"),
    "a key twice": (b'{"a": {"b": 1, "b": 1}}', "a key that stands twice in one object (line 2)"),
    "very deep": (b'{"a":' * 300 + b"1" + b"}" * 300, "nested deeper than 100 levels (line 2)"),
    "deep": (b'{"a":' * 150 + b"1" + b"}" * 150, "nested deeper than 100 levels (line 2)"),
    "deep, and an id that was there": (
        b'{"plan_id":"A","x":' + b"[" * 100 + b"]" * 100 + b"}",
        "nested deeper than 100 levels (line 2)",
    ),
    "a long text": (
        b'{"a": "' + b"x" * 1_000_001 + b'"}',
        "a text of more than 1,000,000 characters (line 2)",
    ),
    "many values": (
        b'{"a": [' + b"1," * 200_000 + b"1]}",
        "more than 200,000 values in one plan (line 2)",
    ),
    "many bytes": (
        b" " * LINE_BYTES + b"{}",
        "more than 16,777,216 bytes in one plan (line 2)",
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_makes_a_file_unreadable(case: str) -> None:
    bad, what = UNREADABLE[case]
    message = unreadable(line("A") + bad + b"\n" + line("B"))
    assert what in message
    assert "Expected was one plan a line, a JSON object in UTF-8." in message
    assert "write the file again" in message
    assert len(message) < 300


def test_plans_before_the_unreadable_line_are_given_first() -> None:
    reading = JsonLinesReader().read(io.BytesIO(line("A") + b"{"))
    assert next(reading).plan_id == "A"
    with pytest.raises(Unreadable):
        next(reading)


def test_the_longest_line() -> None:
    padded = line("A").strip().ljust(LINE_BYTES)
    for content in (padded, padded + b"\n", b"\xef\xbb\xbf" + padded + b"\n"):
        assert one(content).plan_id == "A"
    assert "more than 16,777,216 bytes" in unreadable(padded + b" ")
    assert "more than 16,777,216 bytes" in unreadable(padded + b"\r\n")
    assert "more than 16,777,216 bytes" in unreadable(b"\xef\xbb\xbf" + padded + b" ")


def test_a_line_without_end_is_not_read_whole() -> None:
    class Endless(io.RawIOBase):
        asked = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size > 0
            self.asked += size
            return b" " * size

    stream = Endless()
    with pytest.raises(Unreadable):
        list(JsonLinesReader().read(stream))  # type: ignore[arg-type]
    assert stream.asked < LINE_BYTES + 10


def test_a_lone_surrogate_holds_its_plan_alone() -> None:
    held, good = arrivals(line("A", b'"comments":"x\\ud800"') + line("B"))
    assert rules(held) == [("MODEL-6", "comments")]
    assert (held.plan_id, held.version, held.plan, held.data) == ("A", 1, None, None)
    assert good.plan


@pytest.mark.parametrize(
    "text",
    [b"\\u0000", b"\\u001F", b"\\b", b"\\f", b"\\uFFFE", b"\\uffff", b"\\uFffF", b"\xef\xbf\xbe",
     b"\xef\xbf\xbf", b"\\udfff", b"\\uD83D"],
)  # fmt: skip
def test_unfit_characters_hold(text: bytes) -> None:
    assert rules(one(line(more=b'"comments":"a' + text + b'"'))) == [("MODEL-6", "comments")]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (b"\\t\\n\\r", "\t\n\r"),
        (b"\\u0009\\u000A\\u000d", "\t\n\r"),
        (b"\\u0020\\u007f\\u0085", " \x7f\x85"),
        (b"\\ud83d\\ude00", "\U0001f600"),
        (b"\\\\u0000\\\\b", "\\u0000\\b"),
        (b"\\ufffd\xef\xbf\xbd", "\ufffd\ufffd"),
        (b"\\/", "/"),
    ],
)
def test_characters_taken(text: bytes, meaning: str) -> None:
    found = one(line(more=b'"comments":"' + text + b'"'))
    assert found.plan
    assert found.plan.comments == meaning


@pytest.mark.parametrize(
    ("fields", "plan_id", "version"),
    [
        (b'"plan_id":"A","version":3', "A", 3),
        (b'"plan_id":"A"', "A", None),
        (b'"version":3', None, 3),
        (b'"plan_id":"a b","version":3', None, 3),
        (b'"plan_id":"A\\n","version":true', None, None),
        (b'"plan_id":5,"version":"3"', None, None),
        (b'"plan_id":null,"version":0', None, None),
        (b'"plan_id":["A"],"version":3.0', None, None),
        (b'"plan_id":"","version":1000000000', None, None),
        (b'"plan_id":"' + b"x" * 37 + b'","version":999999999', None, 999_999_999),
    ],
)
def test_a_held_plan_has_the_id_and_version_that_are_valid(
    fields: bytes, plan_id: str | None, version: int | None
) -> None:
    held = one(b"{" + fields + b"}")
    assert (held.plan_id, held.version, held.plan, held.data) == (plan_id, version, None, None)
    assert {(finding.plan_id, finding.version) for finding in held.findings} == {(plan_id, version)}
    assert {finding.severity for finding in held.findings} == {"error"}
    assert ("MODEL-1", "participant.name") in rules(held)
    assert {rule for rule, _ in rules(held)} == {"MODEL-1"}


def test_a_second_plan_of_one_id_is_held_once_and_for_that_alone() -> None:
    content = line("A") + line("B") + line("A", b'"colour":1') + line("A") + line("B", b'"x":null')
    found = arrivals(content)
    assert [arrival.plan is not None for arrival in found] == [True, True, False, False, False]
    assert [rules(arrival) for arrival in found[2:]] == [[("FMT-TWICE", "plan_id")]] * 3
    assert [arrival.plan_id for arrival in found] == ["A", "B", "A", "A", "B"]
    assert found[2].findings[0].clause is None


def test_the_second_plan_is_held_also_where_the_first_was() -> None:
    held, twice = arrivals(line("A", b'"colour":1') + line("A"))
    assert rules(held) == [("MODEL-1", "colour")]
    assert rules(twice) == [("FMT-TWICE", "plan_id")]


def test_ids_that_are_none_are_never_twice() -> None:
    found = arrivals(b'{"plan_id":"a b"}\n{"plan_id":"a b"}\n{}\n{}\n')
    assert {rule for arrival in found for rule, _ in rules(arrival)} == {"MODEL-1"}


def test_ids_are_told_apart_by_case() -> None:
    assert all(arrival.plan for arrival in arrivals(line("a") + line("A")))


def test_a_reader_forgets_between_files() -> None:
    reader = JsonLinesReader()
    for _ in range(2):
        (arrival,) = reader.read(io.BytesIO(line("A")))
        assert arrival.plan


@pytest.mark.parametrize(
    "number",
    ["12.5", "15.750", "1e3", "1E-6", "0.000001", "123456789012.123456", "40", "0e999999999",
     "-0.0", "0e99999999999999999999"],
)  # fmt: skip
def test_numbers_come_through_exactly(number: str) -> None:
    found = one(line(more=b'"work_history":[{"weekly_hours":%b}]' % number.encode()))
    assert found.plan
    assert found.plan.work_history
    exact = Decimal(0) if "9999" in number else Decimal(number)
    assert found.plan.work_history[0].weekly_hours == exact
    assert arrivals(written(found))[0].plan == found.plan
    text = written(found).partition(b'"weekly_hours":')[2].partition(b"}")[0].decode()
    assert Decimal(text) == exact
    assert "e" not in text.lower()
    assert not ("." in text and text.endswith("0"))


@pytest.mark.parametrize(
    "number",
    ["0.0000001", "1E+999999999", "1e99999999999999999999", "1e-99999999999999999999", "9" * 5000,
     "1234567890123", "1234567890123.5", "true", '"40"', "[]", "1" * 4000],
)  # fmt: skip
def test_numbers_refused(number: str) -> None:
    found = one(line(more=b'"work_history":[{"weekly_hours":%b}]' % number.encode()))
    assert rules(found) == [("MODEL-1", "work_history[0].weekly_hours")]


@pytest.mark.parametrize("version", ["1.0", "1e0", "true", '"1"', "0", "9" * 5000, "null"])
def test_versions_refused(version: str) -> None:
    found = one(line().replace(b'"version":1', b'"version":%b' % version.encode()))
    assert rules(found) == [("MODEL-1", "version")]
    assert found.version is None


def test_data_given_on_is_tidy() -> None:
    more = b'"agency":{ },"comments":null,"goals":[ ],"participation_hours":{"per":null}'
    found = one(line(more=more))
    assert found.data == {**SMALLEST, "goals": []}
    assert found.plan == read_plan({**SMALLEST, "goals": []})


def test_what_is_absent_is_not_written() -> None:
    data = changed(SMALLEST, "participant.household", {"since": None})
    data = {**data, "goals": [], "work_history": [{}], "reviews": None, "agency": {}}
    arrival = Arrival("P-1", 1, read_plan(data), data)
    assert orjson.loads(written(arrival)) == {**SMALLEST, "goals": [], "work_history": [{}]}


def test_a_line_is_compact_and_plain() -> None:
    data = changed(SMALLEST, "comments", 'Élan \u2028"\\\n')
    data["work_history"] = [{"weekly_hours": Decimal("37.50"), "hourly_wage": Decimal("1E+2")}]
    assert (
        plan_line(data)
        == (
            '{"schema":"iep/1","plan_id":"P-1","version":1,"program":"wioa_adult","status":"draft",'
            '"participant":{"name":{"first":"Ann","last":"Example"}},'
            '"comments":"Élan \u2028\\"\\\\\\n",'
            '"work_history":[{"weekly_hours":37.5,"hourly_wage":100}]}\n'
        ).encode()
    )


def test_plan_data_can_be_written() -> None:
    plan = read_plan(FULL)
    (again,) = arrivals(written(Arrival("PLAN_full-1", 3, plan, plan_data(plan))))
    assert again.plan == plan
    assert again.data is not None
    as_numbers = json.loads(plan_line(FULL), parse_float=Decimal)
    assert again.data == as_numbers


def test_only_what_is_whole_is_written() -> None:
    with pytest.raises(ValueError, match="whole"):
        written(Arrival("A", 1, None, None))
    with pytest.raises(TypeError):
        plan_line({"a": object()})


TOO_LONG = "The plan is too long"
LONGEST = "1,000,000 at most."
LARGEST = "16,777,216 at most."


def over_limits(data: PlanData) -> list[tuple[str, str | None, str]]:
    stream = io.BytesIO()
    found = JsonLinesWriter(stream).add(Arrival("P-1", 1, None, data)).findings
    assert bool(found) != bool(stream.getvalue())
    return [(finding.rule, finding.path, finding.message) for finding in found]


def test_what_could_not_be_read_again_is_not_written() -> None:
    long = "x" * 1_000_001
    for path in ("comments", "participant.name.first"):
        assert over_limits(changed(SMALLEST, path, long)) == [
            (
                "FMT-LENGTH",
                path,
                f"{TOO_LONG} at {path}: 1,000,001 characters; a text has 1,000,000 at most.",
            )
        ]
    large = changed(SMALLEST, "participant.skills", ['"' * 1_000_000] * 9)
    assert over_limits(large) == [
        (
            "FMT-LENGTH",
            None,
            f"{TOO_LONG}: 18,000,180 bytes as JSON; a plan has 16,777,216 at most.",
        )
    ]
    many = changed(SMALLEST, "participant.skills", ["x"] * 200_000)
    assert over_limits(many) == [
        ("FMT-LENGTH", None, f"{TOO_LONG}: too many values; a plan has 200,000 at most.")
    ]
    for fits in (["x" * 1_000_000] * 2, ["x"] * 199_000):
        data = changed(SMALLEST, "participant.skills", fits)
        assert over_limits(data) == []
        assert one(plan_line(data)).plan


@given(st.lists(plans(), max_size=2))
def test_law_what_was_written_reads_the_same(found: list[dict[str, Any]]) -> None:
    before = [
        Arrival(data["plan_id"], data["version"], read_plan(data), data)
        for data in {data["plan_id"]: data for data in found}.values()
    ]
    after = arrivals(written(*before))
    assert [arrival.plan for arrival in after] == [arrival.plan for arrival in before]
    assert [arrival.plan_id for arrival in after] == [arrival.plan_id for arrival in before]
    assert not [finding for arrival in after for finding in arrival.findings]


@given(plans())
def test_law_a_canonical_line_is_written_again_byte_for_byte(data: dict[str, Any]) -> None:
    text = plan_line(data)
    (again,) = arrivals(text)
    assert again.data is not None
    assert plan_line(again.data) == text == plan_line(json.loads(text, parse_float=Decimal))
    assert list(leaves(again.data)) == [
        (path, value) for path, value in leaves(json.loads(text, parse_float=Decimal))
    ]


@given(plans(), st.booleans(), st.sampled_from([None, 1]), st.sampled_from([",", " , ", ",\t"]))
def test_law_spelling_does_not_count(
    data: dict[str, Any], ascii_only: bool, indent: int | None, comma: str
) -> None:
    text = json.dumps(
        data,
        ensure_ascii=ascii_only,
        separators=(comma, ": "),
        indent=indent,
        default=lambda number: f"<number {number}>",
    )
    text = re.sub(r'"<number ([^">]*)>"', r"\1", text)
    (found,) = arrivals(text.replace("\n", "\r").encode())
    assert found.plan == read_plan(data)
    assert found.data is not None
    assert tidy(found.data) == found.data


@pytest.mark.corpora
def test_no_file_of_the_suite_ends_in_anything_else(corpora: Callable[[str], Path]) -> None:
    files = list(corpora("JSONTestSuite").rglob("*.json"))
    assert len(files) > 300
    for path in files:
        try:
            found = arrivals(path.read_bytes())
        except Unreadable:
            continue
        assert all(arrival.plan is None and arrival.findings for arrival in found)


@given(st.binary(max_size=40), st.binary(max_size=10))
def test_law_any_bytes_are_read_or_unreadable(content: bytes, more: bytes) -> None:
    for text in (content, line() + content, line().replace(b"Ann", more)):
        with suppress(Unreadable):
            arrivals(text)


@pytest.mark.long
def test_memory_is_flat() -> None:
    def content(count: int) -> Iterator[bytes]:
        return (line(f"P-{number}") for number in range(count))

    class Stream(io.RawIOBase):
        def __init__(self, count: int) -> None:
            self._lines = content(count)

        def readline(self, size: int | None = -1, /) -> bytes:
            return next(self._lines, b"")

    peaks = []
    for count in (1_000, 30_000):
        tracemalloc.start()
        read = deque(enumerate(JsonLinesReader().read(Stream(count)), 1), maxlen=1)  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert read[0][0] == count
    assert peaks[1] < peaks[0] + 100_000


@pytest.mark.parametrize("write", [plan_line, content_digest])
def test_a_signal_while_a_number_is_written_is_not_swallowed(
    write: Callable[[PlanData], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: Decimal) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("iepbridge.codecs.jsonl.number_text", stop)
    with pytest.raises(KeyboardInterrupt):
        write({"plan_id": "P-1", "weekly_hours": Decimal("37.5")})


def test_what_json_cannot_hold_is_a_fault_of_the_data() -> None:
    with pytest.raises(TypeError):
        plan_line({"plan_id": "P-1", "started_on": object()})
