"""The plans of one file by id: as many as there are, in little memory.

file --Arrival--> PlanStore --take--> the plan of that id, and at last those nobody took
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from iepbridge.codecs.json_text import parse_object
from iepbridge.codecs.jsonl import plan_line
from iepbridge.output import Unwritable
from iepbridge.plan import Plan, PlanData, read_plan

_SETUP: Final = """
    PRAGMA cache_size = -4096;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE plans (place INTEGER PRIMARY KEY, plan_id TEXT UNIQUE, version INT, line BLOB);
    CREATE TABLE taken (plan_id TEXT PRIMARY KEY) WITHOUT ROWID;
    BEGIN;
"""
_ADD: Final = "INSERT OR IGNORE INTO plans (plan_id, version, line) VALUES (?, ?, ?)"
_FIND: Final = "SELECT version, line FROM plans WHERE plan_id = ?"
_TAKE: Final = "INSERT OR IGNORE INTO taken VALUES (?)"
_LEFT: Final = """
    SELECT plan_id, version FROM plans
    WHERE version IS NOT NULL AND plan_id NOT IN (SELECT plan_id FROM taken) ORDER BY place
"""


class Kept(NamedTuple):
    """A plan as it is kept: its line of canonical JSON, or None where it was held."""

    version: int | None
    line: bytes | None

    def __repr__(self) -> str:
        return f"Kept(version={self.version})"

    def plan(self) -> Plan:
        """Read the plan again."""
        if self.line is None:
            raise ValueError("A plan that was held cannot be read.")
        return read_plan(parse_object(self.line).data, characters_checked=True, tidied=True)


class PlanStore:
    """Plans by id, in an unnamed temporary file, which goes when it is closed.

    Of two plans with one id the first is kept. Raises `Unwritable` where the file cannot grow.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_SETUP)

    def add(self, data: PlanData) -> None:
        """Keep a whole plan."""
        self._write(_ADD, data["plan_id"], data["version"], plan_line(data))

    def hold(self, plan_id: str) -> None:
        """Keep that there is a plan of this id, which was held."""
        self._write(_ADD, plan_id, None, None)

    def get(self, plan_id: str) -> Plan | None:
        """Give the plan of an id; None where there is none, or it was held."""
        kept = self._find(plan_id)
        return None if kept is None or kept.line is None else kept.plan()

    def take(self, plan_id: str) -> Kept | None:
        """Give what is kept under an id, and count it as taken."""
        self._write(_TAKE, plan_id)
        return self._find(plan_id)

    def left(self) -> Iterator[tuple[str, int]]:
        """Give id and version of each whole plan that was not taken, in the order of the file."""
        yield from self._database.execute(_LEFT)

    def _find(self, plan_id: str) -> Kept | None:
        row = self._database.execute(_FIND, (plan_id,)).fetchone()
        return None if row is None else Kept(*row)

    def _write(self, statement: str, *values: Any) -> None:
        with _told():
            self._database.execute(statement, values)

    def close(self) -> None:
        """Forget all plans and give their file back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def _told() -> Iterator[None]:
    """Say what the disk refused, without a row's values."""
    try:
        yield
    except sqlite3.OperationalError:
        raise Unwritable(
            "The folder for temporary files (TMPDIR) could not take the plans to be compared: it is"
            " full, or cannot be written to. Nothing was written; make room and run again."
        ) from None
