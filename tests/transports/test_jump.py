"""Through another server: pinned and logged in to on its own, then passed through."""

import io
from pathlib import Path

import pytest
from tests.servers import Server, asyncssh_server, cutting_proxy, make_key, openssh, pin
from tests.transports.endpoints import QUICK_RETRY, endpoint

from iepbridge.errors import Misuse, Refused, Unreachable
from iepbridge.settings import EndpointSettings
from iepbridge.transports import Interrupted, open_session


def through(target: Server, jump: EndpointSettings, **options: object) -> EndpointSettings:
    return endpoint(target, jump=jump.name, **options)


@pytest.mark.parametrize("make", [openssh, asyncssh_server])
def test_a_session_through_another_server(tmp_path: Path, sshd: Server, make) -> None:
    with make(tmp_path) as gate:
        jump = endpoint(gate, name="gate")
        data = bytes(range(256)) * 10_000
        with open_session(through(sshd, jump), {"gate": jump}) as session:
            assert session.upload(io.BytesIO(data), "plans.xml") == len(data)
            sink = io.BytesIO()
            session.download("plans.xml", sink, len(data))
        assert sink.getvalue() == data
        assert session.facts.server.startswith("SSH-2.0-OpenSSH")


def test_both_servers_are_pinned(tmp_path: Path, sshd: Server) -> None:
    other = pin(tmp_path, make_key(tmp_path / "other"))
    with openssh(tmp_path) as gate:
        jump = endpoint(gate, name="gate", host_keys=other)
        with pytest.raises(Refused, match="Endpoint gate: The host key is not the one pinned"):
            open_session(through(sshd, jump), {"gate": jump})
        jump = endpoint(gate, name="gate")
        with pytest.raises(Refused, match="Endpoint texas: The host key is not the one pinned"):
            open_session(through(sshd, jump, host_keys=other), {"gate": jump})


def test_a_server_that_lets_nobody_through(tmp_path: Path, sshd: Server) -> None:
    with openssh(tmp_path, AllowTcpForwarding="no") as gate:
        jump = endpoint(gate, name="gate")
        with pytest.raises(Refused, match="connect onward"):
            open_session(through(sshd, jump, **QUICK_RETRY), {"gate": jump})


def test_nobody_listens_behind_it(tmp_path: Path, sshd: Server) -> None:
    with openssh(tmp_path) as gate:
        jump = endpoint(gate, name="gate")
        url = sshd.url(1)
        with pytest.raises(Unreachable, match="gate could not connect to"):
            open_session(through(sshd, jump, url=url, **QUICK_RETRY), {"gate": jump})


def test_a_gate_that_goes_silent(tmp_path: Path, sshd: Server) -> None:
    with openssh(tmp_path) as gate, cutting_proxy((gate.host, gate.port)) as proxy:
        jump = endpoint(gate, proxy.port, name="gate")
        soon = through(sshd, jump, operation_timeout_seconds=2.0)
        with open_session(soon, {"gate": jump}) as session:
            session.look("none.xml")
            proxy.freeze()
            with pytest.raises(Interrupted, match="deadline"):
                session.look("none.xml")


def test_a_jump_that_leads_nowhere_or_in_a_circle(sshd: Server) -> None:
    texas = endpoint(sshd, jump="gate")
    gate = endpoint(sshd, name="gate", jump="texas")
    with pytest.raises(Misuse, match="names no sftp endpoint"):
        open_session(texas, {})
    with pytest.raises(Misuse, match="circle"):
        open_session(texas, {"gate": gate, "texas": texas})
