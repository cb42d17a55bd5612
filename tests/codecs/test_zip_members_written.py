"""Archives that are written: the same bytes for the same content, readable by all."""

import datetime
import io
import struct
import tempfile
import tracemalloc
import zipfile
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codecs.archives import NAMES, TEXTS

from iepbridge.codecs.zip_members import ZipMembers, write_members

WHEN = datetime.datetime(2026, 1, 5, 6, 7, 9, 999, tzinfo=datetime.UTC)


def written(contents: list[bytes], when: datetime.datetime = WHEN) -> bytes:
    stream = io.BytesIO()
    streams = (io.BytesIO(content) for content in contents)
    write_members(stream, zip(NAMES, streams, strict=True), when)
    return stream.getvalue()


@given(st.lists(st.binary(max_size=5000), min_size=3, max_size=3))
def test_what_was_written_is_read(contents: list[bytes]) -> None:
    data = written(contents)
    with ZipMembers(io.BytesIO(data), NAMES) as members:
        assert [members.open(name).read() for name in NAMES] == contents
    with zipfile.ZipFile(io.BytesIO(data)) as others:
        assert others.namelist() == NAMES
        assert [others.read(name) for name in NAMES] == contents


def test_the_bytes_depend_on_content_and_time_alone() -> None:
    assert written(TEXTS) == written(TEXTS)
    east = datetime.timezone(datetime.timedelta(hours=9))
    assert written(TEXTS, WHEN.replace(tzinfo=east, microsecond=0, second=8)) == written(TEXTS)
    assert written(TEXTS, WHEN.replace(minute=8)) != written(TEXTS)


def test_the_level_makes_it_fast_or_small() -> None:
    content = b"".join(b"%d|row of some text|%d\r\n" % (n, n * n) for n in range(3000))
    sizes = []
    for level in (1, 6, 9):
        stream = io.BytesIO()
        write_members(stream, [("A", io.BytesIO(content))], WHEN, level=level)
        sizes.append(len(stream.getvalue()))
        with ZipMembers(stream, ["A"]) as members:
            assert members.open("A").read() == content
    assert sizes[0] > sizes[1] >= sizes[2]


def test_members_are_plain_files_of_their_owner_alone() -> None:
    with zipfile.ZipFile(io.BytesIO(written(TEXTS))) as archive:
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_DEFLATED
            assert (info.create_system, info.external_attr) == (3, 0o600 << 16)
            assert (info.flag_bits, info.extra, info.comment) == (0, b"", b"")
            assert info.date_time == (2026, 1, 5, 6, 7, 8)


def test_a_time_before_1980_is_refused() -> None:
    with pytest.raises(ValueError, match="1980"):
        written(TEXTS, datetime.datetime(1979, 12, 31, tzinfo=datetime.UTC))


def test_a_stream_is_taken_from_where_it_stands_and_left_open() -> None:
    content = io.BytesIO(b"behind this|rest")
    content.seek(12)
    stream = io.BytesIO()
    write_members(stream, [("A", content)], WHEN)
    with ZipMembers(stream, ["A"]) as members:
        assert members.open("A").read() == b"rest"
    assert not content.closed
    assert not stream.closed


class Repeated(io.RawIOBase):
    """A block again and again, `size` bytes in all, of which it may tell before it is read."""

    def __init__(self, block: bytes, size: int, *, tells: int | None = None) -> None:
        self._block, self._size, self._place, self._tells = block, size, 0, tells

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._tells is not None

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = offset + (self._tells or 0 if whence == 2 else 0)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        count = min(len(buffer), len(self._block), self._size - self._place)
        buffer[:count] = self._block[:count]
        self._place += count
        return count


def test_a_member_that_cannot_seek_is_copied_first() -> None:
    stream, same = io.BytesIO(), io.BytesIO()
    block = b"a row of some text\r\n" * 1000
    content: BinaryIO = Repeated(block, 100_000)  # type: ignore[assignment]
    write_members(stream, [("A", content)], WHEN)
    write_members(same, [("A", io.BytesIO(block * 5))], WHEN)
    assert stream.getvalue() == same.getvalue()


def test_sizes_take_eight_bytes_only_where_they_must() -> None:
    """A stream that says it is large is written as one, whatever comes of it."""
    for says, is_large in ((1_900_000_000, False), (2**32, True)):
        stream = io.BytesIO()
        content: BinaryIO = Repeated(b"x|y\r\n", 1000, tells=says)  # type: ignore[assignment]
        write_members(stream, [("A", content)], WHEN)
        extra_bytes = struct.unpack_from("<H", stream.getvalue(), 28)[0]
        assert extra_bytes == (20 if is_large else 0)
        with ZipMembers(stream, ["A"]) as members:
            assert members.open("A").read() == b"x|y\r\n" * 200


def test_writing_takes_little_memory() -> None:
    block = b"".join(b"%d|row of some text|%d\r\n" % (n, n * n) for n in range(20_000))
    with tempfile.TemporaryFile() as file:
        size = 30 * len(block)
        content: BinaryIO = Repeated(block, size)  # type: ignore[assignment]
        tracemalloc.start()
        try:
            write_members(file, [("A", content)], WHEN)  # type: ignore[arg-type]
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 5_000_000
        with ZipMembers(file, ["A"]) as members:  # type: ignore[arg-type]
            assert sum(map(len, members.open("A"))) == size
