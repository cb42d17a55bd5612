"""Samples as a file: one plan a line, compact, UTF-8."""

from decimal import Decimal
from typing import BinaryIO

import orjson

from iepbridge.json_bytes import json_bytes
from iepbridge.sample.plans import sample_plans


def write_samples(stream: BinaryIO, count: int, seed: int = 0) -> None:
    """Write made-up plans as canonical JSON Lines, the same bytes for the same seed."""
    stream.writelines(
        json_bytes(plan, _plain_number, orjson.OPT_APPEND_NEWLINE)
        for plan in sample_plans(count, seed)
    )


def _plain_number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError
