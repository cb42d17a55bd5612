"""What certificates say of themselves, so that a check can warn before a night's run does."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from iepbridge.openpgp.process import ask


class Certificate(NamedTuple):
    """A certificate in a file: its fingerprint and, in UTC, when it can no longer be used."""

    file: Path
    fingerprint: str
    expires: datetime | None


def inspect(files: Sequence[Path]) -> tuple[Certificate, ...]:
    """Give the certificates in files; raise `Misuse` for one that cannot be encrypted to."""
    answer = ask("inspect", {"to": [os.fspath(path) for path in files]})
    return tuple(
        Certificate(Path(file), fingerprint, expires and datetime.fromisoformat(expires))
        for file, fingerprint, expires in answer["certificates"]
    )
