"""ICC's acknowledgement as its page has it, row by row, and what is refused."""

import pytest
from tests.plugins.acknowledgements import NAMES, STEMS, read, written

from iepbridge.acknowledgement import Acknowledgement, Answer, Message, NotCarried
from iepbridge.errors import Unreadable

STEM = STEMS["icc"]
HEADER = "Member|PlanRef|PlanVersion|Row|Result|Code|Message"
WARNED = Message("W1", "No phone", "PERSON.txt:2", "warnings")
REASON = Message("E1", 'Not "in" the|list', "SERVICE.txt:7")
ANSWERED = Acknowledgement(
    STEM,
    1,
    None,
    "warnings",
    answers=(Answer("P-1", 1, "accepted"), Answer("P-2", 3, "rejected", (WARNED, REASON))),
    closes_unnamed=True,
)
ROWS = (
    "BATCH|||000001|W||",
    "PLAN.txt|P-1|1||A||",
    "PERSON.txt|P-2|3|2|W|W1|No phone",
    'SERVICE.txt|P-2|3|7|R|E1|"Not ""in"" the|list"',
)


def rows(*lines: str) -> bytes:
    return b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in (HEADER, *lines)).encode()


def test_it_is_written_as_the_page_has_it() -> None:
    assert written("icc", ANSWERED) == rows(*ROWS)
    assert read("icc", rows(*ROWS)) == ANSWERED


def test_the_worst_row_of_a_plan_is_its_result_wherever_it_stands() -> None:
    lines = ("PLAN|P-1|1|1|A||", "GOAL|P-2|1|2|W|W1|", "GOAL|P-1|1|9|R||", "PLAN|P-2||3|A||")
    found = read("icc", rows("BATCH|||1|W||", *lines))
    assert found.answers == (
        Answer("P-1", 1, "rejected", (Message("", "", "GOAL:9"),)),
        Answer("P-2", 1, "warnings", (Message("W1", "", "GOAL:2"),)),
    )


@pytest.mark.parametrize(
    ("result", "name", "expected"),
    [
        ("A", NAMES["icc"], True),
        ("R", NAMES["icc"], False),
        ("A", f"{STEM}.1_RESULT.txt", False),
        ("A", "-", False),
        ("A", "odd_RESULT.txt", False),
    ],
)
def test_a_plan_without_a_row_is_accepted_in_a_whole_answer(
    result: str, name: str, expected: bool
) -> None:
    assert read("icc", rows(f"BATCH|||000001|{result}||"), name).closes_unnamed is expected


def test_warnings_without_their_rows_close_no_plan() -> None:
    clean = ("BATCH|||000001|W||", "PLAN.txt|P-1|1||A||")
    assert not read("icc", rows(*clean)).closes_unnamed
    assert not read("icc", rows(*clean), f"{STEM}.2_RESULT.txt").closes_unnamed
    assert read("icc", rows("BATCH|||000001|W|W1|Late")).closes_unnamed


def test_rows_without_a_plan_are_about_the_file() -> None:
    found = read("icc", rows("BATCH|||000001|R|X1|Refused", "GOAL.txt|||4|R|X2|A quote"))
    assert found.messages == (Message("X1", "Refused"), Message("X2", "A quote", "GOAL.txt:4"))
    held = read("icc", rows("BATCH|||000001|W||", "PLAN.txt|||7|R|E1|No PlanRef"))
    assert held.messages == (Message("E1", "No PlanRef", "PLAN.txt:7", "rejected"),)
    assert held.rejects


def test_a_refused_file_may_name_the_plans_that_were_its_fault() -> None:
    found = read("icc", rows("BATCH||||R|X|Cut", "PERSON.txt|P-1|1|4|R|X2|"))
    assert (found.sequence, found.answers[0].status) == (None, "rejected")


def test_a_file_that_is_called_accepted_is_as_good_as_its_plans() -> None:
    found = read("icc", rows("BATCH|||000001|A||", "PLAN.txt|P-1|1|1|R|E1|"))
    assert (found.status, found.closes_unnamed) == ("warnings", True)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (rows(*ROWS)[3:], "byte order mark"),
        (rows(*ROWS).replace(b"\r\n", b"\n"), "line"),
        (rows(*ROWS)[:-2], "last row"),
        (rows(*ROWS).replace(b"|", b"\t"), "cells"),
        (rows(*ROWS).replace(b"Member", b"member"), "first row"),
        (rows(*ROWS).replace(b"No phone", b'No "phone"'), "quote"),
        (rows(*ROWS).replace(b"phone", b"\xff"), "UTF-8"),
        (rows(), "no BATCH row"),
        (rows(*ROWS[1:]), "no BATCH row"),
        (rows(ROWS[0].replace("|||", "|P-1||")), "no BATCH row"),
        (rows(ROWS[0], *ROWS), "BATCH stands once"),
        (rows(ROWS[0].replace("000001", "")), "Row"),
        (rows(ROWS[0].replace("000001", "000000")), "Row"),
        (rows(ROWS[0].replace("000001", "1234567")), "Row"),
        (rows(ROWS[0].replace("000001", "000002")), "named after"),
        (rows(ROWS[0].replace("W", "w")), "row 1 has no Result"),
        (rows(ROWS[0], ROWS[1].replace("A", "")), "row 2 has no Result"),
        (rows(ROWS[0], "PLAN.txt|P-1|x||A||"), "row 2 has no PlanVersion"),
        (rows(ROWS[0], "PLAN.txt|P-1|1|0|A||"), "row 2 has no Row"),
        (rows(ROWS[0], "PLAN.txt|P-1|1|²|A||"), "row 2 has no Row"),
        (rows(*ROWS, "PLAN.txt|P-2|4||A||"), "row 5 has no PlanVersion"),
        (rows(ROWS[0].replace("W", "R"), ROWS[1]), "whole file"),
    ],
)
def test_what_is_wrong_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read("icc", data)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"received": "2026-01-05T02:00:00Z"},
        {"records_read": 3},
        {"sequence": None},
        {"sequence": 0},
        {"batch": "odd"},
        {"closes_unnamed": False},
        {"part": 1},
        {"answers": ()},
        {"answers": (Answer(None, 1, "rejected"),)},
        {"answers": (Answer("P-1", 1, "rejected", participant="7"),)},
        {"answers": (Answer("P-1", 1, "warnings", (Message("E", "", status="warnings"),)),)},
        {"answers": (Answer("P-1", 1, "warnings", (Message("E", "", status="rejected"),)),)},
        {"answers": (Answer("P-1", 1, "rejected", (Message("E", "", "BATCH"),)),)},
        {"answers": (Answer("P-1", 1, "rejected", (Message("E", "", "a b:c"),)),)},
        {"answers": (Answer("P-1", 1, "rejected", (Message("", "", "PLAN.txt"),)),)},
        {"messages": (Message("E", "", status="warnings"),)},
    ],
)
def test_what_it_has_no_place_for_is_not_written(wrong: dict[str, object]) -> None:
    values = {name: getattr(ANSWERED, name) for name in Acknowledgement.__dataclass_fields__}
    with pytest.raises(NotCarried):
        written("icc", Acknowledgement(**{**values, **wrong}))
