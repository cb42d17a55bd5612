"""A folder of this machine as an endpoint: every step relative to the open folder.

No link below it is followed, content and names are brought to the disk, and a rename never
overwrites: a file gets its new name before it loses the old one. A mounted share that hangs cannot
be interrupted: the deadlines of an endpoint hold for SFTP alone.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from iepbridge.errors import Unreachable
from iepbridge.transports.content import Digest, Sink, irregular, own_archive, unchanged, within
from iepbridge.transports.local import FOLDER, SAFELY, Descriptor, entries, move, translated
from iepbridge.transports.names import Ignored, acceptable, checked, in_archive
from iepbridge.transports.session import AlreadyThere, Facts, NotThere, RemoteFile

_CHUNK_BYTES: Final = 1 << 20
_PRIVATE: Final = 0o600
_ITSELF: Final = "its folder"


class FolderSession:
    """A session on a folder; `name` is the endpoint's, for messages.

    Raises `Refused` where there is no such folder, or it may not be read.
    """

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path
        self._inner: list[FolderSession] = []
        with self._told(_ITSELF):
            self._folder = Descriptor(os.open(path, FOLDER))

    @property
    def facts(self) -> Facts:
        """Tell that this is a folder."""
        return Facts("folder")

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
        """Let go of the folder."""
        for inner in self._inner:
            inner.close()
        self._folder.close()

    def files(self) -> Iterator[RemoteFile]:
        """Give the regular files with acceptable names; other names are counted and logged."""
        ignored = Ignored(self._name)
        with self._told(_ITSELF):
            descriptor = Descriptor(os.open(".", FOLDER, dir_fd=self._folder.number))
        with contextlib.closing(descriptor), self._told(_ITSELF):
            for name, status in entries(descriptor.number):
                if not acceptable(name):
                    ignored.add(os.fsencode(name))
                elif stat.S_ISREG(status.st_mode):
                    yield RemoteFile(name, status.st_size, int(status.st_mtime))
        ignored.log()

    def look(self, name: str) -> RemoteFile | None:
        """Give a file's size and time, None where it is absent."""
        with self._told(checked(name)):
            try:
                status = os.stat(name, dir_fd=self._folder.number, follow_symlinks=False)
            except FileNotFoundError:
                return None
        return RemoteFile(name, *self._measured(name, status))

    def _measured(self, name: str, status: os.stat_result) -> tuple[int, int]:
        if not stat.S_ISREG(status.st_mode):
            raise irregular(self._name, name)
        return status.st_size, int(status.st_mtime)

    def upload(self, source: BinaryIO, name: str) -> int:
        """Write a file, bring it and its name to the disk, and give its bytes."""
        with self._opened(name, os.O_WRONLY | os.O_CREAT) as file:
            with self._told(name):
                os.fchmod(file, _PRIVATE)
                os.ftruncate(file, 0)
            size = self._write(source, file, name)
            with self._told(name):
                os.fsync(file)
        self._settle()
        return size

    @contextlib.contextmanager
    def _opened(self, name: str, flags: int) -> Iterator[int]:
        with self._told(checked(name)), _missing(name):
            file = os.open(name, flags | SAFELY, _PRIVATE, dir_fd=self._folder.number)
        with contextlib.closing(Descriptor(file)):
            self._measured(name, os.fstat(file))
            yield file

    def _write(self, source: BinaryIO, file: int, name: str) -> int:
        size = 0
        while chunk := source.read(_CHUNK_BYTES):
            size += len(chunk)
            rest = memoryview(chunk)
            with self._told(name):
                while rest:
                    rest = rest[os.write(file, rest) :]
        return size

    def download(self, name: str, sink: BinaryIO, most: int) -> int:
        """Copy a file to `sink`; raise `Unreadable` for one of more than `most` bytes."""
        return self._copy(name, sink, most)

    def digest(self, name: str) -> str | None:
        """Give the SHA-256 of a file, None where it is absent."""
        digest = Digest()
        try:
            self._copy(name, digest, None)
        except NotThere:
            return None
        return digest.hexadecimal()

    def _copy(self, name: str, sink: Sink, most: int | None) -> int:
        size = 0
        with self._opened(name, os.O_RDONLY) as file:
            before = os.fstat(file)
            within(self._name, name, before.st_size, most)
            while chunk := self._read(file, name):
                size += len(chunk)
                within(self._name, name, size, most)
                sink.write(chunk)
            after = os.fstat(file)
        times = before.st_mtime_ns, after.st_mtime_ns
        unchanged(self._name, name, (size, times[0]), (after.st_size, times[1]))
        return size

    def _read(self, file: int, name: str) -> bytes:
        with self._told(name):
            return os.read(file, _CHUNK_BYTES)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name; one that is taken is `AlreadyThere`."""
        self._present(old)
        with self._told(old), _missing(old):
            move(old, checked(new), self._folder.number, self._folder.number)
        self._settle()

    def _present(self, name: str) -> None:
        if self.look(name) is None:
            raise NotThere(name)

    def replace(self, old: str, new: str) -> None:
        """Give a file another name, in place of a file that has it."""
        self._present(old)
        self.look(new)
        folder = self._folder.number
        with self._told(old), _missing(old):
            os.rename(old, new, src_dir_fd=folder, dst_dir_fd=folder)
        self._settle()

    def guards_names(self, old: str, new: str) -> bool:
        """Rename onto a name that is taken, and say whether that is refused."""
        try:
            self.rename(old, new)
        except AlreadyThere:
            return True
        return False

    def make_folder(self, name: str) -> "FolderSession":
        """Make a folder, and give a session on it, which is closed with this one."""
        with self._told(checked(name)):
            os.mkdir(name, 0o700, dir_fd=self._folder.number)
        inner = FolderSession(self._name, self._path / name)
        self._inner.append(inner)
        return inner

    def beside(self, folder: str) -> "FolderSession":
        """Give a session on another folder, which is closed with this one."""
        inner = FolderSession(self._name, self._path / folder)
        self._inner.append(inner)
        return inner

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""
        with self._told(checked(name)):
            os.rmdir(name, dir_fd=self._folder.number)

    def remove(self, name: str) -> None:
        """Remove a file; one that is absent is fine."""
        if self.look(name) is None:
            return
        with self._told(name), contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._folder.number)
        self._settle()

    def archive(self, name: str, folder: str) -> str:
        """Move a file into a folder of the same file system, and give its name there."""
        checked(name)
        with self._told(f"the archive {folder}"):
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700, dir_fd=self._folder.number)
            target = os.open(folder, FOLDER, dir_fd=self._folder.number)
        with contextlib.closing(Descriptor(target)):
            if os.path.samestat(os.fstat(target), os.fstat(self._folder.number)):
                raise own_archive(self._name, folder)
            given = self._archived(name, target)
            self._settle(target)
        return given

    def _archived(self, name: str, target: int) -> str:
        if self.look(name) is None:
            return self._moved_before(name, target)
        for new in in_archive(name):
            with contextlib.suppress(AlreadyThere), self._told(name), _missing(name):
                move(name, new, self._folder.number, target)
                return new
        raise Unreachable(f"Endpoint {self._name}: no name is free in the archive for {name}.")

    def _moved_before(self, name: str, target: int) -> str:
        with self._told(name), _missing(name):
            os.stat(name, dir_fd=target, follow_symlinks=False)
        return name

    def _settle(self, *more: int) -> None:
        """Bring the folder's names to the disk."""
        with self._told(_ITSELF):
            for folder in (*more, self._folder.number):
                os.fsync(folder)

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise translated(self._name, what, error) from None


@contextlib.contextmanager
def _missing(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotThere(name) from None
