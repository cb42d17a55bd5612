"""What an endpoint logs in with: private keys, certificates, an agent's keys, a password.

Everything is read before anything is sent, so that what is wrong with it is told at once.
"""

import io
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from iepbridge.errors import Misuse, Refused
from iepbridge.settings import EndpointSettings
from iepbridge.transports.sftp.network import bounded

_OPENSSH: Final = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_CLASSES: Final[Mapping[type, type[paramiko.PKey]]] = {
    rsa.RSAPrivateKey: paramiko.RSAKey,
    ec.EllipticCurvePrivateKey: paramiko.ECDSAKey,
    ed25519.Ed25519PrivateKey: paramiko.Ed25519Key,
}


class Credentials(NamedTuple):
    """What can be tried, in this order: the key, the agent's, the password."""

    key: paramiko.PKey | None = None
    agent: bool = False
    password: str | None = None


def credentials(endpoint: EndpointSettings) -> Credentials:
    """Read an endpoint's secrets; raise `Misuse` for what cannot be used."""
    key = _key(endpoint) if endpoint.private_key else None
    if key and endpoint.certificate:
        _certify(endpoint, key, endpoint.certificate)
    password = endpoint.password.text() if endpoint.password else None
    if key is None and password is None and not endpoint.agent:
        raise Misuse(
            f"Endpoint {endpoint.name} has nothing to log in with: set `private_key`, `agent` or"
            " `password`."
        )
    return Credentials(key, endpoint.agent, password)


def _key(endpoint: EndpointSettings) -> paramiko.PKey:
    assert endpoint.private_key is not None
    passphrase = endpoint.passphrase.text().encode() if endpoint.passphrase else None
    loaded = _loaded(endpoint, endpoint.private_key.data(), passphrase)
    for kind, made in _CLASSES.items():
        if isinstance(loaded, kind):
            return made.from_private_key(io.StringIO(_plain(loaded)))
    raise Misuse(f"{_key_of(endpoint)} is of a type that SSH does not use; make an Ed25519 key.")


def _loaded(endpoint: EndpointSettings, data: bytes, passphrase: bytes | None) -> Any:
    load = serialization.load_pem_private_key
    if data.lstrip().startswith(_OPENSSH):
        load = serialization.load_ssh_private_key
    try:
        return load(data, passphrase)
    except TypeError:
        what = "is not locked; take `passphrase` out" if passphrase else "is locked"
        remedy = "" if passphrase else "; set `passphrase`"
        raise Misuse(f"{_key_of(endpoint)} {what}{remedy}.") from None
    except (ValueError, UnsupportedAlgorithm):
        what = "or the passphrase is wrong" if passphrase else "in OpenSSH's or PEM form"
        raise Misuse(f"{_key_of(endpoint)} cannot be read: no private key {what}.") from None


def _plain(loaded: Any) -> str:
    """Write a key, in memory, in the one form that paramiko reads of every type."""
    openssh = serialization.PrivateFormat.OpenSSH
    nothing = serialization.NoEncryption()
    data: bytes = loaded.private_bytes(serialization.Encoding.PEM, openssh, nothing)
    return data.decode()


def _key_of(endpoint: EndpointSettings) -> str:
    return f"Endpoint {endpoint.name}: the private key"


def _certify(endpoint: EndpointSettings, key: paramiko.PKey, path: Path) -> None:
    shown = f"Endpoint {endpoint.name}: certificate {path}"
    try:
        data = path.read_bytes()
        certificate = serialization.load_ssh_public_identity(data)
        _fits(shown, certificate, key)
        key.load_certificate(data.decode().strip())
    except (OSError, ValueError, UnsupportedAlgorithm, paramiko.SSHException):
        raise _no_certificate(shown) from None


def _no_certificate(shown: str) -> Misuse:
    return Misuse(f"{shown} is no OpenSSH certificate (`-cert.pub`); name another.")


def _fits(shown: str, certificate: object, key: paramiko.PKey) -> None:
    if not isinstance(certificate, serialization.SSHCertificate):
        raise _no_certificate(shown)
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    public = certificate.public_key().public_bytes(*form).decode().split()[1]
    if public != key.get_base64():
        raise Misuse(f"{shown} is for another key than `private_key`; name the one that fits.")
    if certificate.valid_before <= time.time():
        raise Refused(f"{shown} has expired; have a new one made. No login was tried.")


def certificate_ends(path: Path) -> datetime | None:
    """Give when an OpenSSH certificate ends, None where it never does; `Misuse` for no such."""
    try:
        certificate = serialization.load_ssh_public_identity(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise _no_certificate(str(path)) from None
    if not isinstance(certificate, serialization.SSHCertificate):
        raise _no_certificate(str(path))
    try:
        return datetime.fromtimestamp(certificate.valid_before, UTC)
    except (OverflowError, ValueError, OSError):
        return None  # "forever" is 2**64 - 1 seconds


def agent_keys(endpoint: EndpointSettings, agent: paramiko.Agent) -> tuple[paramiko.PKey, ...]:
    """Give the keys of an agent that can sign without SHA-1, those of hardware left out."""
    keys = bounded(agent.get_keys, endpoint.connect_timeout_seconds)
    return tuple(key for key in keys if not key.get_name().startswith("sk-"))
