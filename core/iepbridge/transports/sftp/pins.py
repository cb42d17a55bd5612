"""Host keys that are pinned: OpenSSH's `known_hosts`, read before anything is sent.

Hashed and plain names, `[host]:port`, wildcards and `!`, and `@revoked` mean what they mean to
OpenSSH. `@cert-authority` cannot be used (paramiko reads no host certificates), so its lines pin
nothing.
"""

import base64
import binascii
import fnmatch
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import paramiko

from iepbridge.errors import Misuse, Refused
from iepbridge.transports.sftp.algorithms import HOST_KEYS

_DEFAULT_PORT: Final = 22
_REVOKED: Final = "@revoked"
_AUTHORITY: Final = "@cert-authority"
_MARKERS: Final = {known: known for known in ("", _REVOKED, _AUTHORITY)}


class _Line(NamedTuple):
    marker: str
    names: str
    kind: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Pins:
    """The keys that one host may show, and those that it may not."""

    endpoint: str
    host: str
    path: Path
    keys: frozenset[bytes]
    types: tuple[str, ...]
    revoked: frozenset[bytes]
    authorities: bool

    def check(self, shown: paramiko.PKey) -> None:
        """Raise `Refused` for a key that is not pinned, or revoked; say what to do."""
        key = shown.asbytes()
        if key in self.keys and key not in self.revoked:
            return
        told = f"{shown.get_name()} {fingerprint(key)}"
        raise Refused(
            f"Endpoint {self.endpoint}: {self._why(key)} The server at {self.host} shows {told}."
            f" Nothing was sent, no login was tried. {self._remedy(shown, key)}"
        )

    def _why(self, key: bytes) -> str:
        if key in self.revoked:
            return f"This host key is marked as revoked in {self.path}."
        if self.keys:
            pinned = ", ".join(sorted(map(fingerprint, self.keys)))
            return f"The host key is not the one pinned in {self.path} ({pinned})."
        authorities = " (lines with @cert-authority are not used)" if self.authorities else ""
        return f"{self.path} pins no host key for {self.host}{authorities}."

    def _remedy(self, shown: paramiko.PKey, key: bytes) -> str:
        if key in self.revoked:
            return "Ask the server's operator which key it has now."
        line = f"{self.host} {shown.get_name()} {shown.get_base64()}"
        old = ", in place of the line that is there," if self.keys else ""
        return (
            "Ask the server's operator, not over this connection, whether this is its fingerprint."
            f" If it is, put this line{old} into {self.path.name}: {line}"
        )


def fingerprint(key: bytes) -> str:
    """Give the fingerprint of a public key, as OpenSSH shows it."""
    digest = base64.b64encode(hashlib.sha256(key).digest()).decode()
    return f"SHA256:{digest.rstrip('=')}"


def read_pins(endpoint: str, path: Path | None, host: str, port: int) -> Pins:
    """Read which keys a host may show; raise `Misuse` for a file that cannot be read."""
    if path is None:
        raise Misuse(f"Endpoint {endpoint}: `host_keys` is missing; name a known_hosts file.")
    own = host.lower() if port == _DEFAULT_PORT else f"[{host.lower()}]:{port}"
    lines = [line for line in _lines(endpoint, path) if _matches(own, line.names)]
    plain = [line for line in lines if not line.marker and line.kind in HOST_KEYS]
    return Pins(
        endpoint,
        own,
        path,
        frozenset(line.key for line in plain),
        tuple(dict.fromkeys(line.kind for line in plain)),
        frozenset(line.key for line in lines if line.marker == _REVOKED),
        any(line.marker == _AUTHORITY for line in lines),
    )


def _lines(endpoint: str, path: Path) -> Iterator[_Line]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "this is no text"
        raise Misuse(
            f"Endpoint {endpoint}: host_keys {path}: {why}. Name a known_hosts file."
        ) from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _parsed(endpoint, path, number, line.split())


def _parsed(endpoint: str, path: Path, number: int, words: list[str]) -> _Line:
    marker = words.pop(0) if words[0].startswith("@") else ""
    try:
        marker = _MARKERS[marker]
        names, kind, key = words[:3]
        return _Line(marker, names, kind, base64.b64decode(key, validate=True))
    except (KeyError, ValueError, binascii.Error):
        raise Misuse(
            f"Endpoint {endpoint}: {path}:{number}: this is no line of a known_hosts file:"
            " expected names, key type and key. Mend or remove it."
        ) from None


def _matches(own: str, names: str) -> bool:
    found = False
    for name in names.split(","):
        if name.startswith("!") and _is(own, name[1:]):
            return False
        found = found or _is(own, name)
    return found


def _is(own: str, name: str) -> bool:
    if name.startswith("|1|"):
        return _is_hashed(own, name)
    pattern = re.sub(r"([\[\]])", r"[\1]", name.lower())
    return fnmatch.fnmatchcase(own, pattern)


def _is_hashed(own: str, name: str) -> bool:
    try:
        salt, known = (base64.b64decode(part, validate=True) for part in name.split("|")[2:])
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(hmac.digest(salt, own.encode(), "sha1"), known)
