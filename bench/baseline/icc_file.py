"""ICC (Indiana) by hand: the file around the plans: zip, manifest, members and their rows."""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final, TypeAlias

from . import icc_tables as tables  # noqa: TID252 - `bench.baseline` here, `baseline` there
from .reading import FileRefused, check_envelope, is_whole, whole  # noqa: TID252

Cells: TypeAlias = list[str]

_NAMES: Final = (tables.MANIFEST, *(f"{member}.txt" for member in tables.COLUMNS))
_LEAST: Final = 16 * 1024 * 1024
_MOST: Final = 4 * 1024 * 1024 * 1024
_RATIO: Final = 250
_MARK: Final = b"\xef\xbb\xbf"
_CELL: Final = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^|"\r\n]*))(\||\Z)')
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises on what is no zip, or none that it can read."""
_DESCRIPTORS: Final = (12, 16, 20, 24)


def unpacked(content: bytes) -> tuple[dict[str, str], dict[str, int]]:
    """Give the texts of the members after the manifest, and the rows that it states for each.

    Raises `FileRefused`; that each member has so many rows is left to be seen.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_form(content, archive)
            members = {name: archive.read(name) for name in _NAMES}
    except _UNREADABLE:
        raise FileRefused("not readable as a zip") from None
    stated = _manifest(members)
    return {name[:-4]: _text(members[name]) for name in _NAMES[1:]}, stated


def _check_form(content: bytes, archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if tuple(info.filename for info in infos) != _NAMES:
        raise FileRefused("other members, or in another order")
    if content[-22:-18] != b"PK\5\6" or archive.comment:
        raise FileRefused("bytes after the end of the zip")
    for info in infos:
        _check_member(info)
    starts = [info.header_offset for info in infos]
    for info, start, following in zip(infos, starts, [*starts[1:], archive.start_dir], strict=True):
        _check_place(content, info, start, following)
    if starts[0]:
        raise FileRefused("bytes before the zip")


def _check_member(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise FileRefused("encrypted")
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise FileRefused("not deflated")
    if info.file_size > _MOST:
        raise FileRefused("a member over 4 GiB")
    if info.file_size > _LEAST and info.file_size > _RATIO * info.compress_size:
        raise FileRefused("a member that unpacks at more than 250:1")


def _check_place(content: bytes, info: zipfile.ZipInfo, start: int, following: int) -> None:
    """See that the members follow each other in the file, with nothing between."""
    if content[start : start + 4] != b"PK\3\4":
        raise FileRefused("not readable as a zip")
    name, extra = struct.unpack("<HH", content[start + 26 : start + 30])
    gap = following - (start + 30 + name + extra + info.compress_size)
    if gap and not (info.flag_bits & 0x8 and gap in _DESCRIPTORS):
        raise FileRefused("members in another order in the file, or others between")


def _text(content: bytes) -> str:
    if not content.startswith(_MARK):
        raise FileRefused("another encoding: no byte order mark")
    try:
        return content[3:].decode()
    except UnicodeDecodeError:
        raise FileRefused("another encoding") from None


def rows(text: str, columns: tuple[str, ...]) -> Iterator[Cells]:
    """Give the rows of a member after its header, or raise `FileRefused`."""
    if not text.endswith("\r\n"):
        raise FileRefused("a last row without its end")
    lines = _lines(text[:-2])
    if tuple(next(lines)) != columns:
        raise FileRefused("another header")
    for cells in lines:
        if len(cells) != len(columns):
            raise FileRefused("a row with more or fewer cells")
        yield cells


def _lines(text: str) -> Iterator[Cells]:
    """Split rows at CR LF, but where an odd number of quotes says that a cell goes on."""
    begun: list[str] = []
    for line in text.split("\r\n"):
        odd = line.count('"') % 2 == 1
        if begun:
            begun.append(line)
            if odd:
                yield _cells("\r\n".join(begun))
                begun = []
        elif odd:
            begun = [line]
        else:
            yield _cells(line)
    if begun:
        raise FileRefused("quotes left open")


def _cells(row: str) -> Cells:
    if '"' not in row and "\r" not in row and "\n" not in row:
        return row.split("|")
    cells = []
    at = 0
    while True:
        match = _CELL.match(row, at)
        if match is None:
            raise FileRefused("a quote or a line break in a cell without quotes")
        quoted, bare, end = match.groups()
        cells.append(bare if quoted is None else quoted.replace('""', '"'))
        if not end:
            return cells
        at = match.end()


def _manifest(members: dict[str, bytes]) -> dict[str, int]:
    """Check names, hashes and the envelope; give the rows stated for each member."""
    lines = list(rows(_text(members[tables.MANIFEST]), tables.MANIFEST_COLUMNS))
    if len(lines) != len(tables.COLUMNS) + 4:
        raise FileRefused("a manifest with more or fewer rows")
    stated: dict[str, int] = {}
    for member, (name, count, digest) in zip(tables.COLUMNS, lines, strict=False):
        if name != f"{member}.txt" or not is_whole(count):
            raise FileRefused("the manifest's rows")
        if hashlib.sha256(members[name]).hexdigest() != digest:
            raise FileRefused("a hash")
        stated[member] = whole(count)
    _check_last(lines[-4:])
    return stated


def _check_last(lines: list[Cells]) -> None:
    names = [line[0] for line in lines]
    sequence, sender, receiver, created = (line[1] for line in lines)
    if names != ["BATCH", "SENDER", "RECEIVER", "CREATED"] or any(line[2] for line in lines):
        raise FileRefused("an envelope value")
    check_envelope(sender, receiver, sequence, created)
