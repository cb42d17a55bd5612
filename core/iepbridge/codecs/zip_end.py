"""The records at the end of an archive: where its directory lies, if nothing else is there."""

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_REST64: Final = _END64.size - 12
"""What the record says of its own length, without mark and length."""
_MOST_BYTES: Final = 1024 * 1024
"""What a directory may be: more than the few members of any format need."""
_IN_TWO: Final = 0xFFFF
_IN_FOUR: Final = 0xFFFFFFFF


class NotSuchZip(Exception):
    """An archive is not the one that was expected: what was found, and what was expected.

    Names of members are shown only if they were expected.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory begins, and how many entries and bytes it has."""

    entries: int
    bytes: int
    start: int


def find_directory(stream: BinaryIO) -> Directory:
    """Find the directory by the last record, with which the file must end; raise `NotSuchZip`."""
    place = stream.seek(0, os.SEEK_END) - _END.size
    if place < 0 or not _read(stream, 0, 2).startswith(b"PK"):
        raise NotSuchZip("the file is no zip")
    mark, *disks, here, entries, size, start, comment = _END.unpack(_read(stream, place, _END.size))
    if mark != b"PK\x05\x06" or comment:
        raise NotSuchZip(
            "the file does not end with the end record of a zip: it was cut, or has a comment or "
            "other bytes behind it, where none were expected"
        )
    if here != entries or not {0, _IN_TWO}.issuperset(disks):
        raise NotSuchZip("it is one part of several; expected was a whole archive")
    stated = Directory(entries, size, start)
    large = _in_zip64(stream, stated, place)
    if large:
        return _checked(large, place - _LOCATOR.size - _END64.size)
    return _checked(stated, place)


def _checked(directory: Directory, end: int) -> Directory:
    if directory.start + directory.bytes != end:
        raise NotSuchZip("its directory does not lie right before its end record, as was expected")
    if directory.bytes > _MOST_BYTES:
        raise NotSuchZip(
            f"its directory has {directory.bytes:,} bytes; expected were {_MOST_BYTES:,} at most"
        )
    return directory


def _in_zip64(stream: BinaryIO, stated: Directory, place: int) -> Directory | None:
    """Give what the records of a large archive say, if they stand before its end record."""
    place -= _LOCATOR.size
    if place < _END64.size:
        return None
    mark, disk, start, disks = _LOCATOR.unpack(_read(stream, place, _LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    place -= _END64.size
    mark, rest, _, _, *disk_numbers, here, entries, size, directory = _END64.unpack(
        _read(stream, place, _END64.size)
    )
    large = Directory(entries, size, directory)
    is_sound = (mark, rest, start, here) == (b"PK\x06\x06", _REST64, place, entries)
    is_whole = disk == 0 and disks <= 1 and not any(disk_numbers)
    if not (is_sound and is_whole and _agree(stated, large)):
        raise NotSuchZip("its end records contradict each other")
    return large


def _agree(stated: Directory, large: Directory) -> bool:
    """Say whether each number is the same, or stated to be too large for its place."""
    return (
        stated.entries in {large.entries, _IN_TWO}
        and stated.bytes in {large.bytes, _IN_FOUR}
        and stated.start in {large.start, _IN_FOUR}
    )


def _read(stream: BinaryIO, place: int, size: int) -> bytes:
    stream.seek(place)
    return stream.read(size)
