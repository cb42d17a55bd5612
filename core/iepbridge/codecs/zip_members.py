"""An archive with exactly the members given, read and written as streams."""

import datetime
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Final, Self

from iepbridge.codecs.zip_end import NotSuchZip
from iepbridge.codecs.zip_layout import find_members
from iepbridge.codecs.zip_member import Member

__all__ = ["Member", "NotSuchZip", "ZipMembers", "write_members"]

_COPIED_BYTES: Final = 1024 * 1024
_UNIX: Final = 3
_OWNER_ALONE: Final = 0o600 << 16


class ZipMembers:
    """An archive whose directory and file have exactly `names`, in that order, and nothing else.

    Its layout is checked before any member is unpacked; what is wrong raises `NotSuchZip`. The
    stream is read from its beginning and stays open; one that cannot seek is first copied to an
    unnamed temporary file. Members may be read side by side, in one thread.
    """

    def __init__(self, stream: BinaryIO, names: Sequence[str]) -> None:
        with ExitStack() as stack:
            self._stream = stream if stream.seekable() else stack.enter_context(_copied(stream))
            self._members = find_members(self._stream, names)
            self._stack = stack.pop_all()

    def open(self, name: str) -> Member:
        """Give a member's bytes, from the beginning."""
        return Member(self._stream, self._members[name])

    def close(self) -> None:
        """Give the temporary file back, if there is one."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def write_members(
    stream: BinaryIO,
    members: Iterable[tuple[str, BinaryIO]],
    when: datetime.datetime,
    *,
    level: int = 6,
) -> None:
    """Write members, each a name and a stream that is read to its end, to a seekable stream.

    The archive depends on names, bytes, `when` and `level` alone. Of `when` its own year to second
    count, in steps of two seconds, from 1980 to 2107; `level` is zlib's, 1 (fast) to 9 (small).
    """
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members:
            with ExitStack() as stack:
                source = content if content.seekable() else stack.enter_context(_copied(content))
                info = _info(name, when, _bytes_left(source))
                _set_level(info, level)
                # Sizes in eight bytes, and so an extra field, come in from 1.9 GiB.
                with archive.open(info, "w") as packed:
                    shutil.copyfileobj(source, packed, _COPIED_BYTES)


def _info(name: str, when: datetime.datetime, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, when.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = _UNIX
    info.external_attr = _OWNER_ALONE
    info.file_size = size
    return info


def _set_level(info: zipfile.ZipInfo, level: int) -> None:
    # Until Python 3.13 there is no public name for it where a member is written as a stream.
    info._compresslevel = level  # type: ignore[attr-defined]  # noqa: SLF001


def _bytes_left(stream: BinaryIO) -> int:
    place = stream.tell()
    size = stream.seek(0, os.SEEK_END) - place
    stream.seek(place)
    return size


def _copied(stream: BinaryIO) -> BinaryIO:
    with ExitStack() as stack:
        copy = stack.enter_context(tempfile.TemporaryFile())
        shutil.copyfileobj(stream, copy, _COPIED_BYTES)
        copy.seek(0)
        stack.pop_all()
    return copy
