"""The phases of connecting; what fails in one may be tried again, what is refused may not."""

from typing import Literal, TypeAlias

from iepbridge.errors import Unreachable

Phase: TypeAlias = Literal[
    "resolve", "connect", "handshake", "host_key", "login", "channel", "folder"
]


class Failed(Unreachable):
    """One try of connecting failed in a phase, for now: another may succeed."""

    def __init__(self, phase: Phase, why: str) -> None:
        self.phase: Phase = phase
        self.why = why
        super().__init__(why)
