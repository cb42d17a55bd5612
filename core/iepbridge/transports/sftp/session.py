"""A session on a folder of an SFTP server, in terms of requests."""

import contextlib
import posixpath
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Final, Self

from iepbridge.errors import Refused, Unreachable
from iepbridge.transports.content import Digest, Sink, own_archive, unchanged, within
from iepbridge.transports.names import Ignored, acceptable, checked, in_archive
from iepbridge.transports.session import AlreadyThere, Facts, NotThere, RemoteFile
from iepbridge.transports.sftp import packets
from iepbridge.transports.sftp.connection import Connection
from iepbridge.transports.sftp.line import Failure
from iepbridge.transports.sftp.listing import entries, no_folder
from iepbridge.transports.sftp.place import Place, is_regular
from iepbridge.transports.sftp.transfer import Reading, write

_PRIVATE: Final = packets.permissions(0o600)
_NEW: Final = packets.FOR_WRITING | packets.CREATE | packets.EXCLUSIVE
_ANEW: Final = packets.FOR_WRITING | packets.CREATE | packets.TRUNCATE
_FSYNC: Final = "fsync@openssh.com"
_REPLACE: Final = "posix-rename@openssh.com"


class SftpSession:
    """A session on a place, over a connection that it owns.

    Raises `Refused` where the server has no such folder.
    """

    def __init__(self, connection: Connection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._line = place.line
        self._whole = place.line.timeouts.total_seconds
        try:
            with place.doing("looking at", place.folder):
                self._line.attributes(packets.STAT, place.path())
        except NotThere:
            raise no_folder(place) from None

    @property
    def facts(self) -> Facts:
        """Tell what was agreed with the server."""
        extensions = tuple(sorted(self._line.extensions))
        return self._connection.facts._replace(extensions=extensions)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def files(self) -> Iterator[RemoteFile]:
        """Give the regular files with acceptable names; other names are counted and logged."""
        ignored = Ignored(self._place.name)
        with contextlib.closing(entries(self._place)) as found:
            for raw, told in found:
                name = raw.decode("ascii", "backslashreplace")
                if raw in (b".", b".."):
                    continue
                if not acceptable(name):
                    ignored.add(raw)
                elif is_regular(told):
                    yield self._place.file(name, told)
        ignored.log()

    def look(self, name: str) -> RemoteFile | None:
        """Give a file's size and time, None where it is absent."""
        with self._place.doing("looking at", checked(name)):
            return self._place.lookup(name)

    def upload(self, source: BinaryIO, name: str) -> int:
        """Write a file, each write confirmed, and give its bytes, as the server counts them too."""
        with self._place.doing("writing", checked(name), self._whole):
            handle = self._created(name)
            under_way: deque[int] = deque()
            try:
                size = write(self._line, handle, source, under_way)
                self._sealed(handle, name, size)
            except BaseException:
                self._line.settle(handle, under_way)
                raise
            self._line.done(packets.CLOSE, handle)
        return size

    def _created(self, name: str) -> bytes:
        """Open a new file, or a regular one anew: what else has the name is never written to."""
        path = self._place.path(name)
        try:
            return self._line.handle(packets.OPEN, path, packets.number(_NEW), _PRIVATE)
        except Failure:
            if self._place.lookup(name) is None:
                raise
        handle = self._line.handle(packets.OPEN, path, packets.number(_ANEW), _PRIVATE)
        with contextlib.suppress(Failure):
            self._line.done(packets.FSETSTAT, handle, _PRIVATE)
        return handle

    def _sealed(self, handle: bytes, name: str, size: int) -> None:
        if _FSYNC in self._line.extensions:
            self._line.done(packets.EXTENDED, packets.text(_FSYNC.encode()), handle)
        told = self._line.attributes(packets.FSTAT, handle)
        if told.size is not None and told.size != size:
            raise Unreachable(
                f"Endpoint {self._place.name}: {size} bytes of {name} were written, and the server"
                f" has {told.size}. Run again later, or ask the server's operator."
            )

    def download(self, name: str, sink: BinaryIO, most: int) -> int:
        """Copy a file to `sink`; raise `Unreadable` for one of more than `most` bytes."""
        return self._copy(name, sink, most)

    def digest(self, name: str) -> str | None:
        """Read a file back and give its SHA-256, None where it is absent."""
        digest = Digest()
        try:
            self._copy(name, digest, None)
        except NotThere:
            return None
        return digest.hexadecimal()

    def _copy(self, name: str, sink: Sink, most: int | None) -> int:
        with self._place.doing("reading", checked(name), self._whole):
            before = self._place.lookup(name)
            if before is None:
                raise NotThere(name)
            within(self._place.name, name, before.size, most)
            return self._content(before, sink)

    def _content(self, before: RemoteFile, sink: Sink) -> int:
        for_reading = packets.number(packets.FOR_READING)
        path = self._place.path(before.name)
        handle = self._line.handle(packets.OPEN, path, for_reading, packets.NOTHING)
        reading = Reading(self._line, handle, before.size)
        size = 0
        try:
            for chunk in reading:
                sink.write(chunk)
                size += len(chunk)
            told = self._line.attributes(packets.FSTAT, handle)
        finally:
            self._line.settle(handle, (number for number, _, _ in reading.under_way))
        after = self._place.file(before.name, told)
        unchanged(self._place.name, before.name, (size, before.modified), after[1:])
        return size

    def rename(self, old: str, new: str) -> None:
        """Give a file another name; one that is taken is `AlreadyThere`."""
        with self._place.doing("renaming", checked(old)):
            self._move(old, self._place, checked(new))

    def _move(self, old: str, place: Place, new: str) -> None:
        """Rename by a request that servers refuse where the target exists, and some do not."""
        if place.exists(new):
            raise AlreadyThere(new)
        try:
            self._line.done(packets.RENAME, self._place.path(old), place.path(new))
        except Failure as failure:
            if failure.code == packets.ALREADY_EXISTS or place.exists(new):
                raise AlreadyThere(new) from None
            raise

    def replace(self, old: str, new: str) -> None:
        """Give a file another name at one stroke, in place of a file that has it."""
        if _REPLACE not in self._line.extensions:
            raise Refused(
                f"Endpoint {self._place.name}: the server cannot replace a file at one stroke"
                f" ({_REPLACE}). Take `overwrite` out."
            )
        with self._place.doing("replacing", checked(new)):
            self._place.lookup(new)
            names = self._place.path(checked(old)), self._place.path(new)
            self._line.done(packets.EXTENDED, packets.text(_REPLACE.encode()), *names)

    def guards_names(self, old: str, new: str) -> bool:
        """Rename onto a name that is taken, and say whether the server itself refused."""
        with self._place.doing("renaming", checked(old)):
            try:
                self._line.done(
                    packets.RENAME, self._place.path(old), self._place.path(checked(new))
                )
            except Failure:
                return True
        return False

    def make_folder(self, name: str) -> "SftpSession":
        """Make a folder, and give a session on it over the same connection: do not close it."""
        inner = self._inner(name)
        with self._place.doing("making the folder", name):
            self._line.done(packets.MKDIR, inner.path(), packets.permissions(0o700))
        return SftpSession(self._connection, inner)

    def beside(self, folder: str) -> "SftpSession":
        """Give a session on another folder over the same connection: do not close it."""
        place = Place(self._place.name, folder, self._line)
        return SftpSession(self._connection, place)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""
        with self._place.doing("removing the folder", name):
            self._line.done(packets.RMDIR, self._inner(name).path())

    def _inner(self, name: str) -> Place:
        folder = posixpath.join(self._place.folder, checked(name))
        return Place(self._place.name, folder, self._line)

    def remove(self, name: str) -> None:
        """Remove a file; one that is absent is fine."""
        with contextlib.suppress(NotThere), self._place.doing("removing", checked(name)):
            if self._place.lookup(name) is not None:
                self._line.done(packets.REMOVE, self._place.path(name))

    def archive(self, name: str, folder: str) -> str:
        """Move a file into a folder of the server, and give its name there.

        Where its bytes stand there under its name already, it is removed: a server that moves in
        two steps may have failed between them, and left both.
        """
        with self._place.doing("archiving", checked(name)):
            target = Place(self._place.name, folder, self._line)
            if self._place.lookup(name) is None:
                return self._moved_before(name, target)
            self._prepare(target)
            for new in in_archive(name):
                with contextlib.suppress(AlreadyThere):
                    self._move(name, target, new)
                    return new
                if self._is_left_over(name, target, new):
                    self.remove(name)
                    return new
        raise Unreachable(f"Endpoint {self._place.name}: no name is free in {folder} for {name}.")

    def _is_left_over(self, name: str, target: Place, new: str) -> bool:
        """Say whether a file's bytes stand in another folder too, as far as can be known."""
        here, there = self._place.resolved(), target.resolved()
        if here is None or there is None:
            return False
        if here == there:
            raise own_archive(self._place.name, target.folder)
        own = self.digest(name)
        return own is not None and own == self.beside(target.folder).digest(new)

    def _moved_before(self, name: str, target: Place) -> str:
        if target.exists(name):
            return name
        raise NotThere(name)

    def _prepare(self, target: Place) -> None:
        if not target.exists(""):
            self._line.done(packets.MKDIR, target.path(), packets.permissions(0o700))
