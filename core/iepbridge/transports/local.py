"""Steps on local files that the standard library leaves to the caller, each by open folder."""

import ctypes
import errno
import os
from collections.abc import Iterator
from typing import Final

from iepbridge.errors import IepbridgeError, Refused, Unreachable
from iepbridge.transports.session import AlreadyThere

FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
"""How a folder is opened."""
SAFELY: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""How a file is opened: no link followed, no waiting for the other end of a pipe."""

_RENAME: Final = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
_NO_REPLACE: Final = 1
_CANNOT: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.EPERM})
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_FOR_NOW: Final = {
    errno.ENOSPC: "the disk is full; make room and run again",
    errno.EDQUOT: "the disk quota is used up; make room and run again",
    errno.EIO: "the disk failed; look into it, then run again",
    errno.EBUSY: "it is in use; run again later",
    errno.ESTALE: "the mounted share has changed; mount it anew and run again",
}
_FOR_GOOD: Final = {
    errno.ENOENT: "there is no such folder; make it, or mend `url`",
    errno.ENOTDIR: "this is no folder; mend `url`",
    errno.ELOOP: "this is a link, which is never followed; have it moved away",
    errno.EACCES: "no permission; give this account the right to it",
    errno.EPERM: "no permission; give this account the right to it",
    errno.EROFS: "what it stands on is read-only; mend `url`, or mount it for writing",
    errno.EXDEV: "it is on another file system; name one on the same",
}


class Descriptor:
    """An open file or folder, closed like a file."""

    def __init__(self, number: int) -> None:
        self.number = number

    def close(self) -> None:
        """Close it; once more is fine."""
        if self.number >= 0:
            os.close(self.number)
            self.number = -1


def entries(folder: int) -> Iterator[tuple[str, os.stat_result]]:
    """Give what stands in an open folder, with its status; what goes meanwhile is left out."""
    with os.scandir(folder) as found:
        for entry in found:
            try:
                yield entry.name, entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue


def move(old: str, new: str, source: int, target: int) -> None:
    """Move a file between open folders, never over another: `AlreadyThere`.

    In one step where the system can: whoever takes the file away leaves no second name of it. Else
    by two names, and a move that was cut short is brought to its end. Where the file system has no
    hard links either, nothing guards against a name taken meanwhile.
    """
    places = {"src_dir_fd": source, "dst_dir_fd": target}
    try:
        if _renamed(old, new, source, target):
            return
        os.link(old, new, **places, follow_symlinks=False)
    except FileExistsError:
        if not _is_same(old, new, source, target):
            raise AlreadyThere(new) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _rename(old, new, source, target)
        return
    os.unlink(old, dir_fd=source)


def _renamed(old: str, new: str, source: int, target: int) -> bool:
    """Rename without replacing, as Linux can; say whether it could on this file system."""
    places = (source, os.fsencode(old), target, os.fsencode(new))
    if _RENAME is None:
        return False
    if _RENAME(*places, _NO_REPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number))


def _is_same(old: str, new: str, source: int, target: int) -> bool:
    found = (
        os.stat(old, dir_fd=source, follow_symlinks=False),
        os.stat(new, dir_fd=target, follow_symlinks=False),
    )
    return os.path.samestat(*found)


def _rename(old: str, new: str, source: int, target: int) -> None:
    try:
        os.stat(new, dir_fd=target, follow_symlinks=False)
    except FileNotFoundError:
        os.rename(old, new, src_dir_fd=source, dst_dir_fd=target)
    else:
        raise AlreadyThere(new)


def translated(endpoint: str, what: str, error: OSError) -> IepbridgeError:
    """Give the program's error for the system's: for now, or for good; without its text."""
    number = error.errno or 0
    if number in _FOR_NOW:
        return Unreachable(f"Endpoint {endpoint}, {what}: {_FOR_NOW[number]}.")
    words = os.strerror(number) if number else type(error).__name__
    remedy = _FOR_GOOD.get(number, f"{words}; look into the folder")
    return Refused(f"Endpoint {endpoint}, {what}: {remedy}.")
