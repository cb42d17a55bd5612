"""What goes wrong in a run, and when: at one call of an endpoint, or at one commit of the ledger.

    fate.strike(Fault(7, KILLED_AFTER))   the seventh call or commit is done, then all ends

Calls and commits are counted together, so that one number names any place of a run.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Final, NamedTuple, Self, TypeAlias, TypeVar

from sqlalchemy import Connection
from tests.fakes.endpoint import (
    AFTER,
    BEFORE,
    FAILED,
    HALF,
    KILLED_AFTER,
    KILLED_BEFORE,
    REFUSED,
    Killed,
)

from iepbridge.errors import Refused, Unreachable
from iepbridge.ledger import Ledger, LedgerFailed, Transaction
from iepbridge.ledger.transaction import Guard
from iepbridge.transports import AlreadyThere, Facts, Interrupted, NotThere, RemoteFile, Session

Effect: TypeAlias = Callable[[], object]
_Given = TypeVar("_Given")

LATE: Final = "late"
"""The connection is cut, and the server does it all the same, some calls later."""
FAULTS: Final = (BEFORE, AFTER, HALF, LATE, REFUSED, FAILED, KILLED_BEFORE, KILLED_AFTER)
CALLS: Final = ("commit", "look", "upload", "rename", "download", "archive")
"""Kinds of calls that may be counted by themselves."""
_KILLS: Final = {KILLED_BEFORE, KILLED_AFTER}


_OF_COMMITS: Final = {
    BEFORE: BEFORE,
    AFTER: AFTER,
    HALF: KILLED_BEFORE,
    LATE: KILLED_AFTER,
    REFUSED: KILLED_BEFORE,
    FAILED: KILLED_AFTER,
    KILLED_BEFORE: KILLED_BEFORE,
    KILLED_AFTER: KILLED_AFTER,
}
"""What a fault of a call is where it strikes a commit, which knows four."""


class Fault(NamedTuple):
    """What happens at a call or commit; `lasting`, that nothing is reached any more after it.

    `call` is of what kind those are that are counted, None for all.
    """

    at: int
    what: str
    lasting: bool = False
    late_by: int = 2
    call: str | None = None


@dataclass
class Fate:
    """Counts what a run does, and lets it happen or not; `struck` once the fault has happened.

    `meanwhile` is what others do just before so many more calls of an endpoint, once.
    """

    fault: Fault | None = None
    count: int = 0
    struck: bool = False
    dead: bool = False
    meanwhile: tuple[int, Effect] | None = None
    _by_name: Counter[str] = field(default_factory=Counter)
    _late: list[tuple[int, Effect]] = field(default_factory=list)

    def strike(self, fault: Fault | None) -> None:
        """Begin to count anew; what a server has still to do is done."""
        self.settle()
        self.fault, self.count, self.struck, self.dead = fault, 0, False, False
        self._by_name.clear()

    def settle(self) -> None:
        """Do what is late."""
        due, self._late = self._late, []
        for _, effect in due:
            with suppress(AlreadyThere, NotThere, Refused, Unreachable):
                effect()

    def commit(self) -> str | None:
        """Count a commit; say what is to go wrong with it, if anything."""
        self.live()
        what = self._next("commit")
        return None if what is None else _OF_COMMITS[what]

    def live(self) -> None:
        """End, where the process has ended."""
        if self.dead:
            raise Killed

    def die(self) -> None:
        """End the process."""
        self.dead = True
        raise Killed

    def _next(self, name: str) -> str | None:
        self.count += 1
        self._by_name[name] += 1
        fault = self.fault
        if fault is None or self.struck:
            return None
        count = self.count if fault.call is None else self._by_name[fault.call]
        self.struck = fault.at == count
        return fault.what if self.struck else None

    def call(
        self,
        name: str,
        effect: Callable[[], _Given],
        half: Effect | None = None,
        late: Effect | None = None,
    ) -> _Given:
        """Do what a call of an endpoint does, or what its fault leaves of it.

        `late` does it for a client that is gone.
        """
        self.live()
        self._let_others()
        self._catch_up()
        if self.struck and self.fault is not None and self.fault.lasting:
            raise (Unreachable if name == "open" else Interrupted)(f"{name}: away")
        what = self._next(name)
        if what is None:
            return effect()
        if what in (AFTER, KILLED_AFTER) and name != "open":
            effect()
        elif what == HALF and half is not None:
            half()
        elif what == LATE and late is not None and self.fault is not None:
            self._late.append((self.count + self.fault.late_by, late))
        raise self._error(name, what)

    def _let_others(self) -> None:
        if self.meanwhile is None:
            return
        left, deed = self.meanwhile
        self.meanwhile = (left - 1, deed) if left > 1 else None
        if left == 1:
            deed()

    def _catch_up(self) -> None:
        due = [effect for at, effect in self._late if at <= self.count]
        self._late = [one for one in self._late if one[0] > self.count]
        for effect in due:
            with suppress(AlreadyThere, NotThere, Refused, Unreachable):
                effect()

    def _error(self, name: str, what: str) -> BaseException:
        if what in _KILLS:
            self.dead = True
            return Killed()
        if what == REFUSED:
            return Refused(f"{name}: {what}")
        if what == FAILED or name == "open":
            return Unreachable(f"{name}: {what}")
        return Interrupted(f"{name}: {what}")


class StruckLedger(Ledger):
    """A ledger whose commits may fail, before or after they are made, or be the last."""

    def __init__(self, ledger: Ledger, fate: Fate) -> None:
        super().__init__(ledger.engine, ledger.keyring, ledger.clock)
        self._fate = fate

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._fate.live()
        with super().reading() as connection:
            yield connection

    @contextmanager
    def writing(self, lease: Guard | None = None) -> Iterator[Transaction]:
        what = self._fate.commit()
        with super().writing(lease) as tx:
            yield tx
            if what == KILLED_BEFORE:
                self._fate.die()
            if what == BEFORE:
                raise LedgerFailed("The ledger's disk is full.")
        if what == KILLED_AFTER:
            self._fate.die()
        if what == AFTER:
            raise LedgerFailed("The ledger's disk failed.")


class StruckSession:
    """A session whose calls may go wrong; `arrived` hears each name that may be new there."""

    def __init__(
        self, opened: Callable[[], Session], fate: Fate, arrived: Callable[[str], None]
    ) -> None:
        self._opened = opened
        self._inner = opened()
        self._fate = fate
        self._arrived = arrived
        self._cut = False

    @property
    def facts(self) -> Facts:
        return self._inner.facts

    def _look(
        self, name: str, effect: Callable[[Session], _Given], half: Effect | None = None
    ) -> _Given:
        return self._carried_out(name, lambda: effect(self._inner), half, None)

    def _change(self, name: str, effect: Callable[[Session], _Given]) -> _Given:
        def late() -> None:
            with self._opened() as session:
                effect(session)

        return self._carried_out(name, lambda: effect(self._inner), None, late)

    def _carried_out(
        self, name: str, effect: Callable[[], _Given], half: Effect | None, late: Effect | None
    ) -> _Given:
        assert not self._cut, f"{name} on a session that was cut"
        try:
            return self._fate.call(name, effect, half, late)
        except Interrupted:
            self._cut = True
            raise

    def files(self) -> Iterator[RemoteFile]:
        yield from self._look("files", lambda session: list(session.files()))

    def look(self, name: str) -> RemoteFile | None:
        return self._look("look", lambda session: session.look(name))

    def upload(self, source: BinaryIO, name: str) -> int:
        content = source.read()

        def half() -> None:
            self._inner.upload(io.BytesIO(content[: len(content) // 2]), name)

        return self._look("upload", lambda own: own.upload(io.BytesIO(content), name), half)

    def download(self, name: str, sink: BinaryIO, most: int) -> int:
        def half() -> None:
            whole = io.BytesIO()
            self._inner.download(name, whole, most)
            sink.write(whole.getvalue()[: len(whole.getvalue()) // 2])

        return self._look("download", lambda own: own.download(name, sink, most), half)

    def digest(self, name: str) -> str | None:
        return self._look("digest", lambda session: session.digest(name))

    def rename(self, old: str, new: str) -> None:
        def effect(session: Session) -> None:
            session.rename(old, new)
            self._arrived(new)

        self._change("rename", effect)

    def replace(self, old: str, new: str) -> None:
        raise NotImplementedError

    def guards_names(self, old: str, new: str) -> bool:
        raise NotImplementedError

    def make_folder(self, name: str) -> Session:
        raise NotImplementedError

    def remove_folder(self, name: str) -> None:
        raise NotImplementedError

    def beside(self, folder: str) -> Session:
        raise NotImplementedError

    def remove(self, name: str) -> None:
        self._change("remove", lambda session: session.remove(name))

    def archive(self, name: str, folder: str) -> str:
        return self._change("archive", lambda session: session.archive(name, folder))

    def close(self) -> None:
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
