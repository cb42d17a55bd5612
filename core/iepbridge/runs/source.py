"""The plans of a feed's source files: where each content stands, in little memory.

files --numbered_lines--> id, version, digest --> SourceIndex (unnamed temporary file)
SourceIndex --groups--> the contents found of one plan, in the order they first stood
"""

import glob
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Self

from iepbridge.codecs.json_text import LEVELS, NotJson, Parsed, check_levels, parse_object
from iepbridge.codecs.jsonl import (
    content_digest,
    numbered_lines,
    plan_id_of,
    told_by_line,
    version_of,
)
from iepbridge.errors import Unreadable
from iepbridge.output import Unwritable
from iepbridge.plan import PlanData
from iepbridge.runs.decide import Content

_SETUP: Final = """
    PRAGMA cache_size = -4096;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE found (
        place INTEGER PRIMARY KEY, file INT, start INT, size INT, plan_id TEXT, version INT,
        digest BLOB, closed INT, UNIQUE (plan_id, version, digest)
    );
    BEGIN;
"""
_ADD: Final = """
    INSERT OR IGNORE INTO found (file, start, size, plan_id, version, digest, closed)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_GROUPS: Final = """
    SELECT plan_id, version, digest, file, start, size FROM
    (SELECT *, min(place) OVER (PARTITION BY plan_id) AS first FROM found) ORDER BY first, place
"""
_TAKE_BACK: Final = "DELETE FROM found WHERE file = ?"
_HAS: Final = "SELECT 1 FROM found WHERE plan_id = ? AND digest = ?"
_CONTENTS: Final = "SELECT plan_id, version, digest FROM found WHERE plan_id > '' ORDER BY plan_id"
_IS_CLOSED: Final = "SELECT closed FROM found WHERE plan_id = ? AND version = ? AND digest = ?"


class Place(NamedTuple):
    """Where a content stands: the number of its file, and the bytes of its line in it."""

    file: int
    start: int
    size: int


class Found(NamedTuple):
    """One content of a plan in the source; without a usable id or version, `` and 0."""

    plan_id: str
    version: int
    digest: bytes
    place: Place


def source_files(pattern: Path) -> list[Path]:
    """List the regular files that a pattern names, by name; hidden ones only where it says so."""
    names = sorted(glob.glob(str(pattern)))  # noqa: PTH207  the pattern's folder may be one, too
    return [path for path in map(Path, names) if path.is_file()]


class SourceIndex:
    """The contents of a source, each once; the files stay open, so that they stay what they are.

    Raises `Unreadable` for a file that is no canonical JSON Lines: nothing of that file is taken.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_SETUP)
        self._files: list[BinaryIO] = []
        self.plans = 0

    def add(self, path: Path) -> None:
        """Take the plans of one file, all or none."""
        with _told(path):
            stream = path.open("rb")
        self._files.append(stream)
        number = len(self._files) - 1
        try:
            with _told(path):
                self.plans += self._take(number, stream)
        except Unreadable as refusal:
            self._execute(_TAKE_BACK, number)
            raise Unreadable(f"{path}: {refusal}") from None

    def _take(self, number: int, stream: BinaryIO) -> int:
        counted = 0
        for line_number, line in numbered_lines(stream):
            with told_by_line(line_number):
                data = _parsed(line).data
            plan_id, version = plan_id_of(data), version_of(data)
            start = stream.tell() - len(line)
            about = (plan_id, version or 0) if plan_id is not None else ("", 0)
            place = (number, start, len(line))
            self._execute(_ADD, *place, *about, digest_of(line, data), is_closed(data))
            counted += 1
        return counted

    def groups(self) -> Iterator[list[Found]]:
        """Yield the contents of each plan together; one without an id is a group of its own."""
        rows = self._database.execute(_GROUPS)
        for plan_id, group in groupby(rows, itemgetter(0)):
            found = [Found._make((*row[:3], Place._make(row[3:]))) for row in group]
            if plan_id:
                yield found
            else:
                yield from ([one] for one in found)

    def line(self, found: Found) -> tuple[bytes, Parsed]:
        """Read the line of a content again; raise `Unreadable` where it says something else now."""
        place = found.place
        stream = self._files[place.file]
        path = Path(stream.name)
        with _told(path):
            stream.seek(place.start)
            line = stream.read(place.size)
        try:
            parsed = parse_object(line)
        except NotJson:
            raise _changed(path) from None
        if digest_of(line, parsed.data) != found.digest:
            raise _changed(path)
        return line, parsed

    def contents(self) -> Iterator[tuple[str, list[Content]]]:
        """Yield the contents of each plan that has an id, in the order of the ids."""
        for plan_id, group in groupby(self._database.execute(_CONTENTS), itemgetter(0)):
            yield plan_id, [Content(version, digest) for _, version, digest in group]

    def is_closed(self, plan_id: str, content: Content) -> bool:
        """Say whether the plan is closed in a content that was found."""
        return bool(self._database.execute(_IS_CLOSED, (plan_id, *content)).fetchone()[0])

    def has(self, plan_id: str, digest: bytes) -> bool:
        """Say whether a content of a plan was found."""
        found = self._database.execute(_HAS, (plan_id, digest))
        return found.fetchone() is not None

    def _execute(self, statement: str, *values: object) -> None:
        try:
            self._database.execute(statement, values)
        except sqlite3.OperationalError:
            raise Unwritable(
                "The folder for temporary files (TMPDIR) could not take the places of the plans:"
                " it is full, or cannot be written to. Nothing was sent; make room and run again."
            ) from None

    def close(self) -> None:
        """Let go of the files and forget the places."""
        for stream in self._files:
            stream.close()
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


def digest_of(line: bytes, data: PlanData) -> bytes:
    """Give the SHA-256 of what a line's plan says; of the line where no plan could say it."""
    try:
        return content_digest(data)
    except TypeError:
        return hashlib.sha256(line).digest()


def is_closed(data: PlanData) -> bool:
    """Say whether a plan's data, sound or not, calls it closed."""
    return data.get("status") == "closed"


def _parsed(line: bytes) -> Parsed:
    parsed = parse_object(line)
    if line.count(b"[") + line.count(b"{") > LEVELS:
        check_levels(parsed.data)
    return parsed


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unreadable(f"{path}: cannot be read ({reason}). Let this account read it.") from None


def _changed(path: Path) -> Unreadable:
    return Unreadable(
        f"{path}: changed while it was read. Nothing of it goes any more in this run; write plans"
        " under another name, rename the file once it is whole, and run again."
    )
