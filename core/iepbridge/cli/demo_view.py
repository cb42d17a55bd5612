"""What a newcomer sees of the demo: each step in a line or two, with its figures."""

import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console
from rich.text import Text

from iepbridge.cli.demo_accounts import Account
from iepbridge.cli.demo_stage import (
    STATES,
    Fate,
    Heard,
    Mended,
    Sent,
    Stage,
    Taken,
    in_feed,
)
from iepbridge.cli.telling import plans
from iepbridge.ledger.plan_history import HistoryRow
from iepbridge.ledger.schema import STATES as PLACES
from iepbridge.privacy import escaped
from iepbridge.sandbox import System

_TITLES: Final = {"twist": "TWIST", "icc": "ICC", "cwds": "CWDS", "toolbox": "Toolbox"}
_REASONS: Final = {
    "policy": "by its policy",
    "format": "not fit for its format",
    "model": "not whole",
}
_ANSWERS: Final = {
    "accepted": "accepted",
    "warnings": "accepted with a warning",
    "rejected": "rejected",
    None: "no answer yet",
}
_HISTORY: Final = {
    "entered": "version {version} entered",
    "made": "put into {file}{others}",
    "batch_delivered": "delivered; sha256 {sha256}...",
    "answered": "answered: {status}{codes}",
    "batch_answered": "answered: {status}, not by name",
    "held": "version {version} held back: {reason}",
    "hold_ended": "version {version} no longer held: {how}",
}
"""What is told of a plan's history here; `iepbridge history` tells all."""

_COLUMNS: Final = {
    "entered": 8,
    **dict(zip(PLACES, (9, 11, 6, 9, 12), strict=True)),
    "carried": 9,
    "their list": 12,
}
_NAME: Final = "iepbridge"
_WIDTH: Final = 22


class _Page(Console):
    """Standard output, for people; that its reader has gone is told to the caller."""

    def __init__(self) -> None:
        super().__init__(highlight=False, soft_wrap=True)

    def on_broken_pipe(self) -> NoReturn:
        """Let the command end as all do whose reader has gone."""
        raise BrokenPipeError


def _say(text: str = "") -> None:
    _Page().print(Text(escaped(text)))
    sys.stdout.flush()


def _step(title: str, command: str = "") -> None:
    """Head a step with what is done, and the command that does it."""
    _say()
    line = Text(title, "bold")
    if command:
        line.append(f"   iepbridge {command}", "not bold cyan")
    _Page().print(line)


def _tell(text: str) -> None:
    _say(f"   {text}")


def _name(system: System) -> str:
    return f"{system.state.capitalize()} ({_TITLES[system.name]})".ljust(_WIDTH)


def show_stage(stage: Stage, aside: Path | None) -> None:
    """Say what is there before anything goes."""
    if aside is not None:
        _say(f"What you put or changed among the last demo's files is in {aside} now.")
        _say()
    _say(
        f"Four states, played on this machine with invented people. All of it is in {stage.folder}."
    )
    _step("1. The states' side opens")
    _tell(f"A server on 127.0.0.1 (SFTP) has folders for {', '.join(map(_state, STATES))}.")
    _tell(f"The ledger keeps plans encrypted; a key was made for it: {stage.folder / 'ledger.key'}")


def _state(system: System) -> str:
    return system.state.capitalize()


def show_plans(stage: Stage, count: int) -> None:
    """Say where the plans are."""
    _step("2. Plans are made up")
    _tell(f"{plans(count)}, one a line: {stage.source}")


def show_sent(sent: Iterable[Sent]) -> None:
    """Tell what each feed out did, as soon as it has."""
    _step("3. Each plan is checked, put into the state's format, and sent", "run '*-plans'")
    for one in sent:
        total = one.reasons.total()
        kept = f"; {total:,} held back: {_reasons(one.reasons)}" if total else ""
        _tell(f"{_name(one.system)}{one.sent:,} of {one.found:,} sent{kept}")


def _reasons(reasons: Counter[str]) -> str:
    ordered = sorted(reasons.items(), reverse=True)
    return ", ".join(f"{number:,} {_REASONS.get(reason, reason)}" for reason, number in ordered)


def show_heard(heard: Iterable[Heard]) -> None:
    """Tell what each state answered, as soon as it is read."""
    _step("4. The states answer", "run '*-acks'")
    silent = []
    for one in heard:
        silent += [_state(one.system)] if one.unnamed else []
        _tell(
            f"{_name(one.system)}{_accepted(one)}, {one.warnings:,} with a warning,"
            f" {one.rejected:,} rejected"
        )
    for state in silent:
        _tell(f"{state} names only plans that it warns of or rejects; the others are accepted.")


def _accepted(heard: Heard) -> str:
    """Count the accepted; a state may name only the others in its answer."""
    if not heard.unnamed:
        return f"{heard.accepted:,} accepted"
    if heard.unnamed == heard.accepted:
        return f"{heard.accepted:,} accepted unnamed"
    return f"{heard.accepted:,} accepted, {heard.unnamed:,} of them unnamed"


