"""The zip of an ICC file taken apart: members in their order, each a text of rows."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from iepbridge.sandbox.parcel import FileRefused

Cells = list[str]

_MARK: Final = b"\xef\xbb\xbf"
_ENCRYPTED: Final = 0x1
_DESCRIBED: Final = 0x8
_LARGE_BYTES: Final = 16 << 20
_RATIO: Final = 250
_MOST_BYTES: Final = 4 << 30
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
)
"""What the library raises for what is no zip that it reads."""
_CELL: Final = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^|"\r\n]*))(\||\r\n)')


def members(stream: BinaryIO, names: Sequence[str]) -> dict[str, bytes]:
    """Give the members' bytes; raise `FileRefused` for any but these, in this order, deflated."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_order(archive, entries, names)
            for entry in entries:
                _check(entry)
            _check_end(stream)
            _check_rows_up(stream, entries, archive.start_dir)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OSError,
        struct.error,
    ):
        raise FileRefused("UNREADABLE", "Not a zip that can be read.") from None


def _check_order(
    archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], names: Sequence[str]
) -> None:
    if [entry.filename for entry in entries] != list(names):
        raise FileRefused("MEMBERS", "Other members than the document's, or in another order.")
    places = [entry.header_offset for entry in entries]
    if places != sorted(places) or places[0] != 0 or archive.comment:
        raise FileRefused("MEMBERS", "Something stands before the members, or a comment.")


def _check(entry: zipfile.ZipInfo) -> None:
    if entry.compress_type != zipfile.ZIP_DEFLATED or entry.flag_bits & _ENCRYPTED:
        raise FileRefused("MEMBERS", f"{entry.filename} is not deflated, or is encrypted.")
    dense = entry.file_size > _LARGE_BYTES and entry.file_size > _RATIO * entry.compress_size
    if dense or entry.file_size > _MOST_BYTES:
        raise FileRefused("MEMBERS", f"{entry.filename} unpacks to more than is taken.")


def _check_end(stream: BinaryIO) -> None:
    stream.seek(-22, 2)
    if stream.read(4) != b"PK\x05\x06":
        raise FileRefused("MEMBERS", "Something stands after the end of the zip.")


def _check_rows_up(stream: BinaryIO, entries: Sequence[zipfile.ZipInfo], directory: int) -> None:
    """See that each member begins where the one before it ends: what is hidden between is none."""
    begins = [*(entry.header_offset for entry in entries[1:]), directory]
    for entry, following in zip(entries, begins, strict=True):
        stream.seek(entry.header_offset + 26)
        name, extra = struct.unpack("<HH", stream.read(4))
        end = entry.header_offset + 30 + name + extra + entry.compress_size
        described = (12, 16, 20, 24) if entry.flag_bits & _DESCRIBED else (0,)
        if following - end not in described:
            raise FileRefused("MEMBERS", f"Something stands behind {entry.filename}.")


def rows(member: str, content: bytes, header: Sequence[str]) -> list[Cells]:
    """Give the rows behind the header; raise `FileRefused` for what is no such text."""
    if not content.startswith(_MARK):
        raise FileRefused("UNREADABLE", f"{member} has no byte order mark.")
    try:
        text = content[len(_MARK) :].decode("utf-8")
    except UnicodeDecodeError:
        raise FileRefused("UNREADABLE", f"{member} is not UTF-8.") from None
    found = list(_rows(member, text))
    if not found or found[0] != list(header):
        raise FileRefused("HEADER", f"{member} has another header than the document.")
    if any(len(row) != len(header) for row in found):
        raise FileRefused("UNREADABLE", f"{member} has a row with more or fewer cells.")
    return found[1:]


def _rows(member: str, text: str) -> Iterator[Cells]:
    row: Cells = []
    at = 0
    while at < len(text):
        match = _CELL.match(text, at)
        if match is None:
            raise FileRefused("UNREADABLE", f"{member} has a row that is not of the text's form.")
        at = match.end()
        row.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        if match[3] != "|":
            yield row
            row = []
    if row:
        raise FileRefused("UNREADABLE", f"{member} does not end in CR LF.")
