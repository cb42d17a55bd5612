"""Connections that are cut where it hurts, over real sessions."""

from collections.abc import Mapping
from pathlib import Path

from iepbridge.settings import EndpointSettings
from iepbridge.transports import Interrupted, Session, open_session


class Cutting:
    """Opens sessions whose rename is cut: after it was done, or before.

    With `taken`, the receiver takes the file away as soon as it has its name.
    """

    def __init__(self, *, done: bool, taken: Path | None = None) -> None:
        self.done = done
        self.taken = taken
        self.cuts = 0
        self.name = ""

    def __call__(
        self, endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]
    ) -> Session:
        session = open_session(endpoint, endpoints)
        rename = session.rename

        def cut(old: str, new: str) -> None:
            self.cuts += 1
            self.name = new
            if self.done:
                rename(old, new)
            if self.taken is not None:
                (self.taken / new).unlink()
            raise Interrupted("cut for a test")

        session.rename = cut  # type: ignore[method-assign]
        return session
