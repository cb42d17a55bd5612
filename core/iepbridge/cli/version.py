"""`iepbridge --version`: the program and each installed adapter, without loading any.

What `importlib.metadata` would tell is read from the same files here, because its import alone
takes several times as long as a whole `python -c pass`; where that finds nothing, it is asked.
"""

import os
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

GROUP: Final = "iepbridge"
"""The entry points' group of the adapters."""

_ENDING: Final = ".dist-info"


class Installed(NamedTuple):
    """A distribution and the adapters that its entry points name."""

    distribution: str
    version: str
    adapters: tuple[str, ...]


def run() -> int:
    """Print a line for the program and one for each adapter."""
    found = sorted(installed(sys.path)) or sorted(_asked())
    own = next((dist.version for dist in found if dist.distribution == GROUP), "unknown")
    adapters = sorted((name, dist) for dist in found for name in dist.adapters)
    lines = [f"  {name} {dist.version} (from {dist.distribution})" for name, dist in adapters]
    sys.stdout.write("\n".join([f"iepbridge {own}", *lines, ""]))
    return 0


def installed(folders: list[str]) -> Iterator[Installed]:
    """Find the distributions in import folders that bring adapters; the first of a name wins."""
    seen = set()
    for folder, name in ((place, name) for place in folders for name in _metadata(place)):
        distribution, _, version = name.removesuffix(_ENDING).partition("-")
        if distribution in seen:
            continue
        seen.add(distribution)
        adapters = _adapters(f"{folder or '.'}{os.sep}{name}{os.sep}entry_points.txt")
        if adapters:
            yield Installed(distribution.replace("_", "-"), version, adapters)


def _metadata(folder: str) -> list[str]:
    try:
        return [
            name
            for name in os.listdir(folder or ".")  # noqa: PTH208  pathlib is slow, too
            if name.endswith(_ENDING)
        ]
    except OSError:
        return []


def _adapters(path: str) -> tuple[str, ...]:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123  pathlib is slow, too
            return tuple(_names_in_group(file.read().splitlines()))
    except OSError:
        return ()


def _names_in_group(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in map(str.strip, lines):
        if line.startswith("["):
            inside = line == f"[{GROUP}]"
        elif inside and "=" in line:
            yield line.partition("=")[0].strip()


def _asked() -> Iterator[Installed]:
    import importlib.metadata  # noqa: PLC0415  slow, and seldom needed

    for point in importlib.metadata.entry_points(group=GROUP):
        if point.dist is not None:
            yield Installed(point.dist.name, point.dist.version, (point.name,))
