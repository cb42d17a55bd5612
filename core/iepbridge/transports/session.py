"""What every endpoint can do, and what may go wrong: the contract of its session.

    open_session(endpoint) --> Session: files, look, upload, download, digest,
                                        rename, replace, remove, archive, close

No operation tries again by itself. Errors, by what the caller does next:

    AlreadyThere   the target's name is taken: look whose content it is
    NotThere       nothing has that name (any more)
    Interrupted    the answer is lost: open a new session, look, then decide (exit 4)
    Unreachable    it failed for now and was not done; run again later (exit 4)
    Refused        refused for good; a person must mend it (exit 6)
    Unreadable     the file is larger than it may be (exit 3)
"""

from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, NamedTuple, Protocol, Self

from iepbridge.errors import Unreachable


class AlreadyThere(Exception):
    """The target of a rename exists; neither file was touched."""


class NotThere(Exception):
    """No file has that name; nothing was done."""


class Interrupted(Unreachable):
    """The connection was lost, or a deadline passed, in the middle: what was done is not known.

    The session is of no use any more.
    """


class RemoteFile(NamedTuple):
    """A regular file of an endpoint; `size` in bytes, `modified` in seconds since the epoch."""

    name: str
    size: int
    modified: int


class Facts(NamedTuple):
    """What is known of a live session, for people who look into a connection.

    `host_key` is its type and SHA-256 fingerprint, `extensions` are SFTP's, by name.
    """

    kind: str
    server: str = ""
    host_key: str = ""
    key_exchange: str = ""
    cipher: str = ""
    mac: str = ""
    login: str = ""
    extensions: tuple[str, ...] = ()


class Session(Protocol):
    """One connection to one folder, for one thread; a context manager that closes it.

    Names are checked against `iepbridge.transports.names`: others are a `Misuse`.
    """

    @property
    def facts(self) -> Facts:
        """Tell what was agreed with the other side."""

    def files(self) -> Iterator[RemoteFile]:
        """Give the folder's regular files with acceptable names, in no order, as they are read."""

    def look(self, name: str) -> RemoteFile | None:
        """Give a file as it stands there, None where it is absent; no regular file: `Refused`."""

    def upload(self, source: BinaryIO, name: str) -> int:
        """Create or overwrite a file, each write confirmed; give the bytes written.

        Only its owner may read it, and it is brought to the disk, where the server lets us.
        """

    def download(self, name: str, sink: BinaryIO, most: int) -> int:
        """Write a file to `sink`, links never followed; give its bytes, no more than `most`."""

    def digest(self, name: str) -> str | None:
        """Read a file back and give its SHA-256 in hexadecimal; None where it is absent."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another name; one that is taken is `AlreadyThere`, never overwritten."""

    def replace(self, old: str, new: str) -> None:
        """Give a file another name at one stroke, in place of a file that has it."""

    def guards_names(self, old: str, new: str) -> bool:
        """Rename onto a name that is taken, and say whether that is refused there; else it is lost.

        A trial on files of no worth: `rename` looks first, and this does not.
        """

    def make_folder(self, name: str) -> "Session":
        """Make a folder, and give a session on it; close this one alone."""

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""

    def beside(self, folder: str) -> "Session":
        """Give a session on another folder, by its path as for `archive`; close this one alone."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is absent is fine."""

    def archive(self, name: str, folder: str) -> str:
        """Move a file into a folder under a name that is free there, and give that name.

        `folder` is relative to the endpoint's own, or absolute; it is made where it is absent.
        A file that an earlier try has moved is fine. Raises `Refused` where it is the endpoint's
        own folder by another name.
        """

    def close(self) -> None:
        """End the connection; once more is fine."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
