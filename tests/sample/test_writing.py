"""Samples as JSON Lines: compact, UTF-8, numbers as they stand."""

import io
import json
from decimal import Decimal

import pytest

from iepbridge.plan import read_plan
from iepbridge.sample import sample_plans, write_samples
from iepbridge.sample.writing import _plain_number


def written(count: int, seed: int) -> bytes:
    stream = io.BytesIO()
    write_samples(stream, count, seed)
    return stream.getvalue()


def test_each_plan_is_a_line() -> None:
    lines = written(300, 5).decode().splitlines(keepends=True)
    assert len(lines) == 300
    assert all(line.endswith("}\n") for line in lines)
    assert not [line for line in lines if '": ' in line and json.loads(line) is None]


def test_what_is_written_is_what_was_sampled() -> None:
    read = [json.loads(line, parse_float=Decimal) for line in written(300, 5).splitlines()]
    assert read == list(sample_plans(300, 5))
    for plan in read:
        read_plan(plan)


def test_decimals_are_plain_numbers() -> None:
    text = written(300, 5).decode()
    assert '"hourly_wage":"' not in text
    assert "E+" not in text


def test_letters_stand_as_they_are() -> None:
    assert "é".encode() in written(100, 5)
    assert b"\\u00" not in written(100, 5)


def test_seed_zero_is_the_default() -> None:
    stream = io.BytesIO()
    write_samples(stream, 3)
    assert stream.getvalue() == written(3, 0)


def test_nothing_else_is_taken_for_a_number() -> None:
    with pytest.raises(TypeError):
        _plain_number(1j)
