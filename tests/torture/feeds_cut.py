"""Connections cut, or silent, from any byte of a run on: what it says, and what the next does.

cut and left    no retries: the run ends 0, 4 or 7, as is true; the next one goes on
cut once        a retry carries the run to its end
gone silent     the run ends by its own deadlines
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from tests.servers import Proxy, Server, cutting_proxy, openssh
from tests.torture.claims import Trial, claim
from tests.torture.feed_flows import Arrivals, Content, Flow, Out, OutTaken
from tests.torture.feed_world import World, workplace_folder
from tests.torture.feeds_killed import goes_on

from iepbridge.ledger.schema import batches
from iepbridge.transports import open_session

NOT_REACHED = 4
UNKNOWN = 7
GENEROUS_SECONDS = 60.0
"""How long a run may take whose deadlines come to a few seconds, on a machine that is busy."""

STATES = {0: "delivered", NOT_REACHED: "waiting", UNKNOWN: "unknown"}
PATIENT = (("retries", 0), ("connect_timeout_seconds", 30), ("operation_timeout_seconds", 30))
RETRIED = (("retries", 2), ("retry_wait_seconds", 0.01), ("operation_timeout_seconds", 30))
HASTY = (("retries", 0), ("connect_timeout_seconds", 2), ("operation_timeout_seconds", 1))
SERVING = {
    "KexAlgorithms": "curve25519-sha256@libssh.org",
    "HostKeyAlgorithms": "ssh-ed25519",
    "Ciphers": "aes128-ctr",
    "MACs": "hmac-sha2-256",
}
"""Little to choose from, so that few bytes are spent on choosing."""


class Cut(NamedTuple):
    """A place in a connection: so many bytes `up` or `down`."""

    way: str
    after: int

    def __str__(self) -> str:
        return f"{self.after} bytes {self.way}"


@dataclass(frozen=True)
class Line:
    """A flow over a line that may be cut: how its deployment stands before each run."""

    flow: type[Flow]
    base: Path
    server: Server
    before: World
    reference: Content

    @classmethod
    def set(cls, flow: type[Flow], base: Path, server: Server) -> "Line":
        """Prepare a deployment of one file, and see once what an undisturbed run makes of it."""
        world = World(base / "before", server, plans=1, batch_size=1, keys=PATIENT)
        world.folder.mkdir()
        plain = replace(world, server=None)
        plain.configure()
        flow.prepare(plain)
        whole = world.copied(base / "whole")
        assert whole.run(flow.feed).code in flow.codes
        return cls(flow, base, server, replace(world, quick=True), flow.results(whole))

    def cuts(self) -> list[Cut]:
        """Give every byte of a whole connection, and a few more."""
        lengths = [self._lengths() for _ in range(3)]
        up, down = (max(found) for found in zip(*lengths, strict=True))
        return [
            *(Cut("up", byte) for byte in range(up)),
            *(Cut("down", byte) for byte in range(down)),
        ]

    def login(self) -> dict[str, int]:
        """Give the bytes of logging in, by way."""
        with self._proxy() as proxy:
            endpoint = replace(self.before, port=proxy.port).configured().endpoints["out"]
            open_session(endpoint, {}).close()
            return {"up": proxy.up, "down": proxy.down}

    def _lengths(self) -> tuple[int, int]:
        with self._proxy() as proxy:
            case = self._begin(PATIENT, proxy)
            assert case.world.run(case.feed).code in case.codes
            return proxy.up, proxy.down

    def leave(self, cut: Cut) -> None:
        """Cut a run and do not try again: what it says is true, and the next one goes on."""
        with self._proxy(cut) as proxy:
            self._run_and_go_on(self._begin(PATIENT, proxy))

    def retry(self, cut: Cut) -> None:
        """Cut a run once: it goes to its end all the same."""
        with self._proxy(cut, times=1) as proxy:
            case = self._begin(RETRIED, proxy)
            assert _run(case) in case.codes
        case.seen()
        case.ended()

    def stall(self, cut: Cut) -> None:
        """Let the line go silent: the run ends by its own deadlines, and the next one goes on."""
        with self._proxy(cut, stall=True) as proxy:
            self._run_and_go_on(self._begin(HASTY, proxy))

    def _run_and_go_on(self, case: Flow) -> None:
        _is_true(case, _run(case))
        case.world = replace(case.world, port=None, keys=PATIENT)
        case.world.configure()
        goes_on(case, runs=1)

    def _begin(self, keys: tuple[tuple[str, Any], ...], proxy: Proxy) -> Flow:
        before = replace(self.before, keys=keys, port=proxy.port)
        return self.flow(before.copied(self.base / "case"), self.reference)

    def _proxy(self, cut: Cut | None = None, **options: Any) -> AbstractContextManager[Proxy]:
        target = (self.server.host, self.server.port)
        place = {} if cut is None else {f"after_bytes_{cut.way}": cut.after}
        return cutting_proxy(target, **place, **options)


def _run(case: Flow) -> int:
    begun = time.monotonic()
    code = case.world.run(case.feed, 0).code
    assert time.monotonic() - begun < GENEROUS_SECONDS, "beyond its deadlines"
    return code


def _is_true(case: Flow, code: int) -> None:
    """See that a run's exit code is what came of it: in the ledger, and on the other side."""
    assert code in (*case.codes, NOT_REACHED, UNKNOWN), f"it ended with {code}"
    if code in (0, 1):
        case.seen()
        case.ended()
    if isinstance(case, Out):
        _outcome_is_true(case, code)


