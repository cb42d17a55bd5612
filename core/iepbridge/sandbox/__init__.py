"""The states' side on loopback: a server with folders, which reads what comes and answers it.

Nothing here shares code with the formats: readers and writers are typed from the documents.
"""

from iepbridge.sandbox.book import KEPT, BookedFile, BookedPlan
from iepbridge.sandbox.sandbox import PERSONALITIES, Sandbox
from iepbridge.sandbox.setting_up import SENDER
from iepbridge.sandbox.systems import SYSTEMS, System
from iepbridge.sandbox.verdicts import Shares

__all__ = [
    "KEPT",
    "PERSONALITIES",
    "SENDER",
    "SYSTEMS",
    "BookedFile",
    "BookedPlan",
    "Sandbox",
    "Shares",
    "System",
]
