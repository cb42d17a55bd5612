"""An office where the k-th step goes wrong: a call on a session, or a commit of the ledger.

Steps are counted from 1, over sessions and ledger alike. Killed, nothing more is done at all.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Self

from iepbridge.ledger import Ledger
from iepbridge.ledger.transaction import Guard, Transaction
from iepbridge.settings import EndpointSettings
from iepbridge.transports import Interrupted, Session, open_session

CUT_BEFORE: Final = "cut before"
CUT_AFTER: Final = "cut after"
KILLED_BEFORE: Final = "killed before"
KILLED_AFTER: Final = "killed after"
FAULTS: Final = (CUT_BEFORE, CUT_AFTER, KILLED_BEFORE, KILLED_AFTER)

_CALLS: Final = (
    "look", "upload", "download", "digest", "rename", "replace", "remove", "archive"
)  # fmt: skip


class Killed(BaseException):
    """Stands for the end of the process."""


class Hindrance:
    """Counts steps, and hinders one of them."""

    def __init__(self, step: int = 0, fault: str = "") -> None:
        self._step = step
        self._fault = fault
        self.names: list[str] = []
        self.is_dead = False

    def pass_by(self, name: str, moment: str) -> None:
        """Go on, unless this step is hindered before or after it was done."""
        if self.is_dead:
            raise Killed
        if moment == "before":
            self.names.append(name)
        if len(self.names) != self._step or not self._fault.endswith(moment):
            return
        if self._fault.startswith("killed"):
            self.is_dead = True
            raise Killed
        if name != "commit":
            raise Interrupted(f"{name}: {self._fault}")

    def connect(
        self, endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]
    ) -> Session:
        self.pass_by("open", "before")
        session: Any = HinderedSession(open_session(endpoint, endpoints), self)
        return session


class HinderedSession:
    """A session whose calls pass by."""

    def __init__(self, session: Session, hindrance: Hindrance) -> None:
        self._session = session
        self._hindrance = hindrance

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._session, name)
        return self._hindered(name, found) if name in _CALLS else found

    def _hindered(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def hindered(*given: Any) -> Any:
            self._hindrance.pass_by(name, "before")
            done = call(*given)
            self._hindrance.pass_by(name, "after")
            return done

        return hindered

    def files(self) -> Iterator[Any]:
        self._hindrance.pass_by("files", "before")
        yield from self._session.files()
        self._hindrance.pass_by("files", "after")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()


class HinderedLedger(Ledger):
    """A ledger whose commits pass by; the dead do not read, either."""

    def __init__(self, ledger: Ledger, hindrance: Hindrance) -> None:
        super().__init__(ledger.engine, ledger.keyring, ledger.clock)
        self._hindrance = hindrance

    @contextmanager
    def writing(self, lease: Guard | None = None) -> Iterator[Transaction]:
        if self._hindrance.is_dead:
            raise Killed
        with super().writing(lease) as tx:
            yield tx
            self._hindrance.pass_by("commit", "before")
        self._hindrance.pass_by("commit", "after")
