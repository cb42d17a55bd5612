"""Host keys: pinned before anything is sent; no login is tried with a server that shows another."""

import subprocess
from pathlib import Path

import pytest
from tests.servers import Server, make_key, openssh, pin
from tests.servers.running import program
from tests.transports.endpoints import endpoint

from iepbridge.errors import Misuse, Refused
from iepbridge.transports import open_session


def untried(server: Server) -> bool:
    """Say whether a server has seen no try to log in: sshd logs each by its user."""
    return not any(word in server.logged() for word in ("Accepted", "Failed", " user "))


def refused(server: Server, known_hosts: Path) -> str:
    with pytest.raises(Refused) as caught:
        open_session(endpoint(server, host_keys=known_hosts, retries=5), {})
    assert untried(server)
    return str(caught.value)


@pytest.fixture
def fresh(tmp_path: Path) -> Server:
    with openssh(tmp_path) as server:
        yield server


def test_a_login_would_be_seen(fresh: Server) -> None:
    assert untried(fresh)
    open_session(endpoint(fresh), {}).close()
    assert not untried(fresh)


def test_a_changed_key_is_refused(fresh: Server, tmp_path: Path) -> None:
    message = refused(fresh, pin(tmp_path, make_key(tmp_path / "other")))
    assert "is not the one pinned" in message
    assert message.count("SHA256:") == 2
    assert f"[127.0.0.1]:{fresh.port} {fresh.host_key.public}" in message


def test_an_unknown_key_is_refused(fresh: Server, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    message = refused(fresh, tmp_path / "empty")
    assert f"pins no host key for [127.0.0.1]:{fresh.port}" in message
    assert message.count("SHA256:") == 1


def test_a_key_of_another_type_is_refused_by_its_fingerprint(fresh: Server, tmp_path: Path) -> None:
    message = refused(fresh, pin(tmp_path, make_key(tmp_path / "other", "rsa")))
    assert f"shows {fresh.host_key.public.split()[0]} SHA256:" in message


def test_a_revoked_key_is_refused(fresh: Server, tmp_path: Path) -> None:
    path = pin(tmp_path, fresh.host_key)
    path.write_text(f"{path.read_text()}@revoked * {fresh.host_key.public}\n")
    assert "revoked" in refused(fresh, path)


def test_an_authority_pins_nothing(fresh: Server, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"@cert-authority * {fresh.host_key.public}\n")
    assert "@cert-authority" in refused(fresh, path)


def test_a_hashed_name_pins_the_key(fresh: Server, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"[127.0.0.1]:{fresh.port} {fresh.host_key.public}\n")
    keygen = [program("ssh-keygen", "openssh-client"), "-H", "-f", str(path)]
    subprocess.run(keygen, check=True, capture_output=True)
    assert "|1|" in path.read_text()
    open_session(endpoint(fresh, host_keys=path), {}).close()


def test_each_of_several_keys_will_do(tmp_path: Path) -> None:
    others = [make_key(tmp_path / kind, kind) for kind in ("rsa", "ecdsa", "ed25519")]
    with openssh(tmp_path, "ecdsa") as server:
        path = pin(tmp_path, *others, server.host_key)
        with open_session(endpoint(server, host_keys=path), {}) as session:
            assert session.facts.host_key.startswith("ecdsa-sha2-nistp256 ")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_the_pinned_type_is_asked_for(tmp_path: Path, kind: str) -> None:
    own, another = make_key(tmp_path / "own", kind), make_key(tmp_path / "another")
    with openssh(tmp_path, HostKey=f"{own.path}\nHostKey {another.path}") as server:
        path = pin(tmp_path, own)
        with open_session(endpoint(server, host_keys=path), {}) as session:
            assert own.public.split()[0] in session.facts.host_key


@pytest.mark.parametrize("text", ["one two", "@unknown * ssh-ed25519 AAAA", "a ssh-ed25519 ???"])
def test_a_line_that_is_none(sshd: Server, tmp_path: Path, text: str) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"# pinned by the operator\n\n{text}\n")
    with pytest.raises(Misuse, match="known_hosts:3"):
        open_session(endpoint(sshd, host_keys=path), {})


def test_a_file_that_is_not_there(sshd: Server, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="No such file"):
        open_session(endpoint(sshd, host_keys=tmp_path / "none"), {})
