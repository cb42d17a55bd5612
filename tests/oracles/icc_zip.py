"""The zip of a written ICC file, taken apart byte by byte."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

_END: Final = struct.Struct("<4s4H2LH")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_DEFLATED: Final = 8
_PLAIN_NAME: Final = frozenset({0, 0x800})
_DESCRIBED: Final = 0x8
_LARGE: Final = 0xFFFFFFFF


class NoZip(Exception):
    """There is no zip to look into."""


class Entry(NamedTuple):
    """What the directory says of a member."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    extra: int
    place: int


def read(content: bytes) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Give the members in the order of the directory, and the complaints; raise `NoZip`."""
    if len(content) < _END.size:
        raise NoZip("no zip: too short")
    end = len(content) - _END.size
    mark, disk, first_disk, here, count, size, start, comment = _END.unpack_from(content, end)
    if mark != b"PK\x05\x06":
        raise NoZip("no end of a zip as the file's last bytes")
    complaints = []
    if disk or first_disk or here != count or comment:
        complaints.append("the end of the zip speaks of disks or of a comment")
    if start + size != end:
        complaints.append("something stands between the directory and the end of the zip")
    entries = list(_entries(content, start, count))
    complaints += _in_a_row(content, entries, start)
    members = []
    for entry in entries:
        data, found = _member(content, entry)
        members.append((entry.name, data))
        complaints += found
    return members, complaints


def _entries(content: bytes, at: int, count: int) -> Iterator[Entry]:
    for _ in range(count):
        if content[at : at + 4] != b"PK\x01\x02":
            raise NoZip("a directory with other entries than it states")
        (_, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, _, _, _, place) = (
            _ENTRY.unpack_from(content, at)
        )
        at += _ENTRY.size
        text = content[at : at + name].decode("cp437")
        at += name + extra + comment
        yield Entry(text, flags, method, crc, packed, size, extra + comment, place)


def _in_a_row(content: bytes, entries: list[Entry], directory: int) -> Iterator[str]:
    """See that the members follow each other from the first byte to the directory."""
    at = 0
    for entry in entries:
        if entry.place != at:
            yield f"{entry.name}: does not follow the member before it"
        if content[entry.place : entry.place + 4] != b"PK\x03\x04":
            raise NoZip(f"{entry.name}: no member where the directory says")
        name, extra = struct.unpack_from("<HH", content, entry.place + 26)
        at = entry.place + _LOCAL.size + name + extra + entry.packed
        if entry.flags & _DESCRIBED:
            at += 16 if content[at : at + 4] == b"PK\x07\x08" else 12
    if at != directory:
        yield "the directory does not follow the last member"


def _member(content: bytes, entry: Entry) -> tuple[bytes, list[str]]:
    local = _LOCAL.unpack_from(content, entry.place)
    start = entry.place + _LOCAL.size
    name = content[start : start + local[9]].decode("cp437")
    start += local[9] + local[10]
    complaints = list(_form(entry))
    if name != entry.name:
        complaints.append(f"{entry.name}: another name before its bytes than in the directory")
    if not entry.flags & _DESCRIBED and local[6:9] != (entry.crc, entry.packed, entry.size):
        complaints.append(f"{entry.name}: other sizes before its bytes than in the directory")
    packed = content[start : start + entry.packed]
    try:
        data = zlib.decompress(packed, -15) if entry.method == _DEFLATED else packed
    except zlib.error:
        return b"", [*complaints, f"{entry.name}: cannot be unpacked"]
    if len(data) != entry.size or zlib.crc32(data) != entry.crc:
        complaints.append(f"{entry.name}: not of the size or sum that the directory states")
    return data, complaints


def _form(entry: Entry) -> Iterator[str]:
    if entry.method != _DEFLATED:
        yield f"{entry.name}: not deflated"
    if entry.flags & ~_DESCRIBED & ~0x6 not in _PLAIN_NAME:
        yield f"{entry.name}: encrypted, or flagged in another way"
    if entry.size > 16 << 20 and entry.size > 250 * entry.packed:
        yield f"{entry.name}: unpacks at more than 250:1"
    if _LARGE in (entry.packed, entry.size, entry.place):
        yield f"{entry.name}: over 4 GiB"
