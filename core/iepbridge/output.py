"""Outputs that appear whole or not at all.

    Outputs.open --> unnamed or temporary file --> Outputs.publish --> rename, or copy to a pipe
                                               `-> left without publishing: nothing remains

Every place is checked and opened before anything is read, so that a long run does not end with a
place that cannot be written to. New files can be read by their owner alone: they hold plans.
"""

import contextlib
import errno
import io
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, Protocol, Self

from iepbridge.errors import IepbridgeError, Misuse

STANDARD: Final = "-"
"""The path that stands for standard output."""

_PRIVATE: Final = 0o600
_BUFFER_BYTES: Final = 1 << 20


class Unwritable(IepbridgeError):
    """An output could not be written though its place was good; nothing of it remains."""


class Output(Protocol):
    """One output of a command, written to `stream` and not yet there for others to see."""

    stream: BinaryIO

    def seal(self) -> None:
        """Bring what was written to the disk: a full disk is known from here on."""

    def publish(self) -> None:
        """Let the output appear under its name, or on its stream."""

    def discard(self) -> None:
        """Leave nothing behind but what was published."""


class Outputs:
    """The outputs of one command; those not published by the end of the block never were.

    `source` is the input's status: no output may be the same file, nor one of `also`, further
    inputs by the names that messages give them. `standard` is the file descriptor of standard
    output, None where it is closed.
    """

    def __init__(
        self,
        source: os.stat_result | None = None,
        standard: int | None = 1,
        also: Mapping[str, os.stat_result] | None = None,
    ) -> None:
        own = {} if source is None else {"the input": source}
        self._sources = {**own, **(also or {})}
        self._standard = standard
        self._options: dict[str, str] = {}
        self._open: list[Output] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for output in self._open:
            output.discard()

    def open(self, path: str, option: str) -> Output:
        """Open the output that an option names; raise `Misuse` where it cannot be written."""
        output = self._standard_output(option) if path == STANDARD else self._named(path, option)
        self._open.append(output)
        return output

    def publish(self, *outputs: Output) -> None:
        """Let outputs appear, in this order but streams first: only they can still fail."""
        for output in outputs:
            output.seal()
        for output in sorted(outputs, key=lambda output: isinstance(output, _File)):
            output.publish()

    def _standard_output(self, option: str) -> Output:
        if self._standard is None:
            raise Misuse(f"{option}: standard output is closed; name a file.")
        self._claim(STANDARD, option, "standard output")
        self._refuse_source(os.fstat(self._standard), option, "standard output")
        return _Stream(os.dup(self._standard), option, "standard output")

    def _named(self, path: str, option: str) -> Output:
        shown = f"{option} {path}"
        with _told(shown):
            found = _status(path)
        if path.endswith(os.sep) or _is(stat.S_ISDIR, found):
            raise Misuse(f"{shown}: this is a folder; name a file in it.")
        if found is not None and not _is(stat.S_ISREG, found):
            with _told(shown):
                return _Stream(os.open(path, os.O_WRONLY), option, path)
        self._claim(os.path.realpath(path), option, path)
        if found is not None:
            self._refuse_source(found, option, path)
            _refuse_protected(path, shown)
        with _told(shown):
            mode = _PRIVATE if found is None else found.st_mode & 0o777
            return _File(os.path.realpath(path), shown, mode)

    def _claim(self, place: str, option: str, name: str) -> None:
        other = self._options.setdefault(place, option)
        if other != option:
            raise Misuse(f"{other} and {option} both name {name}; give each a place of its own.")

    def _refuse_source(self, found: os.stat_result, option: str, name: str) -> None:
        for input_name, source in self._sources.items():
            if _is(stat.S_ISREG, found) and os.path.samestat(found, source):
                raise Misuse(f"{option}: {name} is {input_name} itself; name another file.")


def _status(path: str) -> os.stat_result | None:
    if not path:
        raise Misuse("An output has an empty name; name a file, or - for standard output.")
    try:
        return Path(path).stat()
    except FileNotFoundError:
        return None


def _is(kind: Callable[[int], bool], found: os.stat_result | None) -> bool:
    return found is not None and kind(found.st_mode)


def _refuse_protected(path: str, shown: str) -> None:
    """Keep a file that is marked read-only: a rename would replace it all the same."""
    if not os.access(path, os.W_OK, effective_ids=True):
        raise Misuse(f"{shown}: the file may not be changed; name another.")


