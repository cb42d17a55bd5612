"""Keys of made-up people, and what asks for them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pysequoia import Tsk


@dataclass(frozen=True)
class Given:
    """A secret as settings would give it."""

    value: bytes
    key: str = ""

    def text(self) -> str:
        return self.value.decode()

    def data(self) -> bytes:
        return self.value


@cache
def key(name: str) -> Tsk:
    return Tsk.generate(f"{name} <{name}@example.org>")


def secret(name: str) -> Given:
    return Given(bytes(key(name)))


def certificate(folder: Path, name: str) -> Path:
    path = folder / f"{name}.pgp"
    path.write_bytes(bytes(key(name).extract_certificate()))
    return path


def fingerprint(name: str) -> str:
    return key(name).extract_certificate().fingerprint.upper()
