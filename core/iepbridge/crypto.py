"""Keys from outside: what is kept of plans is sealed with them, people are found by them.

    `[ledger] key` --Keyring.parse--> Keyring --seal--> Sealed --open--> the same bytes
                                              `-mark--> what stands for a person, and says nothing

Of each key two others are made, one to seal (AES-256-GCM) and one to mark (HMAC-SHA256). The
newest key seals and marks; older ones open and look up until nothing is left of them.
"""

import base64
import binascii
import hmac
import os
import re
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from iepbridge.errors import IepbridgeError, Misuse
from iepbridge.privacy import escaped

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16

_ENTRY: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,31}):([A-Za-z0-9+/]{43}=)")
_FORM: Final = "`id:key`, an id of up to 32 letters, digits, `.`, `_`, `-` and 32 bytes as base64"
MAKE_A_KEY: Final = 'printf "1:%s\\n" "$(openssl rand -base64 32)"'
"""The shell's way to make a first key."""


class Damaged(IepbridgeError):
    """What was sealed does not open: it was changed, cut, or moved from another place."""


class Sealed(NamedTuple):
    """Bytes that only their key opens, and only in the place they were sealed for."""

    key_id: str
    nonce: bytes
    data: bytes


class Mark(NamedTuple):
    """What stands for a person under one key: 32 bytes, the same for the same text."""

    key_id: str
    digest: bytes


class Keyring:
    """The keys of one ledger, newest first; it shows their ids and nothing else."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._sealing = {own: AESGCM(_derived(key, b"seal")) for own, key in keys.items()}
        self._marking = {own: _derived(key, b"mark") for own, key in keys.items()}
        self.newest = next(iter(keys))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64(32 bytes)` entries, parted by commas or white space, newest first.

        Raises `Misuse`, which shows nothing of a key.
        """
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(re.split(r"[,\s]+", text.strip(" \t\r\n,")), start=1):
            own, key = _read_entry(entry, number)
            if own in keys:
                raise Misuse(f"[ledger] key: the id {own} stands twice; give each key its own id.")
            keys[own] = key
        return cls(keys)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self.ids)})"

    def __reduce__(self) -> str:
        raise TypeError("Keys are not pickled.")

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the ids of the keys, newest first."""
        return tuple(self._sealing)

    def seal(self, plain: bytes, context: bytes) -> Sealed:
        """Seal bytes with the newest key, for the place that `context` names."""
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(self.newest, nonce, self._sealing[self.newest].encrypt(nonce, plain, context))

    def open(self, sealed: Sealed, context: bytes) -> bytes:
        """Open what was sealed for this place.

        Raises `Misuse` where its key is not among these, `Damaged` where it is not what it was.
        """
        key = self._sealing.get(sealed.key_id)
        if key is None:
            raise _without_key(sealed.key_id)
        try:
            return key.decrypt(sealed.nonce, sealed.data, context)
        except (InvalidTag, ValueError):
            raise Damaged(
                f"What was kept under key {escaped(sealed.key_id)} does not open: it was changed or"
                " moved, or another key has this id. Restore the ledger from a backup, or the key."
            ) from None

    def mark(self, text: str) -> Mark:
        """Give what stands for a person's number, by the newest key."""
        return self._mark(self.newest, text)

    def marks(self, text: str) -> tuple[Mark, ...]:
        """Give what may stand for a person's number: a mark by each key, newest first."""
        return tuple(self._mark(own, text) for own in self._marking)

    def _mark(self, own: str, text: str) -> Mark:
        return Mark(own, hmac.digest(self._marking[own], text.encode(), "sha256"))


def _read_entry(entry: str, number: int) -> tuple[str, bytes]:
    found = _ENTRY.fullmatch(entry)
    try:
        key = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        key = b""
    if found is None or len(key) != KEY_BYTES:
        raise Misuse(f"[ledger] key: entry {number} is not {_FORM}. Make one: {MAKE_A_KEY}")
    return found[1], key


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(hashes.SHA256(), KEY_BYTES, b"iepbridge ledger " + purpose).derive(key)


def _without_key(key_id: str) -> Misuse:
    return Misuse(
        f"[ledger] key has no key {escaped(key_id)}, which something in the ledger was sealed with."
        " Add it after the newest key; `iepbridge ledger rotate` ends the need for it."
    )