def _outcome_is_true(case: Out, code: int) -> None:
    states = list(case.counted(batches.c.state))
    assert states == [STATES[code]], f"{states}, and it ended with {code}"
    if code == NOT_REACHED:
        standing = case.receiver.standing()
        assert not standing, f"not delivered, it said: {standing}"


@contextmanager
def line(flow: type[Flow]) -> Iterator[Line]:
    """Set up a line in a folder of its own, for as long as the block lasts."""
    with ExitStack() as stack:
        base = stack.enter_context(workplace_folder())
        server = stack.enter_context(openssh(base, **SERVING))
        yield Line.set(flow, base, server)


def cut(
    trial: Trial,
    flow: type[Flow],
    deed: Callable[[Line, Cut], None],
    chosen: Callable[[Line], Sequence[Cut]] = lambda own: own.cuts(),
) -> None:
    """Try a claim on a flow at the places that are chosen."""
    with line(flow) as first:
        places = trial.sampled(chosen(first))

    @contextmanager
    def workshop() -> Iterator[Callable[[Cut], None]]:
        with line(flow) as own:
            yield lambda place: deed(own, place)

    trial.spread(places, workshop)


def every_eleventh(own: Line) -> list[Cut]:
    """Give every eleventh byte."""
    return own.cuts()[::11]


def past_the_login(own: Line) -> list[Cut]:
    """Give every fifth byte from where the server has let us in."""
    login = own.login()
    return [place for place in own.cuts() if place.after >= login[place.way]][::5]


def now_and_then(own: Line) -> list[Cut]:
    """Give a byte of every hundred or so: each costs the seconds of a deadline."""
    return own.cuts()[::97]


@claim(
    "An upload cut at any byte is told as what it is, and the next run loses and doubles nothing"
)
def upload_cut(trial: Trial) -> None:
    """Cut every connection of a run at one byte, up or down."""
    cut(trial, Out, Line.leave)


@claim("An upload cut at any byte, to who takes files at once, is never doubled")
def taken_upload_cut(trial: Trial) -> None:
    """Cut it where there was something to take."""
    cut(trial, OutTaken, Line.leave, past_the_login)


@claim("An upload cut once at a byte is carried to its end by a retry")
def upload_cut_once(trial: Trial) -> None:
    """Cut the first connection alone."""
    cut(trial, Out, Line.retry, every_eleventh)


@claim("A download cut at any byte is told, and the next run loses and doubles nothing")
def download_cut(trial: Trial) -> None:
    """Cut every connection of a run in at one byte, up or down."""
    cut(trial, Arrivals, Line.leave)


@claim("A download cut once at a byte is carried to its end by a retry")
def download_cut_once(trial: Trial) -> None:
    """Cut the first connection alone."""
    cut(trial, Arrivals, Line.retry, every_eleventh)


@claim("An upload over a line that goes silent at a byte ends by its deadlines")
def upload_stalled(trial: Trial) -> None:
    """Keep the connection open, and let nothing through."""
    cut(trial, Out, Line.stall, now_and_then)


@claim("A download over a line that goes silent at a byte ends by its deadlines")
def download_stalled(trial: Trial) -> None:
    """Keep the connection open, and let nothing through."""
    cut(trial, Arrivals, Line.stall, now_and_then)
