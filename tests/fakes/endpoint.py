"""An endpoint in memory, whose every call may go wrong, and a receiver that takes what it finds.

    FakeEndpoint(faults={3: AFTER})  the third call has its effect, and its answer is lost

Calls are counted from 1, the opening of a session among them.
"""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, Self, TypeAlias

from iepbridge.errors import Refused, Unreachable
from iepbridge.transports import AlreadyThere, Facts, Interrupted, NotThere, RemoteFile

Effect: TypeAlias = Callable[[], Any]

BEFORE: Final = "before"
"""The connection is cut, and nothing was done."""
AFTER: Final = "after"
"""It was done, and the connection was cut before the answer."""
HALF: Final = "half"
"""The connection is cut in the middle: of an upload, half of the bytes are there."""
LATE: Final = ("late by 1", "late by 2", "late by 3", "late by 4")
"""The connection is cut; the server names or removes all the same, after so many more calls."""
SHORT: Final = "short"
"""The server says that all is well, and has written half."""
REFUSED: Final = "refused"
FAILED: Final = "failed"
"""The server says no, for good or for now; nothing was done."""
KILLED_BEFORE: Final = "killed before"
KILLED_AFTER: Final = "killed after"
"""Our own process is killed, before or after the other side has done it."""

FAULTS: Final = (
    BEFORE, AFTER, HALF, *LATE, SHORT, REFUSED, FAILED, KILLED_BEFORE, KILLED_AFTER
)  # fmt: skip


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass
class Receiver:
    """Who takes files from the endpoint after each call: whole names, and what may end them.

    `marker` is waited for; `patience` says how many calls a file may stand there untaken;
    `takes_temporary`, that unfinished names are taken, too.
    """

    takes: bool = False
    patience: int = 0
    marker: str | None = None
    temporary: str = ".part"
    takes_temporary: bool = False
    got: list[tuple[str, bytes]] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)

    def visit(self, files: dict[str, bytes]) -> None:
        for name in list(files) if self.takes else ():
            seen = self._seen[name] = self._seen.get(name, -1) + 1
            if seen >= self.patience and self._wants(name, files):
                self.got.append((name, files.pop(name)))
                if self.marker:
                    files.pop(name + self.marker)

    def _wants(self, name: str, files: dict[str, bytes]) -> bool:
        if name.endswith(self.temporary):
            return self.takes_temporary
        if self.marker:
            return not name.endswith(self.marker) and name + self.marker in files
        return True


@dataclass
class FakeEndpoint:
    """Files by name, and what happened: `calls` by name, `stood` what ever stood under a name.

    `before` has what others do just before a call of a name.
    """

    faults: Mapping[int, str] = field(default_factory=dict)
    receiver: Receiver = field(default_factory=Receiver)
    files: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fired: list[tuple[str, str]] = field(default_factory=list)
    stood: list[tuple[str, bytes]] = field(default_factory=list)
    before: dict[str, Effect] = field(default_factory=dict)
    renamed: bool = False
    _late: list[tuple[int, Effect]] = field(default_factory=list)

    def open(self) -> "FakeSession":
        session = FakeSession(self)
        self.call("open", lambda: None)
        return session

    def call(self, name: str, effect: Effect, half: Effect | None = None) -> Any:
        """Do what a call does, or what its fault leaves of it."""
        self.before.get(name, lambda: None)()
        self.calls.append(name)
        fault = self.faults.get(len(self.calls))
        if fault is not None:
            self.fired.append((name, fault))
        try:
            return self._done(name, fault, effect, half)
        finally:
            self._catch_up()

    def settle(self) -> None:
        """Do what is late."""
        for _, effect in self._late:
            self._do(effect)
        self._late = []

    def _catch_up(self) -> None:
        due = [effect for at, effect in self._late if at <= len(self.calls)]
        self._late = [one for one in self._late if one[0] > len(self.calls)]
        for effect in due:
            with contextlib.suppress(AlreadyThere, NotThere):
                self._do(effect)

    def _done(self, name: str, fault: str | None, effect: Effect, half: Effect | None) -> Any:
        if fault in _NOTHING_DONE or (fault and name == "open"):
            raise _error(name, fault)
        if fault in LATE and name not in _LOOKS:
            self._late.append((len(self.calls) + int(fault[-1]), effect))
            raise _error(name, fault)
        found = self._do(half if half and fault in (HALF, SHORT) else effect)
        if fault in (None, SHORT):
            return found
        raise _error(name, fault)

    def _do(self, effect: Effect) -> Any:
        try:
            return effect()
        finally:
            self.stood += [one for one in self.files.items() if one not in self.stood]
            self.receiver.visit(self.files)


_NOTHING_DONE: Final = (BEFORE, REFUSED, FAILED, KILLED_BEFORE)
_LOOKS: Final = ("look", "digest", "upload")
_ERRORS: Final[Mapping[str, type[BaseException]]] = {
    REFUSED: Refused,
    FAILED: Unreachable,
    KILLED_BEFORE: Killed,
    KILLED_AFTER: Killed,
}


def _error(name: str, fault: str) -> BaseException:
    """Give what a call ends with; opening has tried again by itself what was worth it."""
    kind = _ERRORS.get(fault, Unreachable if name == "open" else Interrupted)
    return kind(f"{name}: {fault}")


class FakeSession:
    """A `Session` on an endpoint in memory; no call is made on one that was cut."""

    def __init__(self, endpoint: FakeEndpoint) -> None:
        self._endpoint = endpoint
        self._cut = False

    @property
    def facts(self) -> Facts:
        return Facts("folder")

    def _call(self, name: str, effect: Effect, half: Effect | None = None) -> Any:
        assert not self._cut, f"{name} on a session that was cut"
        try:
            return self._endpoint.call(name, effect, half)
        except Interrupted:
            self._cut = True
            raise

    def files(self) -> Iterator[RemoteFile]:
        names = list(self._endpoint.files)
        yield from (one for name in names if (one := self.look(name)))

    def look(self, name: str) -> RemoteFile | None:
        def effect() -> RemoteFile | None:
            found = self._endpoint.files.get(name)
            return None if found is None else RemoteFile(name, len(found), 0)

        return self._call("look", effect)

    def upload(self, source: BinaryIO, name: str) -> int:
        content = source.read()

        def written(size: int) -> Callable[[], int]:
            def effect() -> int:
                self._endpoint.files[name] = content[:size]
                return len(content)

            return effect

        kind = "upload" if content else "mark"
        return self._call(kind, written(len(content)), written(len(content) // 2))

    def download(self, name: str, sink: BinaryIO, most: int) -> int:
        return self._call("download", lambda: sink.write(self._endpoint.files[name]))

    def digest(self, name: str) -> str | None:
        def effect() -> str | None:
            found = self._endpoint.files.get(name)
            return None if found is None else hashlib.sha256(found).hexdigest()

        return self._call("digest", effect)

    def rename(self, old: str, new: str) -> None:
        self._name("rename", old, new, over=False)

    def replace(self, old: str, new: str) -> None:
        self._name("replace", old, new, over=True)

    def _name(self, call: str, old: str, new: str, *, over: bool) -> None:
        def effect() -> None:
            files = self._endpoint.files
            if old not in files:
                raise NotThere(old)
            if new in files and not over:
                raise AlreadyThere(new)
            files[new] = files.pop(old)

        self._call(call, effect)
        self._endpoint.renamed = True

    def remove(self, name: str) -> None:
        self._call("remove", lambda: self._endpoint.files.pop(name, None))

    def archive(self, name: str, folder: str) -> str:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
