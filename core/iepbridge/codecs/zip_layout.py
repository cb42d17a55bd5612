"""Where the members of an archive lie, every byte of it accounted for before any is unpacked.

`zipfile` reads the directory. What it lets pass is checked here: bytes before, between and behind
the members, members that share bytes (before Python 3.11.8), end records that contradict each
other (before 3.11.14), headers that differ from the directory.
"""

import struct
import zipfile
from collections.abc import Sequence
from typing import BinaryIO, Final

from iepbridge.codecs.zip_end import NotSuchZip, find_directory
from iepbridge.codecs.zip_headers import ENCRYPTED, Packed, locate
from iepbridge.codecs.zip_names import check_names

LARGEST_BYTES: Final = 4 * 1024**3
"""What a member may unpack to."""
QUIET_BYTES: Final = 16 * 1024**2
"""What a member may unpack to however densely it is packed."""
DENSEST: Final = 250
"""How many bytes a byte of a larger member may unpack to."""

_BROKEN: Final = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OverflowError,
    ValueError,
    struct.error,
)
"""What `zipfile` raises where a directory is broken."""


def find_members(stream: BinaryIO, names: Sequence[str]) -> dict[str, Packed]:
    """Find the members of an archive, a seekable stream as a whole; raise `NotSuchZip`."""
    directory = find_directory(stream)
    infos = _listed(stream)
    check_names([info.orig_filename for info in infos], names)
    if directory.entries != len(infos):
        raise NotSuchZip(
            f"its end record counts {directory.entries:,} members where the directory has "
            f"{len(infos):,}"
        )
    for info in infos:
        _check(info)
    ends = _ends(infos, directory.start)
    return {
        info.orig_filename: locate(stream, info, end) for info, end in zip(infos, ends, strict=True)
    }


def _ends(infos: Sequence[zipfile.ZipInfo], directory: int) -> list[int]:
    """Give the places where members must end: where the next one begins, or the directory."""
    places = [*(info.header_offset for info in infos), directory]
    if places != sorted(places):
        raise NotSuchZip(
            "its members do not stand in the file in the order of its directory, as was expected"
        )
    if places[0]:
        raise NotSuchZip(f"{places[0]:,} bytes before its first member, where none was expected")
    return places[1:]


def _listed(stream: BinaryIO) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.infolist()
    except _BROKEN:
        raise NotSuchZip("its directory is broken") from None


def _check(info: zipfile.ZipInfo) -> None:
    """Refuse a member for what the directory says of it."""
    name, size, packed = info.orig_filename, info.file_size, info.compress_size
    if info.flag_bits & ENCRYPTED:
        raise NotSuchZip(f"{name} is encrypted; expected was a member that is not")
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise NotSuchZip(f"{name} is packed by method {info.compress_type}; expected was deflate")
    if size > LARGEST_BYTES:
        raise NotSuchZip(f"{name} unpacks to {size:,} bytes; {LARGEST_BYTES:,} is the most allowed")
    if size > QUIET_BYTES and size > DENSEST * packed:
        raise NotSuchZip(
            f"{name} unpacks from {packed:,} to {size:,} bytes; over {QUIET_BYTES:,} bytes, "
            f"{DENSEST} to 1 is the most allowed"
        )
