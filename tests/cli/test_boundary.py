"""The edge: messages and exit codes for whatever comes up, and no value in any of them."""

import errno
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from iepbridge.cli.boundary import Stopped, guarded
from iepbridge.errors import FirstProblem, Misuse, Unreadable

SENTINEL = "SENTINEL-219-09-9999"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    hook = sys.unraisablehook
    handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)}
    yield
    sys.unraisablehook = hook
    for number, handler in handlers.items():
        signal.signal(number, handler)


def raising(error: BaseException) -> Callable[[], int]:
    def call() -> int:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Misuse("wrong words"), 2),
        (Unreadable("wrong file"), 3),
        (FirstProblem("wrong plan"), 1),
    ],
)
def test_errors_of_ours_are_told_as_they_are(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(error)) == code
    assert capsys.readouterr().err == f"iepbridge: {error}\n"


def test_a_message_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(raising(Misuse("one\ntwo \x1b[2J \x9b \u202e")))
    assert capsys.readouterr().err == "iepbridge: one\ntwo \\x1b[2J \\x9b \\u202e\n"


@pytest.mark.parametrize("kind", [ValueError, KeyError, UnicodeError, RecursionError, MemoryError])
def test_a_fault_is_told_without_its_text(
    kind: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(kind(SENTINEL))) == 70
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"{kind.__name__} at iepbridge.cli.boundary:" in told
    assert SENTINEL not in told


def test_what_the_system_refuses_is_told_in_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(OSError(errno.EIO, SENTINEL, SENTINEL))) == 2
    told = capsys.readouterr().err
    assert "Input/output error" in told
    assert SENTINEL not in told


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (Stopped(15), 143), (SystemExit(2), 2), (SystemExit(None), 0)],
)
def test_being_stopped_is_silent(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(error)) == code
    assert capsys.readouterr().err == ""


def test_an_error_while_tidying_up_is_reduced(capsys: pytest.CaptureFixture[str]) -> None:
    class Untidy:
        def __del__(self) -> None:
            raise ValueError(SENTINEL)

    def call() -> int:
        Untidy()
        return 0

    assert guarded(call) == 0
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert SENTINEL not in told
