"""The SFTP side of the server: a client's requests as deeds in the served folder."""

import errno
import functools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import paramiko
from paramiko import SFTPAttributes
from paramiko.sftp import SFTP_FAILURE, SFTP_NO_SUCH_FILE, SFTP_OK, SFTP_PERMISSION_DENIED

from iepbridge.sandbox.floor import Floor

if TYPE_CHECKING:
    from typing_extensions import Buffer

_P = ParamSpec("_P")
_Given = TypeVar("_Given")


def _deed(
    call: "Callable[Concatenate[ServedFiles, _P], _Given]",
) -> "Callable[Concatenate[ServedFiles, _P], _Given | int]":
    """Turn what the system refuses into what a client is told, after the server's delay."""

    @functools.wraps(call)
    def told(self: "ServedFiles", /, *args: _P.args, **more: _P.kwargs) -> _Given | int:
        time.sleep(self.floor.conduct.delay_seconds)
        try:
            return call(self, *args, **more)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)
        except ValueError:  # a name that no file can have
            return SFTP_NO_SUCH_FILE

    return told


class ServedFiles(paramiko.SFTPServerInterface):
    """One client's view of the floor."""

    def __init__(self, server: paramiko.ServerInterface, floor: Floor) -> None:
        super().__init__(server)
        self.floor = floor
        self.ended = False

    def session_ended(self) -> None:
        """Know that handles which are still open now were cut off."""
        self.ended = True

    def canonicalize(self, path: str) -> str:
        """Give the absolute path."""
        return self.floor.shown(path)

    def _changeable(self, path: str) -> Path:
        place = self.floor.place(path)
        if not self.floor.may_change(place):
            raise PermissionError(errno.EACCES, "not below a state's folder")
        return place

    @_deed
    def list_folder(self, path: str) -> list[SFTPAttributes]:
        """Give what stands in a folder."""
        with os.scandir(self.floor.place(path)) as found:
            return [_told(one.name, one.stat(follow_symlinks=False)) for one in found]

    @_deed
    def stat(self, path: str) -> SFTPAttributes:
        """Tell of a file or folder."""
        return SFTPAttributes.from_stat(self.floor.place(path).lstat())

    lstat = stat

    @_deed
    def open(self, path: str, flags: int, attr: SFTPAttributes) -> paramiko.SFTPHandle:  # noqa: ARG002  paramiko's
        """Open a file; new ones are 0600."""
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
        place = self._changeable(path) if writes else self.floor.place(path)
        descriptor = os.open(place, flags | os.O_NOFOLLOW, 0o600)
        return ServedHandle(self, place, descriptor, writes=writes)

    @_deed
    def remove(self, path: str) -> int:
        """Remove a file."""
        self._changeable(path).unlink()
        return SFTP_OK

    @_deed
    def rename(self, oldpath: str, newpath: str) -> int:
        """Give a file another name, unless that is taken."""
        old, new = self._changeable(oldpath), self._changeable(newpath)
        with self.floor.lock:
            if not self.floor.conduct.renames:
                return SFTP_PERMISSION_DENIED
            if new.exists():
                return SFTP_FAILURE
            old.rename(new)
            self.floor.arrive(new)
        return SFTP_OK

    @_deed
    def mkdir(self, path: str, attr: SFTPAttributes) -> int:  # noqa: ARG002  paramiko's
        """Make a folder, 0700."""
        self._changeable(path).mkdir(0o700)
        return SFTP_OK

    @_deed
    def rmdir(self, path: str) -> int:
        """Remove an empty folder."""
        self._changeable(path).rmdir()
        return SFTP_OK

    @_deed
    def chattr(self, path: str, attr: SFTPAttributes) -> int:
        """Set times; modes stay as they are, private."""
        place = self._changeable(path)
        if attr.st_atime is not None and attr.st_mtime is not None:
            os.utime(place, (attr.st_atime, attr.st_mtime))
        return SFTP_OK


class ServedHandle(paramiko.SFTPHandle):
    """An open file."""

    def __init__(self, files: ServedFiles, place: Path, descriptor: int, *, writes: bool) -> None:
        super().__init__()
        self.floor = files.floor
        self._files = files
        self._place = place
        self._descriptor = descriptor
        self._writes = writes
        if writes:
            self.floor.begin(place)

    def close(self) -> None:
        """Close the file; one that a client left open was cut off."""
        os.close(self._descriptor)
        if self._writes:
            self.floor.end(self._place, whole=not self._files.ended)

    def read(self, offset: int, length: int) -> bytes | int:
        """Give bytes."""
        return self._doing(lambda: os.pread(self._descriptor, length, offset))

    def write(self, offset: int, data: "Buffer") -> int:
        """Write bytes, all of them."""

        def whole() -> int:
            left, done = memoryview(data), 0
            while done < len(left):
                done += os.pwrite(self._descriptor, left[done:], offset + done)
            return SFTP_OK

        return self._doing(whole)

    def stat(self) -> SFTPAttributes | int:
        """Tell of the file."""
        return self._doing(lambda: SFTPAttributes.from_stat(os.fstat(self._descriptor)))

    def chattr(self, attr: SFTPAttributes) -> int:  # noqa: ARG002  paramiko's
        """Leave modes as they are, private."""
        return SFTP_OK

    def _doing(self, call: Callable[[], _Given]) -> _Given | int:
        time.sleep(self.floor.conduct.delay_seconds)
        try:
            return call()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)


def _told(name: str, found: os.stat_result) -> SFTPAttributes:
    told = SFTPAttributes.from_stat(found, name)
    told.filename = name
    return told
