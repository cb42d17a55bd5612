"""One content of a plan examined: held by model, policy or format, or written into the batch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from iepbridge.checking import ERROR, Checker
from iepbridge.codecs.json_text import Parsed
from iepbridge.codecs.jsonl import arrival_of_line, plan_line
from iepbridge.exchange import Arrival, PlanWriter
from iepbridge.finding import Finding
from iepbridge.ledger.entries import Entry

MODEL: Final = "model"
POLICY: Final = "policy"
FORMAT: Final = "format"


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of it: `reason` why it is held, None where it was written."""

    arrival: Arrival
    line: bytes
    reason: str | None
    findings: tuple[Finding, ...]


def examine(
    line: bytes,
    parsed: Parsed,
    writer: Callable[[], PlanWriter],
    checker: Checker,
    entry: Entry | None,
) -> Examined:
    """Check a plan and write it; policy does not hold what a person released from it.

    `writer` gives the writer of the batch at hand, and is asked for a plan that is to go alone.
    """
    arrival = arrival_of_line(line, parsed)
    if arrival.plan is None or arrival.data is None:
        return Examined(arrival, line, MODEL, arrival.findings)
    clean = plan_line(arrival.data)
    found = checker.findings(arrival.plan)
    let_go = entry is not None and entry.released and entry.reason == POLICY
    if not let_go and any(one.severity == ERROR for one in found):
        return Examined(arrival, clean, POLICY, found)
    written = writer().add(arrival)
    if written.findings:
        return Examined(arrival, clean, FORMAT, (*found, *written.findings))
    return Examined(arrival, clean, None, found)


def contradiction(plan_id: str, version: int) -> Finding:
    """Say why two contents of one version are both held."""
    return Finding(
        plan_id,
        version,
        "FMT-TWICE",
        "error",
        "version",
        "The source has this version twice, with different content, and nothing says which is"
        " right.",
        "Send one of them, raise the version of the newer, or release the right one.",
    )
