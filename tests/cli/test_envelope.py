"""The envelope's options, and what their defaults are."""

import argparse
import datetime

import pytest

from iepbridge.cli import envelope


@pytest.mark.parametrize("text", ["A", "GCWS", "twc01", "ABCDEFGH"])
def test_names_are_taken(text: str) -> None:
    assert envelope.name(text) == text


@pytest.mark.parametrize("text", ["", "ABCDEFGHI", "A B", "A-B", "Ä", "A\n", "\u0661"])
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="1 to 8"):
        envelope.name(text)


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("000042", 42), ("999999", 999999)])
def test_sequences_are_taken(text: str, number: int) -> None:
    assert envelope.sequence(text) == number


@pytest.mark.parametrize("text", ["", "0", "000000", "1000000", "-1", "+1", "1_0", " 1", "1.0"])
def test_other_sequences_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="999999"):
        envelope.sequence(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T08:30:00-06:00",
        "2026-01-05T08:30:00Z",
        "2026-01-05T08:30:00.123456789+05:30",
        "2024-02-29T23:59:59+14:00",
        "0001-01-01T00:00:00Z",
    ],
)
def test_times_are_taken_as_they_stand(text: str) -> None:
    assert envelope.created(text) == text


def test_small_letters_mean_the_same() -> None:
    assert envelope.created("2026-01-05t08:30:00z") == "2026-01-05T08:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-01-05",
        "2026-01-05T08:30:00",
        "2026-01-05T08:30Z",
        "2026-01-05 08:30:00Z",
        "2026-1-5T08:30:00Z",
        "20260105T083000Z",
        "2026-02-29T08:30:00Z",
        "2026-01-05T24:00:00Z",
        "2026-01-05T08:60:00Z",
        "2026-01-05T08:30:60Z",
        "0000-01-01T00:00:00Z",
        "2026-01-05T08:30:00+24:00",
        "2026-01-05T08:30:00+05:75",
        "2026-01-05T08:30:00+0530",
        "2026-01-05T08:30:00-06:00\n",
        "٢٠٢٦-01-05T08:30:00Z",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="with its offset"):
        envelope.created(text)


def test_now_has_seconds_and_an_offset() -> None:
    text = envelope.now()
    assert envelope.created(text) == text
    now = datetime.datetime.fromisoformat(text)
    assert now.utcoffset() is not None
    assert now.microsecond == 0
