"""Logging in by each kind of credential; what is refused is tried once."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers import PASSWORD, Server, asyncssh_server, make_key, openssh, proftpd
from tests.servers.running import program
from tests.transports.endpoints import by_password, endpoint

from iepbridge.errors import Misuse, Refused
from iepbridge.settings import EndpointSettings, Secret
from iepbridge.transports import open_session

KEYGEN_SECONDS = 30


def method(settings: EndpointSettings) -> str:
    with open_session(settings, {}) as session:
        assert session.look("none.xml") is None
        return session.facts.login


def keygen(*arguments: str) -> None:
    command = [program("ssh-keygen", "openssh-client"), "-q", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=KEYGEN_SECONDS)


def admit(server: Server, public: str) -> None:
    """Let a key log in to OpenSSH or asyncssh."""
    (server.log.parent / "authorized").write_text(f"{public}\n")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    with openssh(tmp_path) as server:
        yield server


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("passphrase", [None, "a secret of many words"])
def test_a_key(own: Server, tmp_path: Path, kind: str, passphrase: str | None) -> None:
    key = make_key(tmp_path / "key", kind, passphrase)
    admit(own, key.public)
    unlock = {"passphrase": Secret.plain(passphrase)} if passphrase else {}
    assert method(endpoint(own, private_key=Secret.of_file(key.path), **unlock)) == "publickey"
    if kind == "rsa":
        assert "ssh-rsa" not in own.logged() or "rsa-sha2" in own.logged()


@pytest.mark.parametrize("form", ["PEM", "PKCS8"])
def test_a_key_in_pem(own: Server, tmp_path: Path, form: str) -> None:
    key = make_key(tmp_path / "key", "rsa")
    admit(own, key.public)
    keygen("-p", "-m", form, "-P", "", "-N", "a lock of words", "-f", str(key.path))
    locked = {"passphrase": Secret.plain("a lock of words")}
    assert method(endpoint(own, private_key=Secret.of_file(key.path), **locked)) == "publickey"


def test_what_is_wrong_with_a_key_is_told_before_anything_is_sent(
    own: Server, tmp_path: Path
) -> None:
    locked, plain = make_key(tmp_path / "l", passphrase="words"), make_key(tmp_path / "p")
    (tmp_path / "none").write_text("no key")
    cases = {
        "set `passphrase`": {"private_key": Secret.of_file(locked.path)},
        "passphrase is wrong": {
            "private_key": Secret.of_file(locked.path),
            "passphrase": Secret.plain("others"),
        },
        "take `passphrase` out": {
            "private_key": Secret.of_file(plain.path),
            "passphrase": Secret.plain("words"),
        },
        "no private key": {"private_key": Secret.of_file(tmp_path / "none")},
        "nothing to log in with": {"private_key": None},
        "no OpenSSH certificate": {"certificate": Path(f"{own.key}.pub")},
    }
    before = own.logged()
    for told, options in cases.items():
        with pytest.raises(Misuse, match=told):
            open_session(endpoint(own, **options), {})
    assert own.logged() == before


def certificate(tmp_path: Path, key: Path, *options: str) -> tuple[Path, str]:
    authority = make_key(tmp_path / "authority")
    sign = ("-s", str(authority.path), "-I", "feed", "-n", "feed", *options)
    keygen(*sign, f"{key}.pub")
    return key.with_name(f"{key.name}-cert.pub"), authority.public


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_certificate(own: Server, tmp_path: Path, kind: str) -> None:
    key = make_key(tmp_path / "key", kind)
    path, authority = certificate(tmp_path, key.path)
    admit(own, f'cert-authority,principals="feed" {authority}')
    settings = endpoint(own, private_key=Secret.of_file(key.path), certificate=path)
    assert method(settings) == "publickey"
    assert "CERT" in own.logged()


def test_a_certificate_that_does_not_fit_or_has_expired(own: Server, tmp_path: Path) -> None:
    key = make_key(tmp_path / "key")
    path, _ = certificate(tmp_path, key.path, "-V", "20200101:20200102")
    with pytest.raises(Refused, match="expired"):
        open_session(endpoint(own, private_key=Secret.of_file(key.path), certificate=path), {})
    with pytest.raises(Misuse, match="another key"):
        open_session(endpoint(own, certificate=path), {})


def listens(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(place)) == 0


@contextlib.contextmanager
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    place = tmp_path / "agent"
    command = [program("ssh-agent", "openssh-client"), "-D", "-a", str(place)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not listens(place):
            assert process.poll() is None
            time.sleep(0.01)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_an_agent(own: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    key, other = make_key(tmp_path / "key", kind), make_key(tmp_path / "other")
    admit(own, key.public)
    with agent(tmp_path, monkeypatch):
        add = [program("ssh-add", "openssh-client"), "-q", str(other.path), str(key.path)]
        subprocess.run(add, check=True, capture_output=True)
        assert method(endpoint(own, private_key=None, agent=True)) == "publickey"


def test_an_agent_that_is_not_there(own: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(Refused, match="Tried: nothing"):
        open_session(endpoint(own, private_key=None, agent=True), {})


def test_a_key_that_is_refused(own: Server, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    with pytest.raises(Refused, match=r"Tried: the key SHA256:\S+\. It takes publickey"):
        open_session(endpoint(own, private_key=Secret.of_file(other.path), retries=5), {})
    assert own.logged().count("Connection from") == 2  # the first is the test's own, to see it up


@pytest.mark.parametrize("make", [asyncssh_server, proftpd])
def test_a_password(tmp_path: Path, make) -> None:
    with make(tmp_path) as server:
        assert method(by_password(server, PASSWORD)) == "password"


def test_a_wrong_password_is_tried_once(tmp_path: Path) -> None:
    with asyncssh_server(tmp_path) as server:
        with pytest.raises(Refused, match="is not tried again") as caught:
            open_session(by_password(server, "wrong horse", retries=5), {})
        assert server.logged().count("password wrong") == 1
        assert server.logged().count("login of") == 1
    assert "wrong horse" not in str(caught.value)


@pytest.mark.parametrize("most", ["1", "3"])
def test_a_wrong_password_is_tried_once_by_proftpd(tmp_path: Path, most: str) -> None:
    with proftpd(tmp_path, MaxLoginAttempts=most) as server:
        assert method(by_password(server, PASSWORD)) == "password"
        with pytest.raises(Refused, match="Tried: the password"):
            open_session(by_password(server, "wrong horse", retries=5), {})
        assert (server.log.parent / "system.log").read_text().count("Incorrect password") == 1


def test_a_prompt_for_the_password(tmp_path: Path) -> None:
    with asyncssh_server(tmp_path, password_auth=False, kbdint_auth=True) as server:
        assert method(by_password(server, PASSWORD)) == "keyboard-interactive"
        with pytest.raises(Refused):
            open_session(by_password(server, "wrong horse", retries=5), {})
        assert server.logged().count("password wrong") == 1


def test_key_and_password_where_both_are_wanted(tmp_path: Path) -> None:
    with asyncssh_server(tmp_path) as server:
        other = make_key(tmp_path / "other")
        both = {"private_key": Secret.of_file(other.path), "password": Secret.plain(PASSWORD)}
        assert method(endpoint(server, **both)) == "password"


def test_an_account_without_sftp(tmp_path: Path) -> None:
    with (
        asyncssh_server(tmp_path, sftp_factory=None) as server,
        pytest.raises(Refused, match="does not allow"),
    ):
        open_session(endpoint(server, retries=5), {})


def test_an_rsa_key_is_never_signed_with_sha1(tmp_path: Path) -> None:
    key = make_key(tmp_path / "key", "rsa")
    with asyncssh_server(tmp_path, signature_algs=["ssh-rsa"]) as server:
        admit(server, key.public)
        with pytest.raises(Refused, match="SHA-1"):
            open_session(endpoint(server, private_key=Secret.of_file(key.path), retries=5), {})
    with openssh(tmp_path, PubkeyAcceptedAlgorithms="ssh-rsa") as server:
        admit(server, key.public)
        with pytest.raises(Refused, match="It takes publickey"):
            open_session(endpoint(server, private_key=Secret.of_file(key.path), retries=5), {})
