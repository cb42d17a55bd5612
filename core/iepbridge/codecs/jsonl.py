"""Canonical plans as JSON Lines: read and written one at a time, however long the file."""

import codecs
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, BinaryIO, Final

import orjson

from iepbridge.codecs.json_text import (
    TEXT_CHARACTERS,
    VALUES,
    NotJson,
    Parsed,
    check_levels,
    has_more_values,
    parse_object,
)
from iepbridge.errors import Unreadable
from iepbridge.exchange import Arrival, Written
from iepbridge.finding import Finding
from iepbridge.json_bytes import json_bytes
from iepbridge.plan.absence import may_be_untidy, tidy
from iepbridge.plan.leaves import HIGHEST_VERSION, ID_PATTERN, number_text
from iepbridge.plan.paths import leaves
from iepbridge.plan.plan import Plan
from iepbridge.plan.reading import PlanData, read_plan
from iepbridge.plan.refusals import PlanRefused, Problem, may_be_unfit
from iepbridge.seen import SeenIds

LINE_BYTES: Final = 16 * 1024 * 1024
"""What one plan may be as a line, its end not counted."""

_READ_BYTES: Final = len(codecs.BOM_UTF8) + LINE_BYTES + len(b"\n")
_ID: Final = re.compile(ID_PATTERN)
_WRITTEN: Final = Written()
_PLAIN_DIGITS: Final = 1_000
"""A number beyond is none of a plan's, and its digits alone could fill the memory."""


class JsonLinesReader:
    """Reads canonical JSON Lines; of the plans before, only their ids' digests are kept."""

    envelope = None

    def read(self, stream: BinaryIO) -> Iterator[Arrival]:
        """Yield each line's plan, whole or held; raise `Unreadable` at a line that is no plan."""
        with SeenIds() as seen:
            for number, line in numbered_lines(stream):
                with told_by_line(number):
                    arrival = _arrival(line, seen)
                yield arrival


@contextmanager
def told_by_line(number: int) -> Iterator[None]:
    """Turn what is said against the text of a line into `Unreadable`, with the line's number."""
    try:
        yield
    except NotJson as fault:
        raise _unreadable(number, fault.what, fault.column) from None


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that hold anything, with their numbers from 1; refuse one that is too long.

    A byte order mark is taken off the first.
    """
    number = 1
    line = stream.readline(_READ_BYTES).removeprefix(codecs.BOM_UTF8)
    while line:
        if len(line) - line.endswith(b"\n") > LINE_BYTES:
            raise _unreadable(number, f"more than {LINE_BYTES:,} bytes in one plan")
        if line.strip(b" \t\r\n"):
            yield number, line
        number += 1
        line = stream.readline(_READ_BYTES)


def _unreadable(number: int, what: str, column: int | None = None) -> Unreadable:
    place = f"line {number}" if column is None else f"line {number}, column {column}"
    return Unreadable(
        f"The file cannot be read as canonical JSON Lines: {what} ({place}). Expected was one plan"
        " a line, a JSON object in UTF-8. Have its sender write the file again."
    )


def _arrival(line: bytes, seen: SeenIds) -> Arrival:
    parsed = parse_object(line)
    plan_id = plan_id_of(parsed.data)
    if plan_id is None or not seen.add(plan_id):
        return arrival_of_line(line, parsed)
    check_levels(parsed.data)
    version = version_of(parsed.data)
    return Arrival(plan_id, version, None, None, (_twice(plan_id, version),))


def arrival_of_line(line: bytes, parsed: Parsed) -> Arrival:
    """Check the plan that was parsed from a line; raise `NotJson` where it is nested too deep."""
    data = parsed.data
    plan_id, version = plan_id_of(data), version_of(data)
    if may_be_untidy(line, data):
        data = tidy(data)
    plan, problems = _plan(data, characters_checked=parsed.plain and not may_be_unfit(line))
    if plan is not None:
        return Arrival(plan_id, version, plan, data)
    check_levels(data)
    findings = [problem.finding(plan_id, version) for problem in problems]
    return Arrival(plan_id, version, None, None, tuple(findings))


def _plan(data: PlanData, *, characters_checked: bool) -> tuple[Plan | None, tuple[Problem, ...]]:
    try:
        return read_plan(data, characters_checked=characters_checked, tidied=True), ()
    except PlanRefused as refusal:
        return None, refusal.problems


def plan_id_of(data: PlanData) -> str | None:
    """Give the id that plan data state, None where it is none."""
    own = data.get("plan_id")
    return own if isinstance(own, str) and _ID.fullmatch(own) else None


def version_of(data: PlanData) -> int | None:
    """Give the version that plan data state, None where it is none."""
    own = data.get("version")
    return own if type(own) is int and 1 <= own <= HIGHEST_VERSION else None


def _twice(plan_id: str, version: int | None) -> Finding:
    return Finding(
        plan_id,
        version,
        "FMT-TWICE",
        "error",
        "plan_id",
        "The file has an earlier plan with this id.",
        "Send each plan once in a file, in one version.",
    )


class JsonLinesWriter:
    """Writes canonical JSON Lines."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def add(self, arrival: Arrival) -> Written:
        """Write a whole arrival as one line, or hold it where it is more than one plan may be."""
        if arrival.data is None:
            raise ValueError("Only a whole arrival can be written.")
        line = plan_line(arrival.data)
        if len(line) > 2 * VALUES:
            findings = tuple(_over_limits(arrival, line))
            if findings:
                return Written(findings)
        self._stream.write(line)
        return _WRITTEN

    def finish(self) -> None:
        """Do nothing: each line is complete by itself."""

    def close(self) -> None:
        """Do nothing: no line waits."""


