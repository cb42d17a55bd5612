"""The ZIP archive of an Excel workbook: checked before it is unpacked, its parts as guarded XML."""

import posixpath
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, Protocol, TypeVar, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from iepbridge.codecs.xml_blocks import utf8_blocks
from iepbridge.codecs.xml_faults import GUARDS, close, feed, reason
from iepbridge.errors import Unreadable

Found = TypeVar("Found")

_MOST_BYTES: Final = 4 * 2**30
_RATIO: Final = 250
_SMALL_BYTES: Final = 16 * 2**20  # up to here no ratio is looked at
_BLOCK_BYTES: Final = 65536
_ENCODINGS: Final = frozenset({"UTF-8", "UTF-16"})
_METHODS: Final = (ZIP_STORED, ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1
_FAULTS: Final = (
    BadZipFile, EOFError, LookupError, NotImplementedError, OverflowError, RuntimeError,
    ValueError, struct.error, zlib.error,
)  # fmt: skip
_OLD: Final = "it is protected by a password, which must be taken away, or in the old form .xls"
_PAGE: Final = "it is a web page or XML text under an Excel name"
_BEGINNINGS: Final = (
    (b"PK", ""),
    (bytes.fromhex("d0cf11e0a1b11ae1"), _OLD),
    (b"<", _PAGE),
    (b"\xef\xbb\xbf<", _PAGE),
)
_HEAD_BYTES: Final = 8


class NotAWorkbook(Exception):
    """Raised when a file is no Excel workbook that can be read; `what` says why, no value in it."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class Target(Protocol[Found]):
    """What the parser calls for each element of a part, and what that has given so far."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element; its tag as `{namespace}local`."""

    def end(self, tag: str) -> None:
        """End an element."""

    def data(self, text: str) -> None:
        """Take text, or a piece of one."""

    def take(self) -> list[Found]:
        """Give what was found since the last call."""


class Archive:
    """The parts of a workbook by name, whatever the case and slashes of the name."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._parts: dict[str, ZipInfo] = {}
        for part in archive.infolist():
            name = part.filename.replace("\\", "/").lower()
            if name in self._parts:
                raise NotAWorkbook("its archive has two parts of one name")
            _check(part)
            self._parts[name] = part

    def found(self, name: str, label: str, target: Target[Found]) -> Iterator[Found]:
        """Parse a part, block by block, and yield what the target finds in it.

        `label` names the part in a refusal: the names in the file are the sender's.
        """
        part = self._parts.get(name.lower())
        if part is None:
            raise NotAWorkbook(f"it has no {label}")
        with _faults(label), self._archive.open(part) as stream:
            yield from _parsed(cast("BinaryIO", stream), label, target)

    def beside(self, name: str, path: str) -> str:
        """Give the name of the part that a path in another part's relationships leads to."""
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(name), path)).lstrip("/")


@contextmanager
def opened(stream: BinaryIO) -> Iterator[Archive]:
    """Open the archive that a stream holds; what cannot seek is spooled to a file without name."""
    with _spooled(stream) as file:
        _check_beginning(file)
        with _faults("archive"):
            archive = ZipFile(file)
        with archive:
            yield Archive(archive)


@contextmanager
def _spooled(stream: BinaryIO) -> Iterator[BinaryIO]:
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(stream, file)
        yield cast("BinaryIO", file)


def _check_beginning(file: BinaryIO) -> None:
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if not head:
        raise NotAWorkbook("it is empty")
    for beginning, what in _BEGINNINGS:
        if head.startswith(beginning):
            if what:
                raise NotAWorkbook(what)
            return
    raise NotAWorkbook("it is no ZIP archive, as an .xlsx file is")


def _check(part: ZipInfo) -> None:
    """Refuse a part, by what the archive states of it, that must not be unpacked."""
    if part.flag_bits & _ENCRYPTED:
        raise NotAWorkbook("a part of it is encrypted; take its password away")
    if part.compress_type not in _METHODS:
        raise NotAWorkbook("a part of it is packed in a way that no Excel workbook is")
    if part.file_size > _MOST_BYTES:
        raise NotAWorkbook(f"a part of it unpacks to more than {_MOST_BYTES:,} bytes")
    if part.file_size > _SMALL_BYTES and part.file_size > _RATIO * part.compress_size:
        raise NotAWorkbook(
            f"a part of it is over {_SMALL_BYTES:,} bytes and packed at more than {_RATIO}:1"
        )


@contextmanager
def _faults(label: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS:
        raise NotAWorkbook(f"its {label} is damaged; it may have been cut") from None


class _Guarded:
    """Passes a parser's calls on to a target, and no DOCTYPE."""

    def __init__(self, target: Target[Any], label: str) -> None:
        self._label = label
        self.start = target.start
        self.end = target.end
        self.data = target.data

    def doctype(self, *_: str | None) -> None:
        raise NotAWorkbook(
            f"its {self._label} has a document type declaration (DOCTYPE), which is not taken"
        )

    def close(self) -> None:
        """Be there, as lxml asks."""


def _parsed(stream: BinaryIO, label: str, target: Target[Found]) -> Iterator[Found]:
    guarded: Any = _Guarded(target, label)
    parser = etree.XMLParser(target=guarded, **GUARDS)
    for block in _blocks(stream, label):
        fault = feed(parser, block)
        if fault:
            raise NotAWorkbook(f"its {label} is not well-formed XML: {reason(fault.kind)}")
        yield from target.take()
    fault = close(parser)
    if fault:
        raise NotAWorkbook(f"its {label} is not well-formed XML: {reason(fault.kind)}")
    yield from target.take()


def _blocks(stream: BinaryIO, label: str) -> Iterator[bytes]:
    try:
        yield from utf8_blocks(stream, _ENCODINGS, _BLOCK_BYTES)
    except Unreadable:
        raise NotAWorkbook(f"its {label} is not XML 1.0 in UTF-8 or UTF-16") from None
