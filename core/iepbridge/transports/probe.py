"""An endpoint looked into: each step that a feed takes there, tried on files of no worth.

    reach:  set_up, resolve, connect, handshake, host_key, login, channel, folder    once, no retry
    use:    list, scratch, write, look, clock, read_back, rename, guard, replace, archive, delete

Files are tried in a folder of a random name; where none may be made, under random temporary names
in the endpoint's own folder. What was written is removed again.
"""

import contextlib
import hashlib
import io
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from iepbridge.errors import IepbridgeError, Refused, Unreachable
from iepbridge.settings import EndpointSettings
from iepbridge.transports import sftp
from iepbridge.transports.folder import FolderSession
from iepbridge.transports.session import AlreadyThere, Facts, Interrupted, NotThere, Session

Outcome: TypeAlias = Literal["ok", "warning", "failed", "skipped"]

REACHING: Final = ("set_up", "resolve", "connect", "handshake", "host_key", "login")
"""The steps up to the login; `channel` and `folder` follow."""

REPLACES: Final = "posix-rename@openssh.com"
_PHASES: Final = (*REACHING, "channel", "folder")
_CONTENT: Final = b"Written by `iepbridge doctor`, and of no worth: it may be removed.\n" * 16
_CLOCK_SECONDS: Final = 120
_LOST: Final = "not tried: the connection was lost"


_USES: Final = (
    *("list", "scratch", "write", "look", "clock", "read_back"),
    *("rename", "guard", "replace", "archive", "delete"),
)
STEPS: Final = (*_PHASES, *_USES)
"""Every step, in order."""


class Step(NamedTuple):
    """A step: what came of it, what is known, or what to do.

    `exit_code` is what the trouble comes to for who needs the step; 0 where there is none.
    """

    name: str
    outcome: Outcome
    detail: str = ""
    exit_code: int = 0


def probe(endpoint: EndpointSettings, endpoints: Mapping[str, EndpointSettings]) -> Iterator[Step]:
    """Try an endpoint step by step, each told as soon as it was tried."""
    reached: list[Session] = []
    yield from _reach(endpoint, endpoints, reached)
    for session in reached:
        with session:
            yield from _Trial(session, endpoint.temporary, endpoint.archive).steps()


def _reach(
    endpoint: EndpointSettings,
    endpoints: Mapping[str, EndpointSettings],
    reached: list[Session],
) -> Iterator[Step]:
    if endpoint.kind == "folder":
        yield _tried("folder", lambda: _opened(endpoint, reached))
        return
    way: list[tuple[sftp.Hop, ...]] = []
    set_up = _tried("set_up", lambda: way.append(sftp.way_to(endpoint, endpoints)))
    yield set_up
    if set_up.outcome == "ok":
        yield from _phases(endpoint, way[0], reached)


def _opened(endpoint: EndpointSettings, reached: list[Session]) -> str:
    reached.append(FolderSession(endpoint.name, endpoint.path))
    return str(endpoint.path)


def _phases(
    endpoint: EndpointSettings, way: tuple[sftp.Hop, ...], reached: list[Session]
) -> Iterator[Step]:
    connection = sftp.Connection()
    phase, detail, exit_code = "", "", 0
    try:
        reached.append(sftp.connect(endpoint, way, connection))
    except sftp.Failed as failed:
        phase, detail, exit_code = failed.phase, f"{failed.why}. {_LATER}", failed.exit_code
    except (Refused, Unreachable) as error:
        phase, detail, exit_code = connection.phase, str(error), error.exit_code
    known = _known(reached[0].facts if reached else connection.facts, endpoint)
    for name in _PHASES[1:]:
        if name == phase:
            yield Step(name, "failed", detail, exit_code)
            return
        yield Step(name, "ok", known.get(name, ""))


_LATER: Final = "Check the network and the server, then try again"


def _known(facts: Facts, endpoint: EndpointSettings) -> dict[str, str]:
    agreed = (facts.server, facts.key_exchange, facts.cipher, facts.mac)
    return {
        "connect": f"{endpoint.host} port {endpoint.port}",
        "handshake": ", ".join(filter(None, agreed)),
        "host_key": facts.host_key,
        "login": f"{endpoint.user} by {facts.login}" if facts.login else "",
        "channel": f"SFTP 3 with {', '.join(facts.extensions) or 'no extensions'}",
        "folder": endpoint.folder,
    }


def _tried(name: str, deed: Callable[[], object]) -> Step:
    """Carry out a step; what it gives is its detail, where that is text."""
    try:
        found = deed()
    except IepbridgeError as error:
        return Step(name, "failed", str(error), error.exit_code)
    except (AlreadyThere, NotThere) as error:
        shown = f"{error} is {'there' if isinstance(error, AlreadyThere) else 'gone'}"
        detail = f"{shown}, though nobody else knows this name. Ask the server's operator."
        return Step(name, "failed", detail, Refused.exit_code)
    if isinstance(found, Step):
        return found
    return Step(name, "ok", found if isinstance(found, str) else "")


