"""The ledger's tables, the same in SQLite and PostgreSQL.

    runs --< batches --< attempts            a file that is sent, each time it was tried
               |
    plan_versions >-- held                   every version of a plan that entered, in one state
               |                             waiting | delivered | held | unknown | superseded
    received --< answers                     a file that came: plans, or answers to plans sent
    slots >-- runs                           when a feed was due, and the run it got
    events                                   the append-only chain of what was done

Instants are UTC text, `YYYY-MM-DDTHH:MM:SS.ffffffZ`, which sorts as it reads. Ids, digests and
dates stand in clear; what is kept of plans is sealed (`kept_chunks`, `payloads`, `answers.data`).
"""

from typing import Final

from iepbridge.ledger.schema.columns import metadata
from iepbridge.ledger.schema.files import (
    attempts,
    batches,
    kept,
    kept_chunks,
    received,
    received_names,
    sequences,
)
from iepbridge.ledger.schema.plans import answers, held, notes, payloads, people, plan_versions
from iepbridge.ledger.schema.runs import events, events_head, leases, runs, slots

__all__ = [
    "DELIVERED",
    "HELD",
    "STATES",
    "SUPERSEDED",
    "UNKNOWN",
    "WAITING",
    "answers",
    "attempts",
    "batches",
    "events",
    "events_head",
    "held",
    "kept",
    "kept_chunks",
    "leases",
    "metadata",
    "notes",
    "payloads",
    "people",
    "plan_versions",
    "received",
    "received_names",
    "runs",
    "sequences",
    "slots",
]

WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
HELD: Final = "held"
UNKNOWN: Final = "unknown"
SUPERSEDED: Final = "superseded"
STATES: Final = (WAITING, DELIVERED, HELD, UNKNOWN, SUPERSEDED)
"""The states of a plan version; a batch has the first two and `unknown`."""
