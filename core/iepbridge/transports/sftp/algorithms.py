"""Which algorithms are spoken: those without CBC, 3DES, SHA-1 and MD5, in order of preference."""

from collections.abc import Mapping, Sequence
from typing import Final

import paramiko

CIPHERS: Final = (
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
)
MACS: Final = (
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
)
KEY_EXCHANGES: Final = (
    "mlkem768x25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group14-sha256",
)
HOST_KEYS: Final = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""The types of host keys, as `known_hosts` names them, and how each signs."""

_NAMES: Final = {
    "kex": "key exchange",
    "keys": "host key",
    "ciphers": "cipher",
    "macs": "message authentication",
}


def restrict(transport: paramiko.Transport, pinned: Sequence[str]) -> None:
    """Let a transport offer these algorithms alone, signatures of the pinned key types first.

    The other types are offered behind them, only so that a server that has lost its pinned key
    can be told from one that speaks nothing known: its key is refused all the same.
    """
    options = transport.get_security_options()
    options.ciphers = CIPHERS
    options.digests = MACS
    options.kex = tuple(name for name in KEY_EXCHANGES if name in options.kex)
    options.compression = ("none",)
    options.key_types = _signatures(pinned)


def _signatures(pinned: Sequence[str]) -> tuple[str, ...]:
    types = [*(name for name in HOST_KEYS if name in pinned), *HOST_KEYS]
    return tuple(dict.fromkeys(way for name in types for way in HOST_KEYS[name]))


def disagreement(transport: paramiko.Transport, offered: Mapping[str, Sequence[str]]) -> str:
    """Say in which kinds a server offers nothing that is spoken here; empty where it does."""
    options = transport.get_security_options()
    spoken = {
        "kex": options.kex,
        "keys": options.key_types,
        "ciphers": options.ciphers,
        "macs": options.digests,
    }
    return "; ".join(
        f"for {_NAMES[kind]} it offers only {', '.join(offered[kind]) or 'nothing'}"
        for kind in _NAMES
        if kind in offered and not set(offered[kind]) & set(spoken[kind])
    )
