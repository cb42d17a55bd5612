"""The deed behind `iepbridge run`: feeds chosen, run one after the other, and summed up."""

import argparse
import fnmatch
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import structlog
from structlog.typing import EventDict

from iepbridge import logs
from iepbridge.cli.console import Voice, say
from iepbridge.cli.feeding import configured, opened_ledger, who
from iepbridge.cli.rows import is_plain, write_line, write_rows
from iepbridge.cli.run_progress import told
from iepbridge.cli.streams import let_go_of_output
from iepbridge.cli.telling import begin
from iepbridge.errors import IepbridgeError, Misuse
from iepbridge.privacy import reduced
from iepbridge.registry import load_registry
from iepbridge.runs.dry import Preview
from iepbridge.runs.outcome import Outcome, gravest
from iepbridge.runs.run import FAULT, run_feed
from iepbridge.runs.workplace import Workplace
from iepbridge.settings import Settings

_WORDS: Final = {
    0: "done",
    1: "done, and something is held: `iepbridge held`",
    2: "it is not set up right",
    3: "a file could not be read as what it was said to be",
    4: "the other side could not be reached; run again later",
    5: "another run of it is under way",
    6: "the other side refused for good; mend that before the next run",
    7: "sent, and the answer was lost; the next run looks before it sends",
    8: "far more or less than usual would go; nothing of that was sent",
    FAULT: "a fault of the program",
}
_TOLD_IN_WORDS: Final = frozenset({"run_problem", "run_stopped", "volume_guard_tripped"})
_GLOB: Final = frozenset("*?[")


def perform(arguments: argparse.Namespace) -> int:
    """Run the chosen feeds, tell what each did, and give the exit code that they come to."""
    voice = begin(arguments)
    if voice.person:
        _leave_out(_TOLD_IN_WORDS)
    plain = is_plain(arguments)
    settings = configured(arguments)
    names = chosen(arguments.feeds, settings)
    registry = load_registry()
    dry = arguments.dry_run
    with opened_ledger(settings, new=not dry, as_it_is=dry) as ledger:
        accepted_by = who() if arguments.accept_volume else None
        place = Workplace(settings, registry, ledger, volume_accepted_by=accepted_by)
        each = _previewed if dry else _ran
        return gravest([each(place, name, voice, plain=plain) for name in names])


def _leave_out(events: frozenset[str]) -> None:
    """Keep events out of the log that a person is told in words."""

    def drop(_: object, __: str, event: EventDict) -> EventDict:
        if event["event"] in events:
            raise structlog.DropEvent
        return event

    structlog.configure(processors=[drop, *structlog.get_config()["processors"]])


def chosen(words: Sequence[str], settings: Settings) -> list[str]:
    """Give the feeds that words name, each once; a pattern takes those that are enabled.

    Raises `Misuse` before anything runs where a word means no feed.
    """
    if not words:
        known = ", ".join(settings.feeds) or "none"
        raise Misuse(f"run: name a feed, or a pattern such as '*'. Configured: {known}.")
    return list(dict.fromkeys(name for word in words for name in _meant(word, settings)))


def _meant(word: str, settings: Settings) -> list[str]:
    if word in settings.feeds or not _GLOB.intersection(word):
        return [settings.feed(word).name]
    found = [
        name
        for name, feed in settings.feeds.items()
        if feed.enabled and fnmatch.fnmatchcase(name, word)
    ]
    if not found:
        known = ", ".join(settings.feeds) or "none"
        raise Misuse(f"No feed that is enabled matches {word!r}. Configured: {known}.")
    return found


def _ran(place: Workplace, name: str, voice: Voice, *, plain: bool) -> int:
    with told(name, voice) as hears:
        outcome = _guarded(name, partial(run_feed, replace(place, told=hears), name))
    _tell_problems(outcome, voice)
    try:
        if plain:
            write_rows([_row(outcome)])
        else:
            write_line(summary(outcome))
    except BrokenPipeError:  # who has read it is gone; the other feeds are due all the same
        let_go_of_output()
    return outcome.code


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "feed": outcome.feed,
        "exit_code": outcome.code,
        "run": outcome.run,
        "counts": dict(outcome.counts),
        "problems": list(outcome.problems),
    }


def _guarded(name: str, call: Callable[[], Outcome]) -> Outcome:
    """Keep a fault of the program in one feed from the others; its text may be somebody's."""
    try:
        return call()
    except IepbridgeError as error:
        return Outcome(name, error.exit_code, {}, (str(error),))
    except Exception as error:  # noqa: BLE001  the edge of one feed
        return Outcome(name, FAULT, {}, (f"A fault of the program: {reduced(error)}.",))


def _tell_problems(outcome: Outcome, voice: Voice) -> None:
    """Tell a person what went wrong; a log has it from the run, but for a fault of the program."""
    if voice.person:
        for problem in outcome.problems:
            say(f"{outcome.feed}: {problem}")
    elif outcome.code == FAULT:
        logs.logger().critical("run_broken", feed=outcome.feed, reason=outcome.problems[0])


def summary(outcome: Outcome) -> str:
    """Write on one line what a run did."""
    words = _WORDS.get(outcome.code, f"exit code {outcome.code}")
    counted = [
        f"{number:,} {what.replace('_', ' ')}" for what, number in outcome.counts.items() if number
    ]
    figures = f" ({', '.join(counted)})" if counted else ""
    return f"{outcome.feed}: {words}{figures}"


def _previewed(place: Workplace, name: str, voice: Voice, *, plain: bool) -> int:
    outcome = _guarded(name, partial(_preview, place, name, plain=plain))
    _tell_problems(outcome, voice)
    return outcome.code


def _preview(place: Workplace, name: str, *, plain: bool) -> Outcome:
    preview = Preview(place, name)
    for row in preview:
        if plain:
            write_rows([row])
        else:
            write_line(", ".join(f"{key} {_told(value)}" for key, value in row.items()))
    return preview.outcome


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
