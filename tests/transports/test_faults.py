"""Connections that are cut or go silent, at any byte: retried, interrupted, never believed."""

import hashlib
import io
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import structlog
from tests.servers import PASSWORD, Server, asyncssh_server, cutting_proxy
from tests.transports.endpoints import QUICK_RETRY, by_password, endpoint

from iepbridge.errors import Refused, Unreachable
from iepbridge.transports import Interrupted, Session, open_session

DATA = bytes(range(256)) * 2_000
SOON = {"connect_timeout_seconds": 1.5, "operation_timeout_seconds": 1.0}

LONG = [pytest.mark.long, pytest.mark.timeout(3_600)]
EVERY = bool(os.environ.get("IEPBRIDGE_TORTURE"))
"""Whether connections are cut at every byte, which takes an hour."""
STEPS = [397, pytest.param(1 if EVERY else 23, marks=LONG)]


def target(server: Server) -> tuple[str, int]:
    return server.host, server.port


@pytest.fixture(scope="module")
def passwords(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with asyncssh_server(tmp_path_factory.mktemp("passwords")) as server:
        yield server


def login_bytes(server: Server) -> tuple[int, int]:
    """Count the bytes, up and down, until a session is open."""
    with cutting_proxy(target(server)) as proxy:
        open_session(endpoint(server, proxy.port), {}).close()
        return proxy.up, proxy.down


def places(most: int, step: int) -> list[int]:
    return [*range(0, most, step), most - 1]


@pytest.mark.parametrize("way", ["after_bytes_up", "after_bytes_down"])
@pytest.mark.parametrize("step", STEPS)
def test_a_cut_while_connecting_is_tried_again(sshd: Server, way: str, step: int) -> None:
    up, down = login_bytes(sshd)
    for place in places(up if way == "after_bytes_up" else down, step):
        with cutting_proxy(target(sshd), **{way: place}, times=1) as proxy:
            settings = endpoint(sshd, proxy.port, **QUICK_RETRY)
            with open_session(settings, {}) as session:
                assert session.look("none.xml") is None
            assert proxy.connections == 2


def ended_in(server: Server, place: int) -> str:
    """Give the phase in which a login by password ends where it is cut; empty where it is open.

    The last bytes of all may come after that.
    """
    with cutting_proxy(target(server), after_bytes_down=place) as proxy:
        try:
            open_session(by_password(server, PASSWORD, proxy.port), {}).close()
        except Unreachable as error:
            found = re.search("in the phase (.*?):", str(error))
            assert found
            return found[1]
    return ""


@pytest.mark.parametrize("step", STEPS)
def test_a_cut_while_a_password_is_checked_is_no_refusal(passwords: Server, step: int) -> None:
    with cutting_proxy(target(passwords)) as proxy:
        open_session(by_password(passwords, PASSWORD, proxy.port), {}).close()
        most = proxy.down
    ended = {ended_in(passwords, place) for place in places(most, step)}
    assert ended >= {"handshake", "channel"}
    assert step > 100 or "login" in ended


def test_a_cut_while_logging_in_is_tried_again(passwords: Server) -> None:
    with cutting_proxy(target(passwords)) as proxy:
        open_session(by_password(passwords, PASSWORD, proxy.port), {}).close()
        most = proxy.down
    ended = {place: ended_in(passwords, place) for place in range(0, most, 41)}
    # The last such place answers what the login asked; at the first ones, which come with the last
    # of the handshake, it depends on who is faster in which phase a cut is noticed.
    last = max(place for place, phase in ended.items() if phase == "login")
    with cutting_proxy(target(passwords), after_bytes_down=last) as proxy:
        settings = by_password(passwords, PASSWORD, proxy.port, **QUICK_RETRY)
        with structlog.testing.capture_logs() as logs, pytest.raises(Unreachable) as told:
            open_session(settings, {})
        assert "in 3 tries" in str(told.value)
        assert proxy.connections == 3
    assert {line["phase"] for line in logs if line["event"] == "endpoint_attempt"} == {"login"}


def test_a_wrong_password_is_a_refusal_through_anything(passwords: Server) -> None:
    before = passwords.logged().count("password wrong")
    with cutting_proxy(target(passwords)) as proxy:
        settings = by_password(passwords, "wrong horse", proxy.port, **QUICK_RETRY)
        with pytest.raises(Refused):
            open_session(settings, {})
        assert proxy.connections == 1
    assert passwords.logged().count("password wrong") == before + 1


def test_each_try_is_logged(sshd: Server) -> None:
    with cutting_proxy(target(sshd), after_bytes_down=100) as proxy:
        settings = endpoint(sshd, proxy.port, **QUICK_RETRY)
        with structlog.testing.capture_logs() as logs, pytest.raises(Unreachable):
            open_session(settings, {})
    tries = [line for line in logs if line["event"] == "endpoint_attempt"]
    assert [line["attempt"] for line in tries] == [1, 2, 3]
    assert {line["phase"] for line in tries} == {"handshake"}
    assert {line["endpoint"] for line in tries} == {"texas"}
    assert [line["next_wait_seconds"] is None for line in tries] == [False, False, True]


def test_nobody_listens(sshd: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match=f"connect: 127.0.0.1 port {port}"):
        open_session(endpoint(sshd, port), {})


def test_a_name_that_is_none(sshd: Server) -> None:
    url = f"sftp://feed@nowhere.invalid:{sshd.port}/"
    with pytest.raises(Unreachable, match=r"resolve: the name nowhere\.invalid"):
        open_session(endpoint(sshd, url=url), {})


def test_somebody_else_listens(sshd: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Unreachable, match="no answer within"):
            open_session(endpoint(sshd, port, **SOON), {})


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9, 0.98])
@pytest.mark.parametrize("way", ["after_bytes_up", "after_bytes_down"])
def test_a_server_that_goes_silent_while_connecting(sshd: Server, way: str, part: float) -> None:
    up, down = login_bytes(sshd)
    place = int((up if way == "after_bytes_up" else down) * part)
    with (
        cutting_proxy(target(sshd), **{way: place}, stall=True) as proxy,
        pytest.raises(Unreachable) as caught,
    ):
        open_session(endpoint(sshd, proxy.port, **SOON), {})
    assert not isinstance(caught.value, Interrupted)


