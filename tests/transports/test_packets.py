"""SFTP's fields: what is packed is read; what is garbled is told, whatever it is."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iepbridge.transports.sftp import packets
from iepbridge.transports.sftp.packets import Attributes, Fields, Garbled

NUMBERS = st.integers(0, 2**32 - 1)
LONGS = st.integers(0, 2**64 - 1)


@given(NUMBERS, LONGS, st.binary(max_size=50))
def test_what_is_packed_is_read(number: int, long: int, text: bytes) -> None:
    fields = Fields(packets.number(number) + packets.long(long) + packets.text(text))
    assert (fields.number(), fields.long(), fields.text()) == (number, long, text)
    assert not fields.more()


@given(st.none() | LONGS, st.none() | NUMBERS, st.none() | NUMBERS, st.booleans(), st.booleans())
def test_attributes_are_read_in_any_selection(
    size: int | None, mode: int | None, modified: int | None, owners: bool, more: bool
) -> None:
    parts = [
        (0x1, struct.pack(">Q", size) if size is not None else None),
        (0x2, bytes(8) if owners else None),
        (0x4, struct.pack(">I", mode) if mode is not None else None),
        (0x8, struct.pack(">II", 7, modified) if modified is not None else None),
        (0x80000000, packets.number(1) + packets.text(b"a") + packets.text(b"b") if more else None),
    ]
    flags = sum(flag for flag, packed in parts if packed is not None)
    fields = Fields(packets.number(flags) + b"".join(packed or b"" for _, packed in parts))
    assert fields.attributes() == Attributes(size, mode, modified)
    assert not fields.more()


@given(st.binary(max_size=40))
def test_anything_is_read_or_garbled(packet: bytes) -> None:
    for read in (Fields.number, Fields.long, Fields.text, Fields.attributes):
        try:
            read(Fields(packet))
        except Garbled:
            continue


def test_many_extensions_that_are_not_there() -> None:
    with pytest.raises(Garbled):
        Fields(packets.number(0x80000000) + packets.number(2**32 - 1)).attributes()