def plan_line(data: PlanData) -> bytes:
    """Write plan data as one line: compact, tidy, numbers plain, in the order of the data."""
    line = _dump(data)
    return _dump(tidy(data)) if may_be_untidy(line, data) else line


def content_digest(data: PlanData) -> bytes:
    """Give the SHA-256 of what plan data say, however they are written: in which order, how spaced.

    What the model takes for the same is the same: absent and null, numbers by value.
    """
    line = _sorted(data)
    return hashlib.sha256(_sorted(tidy(data)) if may_be_untidy(line, data) else line).digest()


def _sorted(data: Mapping[str, Any]) -> bytes:
    return json_bytes(data, _number, orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS)


def _dump(data: Mapping[str, Any]) -> bytes:
    return json_bytes(data, _number, orjson.OPT_APPEND_NEWLINE)


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        if abs(value.adjusted()) <= _PLAIN_DIGITS:
            return orjson.Fragment(number_text(value))
        return orjson.Fragment(str(value) if value else "0")
    raise TypeError


def _over_limits(arrival: Arrival, line: bytes) -> Iterator[Finding]:
    long = [
        (path, len(value))
        for path, value in leaves(arrival.data or {})
        if isinstance(value, str) and len(value) > TEXT_CHARACTERS
    ]
    for path, length in long:
        yield _length(arrival, path, f"{length:,} characters; a text has {TEXT_CHARACTERS:,}")
    if not long and len(line) > LINE_BYTES + 1:
        yield _length(arrival, None, f"{len(line) - 1:,} bytes as JSON; a plan has {LINE_BYTES:,}")
    if not long and has_more_values(line):
        yield _length(arrival, None, f"too many values; a plan has {VALUES:,}")


def _length(arrival: Arrival, path: str | None, what: str) -> Finding:
    return Finding(
        arrival.plan_id,
        arrival.version,
        "FMT-LENGTH",
        "error",
        path,
        f"The plan is too long{f' at {path}' if path else ''}: {what} at most.",
        "Shorten it in the system the plan comes from and send the plan again.",
    )