class _Trial:
    """The steps on files, in the folder of a session or in one of its own below it."""

    def __init__(self, session: Session, temporary: str, archive: str | None) -> None:
        mark = f"iepbridge-doctor-{secrets.token_hex(8)}"
        self._session = session
        self._scratch = session
        self._archive_folder = archive
        self._folder = mark
        self._first, self._second = (f"{mark}-{number}{temporary}" for number in (1, 2))
        self._failed: set[str] = set()  # those that were skipped for one that failed, too
        self._wrote_at = 0.0

    def steps(self) -> Iterator[Step]:
        """Try each, and leave nothing behind."""
        try:
            for name, (deed, needed) in self._deeds().items():
                yield self._step(name, deed, needed)
        finally:
            self._tidy()

    def _deeds(self) -> dict[str, tuple[Callable[[], object], str]]:
        """Give each step with the one that it needs."""
        deeds: tuple[tuple[Callable[[], object], str], ...] = (
            (self._list, ""),
            (self._make_folder, ""),
            (self._write, ""),
            (self._look, "write"),
            (self._clock, "look"),
            (self._read_back, "write"),
            (self._rename, "write"),
            (self._guard, "rename"),
            (self._replace, "write"),
            (self._archive, "write"),
            (self._delete, "write"),
        )
        named = dict(zip(_USES, deeds, strict=True))
        if self._archive_folder is None:
            del named["archive"]
        return named

    def _step(self, name: str, deed: Callable[[], object], needed: str) -> Step:
        if "connection" in self._failed:
            return Step(name, "skipped", _LOST, Unreachable.exit_code)
        if needed in self._failed:
            self._failed.add(name)
            return Step(name, "skipped", f"not tried: it needs the step {needed}")

        def noting() -> object:
            try:
                return deed()
            except Interrupted:
                self._failed.add("connection")
                raise

        step = _tried(name, noting)
        if step.outcome == "failed":
            self._failed.add(name)
        return step

    def _list(self) -> str:
        number = sum(1 for _ in self._session.files())
        return f"{number:,} files with names that are read"

    def _make_folder(self) -> Step | str:
        try:
            self._scratch = self._session.make_folder(self._folder)
        except Interrupted:
            raise
        except (Refused, Unreachable):
            self._folder = ""
            where = "no folder can be made: tried under temporary names in the endpoint's own"
            return Step("scratch", "skipped", where)
        return "in a folder of its own"

    def _write(self) -> str:
        self._wrote_at = time.time()
        size = self._put(self._first)
        return f"{size:,} bytes"

    def _put(self, name: str) -> int:
        return self._scratch.upload(io.BytesIO(_CONTENT), name)

    def _look(self) -> Step | None:
        found = self._scratch.look(self._first)
        if found is None:
            return Step("look", "failed", _TAKEN, Refused.exit_code)
        if found.size != len(_CONTENT):
            told = f"{found.size:,} bytes are told of, and {len(_CONTENT):,} were written."
            return Step("look", "failed", f"{told} {_CHANGES}", Refused.exit_code)
        return None

    def _clock(self) -> Step | str:
        found = self._scratch.look(self._first)
        ahead = round(found.modified - self._wrote_at) if found else 0
        if abs(ahead) <= 1:
            return "the same as here"
        told = f"{abs(ahead):,} seconds {'ahead of' if ahead > 0 else 'behind'} this machine's"
        if abs(ahead) <= _CLOCK_SECONDS:
            return told
        return Step("clock", "warning", f"{told}. Set the clock that is wrong by NTP.")

    def _read_back(self) -> Step | None:
        found = self._scratch.digest(self._first)
        if found is None:
            return Step("read_back", "failed", _TAKEN, Refused.exit_code)
        if found != hashlib.sha256(_CONTENT).hexdigest():
            return Step("read_back", "failed", _CHANGES, Refused.exit_code)
        return None

    def _rename(self) -> None:
        self._scratch.rename(self._first, self._second)

    def _guard(self) -> Step | str:
        self._put(self._first)
        if self._scratch.guards_names(self._first, self._second):
            return "a name that is taken is refused"
        return Step("guard", "warning", _UNGUARDED)

    def _replace(self) -> Step | str:
        facts = self._session.facts
        if facts.kind == "sftp" and REPLACES not in facts.extensions:
            told = f"not offered ({REPLACES}): leave `overwrite` out"
            return Step("replace", "failed", told, Refused.exit_code)
        for name in (self._first, self._second):
            self._put(name)
        self._scratch.replace(self._first, self._second)
        return "at one stroke"

    def _archive(self) -> Step | str:
        """Archive a file as a run does, which makes the folder where it is missing."""
        folder = self._archive_folder
        assert folder is not None
        self._put(self._first)
        name = self._scratch.archive(self._first, folder)
        try:
            self._session.beside(folder).remove(name)
        except Interrupted:
            raise
        except (Refused, Unreachable):
            left = f"moved into {folder}, and may not be removed there: remove {name} by hand"
            return Step("archive", "warning", left)
        return f"moved into {folder}"

    def _delete(self) -> str:
        for name in (self._first, self._second):
            self._scratch.remove(name)
        return ""

    def _tidy(self) -> None:
        """Remove what is left, as far as it can be."""
        if "connection" in self._failed:
            return
        with contextlib.suppress(IepbridgeError, NotThere):
            self._delete()
        if self._scratch is not self._session:
            with contextlib.suppress(IepbridgeError, NotThere):
                self._session.remove_folder(self._folder)


_TAKEN: Final = (
    "It was gone right after it was written: something takes files away at once, under temporary"
    " names, too. Have that wait for final names, or for a `marker`."
)
_CHANGES: Final = (
    "What is there is not what was written: the server changes files. Have it take them as they"
    " are, byte for byte."
)
_UNGUARDED: Final = (
    "A plain rename takes the place of a file that has the name. Each name is looked for before,"
    " but one that comes in that moment is lost: let nobody else write there."
)
