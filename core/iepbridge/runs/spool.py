"""The plans of one file that came, on disk until the whole file was found good, and judged.

reader --Arrival--> Spool (unnamed file) --Spooled, again and again--> judged, written down
"""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import orjson

from iepbridge.codecs.json_text import parse_object
from iepbridge.codecs.jsonl import content_digest, plan_line
from iepbridge.exchange import Arrival
from iepbridge.finding import Finding
from iepbridge.plan import Plan, read_plan

_PLAN: Final = b"P"
_HELD: Final = b"H"


@dataclass(frozen=True, slots=True)
class Spooled:
    """One plan of the file: whole, with its canonical line, or what was found wrong with it."""

    plan_id: str
    version: int
    digest: bytes
    line: bytes = field(default=b"", repr=False)
    findings: tuple[Finding, ...] = ()

    def plan(self) -> Plan:
        """Read the plan."""
        return plan_of(self.line)


def plan_of(line: bytes) -> Plan:
    """Read a plan from a line that was written here."""
    return read_plan(parse_object(line).data, characters_checked=True, tidied=True)


class Spool:
    """The plans of one file; `source` is the digest of its bytes."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed with the spool

    def add(self, arrival: Arrival) -> None:
        """Take one plan, whole or held."""
        if arrival.data is not None:
            self._file.write(_PLAN + plan_line(arrival.data))
        else:
            told = [one._asdict() for one in arrival.findings]
            held = {"id": arrival.plan_id, "version": arrival.version, "findings": told}
            self._file.write(_HELD + orjson.dumps(held) + b"\n")

    def __iter__(self) -> Iterator[Spooled]:
        """Give the plans from the first."""
        self._file.seek(0)
        for number, line in enumerate(self._file):
            yield _plan(line[1:]) if line[:1] == _PLAN else self._held(number, line[1:])

    def _held(self, number: int, line: bytes) -> Spooled:
        told: dict[str, Any] = orjson.loads(line)
        findings = tuple(Finding(**one) for one in told["findings"])
        digest = hashlib.sha256(self._source + str(number).encode()).digest()
        return Spooled(told["id"] or "", told["version"] or 0, digest, b"", findings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def _plan(line: bytes) -> Spooled:
    data = parse_object(line).data
    return Spooled(data["plan_id"], data["version"], content_digest(data), line)
