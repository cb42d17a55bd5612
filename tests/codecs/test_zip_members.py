"""Archives of given members: what is read, and what shows only as a member is unpacked."""

import hashlib
import io
import os
import tempfile
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codecs.archives import NAMES, PARTS, TEXTS, Archive, Part, deflated, part

from iepbridge.codecs.zip_members import Member, NotSuchZip, ZipMembers


def contents(data: bytes, names: list[str] = NAMES) -> list[bytes]:
    with ZipMembers(io.BytesIO(data), names) as members:
        return [members.open(name).read() for name in names]


# --- What is read


@pytest.mark.parametrize(
    "archive",
    [
        Archive(),
        Archive(large=True),
        Archive(large=True, end={"here": 0xFFFF, "count": 0xFFFF, "start": 0xFFFFFFFF}),
        Archive(large=True, end={"bytes": 0xFFFFFFFF, "disk": 0xFFFF, "disks": 0xFFFF}),
        Archive(part(1, large=True)),
        Archive([replace(one, large=True) for one in PARTS], large=True),
        Archive([replace(one, described="L") for one in PARTS]),
        Archive([replace(one, described="mL") for one in PARTS]),
        Archive([replace(one, described="Q", large=True) for one in PARTS]),
        Archive([replace(one, described="mQ") for one in PARTS], large=True),
        Archive(part(1, flags=0x800)),
        Archive(part(1, comment=b"a comment")),
    ],
)
def test_members_are_read(archive: Archive) -> None:
    data = archive.written()
    assert contents(data) == TEXTS
    with zipfile.ZipFile(io.BytesIO(data)) as others:
        assert [others.read(name) for name in others.namelist()] == TEXTS


def test_an_archive_of_nothing_is_read() -> None:
    assert contents(Archive([]).written(), []) == []


def test_names_need_not_be_ascii() -> None:
    assert contents(Archive([Part("é.txt", b"x", flags=0x800)]).written(), ["é.txt"]) == [b"x"]


def streamed(data: bytes) -> io.BufferedReader:
    """Give bytes through a pipe that must be emptied while it is filled."""
    reading, writing = os.pipe()
    assert len(data) < 60_000
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(data)
    return os.fdopen(reading, "rb")


def test_a_pipe_is_copied_first() -> None:
    with streamed(Archive().written()) as pipe, ZipMembers(pipe, NAMES) as members:
        assert [members.open(name).read() for name in NAMES] == TEXTS
    with streamed(b"no zip") as pipe, pytest.raises(NotSuchZip):
        ZipMembers(pipe, NAMES)


def test_members_are_read_side_by_side_and_again() -> None:
    texts = [os.urandom(300_000) + b"\n", b"a|b\r\n" * 100_000, b"x\n" * 200_000]
    parts = [replace(one, data=text) for one, text in zip(PARTS, texts, strict=True)]
    with ZipMembers(io.BytesIO(Archive(parts).written()), NAMES) as members:
        opened = [members.open(name) for name in NAMES]
        found = [bytearray() for _ in NAMES]
        while any(pieces := [member.read(50_000) for member in opened]):
            for whole, piece in zip(found, pieces, strict=True):
                whole.extend(piece)
        assert found == texts
        assert [*members.open("PLAN.txt")] == texts[1].splitlines(keepends=True)
        assert members.open("PLAN.txt").readline(3) == b"a|b"


def test_the_stream_stays_open() -> None:
    stream = io.BytesIO(Archive().written())
    with ZipMembers(stream, NAMES) as members, members.open(NAMES[0]):
        pass
    assert not stream.closed


def test_the_digest_is_of_all_bytes_and_only_there_once_they_were_read() -> None:
    data = os.urandom(1_000_000)
    with ZipMembers(io.BytesIO(Archive(part(1, data=data)).written()), NAMES) as members:
        member = members.open("PLAN.txt")
        for size in (0, 1, 300_000):
            member.read(size)
            with pytest.raises(ValueError, match="not been read to its end"):
                member.hexdigest()
        member.read()
        assert member.hexdigest() == hashlib.sha256(data).hexdigest()
        empty = members.open("GOAL.txt")
        with pytest.raises(ValueError, match="not been read to its end"):
            empty.hexdigest()
        empty.read(1)
        assert empty.hexdigest() == hashlib.sha256().hexdigest()