def show_nothing_mended() -> None:
    """Say that there was nothing to mend."""
    _step("5. No state rejected a plan that could be mended, this time")
    _tell("With more plans some are rejected: --count 200, for instance.")


def show_mended(stage: Stage, plan: Mended) -> None:
    """Tell which plan was mended, and how."""
    state = _state(plan.system)
    place = f" at {plan.place}" if plan.place else ""
    _step("5. A rejected plan is mended, and goes again")
    _tell(f"{state} rejected {plan.plan_id}: {plan.code}{place}.")
    _tell(
        f"In {stage.source.name} the person's number in {state} is put right, as version"
        f" {plan.version}, signed anew."
    )


def show_sent_again(fates: Iterable[Fate], sent: int) -> None:
    """Tell what became of the mended plan, everywhere."""
    states = "1 state" if sent == 1 else f"{sent:,} states"
    _tell(f"The feeds run again, and send nothing but this plan, to {states}.")
    _tell("; ".join(f"{_state(one.system)}: {_became(one)}" for one in fates))


def _became(fate: Fate) -> str:
    if fate.reason is not None:
        return f"held back, {fate.reason}"
    return _ANSWERS[fate.answer] + ("" if fate.named else " unnamed")


def show_life(plan: Mended, rows: Sequence[HistoryRow]) -> None:
    """Tell the life of the mended plan at the state that had rejected it, in UTC."""
    _step(f"6. The history of {plan.plan_id} in {_state(plan.system)}", f"history {plan.plan_id}")
    named = {row["batch"] for row in rows if row["what"] == "answered"}
    for row in rows:
        tells = _HISTORY.get(row["what"])
        if tells and not (row["what"] == "batch_answered" and row["batch"] in named):
            _tell(f"{row['at'][11:19]}  {tells.format_map(_facts(row))}")


def _facts(row: HistoryRow) -> dict[str, str]:
    codes = ", ".join(f"{one['code']} at {one['place']}" for one in row.get("codes", ()))
    others = row.get("plans", 1) - 1
    return {
        **{name: str(value) for name, value in row.items()},
        "sha256": str(row.get("sha256"))[:12],
        "codes": f", {codes}" if codes else "",
        "others": f" with {plans(others)} more" if others else "",
        "status": _ANSWERS.get(row.get("status"), ""),
    }


def show_taken(taken: Taken) -> None:
    """Tell what came from a state."""
    _step(f"7. {_state(taken.system)} gives a file of its own, and it is read", f"run {in_feed()}")
    _tell(f"{plans(taken.taken)} from {taken.file}")
    _tell(f"are now in {taken.received}")


def show_accounts(drawn: Sequence[Account]) -> None:
    """Tell that every plan that entered stands in one place, and that the states agree."""
    _step("8. Every plan is accounted for", "feeds")
    _tell("".join((" " * 19, *(heading.rjust(width) for heading, width in _COLUMNS.items()))))
    for one in drawn:
        figures = (one.entered, *(one.places[name] for name in PLACES), one.exchanged, one.theirs)
        cells = zip(figures, _COLUMNS.values(), strict=True)
        _tell("".join((one.feed.ljust(19), *(f"{own:{width},}" for own, width in cells))))
    entered, accounted = sum(one.entered for one in drawn), sum(one.accounted for one in drawn)
    carried = sum(one.exchanged for one in drawn)
    right = all(one.is_right for one in drawn)
    theirs = "the states' own lists agree" if right else "BUT THE LISTS DO NOT AGREE"
    _tell(
        f"{plans(entered)} entered, {accounted:,} accounted for; {carried:,} were carried, and"
        f" {theirs}, plan by plan."
    )


def show_next(stage: Stage, plan: Mended | None) -> None:
    """Tell what to try next, as it can be typed."""
    command = called_as(stage.folder)
    _step("Next")
    if os.environ.get("IEPBRIDGE_CONFIG"):
        _try("use the folder's own configuration", "unset IEPBRIDGE_CONFIG")
    _try("go there", f"cd {shlex.quote(str(stage.folder))}")
    _try("how each feed stands", f"{command} feeds")
    _try("what is held back, and why", f"{command} held")
    if plan is not None:
        _try("all about the mended plan", f"{command} history {plan.plan_id}")
    _try("open the states' side again,", f"{command} sandbox --root .")
    _try("and from another terminal run all", f"{command} run '*'")


def _try(what: str, command: str) -> None:
    _tell(f"{what.ljust(36)}{command}")


def called_as(folder: Path) -> str:
    """Give how this program is called from the folder."""
    own = Path(sys.argv[0])
    if own.name != _NAME:
        return f"{shlex.quote(sys.executable)} -m {_NAME}"
    found = shutil.which(_NAME)
    if found is not None and Path(found).is_absolute() and own.resolve() == Path(found).resolve():
        return _NAME
    return shlex.quote(min(os.path.relpath(own, folder), str(own.absolute()), key=len))
