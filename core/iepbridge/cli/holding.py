"""The deed behind `iepbridge held`: a look at what is held, and a person's word on it."""

import argparse
from collections.abc import Iterator
from typing import Any, Final

from iepbridge.cli.feeding import configured, given_reason, opened_ledger, who
from iepbridge.cli.plan_facts import facts_of
from iepbridge.cli.rows import is_plain, print_facts, print_table, write_line, write_rows
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.ledger.holds import (
    Hold,
    hold_of,
    note,
    open_holds,
    plan_line,
    release,
    remedy,
)
from iepbridge.ledger.kept import read
from iepbridge.ledger.transaction import Ledger
from iepbridge.output import STANDARD, Outputs
from iepbridge.settings import Settings

_USAGE: Final = "`held` takes nothing, or show, release or export and the number of a hold."
_HEADINGS: Final = ("id", "feed", "plan", "version", "reason", "since", "rules")


def perform(arguments: argparse.Namespace) -> int:
    """List what is held, or do what was asked with one hold."""
    begin(arguments)
    _check_options(arguments)
    settings = configured(arguments)
    with opened_ledger(settings) as ledger:
        match arguments.what:
            case []:
                _list(ledger, settings, arguments)
            case ["show", number]:
                _show(ledger, _id(number), arguments)
            case ["release", number]:
                _release(ledger, _id(number), arguments)
            case ["export", number]:
                _export(ledger, _id(number), arguments.output or STANDARD)
            case _:
                raise Misuse(_USAGE)
    return 0


def _check_options(arguments: argparse.Namespace) -> None:
    """Refuse an option that belongs to another of the deeds."""
    what = arguments.what[0] if arguments.what else "list"
    owners = {"feed": "list", "reason": "release", "output": "export"}
    for option, owner in owners.items():
        if getattr(arguments, option) is not None and what != owner:
            raise Misuse(f"--{option} is not an option of `held {what}`, but of {owner}.")


def _id(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 19):
        raise Misuse(f"{word!r} is not the number of a hold. {_USAGE}")
    return int(word)


def _list(ledger: Ledger, settings: Settings, arguments: argparse.Namespace) -> None:
    holds = open_holds(ledger, _feed(arguments.feed, settings, ledger))
    if is_plain(arguments):
        write_rows(map(_row, holds))
        return
    cells = [_cells(hold) for hold in holds]
    if cells:
        print_table(_HEADINGS, cells)
        write_line("`iepbridge held show ID` says what to do.")
    else:
        write_line("Nothing is held.")


def _feed(name: str | None, settings: Settings, ledger: Ledger) -> str | None:
    """Give the feed to list; one that is configured no more may still have holds."""
    if name is None or name in settings.feeds or any(open_holds(ledger, name)):
        return name
    return settings.feed(name).name


def _row(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "feed": hold.feed,
        "plan_id": hold.plan_id,
        "version": hold.version,
        "file": hold.file,
        "reason": hold.reason,
        "since": hold.held_at,
        "released_at": hold.released_at,
        "rules": hold.rules,
    }


def _cells(hold: Hold) -> list[object]:
    about = f"file {hold.file}" if hold.is_file else (hold.plan_id or "without an id")
    reason = f"{hold.reason}\nreleased" if hold.released_at else hold.reason
    rules = ", ".join(hold.rules) or ", ".join(_in_sequence(hold))
    since = hold.held_at[:16].replace("T", " ")
    return [str(hold.id), hold.feed, about, hold.version, reason, since, rules]


def _in_sequence(hold: Hold) -> Iterator[str]:
    for one in hold.findings:
        if "sequence" in one:
            due = one.get("expected")
            yield f"number {one['sequence']}" + ("" if due is None else f", {due} is due")


def _show(ledger: Ledger, number: int, arguments: argparse.Namespace) -> None:
    plain = is_plain(arguments)
    with ledger.writing() as tx:
        hold = hold_of(tx.connection, number)
        line = _line(tx.connection, ledger, hold)
        note(tx, hold, "shown", who())
    row = {
        **_row(hold),
        "run": hold.run_id,
        "release_reason": hold.release_reason,
        "ended_at": hold.ended_at,
        "ended_how": hold.ended_how,
        "plan": None if line is None else facts_of(line),
        "findings": list(hold.findings),
        "remedy": remedy(hold),
    }
    if plain:
        write_rows([row])
    else:
        _print(row, hold)


def _line(connection: Any, ledger: Ledger, hold: Hold) -> bytes | None:
    return None if hold.entry_id is None else plan_line(connection, ledger.keyring, hold.entry_id)


def _print(row: dict[str, Any], hold: Hold) -> None:
    print_facts({name: row[name] for name in row if name not in ("rules", "plan", "findings")})
    if row["plan"]:
        print_facts(row["plan"])
    findings = [one for one in hold.findings if "rule" in one]
    for one in sorted(findings, key=lambda one: one["severity"] != "error"):
        place = f" at {one['path']}" if one.get("path") else ""
        clause = f" ({one['clause']})" if one.get("clause") else ""
        write_line(f"{one['severity']} {one['rule']}{place}{clause}")
        write_line(f"  {one['message']}")
        write_line(f"  {one['remedy']}")
    for told in _in_sequence(hold):
        write_line(told)


def _release(ledger: Ledger, number: int, arguments: argparse.Namespace) -> None:
    plain = is_plain(arguments)
    reason = given_reason(arguments.reason)
    with ledger.writing() as tx:
        hold = release(tx, number, reason, who())
    if plain:
        write_rows([{**_row(hold), "release_reason": hold.release_reason}])
    else:
        write_line(f"Released. It goes with the next run: iepbridge run {hold.feed}")


def _export(ledger: Ledger, number: int, path: str) -> None:
    """Write a plan's line, or a file's bytes; that it was done is written down before."""
    with Outputs() as outputs:
        output = outputs.open(path, "-o")
        with ledger.reading() as connection:
            hold = hold_of(connection, number)
            line = None if hold.is_file else _line(connection, ledger, hold)
        for piece in _content(ledger, hold, line):
            output.stream.write(piece)
        with ledger.writing() as tx:
            note(tx, hold, "exported", who())
        outputs.publish(output)


def _content(ledger: Ledger, hold: Hold, line: bytes | None) -> Iterator[bytes]:
    if line is not None:
        yield line if line.endswith(b"\n") else line + b"\n"
    elif hold.is_file and hold.kept_id is not None:
        yield from read(ledger, hold.kept_id)
    else:
        raise Misuse(f"Nothing is kept of hold {hold.id} any more; its dates and ids are all.")