# --- What shows only when a member is unpacked


TEXT = TEXTS[1]
PACKED = deflated(TEXT)
CRC = zlib.crc32(TEXT)


@pytest.mark.parametrize(
    ("packed", "stated", "what"),
    [
        (PACKED, (CRC ^ 1, len(PACKED), len(TEXT)), "has another checksum than stated"),
        (PACKED, (CRC, len(PACKED), len(TEXT) + 1), "unpacks to less than its stated size"),
        (PACKED, (CRC, len(PACKED), len(TEXT) - 1), "unpacks to more than its stated size"),
        (PACKED, (zlib.crc32(b""), len(PACKED), 0), "unpacks to more than its stated size"),
        (PACKED[:-9], (CRC, len(PACKED) - 9, len(TEXT)), "unpacks to less than its stated size"),
        (PACKED[:-1], (CRC, len(PACKED) - 1, len(TEXT)), "is cut short"),
        (b"", (CRC, 0, len(TEXT)), "unpacks to less than its stated size"),
        (b"", (0, 0, 0), "is cut short"),
        (
            PACKED + b"x",
            (CRC, len(PACKED) + 1, len(TEXT)),
            "has other bytes behind its packed ones",
        ),
        (PACKED * 2, (CRC, len(PACKED) * 2, len(TEXT)), "has other bytes behind its packed ones"),
        (
            PACKED + bytes(200_000),
            (CRC, len(PACKED) + 200_000, len(TEXT)),
            "has other bytes behind its packed ones",
        ),
        (b"\xff" + PACKED, (CRC, len(PACKED) + 1, len(TEXT)), "cannot be unpacked"),
    ],
)
@pytest.mark.parametrize("size", [-1, 1, 7, len(TEXT)])
def test_a_damaged_member_is_refused_before_its_last_bytes_are_given(
    packed: bytes, stated: tuple[int, int, int], what: str, size: int
) -> None:
    data = Archive(part(1, packed=packed, stated=stated)).written()
    with ZipMembers(io.BytesIO(data), NAMES) as members:
        assert members.open("MANIFEST.txt").read() == TEXTS[0]
        member = members.open("PLAN.txt")
        found = bytearray()
        with pytest.raises(NotSuchZip, match=rf"^PLAN\.txt {what}"):
            found.extend(chain.from_iterable(iter(partial(member.read, size), b"")))
        assert len(found) < max(1, stated[2])
        with pytest.raises(NotSuchZip):
            member.read()
        with pytest.raises(ValueError, match="not been read to its end"):
            member.hexdigest()


@given(place=st.integers(0, len(Archive().written()) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_does_no_harm(place: int, bit: int) -> None:
    data = bytearray(Archive().written())
    data[place] ^= 1 << bit
    with suppress(NotSuchZip):
        assert contents(bytes(data)) == TEXTS


@given(
    st.lists(st.tuples(st.integers(0, 500), st.binary(max_size=8)), max_size=3),
    st.sampled_from([Archive(), Archive(large=True), Archive(part(1, large=True, described="mQ"))]),
)
def test_bytes_changed_anywhere_do_no_harm(
    changes: list[tuple[int, bytes]], archive: Archive
) -> None:
    data = bytearray(archive.written())
    for place, new in changes:
        data[-place : len(data) - place + len(new)] = new
    with suppress(NotSuchZip):
        assert contents(bytes(data)) == TEXTS


# --- Memory


def test_a_member_of_any_size_takes_little_memory() -> None:
    block = b"".join(b"%d|row of some text|%d\r\n" % (n, n * n) for n in range(40_000))
    times = 300 * 2**20 // len(block) + 1
    with tempfile.TemporaryFile() as file:
        archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        with archive, archive.open("A", "w") as member:
            for _ in range(times):
                member.write(block)
        tracemalloc.start()
        try:
            with ZipMembers(file, ["A"]) as members:
                size, digest = drained(members.open("A"))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert size == times * len(block)
    assert len(digest) == 64
    assert peak < 2_000_000


def drained(member: Member) -> tuple[int, str]:
    size = sum(map(len, iter(lambda: member.read(65_536), b"")))
    return size, member.hexdigest()
