"""What is spoken: nothing with CBC, 3DES, SHA-1 or MD5; a server without better is refused."""

from pathlib import Path

import pytest
from tests.servers import asyncssh_server, openssh
from tests.transports.endpoints import endpoint

from iepbridge.errors import Refused
from iepbridge.transports import open_session

OLD = {
    "aes128-cbc, 3des-cbc": {"encryption_algs": ["aes128-cbc", "3des-cbc"]},
    "hmac-sha1, hmac-md5": {
        "encryption_algs": ["aes128-ctr"],
        "mac_algs": ["hmac-sha1", "hmac-md5"],
    },
    "diffie-hellman-group14-sha1": {"kex_algs": ["diffie-hellman-group14-sha1"]},
}


@pytest.mark.parametrize("offered", OLD)
def test_a_server_that_speaks_only_old_ones(tmp_path: Path, offered: str) -> None:
    with asyncssh_server(tmp_path, **OLD[offered]) as server:
        with pytest.raises(Refused, match=f"it offers only {offered}") as caught:
            open_session(endpoint(server, retries=5), {})
        assert server.logged() == ""
    assert str(caught.value).count("it offers only") == 1


SPOKEN = [
    ("Ciphers", "aes256-gcm@openssh.com", "cipher"),
    ("Ciphers", "aes256-ctr", "cipher"),
    ("KexAlgorithms", "diffie-hellman-group16-sha512", "key_exchange"),
    ("KexAlgorithms", "ecdh-sha2-nistp384", "key_exchange"),
]


@pytest.mark.parametrize(("option", "name", "fact"), SPOKEN)
def test_each_is_spoken_and_told(tmp_path: Path, option: str, name: str, fact: str) -> None:
    with (
        openssh(tmp_path, **{option: name}) as server,
        open_session(endpoint(server), {}) as session,
    ):
        assert getattr(session.facts, fact) == name


@pytest.mark.parametrize("mac", ["hmac-sha2-256", "hmac-sha2-512-etm@openssh.com"])
def test_each_authentication_is_spoken_and_told(tmp_path: Path, mac: str) -> None:
    with (
        openssh(tmp_path, Ciphers="aes128-ctr", MACs=mac) as server,
        open_session(endpoint(server), {}) as session,
    ):
        assert session.facts.mac == mac