class _File:
    """A file that appears by a rename; until then it has no name, or a hidden one."""

    def __init__(self, path: str, shown: str, mode: int) -> None:
        folder, self._name = os.path.split(path)
        self._shown = shown
        self._mode = mode
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._hidden: str | None = None
        self._sheet = _Sheet(self._temporary(), shown)
        self.stream: BinaryIO = io.BufferedRandom(self._sheet, _BUFFER_BYTES)

    def _temporary(self) -> int:
        unnamed = _unnamed(self._folder)
        if unnamed is not None:
            return unnamed
        hidden = _hidden_name()
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        opened = os.open(hidden, flags, _PRIVATE, dir_fd=self._folder)
        self._hidden = hidden
        return opened

    def seal(self) -> None:
        """Bring the content to the disk, with the mode it will have."""
        self.stream.flush()
        with _failing(self._shown):
            os.fchmod(self._sheet.fileno(), self._mode)
            os.fsync(self._sheet.fileno())

    def publish(self) -> None:
        """Put the file in its place, and the folder's new entry on the disk."""
        with _failing(self._shown):
            hidden = self._hidden or self._give_name()
            os.rename(hidden, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            self._hidden = None
            os.fsync(self._folder)

    def _give_name(self) -> str:
        self._hidden = _hidden_name()
        link = {"src_dir_fd": self._folder, "dst_dir_fd": self._folder}
        os.link(_by_descriptor(self._sheet.fileno()), self._hidden, **link, follow_symlinks=True)
        return self._hidden

    def discard(self) -> None:
        """Close the file; unless it was published, nothing of it remains."""
        with contextlib.suppress(OSError, Unwritable):
            self.stream.close()
        if self._hidden is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._hidden, dir_fd=self._folder)
        os.close(self._folder)


def _hidden_name() -> str:
    return f".iepbridge-{os.urandom(8).hex()}"


def _by_descriptor(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"


def _unnamed(folder: int) -> int | None:
    """Open a file that has no name, so that even a kill leaves nothing; None where none can be."""
    flag = getattr(os, "O_TMPFILE", 0)
    if not flag or not Path(_by_descriptor(folder)).exists():
        return None
    try:
        return os.open(".", flag | os.O_RDWR, _PRIVATE, dir_fd=folder)
    except OSError:
        return None


class _Stream:
    """A pipe, a terminal or a device: it gets everything at the end, from an unnamed file."""

    def __init__(self, descriptor: int, option: str, name: str) -> None:
        self._descriptor = descriptor
        self._shown = f"{option} {name}"
        self._unnamed = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        sheet = _Sheet(os.dup(self._unnamed.fileno()), "the folder for temporary files (TMPDIR)")
        self.stream: BinaryIO = io.BufferedRandom(sheet, _BUFFER_BYTES)

    def seal(self) -> None:
        """Write out what is buffered: the temporary file is whole from here on."""
        self.stream.flush()

    def publish(self) -> None:
        """Copy everything to the stream; a reader that went away is a `BrokenPipeError`."""
        self.stream.seek(0)
        while chunk := self.stream.read(_BUFFER_BYTES):
            self._write(memoryview(chunk))

    def _write(self, chunk: memoryview) -> None:
        try:
            while chunk:
                chunk = chunk[os.write(self._descriptor, chunk) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Unwritable(_failure(self._shown, error)) from None

    def discard(self) -> None:
        """Close the temporary file and the stream's copy of its descriptor."""
        with contextlib.suppress(OSError, Unwritable):
            self.stream.close()
        self._unnamed.close()
        os.close(self._descriptor)


class _Sheet(io.FileIO):
    """A file whose failures name the output they belong to."""

    def __init__(self, descriptor: int, shown: str) -> None:
        super().__init__(descriptor, "r+b")
        self._shown = shown

    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            raise Unwritable(_failure(self._shown, error)) from None


_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_REMEDIES: Final = {
    errno.ENOENT: "there is no such folder; make it first",
    errno.ENOTDIR: "its folder is a file; name another place",
    errno.EACCES: "no permission to write there; name another place",
    errno.EPERM: "no permission to write there; name another place",
    errno.EROFS: "what it stands on is read-only; name another place",
    errno.ENAMETOOLONG: "the name is too long; shorten it",
}


@contextlib.contextmanager
def _told(shown: str) -> Iterator[None]:
    """Turn what the system says against a place into `Misuse`."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0) or f"{_words(error)}; name another place"
        raise Misuse(f"{shown}: {remedy}.") from None


@contextlib.contextmanager
def _failing(shown: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unwritable(_failure(shown, error)) from None


def _failure(shown: str, error: OSError) -> str:
    if error.errno in _FULL:
        return f"{shown}: the disk is full. Nothing was written; make room and run again."
    return f"{shown}: could not be written: {_words(error)}. Nothing was written."


def _words(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else type(error).__name__
