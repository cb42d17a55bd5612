"""What was done, to what, with which bytes: the database that answers "seen before?".

open_ledger --> Ledger --writing(lease)--> Transaction     leases: one run a feed
                    `---reading--> Connection              kept: content, sealed
                                                           events: the chain of what was done
"""

from sqlalchemy import Connection

from iepbridge.ledger.failures import LedgerFailed, LedgerLocked
from iepbridge.ledger.instants import Clock, Instant, instant, later, moment, system_clock
from iepbridge.ledger.leases import Lease, take
from iepbridge.ledger.transaction import (
    Ledger,
    Transaction,
    has_ledger,
    open_ledger,
    open_ledger_at,
)

__all__ = [
    "Clock",
    "Connection",
    "Instant",
    "Lease",
    "Ledger",
    "LedgerFailed",
    "LedgerLocked",
    "Transaction",
    "has_ledger",
    "instant",
    "later",
    "moment",
    "open_ledger",
    "open_ledger_at",
    "system_clock",
    "take",
]
