"""What is said on standard error, and to whom: a person at a terminal, or a log."""

import argparse
import contextlib
import os
import sys
from typing import NamedTuple

from iepbridge.privacy import escaped


class Voice(NamedTuple):
    """How a command speaks: to a person or in events, from which level on, in which form."""

    person: bool
    level: str
    form: str

    @property
    def silent(self) -> bool:
        """Say whether only what stops the command is to be told."""
        return self.level in ("error", "critical")


def voice(arguments: argparse.Namespace) -> Voice:
    """Choose how to speak by the options, else by whether standard error is a terminal."""
    terminal = is_terminal(sys.stderr)
    form = arguments.log_format or ("console" if terminal else "json")
    level = arguments.log_level or ("warning" if terminal else "info")
    return Voice(terminal and form == "console", level, form)


def is_terminal(stream: object) -> bool:
    """Say whether a standard stream is open and a terminal."""
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())


def has_colours(stream: object) -> bool:
    """Say whether colours are welcome: at a terminal that is not dumb, without `NO_COLOR`."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and is_terminal(stream)


class _Ending:
    """How what ends the command is told: in words, or as an event where events were asked for."""

    in_events = False


def end_in_events(wanted: bool) -> None:
    """Tell what ends the command as an event, so that a log holds nothing but JSON."""
    _Ending.in_events = wanted


def say_end(text: str, exit_code: int) -> None:
    """Say what ended the command."""
    if _Ending.in_events:
        from iepbridge import logs  # noqa: PLC0415  configured by then, or never asked for

        logs.logger().critical("stopped", exit_code=exit_code, message=text)
    else:
        say(f"iepbridge: {text}")


def say(text: str) -> None:
    """Print lines to standard error, control characters escaped; a closed one is no error."""
    if sys.stderr is not None:
        shown = "\n".join(map(escaped, text.split("\n")))
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{shown}\n")
            sys.stderr.flush()
