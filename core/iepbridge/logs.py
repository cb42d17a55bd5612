"""Logs: structlog to one stream, with constant event names, UTC times and nothing personal.

An event name is words joined by underscores; what varies stands in the fields. Libraries log
through the standard library: of theirs only logger, level and place are kept, never the text, and
below a warning nothing but at level `debug`.
"""

import logging
import re
import sys
import warnings
from collections.abc import Sequence
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor

from iepbridge.privacy import MASK, escaped, fit

_EVENT: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LEVELS: Final[dict[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}


def configure(level: str, form: str, stream: TextIO, *, colours: bool = False) -> None:
    """Send the logs of this process from a level on to a stream, as `json` or for a `console`."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_fit,
            *_rendering(form, colours),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _take_over_libraries(_LEVELS[level])


def logger() -> Any:
    """Give the process's logger: `logger().info("plans_read", plans=12)`."""
    return structlog.get_logger()


def only_fit(_: object, __: str, event: EventDict) -> EventDict:
    """Let through what cannot be personal; an event that is no constant name is masked whole."""
    error = event.pop("exc_info", None)
    event.pop("stack_info", None)
    kept = {name: event.pop(name) for name in ("timestamp", "level", "event")}
    if not _EVENT.fullmatch(str(kept["event"])):
        kept["event"] = MASK
    kept.update((name, fit(name, value)) for name, value in event.items())
    if error:
        kept["error"] = fit("error", error if error is not True else sys.exc_info()[1])
    return kept


def _rendering(form: str, colours: bool) -> Sequence[Processor]:
    if form == "json":
        return [structlog.processors.JSONRenderer()]
    return [_escape, structlog.dev.ConsoleRenderer(colors=colours)]


def _escape(_: object, __: str, event: EventDict) -> EventDict:
    return {name: escaped(v) if isinstance(v, str) else v for name, v in event.items()}


class _Library(logging.Handler):
    """Turns a library's record into an event of ours, without its text."""

    def emit(self, record: logging.LogRecord) -> None:
        place = f"{record.module}:{record.lineno}"
        log = getattr(logger(), record.levelname.lower(), logger().info)
        log("library_message", library=record.name, place=place)


def _take_over_libraries(level: int) -> None:
    least = level if level == logging.DEBUG else max(level, logging.WARNING)
    root = logging.getLogger()
    root.handlers = [_Library(least)]
    root.setLevel(least)
    warnings.showwarning = _show_warning


def _show_warning(
    message: Warning | str,  # noqa: ARG001  its text may hold a value
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    logger().warning("library_warning", kind=category.__name__, place=f"{filename}:{lineno}")
