"""The folders of the sandbox: what the server shows, and what it keeps to itself.

served/STATE/inbound    files for the state: the server's `/STATE/inbound`
served/STATE/outbound   what the state gives: answers, and files of its own
served/STATE/archive    where a client puts what it has read
taken/STATE             files that were taken away at once, in order
answers/STATE           answers, until they are put out, and after
keys, book.jsonl        and what a client needs: known_hosts, iepbridge.toml, ledger.key
"""

import fcntl
import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from iepbridge.errors import Misuse
from iepbridge.sandbox.systems import SYSTEMS

_FOLDERS: Final = ("inbound", "outbound", "archive")


class Grounds:
    """The folders below one root, made where they are missing; 0700 all of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.served = root / "served"
        self.book = root / "book.jsonl"
        self.keys = root / "keys"
        self._states = {system.name: system.state for system in SYSTEMS.values()}
        for state in self._states.values():
            for folder in _FOLDERS:
                _make(self.served / state / folder)
            _make(root / "taken" / state)
            _make(root / "answers" / state)
        _make(root / "offered")
        _make(self.keys)
        taken = (path.name[:6] for path in root.glob("taken/*/[0-9]*"))
        self._numbers = itertools.count(max(map(int, taken), default=0) + 1)

    def lock(self) -> int:
        """Take the root for one sandbox until the descriptor is closed; raise `Misuse` if taken."""
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise Misuse(
                f"Another sandbox runs on {self.root}. Stop it, or choose another --root."
            ) from None
        return descriptor

    def inbound(self, system: str) -> Path:
        """Give the folder that files for a system come to."""
        return self.served / self._states[system] / "inbound"

    def outbound(self, system: str) -> Path:
        """Give the folder that files of a system go out from."""
        return self.served / self._states[system] / "outbound"

    def answer(self, system: str, name: str) -> Path:
        """Give the place of an answer before it is put out."""
        return self.root / "answers" / self._states[system] / name

    def next_number(self, system: str) -> int:
        """Give the number of the next file that a system gives of its own, and write it down."""
        path = self.root / "offered" / self._states[system]
        last = 0
        with suppress(FileNotFoundError):
            last = int(path.read_text("ascii"))
        put(path, f"{last % 999_999 + 1}".encode())
        return last % 999_999 + 1

    def arrived(self, system: str) -> Iterator[tuple[str, Path]]:
        """Give the files for a system, by the names they came under, those taken away first."""
        for path in sorted((self.root / "taken" / self._states[system]).iterdir()):
            yield path.name.partition("-")[2], path
        for path in sorted(self.inbound(system).iterdir()):
            if path.is_file() and not path.is_symlink():
                yield path.name, path

    def take_away(self, path: Path) -> None:
        """Take a file out of its inbound folder, if it is one with a file's name."""
        for system in SYSTEMS.values():
            if path.parent == self.inbound(system.name) and system.named(path.name):
                number = next(self._numbers)
                path.rename(self.root / "taken" / system.state / f"{number:06}-{path.name}")


def _make(folder: Path) -> None:
    """Make a folder and those above it that are missing, 0700 all of them."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def put(path: Path, content: bytes) -> None:
    """Write a file, 0600, that appears whole or not at all; one of its name gives way."""
    with tempfile.NamedTemporaryFile(dir=path.parents[1], delete=False) as file:
        file.write(content)
    os.replace(file.name, path)  # noqa: PTH105  what mypy and ruff want of Path is the same
