"""A folder on a server: its paths, what stands there, and what its failures mean."""

import contextlib
import posixpath
import stat
from collections.abc import Iterator
from typing import Final

from iepbridge.errors import IepbridgeError, Refused, Unreachable
from iepbridge.transports.content import irregular
from iepbridge.transports.session import NotThere, RemoteFile
from iepbridge.transports.sftp import packets
from iepbridge.transports.sftp.line import Failure, Line
from iepbridge.transports.sftp.packets import Attributes

_LINK: Final = Attributes(permissions=stat.S_IFLNK)


class Place:
    """The folder of an endpoint, by its line; `name` is the endpoint's, for messages."""

    def __init__(self, name: str, folder: str, line: Line) -> None:
        self.name = name
        self.folder = folder
        self.line = line

    def path(self, *names: str) -> bytes:
        """Give the packed path of what stands in the folder; an absolute name is a path itself."""
        return packets.text(posixpath.join(self.folder, *names).encode())

    @contextlib.contextmanager
    def doing(self, what: str, name: str, total_seconds: float | None = None) -> Iterator[None]:
        """Bound an operation by its deadlines, and say what a failure in it means."""
        with self.line.operation(f"{what} {name}", total_seconds):
            try:
                yield
            except Failure as failure:
                if failure.code == packets.NO_SUCH_FILE:
                    raise NotThere(name) from None
                raise self.meaning(failure, what, name) from None

    def meaning(self, failure: Failure, what: str, name: str) -> IepbridgeError:
        """Give the error of a failure: for good, or for now."""
        shown = f"Endpoint {self.name}, {what} {name}"
        if failure.code == packets.PERMISSION_DENIED:
            return Refused(f"{shown}: permission denied. Have the account given the right to it.")
        if failure.code == packets.UNSUPPORTED:
            return Refused(f"{shown}: the server cannot do that. Choose another setting for it.")
        return Unreachable(
            f"{shown}: the server failed (code {failure.code}), as it does when its disk is full."
            " It was not done; run again later, or ask the server's operator."
        )

    def lookup(self, name: str) -> RemoteFile | None:
        """Give a file as it stands there, None where it is absent; links are not followed."""
        told = self._told(name)
        return None if told is None else self.file(name, told)

    def exists(self, name: str) -> bool:
        """Say whether anything has a name; by an empty one, whether the folder is there."""
        return self._told(name) is not None

    def resolved(self) -> bytes | None:
        """Give the folder's path with its links followed; None where the server does not say."""
        try:
            names = self.line.names(self.line.ask(packets.REALPATH, self.path()))
        except Failure:
            return None
        return names[0][0] if names else None

    def _told(self, name: str) -> Attributes | None:
        """Ask for what has a name, and whether that is a link: ProFTPD's LSTAT follows links."""
        attributes = self.line.ask(packets.LSTAT, self.path(name))
        link = self.line.ask(packets.READLINK, self.path(name))
        try:
            told = self.line.told(attributes)
        except Failure as failure:
            if self._is_link(link):
                return _LINK
            if failure.code == packets.NO_SUCH_FILE:
                return None
            raise
        return _LINK if self._is_link(link) else told

    def _is_link(self, number: int) -> bool:
        try:
            return bool(self.line.names(number))
        except Failure:
            return False

    def file(self, name: str, told: Attributes) -> RemoteFile:
        """Give a file by what is told of it; raise `Refused` for what is none."""
        if not is_regular(told):
            raise irregular(self.name, name)
        return RemoteFile(name, told.size or 0, told.modified or 0)


def is_regular(told: Attributes) -> bool:
    """Say whether something is a file, as far as the server tells."""
    return told.permissions is None or stat.S_ISREG(told.permissions)
