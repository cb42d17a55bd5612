"""Key pairs made for one test, in the forms that clients and servers read."""

import base64
import textwrap
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

_KINDS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


class KeyPair(NamedTuple):
    """A key pair: the private key's file, and the public one as `type base64`."""

    path: Path
    public: str


def make_key(path: Path, kind: str = "ed25519", passphrase: str | None = None) -> KeyPair:
    """Make a key pair; the private key is in OpenSSH's form, 0600, the other beside it."""
    key = _KINDS[kind]()
    lock = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    openssh = serialization.PrivateFormat.OpenSSH
    path.touch(0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, openssh, lock))
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    public = key.public_key().public_bytes(*form).decode()
    path.with_name(f"{path.name}.pub").write_text(f"{public}\n")
    return KeyPair(path, public)


def rfc4716(public: str) -> str:
    """Give a public key in the form that ProFTPD reads."""
    body = textwrap.fill(base64.b64encode(base64.b64decode(public.split()[1])).decode(), 70)
    return f"---- BEGIN SSH2 PUBLIC KEY ----\n{body}\n---- END SSH2 PUBLIC KEY ----\n"
