"""What all connections of the server share: the served folder, its conduct, files being written."""

import posixpath
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_DEEP_ENOUGH = 3


class Conduct(NamedTuple):
    """How the server treats its clients: renames at all, takes files at once, is slow."""

    renames: bool = True
    takes: bool = False
    delay_seconds: float = 0.0


class Floor:
    """The served folder; `take_away` is given each file that has come under its final name.

    A file is whole unless someone writes it just now, or was cut off while writing it.
    """

    def __init__(self, served: Path, conduct: Conduct, take_away: Callable[[Path], None]) -> None:
        self.served = served
        self.conduct = conduct
        self.lock = threading.RLock()
        self._take_away = take_away
        self._writing: dict[Path, int] = {}
        self._broken: set[Path] = set()

    def shown(self, path: str) -> str:
        """Give a client's path as an absolute one without `..`."""
        return posixpath.normpath(posixpath.join("/", path)).replace("//", "/")

    def place(self, path: str) -> Path:
        """Give what a client's path means here; it never leads out of the served folder."""
        return self.served / self.shown(path).lstrip("/")

    def may_change(self, place: Path) -> bool:
        """Say whether clients may change a place: below a state's folders, not these themselves."""
        return len(place.relative_to(self.served).parts) >= _DEEP_ENOUGH

    def begin(self, place: Path) -> None:
        """Know that a file is being written."""
        with self.lock:
            self._writing[place] = self._writing.get(place, 0) + 1

    def end(self, place: Path, *, whole: bool) -> None:
        """Know that the writing of a file has ended, or was cut off."""
        with self.lock:
            left = self._writing.pop(place, 1) - 1
            if left:
                self._writing[place] = left
            if not whole:
                self._broken.add(place)
                return
            self._broken.discard(place)
            self.arrive(place)

    def arrive(self, place: Path) -> None:
        """Know that a file has its final name."""
        self._broken.discard(place)
        if self.conduct.takes and place.exists():
            self._take_away(place)

    def is_whole(self, place: Path) -> bool:
        """Say whether a file is complete, as far as the server knows."""
        with self.lock:
            return place not in self._writing and place not in self._broken