def _upload(session: Session) -> object:
    return session.upload(io.BytesIO(DATA), "plans.xml.part")


USES: dict[str, Callable[[Session], object]] = {
    "upload": _upload,
    "download": lambda session: session.download("plans.xml", io.BytesIO(), 1 << 30),
    "digest": lambda session: session.digest("plans.xml"),
    "files": lambda session: list(session.files()),
    "look": lambda session: session.look("plans.xml"),
    "rename": lambda session: session.rename("other.xml", "plans-2.xml"),
    "replace": lambda session: session.replace("other.xml", "plans.xml"),
    "remove": lambda session: session.remove("other.xml"),
}


def bytes_of(server: Server, use: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Count bytes, up and down: before an operation, and after it."""
    with (
        cutting_proxy(target(server)) as proxy,
        open_session(endpoint(server, proxy.port), {}) as session,
    ):
        before = proxy.up, proxy.down
        USES[use](session)
        return before, (proxy.up, proxy.down)


@pytest.fixture
def filled(sshd: Server) -> Server:
    for path in sshd.folder.iterdir():
        path.unlink()
    (sshd.folder / "plans.xml").write_bytes(DATA)
    (sshd.folder / "other.xml").write_bytes(b"other")
    return sshd


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("stall", [False, True])
def test_an_operation_that_loses_its_server(filled: Server, use: str, stall: bool) -> None:
    (_, before), (_, after) = bytes_of(filled, use)
    (filled.folder / "other.xml").write_bytes(b"other")
    place = before + (after - before) // 2
    patience = {"operation_timeout_seconds": 2.0} if stall else {}
    with (
        cutting_proxy(target(filled), after_bytes_down=place, stall=stall) as proxy,
        open_session(endpoint(filled, proxy.port, **patience), {}) as session,
    ):
        with pytest.raises(Interrupted, match="not known"):
            USES[use](session)
        with pytest.raises(Interrupted):
            session.look("plans.xml")


@pytest.mark.parametrize("step", [40_009, pytest.param(1 if EVERY else 5_003, marks=LONG)])
def test_an_upload_cut_anywhere_is_whole_or_interrupted(filled: Server, step: int) -> None:
    (before, _), (after, _) = bytes_of(filled, "upload")
    for place in places(after - before - 1, step):
        with cutting_proxy(target(filled), after_bytes_up=before + place + 1) as proxy:
            session = open_session(endpoint(filled, proxy.port), {})
            with pytest.raises(Interrupted):
                _upload(session)
            session.close()
    with open_session(endpoint(filled), {}) as session:
        assert _upload(session) == len(DATA)
        assert session.digest("plans.xml.part") == hashlib.sha256(DATA).hexdigest()


def test_a_whole_file_has_a_deadline_too(sshd: Server) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            time.sleep(0.05)
            return b"x" * 1_000

    settings = endpoint(sshd, operation_timeout_seconds=30.0, transfer_timeout_seconds=1.0)
    with open_session(settings, {}) as session, pytest.raises(Interrupted, match="deadline"):
        session.upload(Endless(), "plans.xml.part")


def test_nothing_is_left_running(sshd: Server) -> None:
    before = threading.active_count()
    for _ in range(5):
        open_session(endpoint(sshd), {}).close()
    with cutting_proxy(target(sshd), after_bytes_down=900) as proxy, pytest.raises(Unreachable):
        open_session(endpoint(sshd, proxy.port, **QUICK_RETRY), {})
    end = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= before
