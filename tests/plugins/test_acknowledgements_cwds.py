"""CWDS's acknowledgement as its page has it, byte by byte, and what is refused."""

import pytest
from hypothesis import given
from tests.plugins.acknowledgements import STEMS, in_bytes, read, written

import iepbridge_cwds.acknowledgement as cwds
from iepbridge.acknowledgement import Acknowledgement, Answer, Message, NotCarried
from iepbridge.errors import Unreadable

STEM = STEMS["cwds"]
REASON = Message("E1", "Not\nin \\ the list ", "000012/Title")
ANSWERED = Acknowledgement(
    STEM,
    1,
    None,
    "warnings",
    (Message("", "Late"),),
    (Answer("P-1", 1, "accepted"), Answer("P-2", 3, "rejected", (REASON,))),
    records_read=42,
)
A0 = "A0000001W0000042Late"
A1 = f"A1{'P-1':36}0001A"
A1_REJECTED = f"A1{'P-2':36}0003R"
A2 = f"A2000012{'Title':20}{'E1':16}" + r"Not\nin \\ the list \e"
A9 = "A90000002"
RECORDS = (A0, A1, A1_REJECTED, A2, A9)


def records(*texts: str) -> bytes:
    return b"".join(f"{text:120}\r\n".encode("cp1252") for text in texts)


def test_it_is_written_as_the_page_has_it() -> None:
    assert written("cwds", ANSWERED) == records(*RECORDS)
    assert read("cwds", records(*RECORDS)) == ANSWERED


def test_records_are_of_one_length_and_code_page() -> None:
    data = records("A0000001A0000000é€", "A90000000")
    assert len(data) == 2 * 122
    found = read("cwds", data)
    assert (found.messages, found.records_read) == ((Message("", "é€"),), 0)


def test_a_refused_file_says_what_it_knows() -> None:
    found = read("cwds", records("A0000000R0000000Cut", "A90000000"))
    assert (found.sequence, found.records_read, found.batch) == (None, None, STEM)
    assert written("cwds", found) == records("A0000000R0000000Cut", "A90000000")


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ("000012Title", "000012/Title"),
        ("000012", "000012"),
        ("000000Title", "000000/Title"),
        ("000000", ""),
        ("      Title", "000000/Title"),
        ("", ""),
    ],
)
def test_a_place_is_record_number_and_field(fields: str, place: str) -> None:
    message = f"A2{fields:26}{'E1':16}"
    found = read("cwds", records(A0, A1_REJECTED, message, "A90000001"))
    assert found.answers[0].messages == (Message("E1", "", place),)


def test_blanks_are_null_and_what_stands_behind_the_fields_is_passed_over() -> None:
    line = f"{'A1':42}R{'':20}x"
    found = read("cwds", records(A0, line, "A90000001 stray"))
    assert found.answers == (Answer(None, None, "rejected"),)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (records(*RECORDS) + b"\x1a", "record 6 is not 120 bytes"),
        (records(*RECORDS).replace(b"\r\n", b"\n"), "record 1 is not 120 bytes"),
        (records(*RECORDS)[:-1], "record 5 is not 120 bytes"),
        (records(A0 + " " * 120), "record 1 is not 120 bytes"),
        (records(*RECORDS).replace(b"Late", b"La\x81e"), "windows-1252"),
        (records(*RECORDS).replace(b"Late", b"La\x07e"), "control"),
        (records(*RECORDS).replace(b"Late", b"La\r\n"), "control"),
        (records(*RECORDS).replace(b"Late", b"La\\x"), "escapes"),
        (records(*RECORDS).replace(b"P-1", b"P\\1"), "escapes"),
        (records(*RECORDS[1:]), "first record is not A0"),
        (records("00" + A0[2:], *RECORDS[1:]), "first record is not A0"),
        (records(A0, *RECORDS), "record 2 is out of place"),
        (records(A0, A2, A9), "record 2 is out of place"),
        (records(*RECORDS[:4], "A3", A9), "record 5 is out of place"),
        (records(*RECORDS[:4]), "no A9"),
        (records(A0), "no A9"),
        (records(*RECORDS, A1), "behind its A9"),
        (records(*RECORDS[:4], "A90000003"), "states 3 plans (A9) and has 2"),
        (records(*RECORDS[:4], "A9      2"), "7 digits"),
        (records(A0.replace("000001", "000000"), A9), "Sequence"),
        (records(A0.replace("000001", "00000x"), A9), "Sequence"),
        (records(A0.replace("000001", "000002"), A9), "named after"),
        (records(A0.replace("W", "w"), A9), "Status"),
        (records(A0, A1.replace("1A", "1 "), A9), "Status"),
        (records(A0, A1.replace("0001", "000²"), A9), "4 digits"),
        (records(A0, A1, A1, A9), "one plan twice"),
        (records(A0.replace("W", "R"), A1, "A90000001"), "whole file"),
    ],
)
def test_what_is_wrong_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read("cwds", data)
    assert expected in str(caught.value)


def plan(message: Message) -> dict[str, object]:
    return {"answers": (Answer("P-1", 1, "rejected", (message,)),)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"received": "2026-01-05T02:00:00Z"},
        {"closes_unnamed": True},
        {"sequence": None},
        {"records_read": None},
        {"records_read": -1},
        {"records_read": 10_000_000},
        {"status": "rejected"},
        {"status": "rejected", "answers": (), "records_read": 0},
        {"messages": (Message("", "a"), Message("", "b"))},
        {"messages": (Message("X", "a"),)},
        {"messages": (Message("", "a", "000012"),)},
        {"messages": (Message("", "a" * 101),)},
        {"messages": (Message("", "\\" * 51),)},
        {"answers": (Answer("P-1", 10_000, "rejected"),)},
        {"answers": (Answer("P-1", 1, "rejected", participant="7"),)},
        plan(Message("X" * 17, "a")),
        plan(Message("X", "a" * 71)),
        plan(Message("X", "a" * 69 + " ")),
        plan(Message("X", "漢")),
        plan(Message("X", "\x07")),
        plan(Message("X", "a", "12/Title")),
        plan(Message("X", "a", "000000")),
        plan(Message("X", "a", "000012/")),
        plan(Message("X", "a", "000012/" + "F" * 21)),
    ],
)
def test_what_it_has_no_place_for_is_not_written(wrong: dict[str, object]) -> None:
    values = {name: getattr(ANSWERED, name) for name in Acknowledgement.__dataclass_fields__}
    with pytest.raises(NotCarried):
        written("cwds", Acknowledgement(**{**values, **wrong}))


@given(in_bytes(9999))
def test_a_long_text_goes_in_pieces_that_fit(text: str) -> None:
    message = Message("E1", text * 9, "000012/Title")
    pieces = cwds.in_pieces(message)
    assert "".join(piece.text for piece in pieces) == message.text
    assert all((piece.code, piece.place) == ("E1", "000012/Title") for piece in pieces)
    answer = Answer("P-1", 1, "rejected", pieces)
    made = Acknowledgement(STEM, 1, None, "warnings", answers=(answer,), records_read=1)
    assert read("cwds", written("cwds", made)) == made
