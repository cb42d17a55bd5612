"""Logs: shape, levels, and that nothing personal gets into them."""

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr
from tests.test_translate import PLAN

from iepbridge import logs

SENTINEL = "SENTINEL-219-09-9999"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root, shown = logging.getLogger(), warnings.showwarning
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, warnings.showwarning = handlers, shown
    root.setLevel(level)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def test_json_is_an_object_a_line_in_utc(stream: io.StringIO) -> None:
    logs.configure("info", "json", stream)
    logs.logger().info("plans_read", plans=12, path="a\nb")
    line = stream.getvalue()
    assert line.count("\n") == 1
    event = json.loads(line)
    assert list(event) == ["timestamp", "level", "event", "plans", "path"]
    assert event["timestamp"].endswith("Z")
    assert (event["level"], event["event"], event["plans"]) == ("info", "plans_read", 12)


@pytest.mark.parametrize(
    ("level", "count"), [("debug", 5), ("info", 4), ("warning", 3), ("error", 2), ("critical", 1)]
)
def test_levels_are_kept(stream: io.StringIO, level: str, count: int) -> None:
    logs.configure(level, "json", stream)
    for name in ("debug", "info", "warning", "error", "critical"):
        getattr(logs.logger(), name)("something_happened")
    assert stream.getvalue().count("\n") == count


@pytest.mark.parametrize("colours", [False, True])
def test_the_console_cannot_be_steered(stream: io.StringIO, colours: bool) -> None:
    logs.configure("info", "console", stream, colours=colours)
    logs.logger().info("plan_held", path="a\x1b[2Jb\nforged", rule="\x9b")
    shown = stream.getvalue()
    assert shown.count("\n") == 1
    assert "a\\x1b[2Jb\\nforged" in shown
    assert "\x1b[2J" not in shown
    assert ("\x1b" in shown) is colours


@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_personal_gets_through(stream: io.StringIO, form: str) -> None:
    logs.configure("debug", form, stream)
    log = logs.logger()
    log.info(SENTINEL)
    log.info("masked", secret=SecretStr(SENTINEL), data={"ssn": SENTINEL}, given=PLAN, ssn=SENTINEL)
    try:
        _fail()
    except ValueError as error:
        log.exception("failed")
        log.warning("failed", exc_info=error)
        log.warning("failed", exc_info=True)
        log.warning("failed", cause=error)
        log.warning("failed", stack_info=True)
    assert SENTINEL not in stream.getvalue()
    assert "Ada" not in stream.getvalue()
    assert "Traceback" not in stream.getvalue()
    assert stream.getvalue().count("ValueError at ") == 4
    assert stream.getvalue().count("\n") == 7


def _fail() -> None:
    raise ValueError(SENTINEL)


def test_an_event_is_a_constant_name(stream: io.StringIO) -> None:
    logs.configure("info", "json", stream)
    logs.logger().info("a sentence about %s", SENTINEL)
    assert json.loads(stream.getvalue())["event"] == "***"


def test_libraries_keep_their_words_to_themselves(stream: io.StringIO) -> None:
    logs.configure("info", "json", stream)
    logging.getLogger("paramiko.transport").warning("about %s", SENTINEL)
    logging.getLogger("paramiko.transport").debug("about %s", SENTINEL)
    logging.getLogger("other").log(33, SENTINEL)
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["library"] for event in events] == ["paramiko.transport", "other"]
    assert [event["level"] for event in events] == ["warning", "info"]
    assert SENTINEL not in stream.getvalue()


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_libraries_are_heard_from_a_warning_on(
    stream: io.StringIO, level: str, heard: list[str]
) -> None:
    logs.configure(level, "json", stream)
    talkative = logging.getLogger("a_library_with_a_level_of_its_own")
    talkative.setLevel(logging.DEBUG)
    for library in (logging.getLogger("a_library_without"), talkative):
        stream.truncate(0)
        stream.seek(0)
        for name in ("debug", "info", "warning", "error"):
            getattr(library, name)("something")
        events = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert [event["level"] for event in events] == heard


def test_warnings_of_libraries_keep_theirs_too(stream: io.StringIO) -> None:
    logs.configure("info", "json", stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._show_warning
        warnings.warn(SENTINEL, UserWarning, stacklevel=1)
    event = json.loads(stream.getvalue())
    assert (event["event"], event["kind"]) == ("library_warning", "UserWarning")
    assert SENTINEL not in stream.getvalue()
