"""The value that all systems' acknowledgements become, their names, and the cap on their size."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.acknowledgement import (
    Acknowledgement,
    Answer,
    Message,
    Names,
    NotCarried,
    check,
    check_left_out,
    settled,
    worst,
)
from iepbridge.codecs.capped import capped
from iepbridge.errors import Unreadable

NAMES = Names(re.compile("FR_[A-Z]{1,8}_(?!000000)[0-9]{6}"), ".txt", ".ack.txt")
STATUSES = ["accepted", "warnings", "rejected"]


def file(status: str, *answers: str, **more: object) -> Acknowledgement:
    named = tuple(Answer(f"P-{n}", 1, one) for n, one in enumerate(answers))
    return Acknowledgement("FR_A_000001", 1, None, status, answers=named, **more)


# Names


@given(
    st.none() | st.integers(1, 999_999), st.from_regex("FR_[A-Z]{1,8}_0[0-9]{4}1", fullmatch=True)
)
def test_a_name_tells_the_file_and_the_part(part: int | None, stem: str) -> None:
    name = NAMES.acknowledgement_name(f"{stem}.txt", part)
    assert NAMES.answered_file(name) == (stem, part)
    assert NAMES.sequence_of(stem) == int(stem[-6:])


def test_names_are_written_as_the_page_says() -> None:
    assert NAMES.acknowledgement_name("FR_A_000001.txt") == "FR_A_000001.ack.txt"
    assert NAMES.acknowledgement_name("FR_A_000001.txt", 2) == "FR_A_000001.2.ack.txt"
    assert NAMES.acknowledgement_name("odd.txt") == "odd.ack.txt"


@pytest.mark.parametrize(
    "name", ["", "FR_A_000001", ".txt", "a/b.txt", "a\n.txt", "FR_A_000001.TXT"]
)
def test_what_is_no_plain_file_name_gets_none(name: str) -> None:
    with pytest.raises(NotCarried):
        NAMES.acknowledgement_name(name)


@pytest.mark.parametrize("part", [0, -1, 1_000_000])
def test_parts_are_numbered_from_one(part: int) -> None:
    with pytest.raises(NotCarried):
        NAMES.acknowledgement_name("FR_A_000001.txt", part)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-",
        "FR_A_000001",
        "FR_A_000001.txt",
        "FR_A_000000.ack.txt",
        "fr_A_000001.ack.txt",
        "FR_A_000001.0.ack.txt",
        "FR_A_000001.02.ack.txt",
        "FR_A_000001.1000000.ack.txt",
        "FR_A_000001.1.1.ack.txt",
        "FR_A_00000\N{ARABIC-INDIC DIGIT ONE}.ack.txt",
        "FR_A_000001.\N{SUPERSCRIPT TWO}.ack.txt",
        "FR_A_000001.ack.txt\n",
        "FR_A_000001\n.ack.txt",
        "../FR_A_000001.ack.txt",
        "x FR_A_000001.ack.txt",
        "odd.ack.txt",
    ],
)
def test_a_name_is_matched_whole(name: str) -> None:
    assert NAMES.answered_file(name) is None


def test_the_sequence_inside_must_be_that_of_the_name() -> None:
    assert NAMES.answered("FR_A_000001.7.ack.txt", 1) == ("FR_A_000001", 7)
    assert NAMES.answered("FR_A_000001.ack.txt", None) == ("FR_A_000001", None)
    assert NAMES.answered("-", 5) == (None, None)
    with pytest.raises(Unreadable, match=r"sequence 000002, .* 000001"):
        NAMES.answered("FR_A_000001.ack.txt", 2)


@pytest.mark.parametrize(
    ("batch", "sequence", "part"),
    [
        ("odd", 1, None),
        ("FR_A_000001", 2, None),
        (None, 1, 1),
        (None, 0, None),
        (None, 1_000_000, None),
        ("FR_A_000001", 1, 0),
    ],
)
def test_what_a_name_cannot_tell_is_not_written(
    batch: str | None, sequence: int, part: int | None
) -> None:
    with pytest.raises(NotCarried):
        NAMES.check(Acknowledgement(batch, sequence, None, "accepted", part=part))


# What answers come to


@given(st.lists(st.sampled_from(STATUSES)))
def test_the_worst_status_wins(statuses: list[str]) -> None:
    expected = max(statuses, key=STATUSES.index, default="accepted")
    assert worst(statuses) == expected


@pytest.mark.parametrize(
    ("stated", "plans", "expected"),
    [
        ("accepted", ("accepted",), "accepted"),
        ("accepted", ("accepted", "warnings"), "warnings"),
        ("accepted", ("rejected",), "warnings"),
        ("warnings", ("accepted",), "warnings"),
        ("rejected", (), "rejected"),
        ("rejected", ("rejected",), "rejected"),
    ],
)
def test_a_plan_that_is_not_accepted_shows_in_the_file(
    stated: str, plans: tuple[str, ...], expected: str
) -> None:
    assert settled(file(stated, *plans)).status == expected


def test_contradictions_are_refused() -> None:
    with pytest.raises(Unreadable, match="which is right"):
        settled(file("rejected", "rejected", "accepted"))
    twice = Acknowledgement(None, 1, None, "accepted", answers=(Answer("P", 1, "accepted"),) * 2)
    with pytest.raises(Unreadable, match="one plan twice"):
        settled(twice)
    nameless = (Answer(None, None, "rejected"),) * 2
    assert settled(Acknowledgement(None, 1, None, "warnings", answers=nameless)).rejects


@pytest.mark.parametrize(
    ("acknowledgement", "expected"),
    [
        (file("accepted", "accepted"), False),
        (file("warnings", "warnings"), False),
        (file("warnings", "rejected"), True),
        (file("rejected"), True),
        (file("warnings", messages=(Message("", "x", status="rejected"),)), True),
    ],
)
def test_what_rejects(acknowledgement: Acknowledgement, expected: bool) -> None:
    assert acknowledgement.rejects is expected


def test_what_settled_gives_can_be_written() -> None:
    check(settled(file("accepted", "accepted", "rejected")))


def test_fields_without_a_place_are_left_out() -> None:
    full = Acknowledgement(
        None,
        1,
        "now",
        "accepted",
        (Message("", "x", status="accepted"),),
        (Answer("P", 1, "accepted", participant="7"),),
    )
    for name in ("received", "messages.status", "answers.participant"):
        with pytest.raises(NotCarried, match=name):
            check_left_out(full, name)
    check_left_out(full, "records_read", "closes_unnamed", "part")


# Nothing personal, nothing endless


def test_the_representation_shows_no_text_and_no_number_of_a_person() -> None:
    answer = Answer("P-1", 1, "rejected", (Message("E1", "SENTINEL"),), "SENTINEL")
    shown = repr(Acknowledgement(None, 1, None, "warnings", answers=(answer,)))
    assert "SENTINEL" not in shown
    assert "P-1" in shown


def test_a_capped_stream_gives_what_it_may_and_no_more() -> None:
    assert capped(io.BytesIO(b"x" * 100), 100).read() == b"x" * 100
    assert capped(io.BytesIO(b"a\nb"), 100).readline() == b"a\n"
    with pytest.raises(Unreadable, match="longer than 99 bytes"):
        capped(io.BytesIO(b"x" * 100), 99).read()
