"""The edge of the program: whatever happens inside leaves as a message and an exit code.

    error of ours            its message       its exit code
    the system refused       what it said      2
    anything else            type and place    70, never its text: it may hold personal data
    standard output is full  that it is        2, and the work is done
    standard error is gone   nothing           as if it were there: logs stop no work
    reader of stdout gone    nothing           141, as a shell shows it
    SIGINT, SIGTERM, SIGHUP  nothing           130, 143, 129; temporary files are gone

A traceback is never shown: what it prints may be somebody's.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

from iepbridge.cli.console import say, say_end
from iepbridge.cli.streams import let_go_of_output, standard_error, standard_output
from iepbridge.errors import IepbridgeError
from iepbridge.privacy import reduced

FAULT: Final = 70
"""A fault of the program itself (`EX_SOFTWARE`)."""

_BROKEN_PIPE: Final = 128 + signal.SIGPIPE


class Stopped(BaseException):
    """Raised where the program was when a signal asked it to end, so that it can tidy up."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(number)


def guarded(call: Callable[[], int]) -> int:
    """Carry out a call and turn every exception into a message and an exit code."""
    sys.unraisablehook = _unraisable
    _listen()
    with standard_error(), standard_output() as failures:
        try:
            code = _code(call)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BaseException as error:  # noqa: BLE001  the edge
            return _ended(error)
        return _not_told(failures[0], code) if failures else code


def _code(call: Callable[[], int]) -> int:
    """Carry out a call; what argparse has said and ended with counts as done, too."""
    try:
        return call()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0


def _ended(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return 128 + signal.SIGINT
    if isinstance(error, Stopped):
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        let_go_of_output()
        return _BROKEN_PIPE
    return _told(error)


def _not_told(failure: str, code: int) -> int:
    """Say that standard output failed a call that ended; a fault of the program stays one."""
    code = code if code >= FAULT else IepbridgeError.exit_code
    say_end(
        f"standard output could not be written: {failure}."
        " What it got is not whole; what a run did is in the ledger.",
        code,
    )
    return code


def _told(error: BaseException) -> int:
    if isinstance(error, IepbridgeError):
        say_end(str(error), error.exit_code)
        return error.exit_code
    if isinstance(error, OSError) and error.errno:
        what = os.strerror(error.errno)
        code = IepbridgeError.exit_code
        say_end(f"the system refused: {what} ({reduced(error)}). Nothing was written.", code)
        return code
    say_end(
        f"a fault of the program: {reduced(error)}. Nothing was written."
        " Report this line to whoever keeps the program; it holds no personal data.",
        FAULT,
    )
    return FAULT


def _listen() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    raise Stopped(number)


def _unraisable(happened: "sys.UnraisableHookArgs") -> None:
    if happened.exc_value is not None:
        say(f"iepbridge: while tidying up: {reduced(happened.exc_value)}")
