"""The deed behind `iepbridge history`: a plan's history, or those of all plans of a person."""

import argparse
import getpass
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, zip_longest
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from iepbridge.cli.console import is_terminal
from iepbridge.cli.feeding import configured, opened_ledger, who
from iepbridge.cli.rows import is_plain, shown, write_rows
from iepbridge.cli.telling import begin
from iepbridge.errors import Misuse
from iepbridge.ledger.answers import texts_of
from iepbridge.ledger.people import plans_of
from iepbridge.ledger.plan_history import HistoryRow, history
from iepbridge.ledger.transaction import Ledger

_PERSON: Final = re.compile(r"([a-z][a-z0-9_-]*):([A-Za-z0-9][A-Za-z0-9 ._-]{0,63})")
_SSN: Final = re.compile(r"[0-9]{9}")
_MOST_CHARACTERS: Final = 200
_NOT_TOLD: Final = frozenset(
    {
        "at", "ended_at", "event", "place", "plan_id", "received", "receiver", "sender", "system",
        "what", "why",
    }
)  # fmt: skip
"""What --json has and a person at a terminal does without."""

_ANSWERED: Final = ("answered", "file_answered")


def perform(arguments: argparse.Namespace) -> int:
    """Tell what happened to the plans that were asked for."""
    begin(arguments)
    plain = is_plain(arguments)
    if arguments.person == (arguments.plan_id is not None):
        raise Misuse(
            "history takes the id of a plan, or --person and a number on standard input; a number"
            " is never given on the command line."
        )
    settings = configured(arguments)
    with opened_ledger(settings) as ledger:
        ids = _plans(ledger) if arguments.person else [arguments.plan_id]
        histories = {one: _history(ledger, one, texts=arguments.show_texts) for one in ids}
    for plan_id, rows in histories.items():
        if plain:
            write_rows({"plan_id": plan_id, **row} for row in rows)
        else:
            _print(plan_id, rows)
    return 0


def _plans(ledger: Ledger) -> list[str]:
    """Give the plans of the person whose number is typed or piped; the look-up is an event."""
    number = normalised(_typed())
    with ledger.writing() as tx:
        found = plans_of(tx.connection, ledger.keyring, number)
        tx.event("person_looked_up", who=who(), plans=len(found))
    if not found:
        raise Misuse("The ledger knows no plan of a person with this number.")
    return found


def _typed() -> str:
    if is_terminal(sys.stdin):
        return getpass.getpass("Number (ssn:..., twist:...; it is not shown): ", sys.stderr)
    if sys.stdin is None:
        raise Misuse("Standard input is closed; the number is read from there.")
    return sys.stdin.readline(_MOST_CHARACTERS)


def normalised(typed: str) -> str:
    """Give a person's number as the ledger remembers it; raise `Misuse`, which does not show it."""
    found = _PERSON.fullmatch(typed.strip())
    if found is None:
        raise Misuse(
            "--person: this is not `ssn:` and nine digits, nor a system's name, `:` and the"
            " person's number there."
        )
    kind, number = found.groups()
    if kind != "ssn":
        return f"{kind}:{number}"
    digits = number.replace("-", "").replace(" ", "")
    if not _SSN.fullmatch(digits):
        raise Misuse("--person: after `ssn:` come nine digits.")
    return f"ssn:{digits}"


def _history(ledger: Ledger, plan_id: str, *, texts: bool) -> list[HistoryRow]:
    with ledger.reading() as connection:
        rows = history(connection, plan_id)
    if not rows:
        raise Misuse(f"The ledger knows no plan {plan_id!r}.")
    return _with_texts(ledger, plan_id, rows) if texts else rows


def _with_texts(ledger: Ledger, plan_id: str, rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Add what the systems wrote; that somebody saw it is written down before."""
    with ledger.writing() as tx:
        tx.event("texts_shown", plan_id=plan_id, who=who())
        return [
            {**row, "texts": texts_of(tx.connection, ledger.keyring, row["received"], row["place"])}
            if row["what"] in _ANSWERED
            else row
            for row in rows
        ]


def _print(plan_id: str, rows: Sequence[HistoryRow]) -> None:
    table = Table(title=shown(f"plan {plan_id}"), title_justify="left")
    table.add_column("when (UTC)", no_wrap=True)
    table.add_column("what")
    table.add_column("", overflow="fold")
    for (at, what, _), found in groupby(rows, _together):
        group = list(found)
        told = _findings(group) if what == "finding" else chain.from_iterable(map(_told, group))
        when = at[:19].replace("T", " ")
        table.add_row(when, shown(what.replace("_", " ")), shown("\n".join(told)))
    Console().print(table)


def _together(row: HistoryRow) -> tuple[str, str, object]:
    """Give what findings of one hold or batch have in common; other rows stand by themselves."""
    own = row.get("hold", row.get("batch")) if row["what"] == "finding" else id(row)
    return row["at"], row["what"], own


def _findings(rows: Iterable[HistoryRow]) -> Iterator[str]:
    """Give a line a rule, errors first; `held show` and --json have every word."""
    counted = Counter((one["severity"], one["rule"]) for one in rows)
    for (severity, rule), number in sorted(counted.items(), key=lambda item: item[0]):
        yield f"{severity} {rule}" + (f", {number} times" if number > 1 else "")


def _told(row: HistoryRow) -> Iterator[str]:
    """Give the lines that tell one row."""
    plain = {
        name: value
        for name, value in row.items()
        if name not in _NOT_TOLD and value is not None and not isinstance(value, list | dict)
    }
    yield ", ".join(f"{name} {_short(name, value)}" for name, value in plain.items())
    for code, said in zip_longest(row.get("codes", ()), row.get("texts", ())):
        yield " ".join(filter(None, (code["code"], code["place"], said)))
    if row.get("counts"):
        yield ", ".join(f"{name} {value}" for name, value in row["counts"].items())


def _short(name: str, value: Any) -> str:
    """Give a digest by its first digits; --json has it whole."""
    return f"{value[:12]}..." if name == "sha256" else str(value)
