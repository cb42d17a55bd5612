"""What refuses a whole file of CWDS, and what does not."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.oracles.cwds_files import cwds_plan, records_of, refiled, with_field
from tests.plugins.test_laws import read, write

from iepbridge.errors import Unreadable
from iepbridge.plan.paths import leaves

Data = dict[str, Any]
PLANS = [cwds_plan(), {**cwds_plan(), "plan_id": "PLAN_2"}]
WHOLE, _ = write("cwds", *PLANS)
RECORDS = records_of(WHOLE)
SECOND = next(at for at, record in enumerate(RECORDS) if record[8:44].rstrip() == "PLAN_2")


def refusal(content: bytes) -> str:
    """Give the message with which a file is refused, and see that it shows no value."""
    with pytest.raises(Unreadable) as refused:
        read("cwds", content)
    message = str(refused.value)
    assert refused.value.exit_code == 3
    values = {str(value) for data in PLANS for _, value in leaves(data)}
    words = set(re.findall(r"[A-Za-z0-9_/@-]+", message)) - {"other", "a"}
    assert not {value for value in values & words if not value.isdigit()}
    return message


BYTES = [
    (0, b"01", "does not begin with a record 00"),
    (2, b"000002", "record 1: another record number than is due"),
    (8, b"X", "stray bytes before 00/Sender"),
    (44, b"S-", "Sender@45 is not 1 to 8 letters and digits"),
    (44, b"        ", "no 00/Sender"),
    (52, b"\xe9", "Receiver@53 is not 1 to 8 letters and digits"),
    (60, b"20260230", "FileDate@61 is not a day that exists"),
    (68, b"246000", "FileTime@69 is not a time"),
    (74, b"000000", "Sequence@75 is not six digits"),
    (80, b"0701", "Release@81 is not the release 0700"),
    (84, b"9999999", "states 00/Records 9,999,999 and has"),
    (84, b"  12345", "Records@85 is not a count"),
    (91, b"X", "Mode@92 is not P or T"),
    (91, b" ", "no 00/Mode"),
    (300, b"\n\r", "record 1: not 300 bytes with CR and LF behind them"),
    (302, b"00", "record 2: a record 00 inside the file"),
    (304, b"000009", "record 2: another record number than is due"),
    (310, b"X", "of another one than stands here"),
    (400, b"\x81", "record 2: byte 99 is not in windows-1252"),
    (450, b"\x9d", "record 2: byte 149 is not in windows-1252"),
    (602, b"\n\r", "record 2: not 300 bytes with CR and LF behind them"),
    (-303, b"98", "a record of no plan, or of another one than stands here"),
    (-301, b"000001", "another record number than is due"),
    (-259, b"9999999", "states 99/Records 9,999,999 and has"),
    (-252, b"0000003", "states 99/Plans 3 and has 2"),
    (-231, b"7", "states 99/Hash"),
    (-1, b" ", "not one byte 1A behind it"),
    (-1, b"\x1a\r\n", "not one byte 1A behind it"),
    (-1, b"\x1a\x1a", "not one byte 1A behind it"),
]


@pytest.mark.parametrize(("at", "text", "says"), BYTES)
def test_bytes_refuse_the_file(at: int, text: bytes, says: str) -> None:
    content = bytearray(WHOLE)
    at = at if at >= 0 else len(content) + at
    content[at : at + len(text)] = text
    assert says in refusal(bytes(content))


@pytest.mark.parametrize("page", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_a_byte_that_the_code_page_lacks_refuses_the_file_wherever_it_stands(page: bytes) -> None:
    for record, at in ((0, 120), (1, 20), (5, 299), (70, 100), (len(RECORDS), 0)):
        content = bytearray(WHOLE)
        content[record * 302 + at : record * 302 + at + 1] = page
        assert f"record {record + 1:,}: byte {at + 1} is not in" in refusal(bytes(content))


@pytest.mark.parametrize("content", [b"", b"\x1a", b"x" * 605, b"00" * 302, WHOLE[:302]])
def test_what_is_no_file_is_refused(content: bytes) -> None:
    refusal(content)


@pytest.mark.parametrize("length", [1, 299, 300, 301, 302, 603, 302 * 70, 302 * 64 + 1])
def test_a_file_that_was_cut_is_refused(length: int) -> None:
    refusal(WHOLE[:length])
    refusal(WHOLE[:-length])


def test_other_ends_of_lines_refuse_the_file() -> None:
    refusal(WHOLE.replace(b"\r\n", b"\n"))
    refusal(WHOLE.replace(b"\r\n", b"\r\n\r\n"))


def _ref(at: int, text: str) -> Callable[[list[str]], list[str]]:
    return lambda records: [*records[:at], with_field(records[at], "9", text), *records[at + 1 :]]


SPOILS: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "another PlanRef": (_ref(1, "OTHER".ljust(36)), "of another one than stands here"),
    "the PlanRef of another plan": (_ref(1, "PLAN_2".ljust(36)), "of another one"),
    "a blank PlanRef": (_ref(1, " " * 36), "of another one than stands here"),
    "no 10": (lambda records: records[1:], "a record of no plan"),
    "a 00 inside": (lambda records: ["00" + records[0][2:], *records], "a record 00 inside"),
    "a 99 inside": (lambda records: [*records, "99" + records[0][2:]], "stray bytes"),
    "a plan twice": (lambda records: [*records[:SECOND], *records], "one plan twice"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_records_refuse_the_file(name: str) -> None:
    spoil, says = SPOILS[name]
    assert says in refusal(refiled(spoil(RECORDS)))


@pytest.mark.parametrize("at", [92, 299, -40])
def test_what_stands_behind_header_and_trailer_is_skipped(at: int) -> None:
    content = bytearray(WHOLE)
    content[at] = 1
    assert read("cwds", bytes(content)) == read("cwds", WHOLE)


@pytest.mark.parametrize(
    ("kind", "name", "text", "rule"),
    [
        ("10", "Version", "1x", "FMT-VALUE"),
        ("10", "ParticipantId", "", "FMT-ID"),
        ("11", "Last", "a\x01b", "FMT-VALUE"),
        ("11", "Birth", "", "FMT-REQUIRED"),
        ("20", "Title", "a\\q", "FMT-VALUE"),
        ("30", "ServiceCode", "WIS99", "FMT-CODE"),
        ("40", "Seq", "009", "FMT-VALUE"),
        ("80", "Part", "002", "FMT-VALUE"),
        ("80", "OwnerRecord", "000001", "FMT-VALUE"),
    ],
)
def test_one_bad_plan_is_held_alone(kind: str, name: str, text: str, rule: str) -> None:
    at = next(at for at, record in enumerate(RECORDS) if record[:2] == kind)
    records = [*RECORDS[:at], with_field(RECORDS[at], name, text), *RECORDS[at + 1 :]]
    held, whole = read("cwds", refiled(records))
    assert (held.plan_id, held.plan) == ("PLAN_1-a", None)
    assert rule in {one.rule for one in held.findings}
    assert (whole.plan_id, whole.findings) == ("PLAN_2", ())


def test_plans_without_id_are_held_with_no_id() -> None:
    blank = [with_field(record, "9", " " * 36) for record in RECORDS]
    first, second = read("cwds", refiled(blank))
    for held in (first, second):
        assert held.plan_id is None
        assert ("FMT-REQUIRED", "plan_id") in {(one.rule, one.path) for one in held.findings}
