"""The header before a member and what stands behind it, held to the directory."""

import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO, Final

from iepbridge.codecs.zip_end import NotSuchZip

ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
"""The flags of the three ways in which a member or its header is encrypted."""

_DESCRIBED: Final = 0x8
_UTF8: Final = 0x800
_HEADER: Final = struct.Struct("<4s5H3L2H")
_EXTRA: Final = struct.Struct("<2H")
_ZIP64: Final = 1
_IN_FOUR: Final = 0xFFFFFFFF
_LONGEST_DESCRIPTOR: Final = 24


@dataclass(frozen=True, slots=True)
class Packed:
    """A member as it lies in the archive: deflated, `packed_bytes` from `start`."""

    name: str
    start: int
    packed_bytes: int
    bytes: int
    crc: int


def locate(stream: BinaryIO, info: zipfile.ZipInfo, end: int) -> Packed:
    """Find the packed bytes of a member that has all bytes from its header to `end`."""
    name = info.orig_filename
    header = _read_header(stream, info)
    behind = header.start + info.compress_size
    if behind > end:
        raise NotSuchZip(f"{name} shares bytes with what stands behind it")
    _check_header(header, info)
    if header.flags & _DESCRIBED:
        _check_descriptor(stream, info, behind, end)
    elif behind < end:
        raise NotSuchZip(f"{end - behind:,} bytes behind {name}, where none was expected")
    return Packed(name, header.start, info.compress_size, info.file_size, info.CRC)


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before a member; its packed bytes begin at `start`."""

    name: str
    flags: int
    method: int
    stated: list[int]
    extra: bytes
    start: int


def _read_header(stream: BinaryIO, info: zipfile.ZipInfo) -> _Header:
    stream.seek(info.header_offset)
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise NotSuchZip(f"no header of {info.orig_filename} stands where the directory says")
    _, _, flags, method, _, _, *stated, name_bytes, extra_bytes = _HEADER.unpack(header)
    name = stream.read(name_bytes).decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    start = info.header_offset + len(header) + name_bytes + extra_bytes
    return _Header(name, flags, method, stated, stream.read(extra_bytes), start)


def _check_header(header: _Header, info: zipfile.ZipInfo) -> None:
    """Refuse a header that says of its member something other than the directory."""
    name = info.orig_filename
    if header.name != name:
        raise NotSuchZip(f"the header of {name} has another name")
    if header.method != info.compress_type or header.flags & ENCRYPTED:
        raise NotSuchZip(f"the header of {name} and the directory differ in how it is packed")
    sizes = [info.CRC, info.compress_size, info.file_size]
    if not header.flags & _DESCRIBED and _sizes(header.stated, header.extra) != sizes:
        raise NotSuchZip(f"the header of {name} and the directory differ in its size or checksum")


def _sizes(stated: list[int], extra: bytes) -> list[int]:
    """Give checksum, packed and whole size of a header, the sizes in eight bytes if need be."""
    crc, packed, size = stated
    if _IN_FOUR in {packed, size}:
        size, packed = _eight_byte_sizes(extra) or (size, packed)
    return [crc, packed, size]


def _eight_byte_sizes(extra: bytes) -> tuple[int, int] | None:
    while len(extra) >= _EXTRA.size:
        kind, length = _EXTRA.unpack_from(extra)
        field, extra = extra[_EXTRA.size :][:length], extra[_EXTRA.size + length :]
        if kind == _ZIP64 and len(field) >= struct.calcsize("<2Q"):
            size, packed = struct.unpack_from("<2Q", field)
            return size, packed
    return None


def _check_descriptor(stream: BinaryIO, info: zipfile.ZipInfo, start: int, end: int) -> None:
    """Refuse anything behind a member but its sizes, in any of the four forms they come in."""
    stream.seek(start)
    found = stream.read(min(end - start, _LONGEST_DESCRIPTOR + 1))
    crc, sizes = struct.pack("<L", info.CRC), (info.compress_size, info.file_size)
    forms = ["<2Q"] if max(sizes) > _IN_FOUR else ["<2Q", "<2L"]
    if found.removeprefix(b"PK\x07\x08") not in [crc + struct.pack(form, *sizes) for form in forms]:
        raise NotSuchZip(
            f"behind {info.orig_filename} stands something other than its size and checksum"
        )
