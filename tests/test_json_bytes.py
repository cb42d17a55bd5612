"""What is no JSON is a TypeError, and a signal is a signal."""

from decimal import Decimal

import orjson
import pytest

from iepbridge.json_bytes import json_bytes


def text(value):
    if isinstance(value, Decimal):
        return f"{value}"
    raise TypeError


def stopped(value):
    raise KeyboardInterrupt


def test_a_type_of_our_own_is_written_as_it_is_said():
    assert json_bytes({"b": Decimal("1.50"), "a": 1}, text) == b'{"b":"1.50","a":1}'
    assert json_bytes({"b": 2, "a": 1}, text, orjson.OPT_SORT_KEYS) == b'{"a":1,"b":2}'


@pytest.mark.parametrize("data", [{"a": object()}, {"a": "\ud800"}, {"a": 1 << 64}])
def test_what_is_no_json_is_a_type_error(data):
    with pytest.raises(TypeError):
        json_bytes(data, text)


def test_a_signal_goes_on_as_itself():
    with pytest.raises(KeyboardInterrupt):
        json_bytes([Decimal(1)], stopped)
