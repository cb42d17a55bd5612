"""What certificates say of themselves, so that a check can warn before a night's run does."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from iepbridge.openpgp.process import Reference, ask, packed


class Certificate(NamedTuple):
    """A certificate in a file: its fingerprint and, in UTC, when it can no longer be used."""

    file: Path
    fingerprint: str
    expires: datetime | None


def inspect(files: Sequence[Path], *, to_encrypt: bool = True) -> tuple[Certificate, ...]:
    """Give the certificates in files; raise `Misuse` for one that cannot be encrypted to.

    Not `to_encrypt`, they are those of signers: only what expired or was revoked is refused.
    """
    request = {"to": [os.fspath(path) for path in files], "to_encrypt": to_encrypt}
    answer = ask("inspect", request)
    return tuple(
        Certificate(Path(file), fingerprint, _moment(expires))
        for file, fingerprint, expires in answer["certificates"]
    )


def key_ends(
    key: Reference, use: Literal["sign", "decrypt"], passphrase: Reference | None = None
) -> datetime | None:
    """Give when a secret key may no longer sign or decrypt; raise `Misuse` where it may not now."""
    request = {
        "key": {"name": key.key, "data": packed(key.data())},
        "use": use,
        "passphrase": None if passphrase is None else passphrase.text(),
    }
    return _moment(ask("ends", request)["ends"])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
