"""A disk of a few MiB whose room is set to the KiB: a file system of its own, made in memory.

with small_disk() as disk:
    disk.leave(17)      # KiB
    ...                 # write below disk.folder
    disk.clear()

It is ext4 with blocks of 1 KiB, for tmpfs gives room by the page (4 KiB); to mount it takes root.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tests.torture.feed_world import swift_folder

_PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_SIZE_KIB: Final = 8192
_BLOCK: Final = 1024
_BALLAST: Final = ".ballast"


class SmallDisk(NamedTuple):
    """A mounted disk."""

    folder: Path

    @property
    def room(self) -> int:
        """Give the room that is left, in KiB."""
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize // 1024

    def leave(self, kib: int) -> None:
        """Fill the disk until only so many KiB are left."""
        self.clear()
        spare = self.room - kib
        assert spare > 0, f"no more than {self.room} KiB here"
        descriptor = os.open(self.folder / _BALLAST, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, spare * 1024)
        except OSError:  # the file's own bookkeeping took the last block
            assert self.room <= kib, f"{self.room} KiB are left"
        finally:
            os.close(descriptor)

    def clear(self) -> None:
        """Give back the room that was taken."""
        (self.folder / _BALLAST).unlink(missing_ok=True)


@cache
def no_disk() -> str | None:
    """Say why no disk can be made here; None where one can."""
    if shutil.which("mkfs.ext4", path=_PATH) is None:
        return "needs mkfs.ext4 (Debian: e2fsprogs)"
    try:
        with small_disk():
            return None
    except (OSError, subprocess.CalledProcessError):
        return "no disk can be mounted here (it takes root, and a loop device)"


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """Make a disk and mount it, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="iep-disk-", dir=swift_folder()) as base:
        image, folder = Path(base) / "image", Path(base) / "disk"
        folder.mkdir()
        with image.open("wb") as stream:
            stream.truncate(_SIZE_KIB * 1024)
        options = ["-b", f"{_BLOCK}", "-m", "0", "-N", "512", "-O", "^has_journal"]
        _done("mkfs.ext4", "-q", *options, image)
        _done("mount", "-o", "loop", image, folder)
        try:
            shutil.rmtree(folder / "lost+found")
            yield SmallDisk(folder)
        finally:
            _done("umount", "--lazy", folder)


def _done(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PATH": _PATH})
