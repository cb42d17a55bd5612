"""Certificates of others, read from files; those that may not be encrypted to are refused."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pysequoia import Cert

from iepbridge.errors import Misuse
from iepbridge.openpgp.parts import has_passed, split


class Loaded(NamedTuple):
    """A certificate and the file it came from."""

    file: str
    certificate: Cert
    remedy: str = "ask its owner for a new one"

    @property
    def fingerprint(self) -> str:
        """Give the fingerprint as people compare it."""
        return self.certificate.fingerprint.upper()

    @property
    def shown(self) -> str:
        """Name file and certificate in a message."""
        return f"{self.file}: the certificate {self.fingerprint}"


def load(files: Sequence[str]) -> list[Loaded]:
    """Read the certificates of files, one or more in each, armored or not."""
    return [Loaded(file, found) for file in files for found in _read(file)]


def _read(file: str) -> list[Cert]:
    try:
        found = Cert.split_bytes(Path(file).read_bytes())
    except OSError as error:
        raise Misuse(f"{file}: cannot be read: {error.strerror}; name another file.") from None
    except RuntimeError:
        found = []
    if not found:
        remedy = "ask its owner for one, as from `gpg --export --armor FINGERPRINT`"
        raise Misuse(f"{file}: this is no OpenPGP certificate; {remedy}.")
    return found


def usable_until(loaded: Loaded) -> datetime | None:
    """Give when a certificate can no longer be encrypted to; `Misuse` where that is so already."""
    ends = [alive_until(loaded), _encrypts_until(loaded)]
    return min((end for end in ends if end), default=None)


def alive_until(loaded: Loaded) -> datetime | None:
    """Give when a certificate expires; raise `Misuse` where it has, was revoked or is too weak."""
    try:
        ends = loaded.certificate.expiration
    except RuntimeError:
        message = f"{loaded.shown} rests on algorithms that are no longer safe, such as SHA-1"
        raise Misuse(f"{message}; {loaded.remedy}.") from None
    if loaded.certificate.is_revoked:
        raise Misuse(f"{loaded.shown} was revoked; {loaded.remedy}.")
    if ends is not None and has_passed(ends):
        message = f"{loaded.shown} expired on {ends:%Y-%m-%d}"
        raise Misuse(f"{message}; {loaded.remedy}.")
    return ends


def _encrypts_until(loaded: Loaded) -> datetime | None:
    parts = [part for part in split(bytes(loaded.certificate))[0] if part.encrypts]
    ends = [part.expires for part in parts if not part.fault]
    if not ends:
        reason = reasons([part.fault for part in parts])
        message = f"{loaded.shown} has no key to encrypt to ({reason})"
        raise Misuse(f"{message}; {loaded.remedy}.")
    lasting = [end for end in ends if end]
    return max(lasting) if len(lasting) == len(ends) else None


def reasons(faults: Sequence[str | None]) -> str:
    """Say why none of some parts may be used."""
    return ", ".join(sorted({fault for fault in faults if fault})) or "none is meant for that"
