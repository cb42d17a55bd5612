"""The single keys of a certificate: what each may do, and until when.

The library encrypts to keys that have expired or were revoked, and of several keys that decrypt
tries one; so they are told apart here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from pysequoia.packet import KeyFlags, Packet, PacketPile, SignatureType, Tag

_PRIMARY: Final = (Tag.PublicKey, Tag.SecretKey)
_KEYS: Final = (*_PRIMARY, Tag.PublicSubkey, Tag.SecretSubkey)
_BINDINGS: Final = (
    SignatureType.DirectKey,
    SignatureType.GenericCertification,
    SignatureType.PersonaCertification,
    SignatureType.CasualCertification,
    SignatureType.PositiveCertification,
    SignatureType.SubkeyBinding,
)
_REVOCATIONS: Final = (SignatureType.KeyRevocation, SignatureType.SubkeyRevocation)
_ARMOR: Final = re.compile(rb"(?=-----BEGIN PGP )")


class Part(NamedTuple):
    """One key of a certificate, with what its owner has signed about it."""

    key: Packet
    signatures: Sequence[Packet]
    packets: Sequence[Packet]
    """Key, names and signatures; with those of the primary key before them, a whole certificate."""

    @property
    def encrypts(self) -> bool:
        """Tell whether it is meant for encryption."""
        flags = self._flags
        return flags is not None and (flags.transport_encryption or flags.storage_encryption)

    @property
    def signs(self) -> bool:
        """Tell whether it is meant for signing."""
        return self._flags is not None and self._flags.signing

    @property
    def expires(self) -> datetime | None:
        """Give the time from which it may no longer be used."""
        lasts = self._binding and self._binding.key_validity_period
        created = self.key.key_created
        return created + lasts if created and lasts else None

    @property
    def fault(self) -> str | None:
        """Say why it may not be used now; None where it may."""
        if any(signature.signature_type in _REVOCATIONS for signature in self.signatures):
            return "revoked"
        expires = self.expires
        return f"expired on {expires:%Y-%m-%d}" if expires and has_passed(expires) else None

    @property
    def _flags(self) -> KeyFlags | None:
        return self._binding.key_flags if self._binding else None

    @property
    def _binding(self) -> Packet | None:
        """Give the newest word on it, which replaces those before."""
        bindings = (found for found in self.signatures if found.signature_type in _BINDINGS)
        return max(bindings, key=_signed_at, default=None)


def has_passed(instant: datetime) -> bool:
    """Tell whether an instant lies behind us."""
    return instant <= datetime.now(UTC)


def _signed_at(signature: Packet) -> datetime:
    return signature.signature_created or datetime.min.replace(tzinfo=UTC)


def split(data: bytes) -> list[list[Part]]:
    """Split keys or certificates, armored or not, into the parts of each, the primary key first.

    Raises the library's `RuntimeError` for anything else.
    """
    return [
        list(_parts(packets))
        for block in _ARMOR.split(data)
        if block.strip()
        for packets in _beginning_with(_PRIMARY, PacketPile.from_bytes(block))
    ]


def _parts(packets: Sequence[Packet]) -> Iterator[Part]:
    owner = packets[0]
    for group in _beginning_with(_KEYS, packets):
        yield Part(group[0], [packet for packet in group[1:] if _is_by(owner, packet)], group)


def _is_by(owner: Packet, signature: Packet) -> bool:
    """Tell an owner's own word from that of others; old signatures give a key id alone."""
    return signature.tag == Tag.Signature and (
        signature.issuer_fingerprint == owner.fingerprint or signature.issuer_key_id == owner.key_id
    )


def _beginning_with(tags: Sequence[Tag], packets: Iterable[Packet]) -> list[list[Packet]]:
    groups: list[list[Packet]] = []
    for packet in packets:
        if packet.tag in tags:
            groups.append([])
        if groups:
            groups[-1].append(packet)
    return groups
