"""The standard streams, so that what becomes of them stops no work that is under way."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TypeGuard


class _Output(io.FileIO):
    """Standard output; once it could not be written to, it goes nowhere, and the work goes on."""

    def __init__(self, failures: list[str]) -> None:
        super().__init__(1, "w", closefd=False)
        self._failures = failures

    def write(self, data: object) -> int:
        if not self._failures:
            try:
                return super().write(data)  # type: ignore[arg-type]
            except BrokenPipeError:
                raise
            except OSError as error:
                self._failures.append(os.strerror(error.errno or 0))
                let_go_of_output()
        return memoryview(data).nbytes  # type: ignore[arg-type]


class _Errors(io.FileIO):
    """Standard error; what it cannot take is lost, and what comes once it can goes there again."""

    def __init__(self) -> None:
        super().__init__(2, "w", closefd=False)

    def write(self, data: object) -> int:
        left = memoryview(data)  # type: ignore[arg-type]
        with suppress(OSError):
            while left and (written := super().write(left)):  # none where it would wait
                left = left[written:]
        return memoryview(data).nbytes  # type: ignore[arg-type]


def _is_own(stream: object, first: object, descriptor: int) -> TypeGuard[io.TextIOWrapper]:
    """Say whether a stream is the one that the process began with: not closed, no stand-in."""
    if not isinstance(stream, io.TextIOWrapper) or stream is not first:
        return False
    return stream.fileno() == descriptor


def _text(buffer: io.BufferedWriter, like: io.TextIOWrapper) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        buffer,
        encoding=like.encoding,
        errors=like.errors,
        line_buffering=like.line_buffering or like.write_through,
    )


@contextmanager
def standard_output() -> Iterator[list[str]]:
    """Give what the system says against standard output; no write to it raises that any more.

    But for a reader who is gone: that raises BrokenPipeError.
    """
    failures: list[str] = []
    own = sys.stdout
    if not _is_own(own, sys.__stdout__, 1):
        yield failures
        return
    own.flush()
    stands_in = _text(io.BufferedWriter(_Output(failures)), own)
    sys.stdout = stands_in
    try:
        yield failures
    finally:
        sys.stdout = own
        with suppress(BrokenPipeError):  # what stopped the command is told
            stands_in.close()


@contextmanager
def standard_error() -> Iterator[None]:
    """Let no write to standard error raise, be its disk full or its reader gone."""
    own = sys.stderr
    if not _is_own(own, sys.__stderr__, 2):
        yield
        return
    sys.stderr = _text(io.BufferedWriter(_Errors()), own)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = own


def let_go_of_output() -> None:
    """Point standard output nowhere, or the interpreter complains when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
